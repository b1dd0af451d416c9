"""A photograph as the review page shows it: verdict, reasons, what was said, what was seen, what each slot shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from ..core.ordered.manner import Manner
from ..core.ordered.order import Order
from ..core.photo import Photo
from ..core.rendition import Crop, Rights
from ..core.routed.curate import Folder, Opinions, verdict
from ..core.said import decision
from ..core.said.names import person, title
from ..core.said.notebook import Notebook
from ..core.said.notes import Note
from ..core.shown import compose
from ..core.shown.alt import drafted
from ..core.shown.phrases import Phrases

SLOTS = {
    "head": "team page",
    "about": "about page",
    "square": "small square",
    "cover": "cover",
    "card": "card",
    "social": "link preview",
}


def record(
    photo: Photo, notebook: Notebook, lean: float, advice: Sequence[str], known: Opinions, phrases: Phrases
) -> dict[str, Any]:
    """Everything the page knows about *photo*, ready for JSON; *advice* is the doctor's, *known* opinions formed before,
    *phrases* the site's words.

    Points and boxes are fractions of the upright picture.
    """
    exam = photo.exam
    note = notebook.note(photo)
    place, former = notebook.place(photo), notebook.former(photo)
    machine, shot = verdict(photo, Note(), lean, known), verdict(photo, note, lean, known)
    name, role = person(photo.stem)
    heading = exam.words.title or title(photo.stem)
    return {
        "id": photo.path,
        "digest": photo.digest,
        "folder": photo.folder,
        "file": photo.path.rpartition("/")[2],
        "width": exam.size.width,
        "height": exam.size.height,
        "colours": exam.colours,
        "kind": shot.kind,
        "confidence": shot.confidence,
        "unsure": shot.unsure,
        "why": shot.why,
        "machine": {
            "kind": machine.kind,
            "confidence": machine.confidence,
            "unsure": machine.unsure,
            "why": machine.why,
        },
        "scale": machine.scale,
        "key": machine.key,
        "people": exam.analysis.people if exam.analysis else None,
        "faces": msgspec.to_builtins(exam.analysis.faces) if exam.analysis else [],
        "said": decision.said(note),
        "said_in": f"{place.folder}/notes.toml".removeprefix("/") if place else "",
        "advice": [{"sentence": sentence} for sentence in advice],
        "former": _former(notebook, former),
        "unsaid": {
            "name": name,
            "role": role,
            "title": heading,
            "caption": exam.words.caption,
            "alt": exam.words.alt or drafted(shot, exam.analysis, name or heading, phrases),
        },
    }


def _former(notebook: Notebook, place: Any) -> dict[str, Any] | None:
    if place is None:
        return None
    note = notebook.notes[place.folder].photos[place.name]
    return decision.said(note) or None


def hung(folder: Folder) -> list[str]:
    """Digests of what hangs in *folder*'s gallery, in order."""
    return [entry.photo.digest for entry in folder.hung]


def gallery(folder: Folder) -> dict[str, Any]:
    """What the page shows of a gallery."""
    return {"folder": folder.path, "title": folder.title, "hung": hung(folder), "cover": folder.note.cover}


def slots(folder: Folder, widest: int, rights: Rights) -> dict[str, list[dict[str, Any]]]:
    """What a site shows of *folder*: path → the distinct crops, each with slot, box, turn in degrees, width over height.

    *widest* and *rights* are the settings' own. A child process does this: two hundred photographs take half a second.
    """
    order = Order(Manner(("jpeg",), {"jpeg": 1}, "", widest))
    portfolio = compose.portfolio([folder], order, rights)
    digests = {entry.photo.path: entry.photo.digest for entry in folder.entries}
    found: dict[str, dict[str, dict[str, Any]]] = {path: {} for path in digests}
    shown = [each for gallery in portfolio.galleries for each in gallery.photos]
    shown += [each for one in portfolio.people for each in (*one.photos, one.photo) if each is not None]
    for photograph in shown:
        recipes = order.wanted.get(digests[photograph.file], {})
        for slot, picture in photograph.pictures.items():
            for url, width, height in [(picture.src, picture.width, picture.height)] + [
                (source.candidates[-1].url, source.width, source.height) for source in picture.sources
            ]:
                key = order.files.get(url, "")
                if slot not in SLOTS or key not in recipes or recipes[key].crop == Crop():
                    continue
                crop, ratio = recipes[key].crop, width / height
                found[photograph.file].setdefault(f"{slot} {ratio:.2f}", _slot(slot, crop, ratio))
    return {path: list(each.values()) for path, each in found.items()}


def _slot(slot: str, crop: Crop, ratio: float) -> dict[str, Any]:
    box = msgspec.to_builtins(crop.box)
    return {"slot": SLOTS[slot], "box": box, "level": crop.level, "ground": crop.ground, "ratio": round(ratio, 4)}
