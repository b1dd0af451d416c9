"""The data of a photo for the review page: classification, reasons, notes, faces, and the crop for each slot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from ..crop.crops import compute_head_boxes, contains_heads
from ..images.encoding_options import EncodingOptions
from ..images.plan import RenderPlan
from ..notes import edits
from ..notes.index import NoteIndex
from ..pages import compose
from ..pages.alt_text import draft_alt_text
from ..people.classified_photo import ClassifiedPhoto
from ..people.gather import PeopleFile, gather_people
from ..people.routing import ClassificationCache, GalleryFolder, classify_with_note
from ..support.filenames import humanize_name, parse_name_and_role, parse_title
from ..values.notes import Note
from ..values.photo import Photo
from ..values.rendition import Crop, FramingName, Rights
from ..values.translations import Translations

SLOT_LABELS = {
    "head": "team page",
    "about": "about page",
    "square": "small square",
    "cover": "cover",
    "card": "card",
    "social": "link preview",
}


def build_photo_data(
    photo: Photo,
    note_index: NoteIndex,
    *,
    headshot_bias: float,
    advice: Sequence[str],
    listed_texts: Mapping[str, str],
    classification_cache: ClassificationCache,
    translations: Translations,
    gallery_title: str = "",
) -> dict[str, Any]:
    """Return everything that the page shows of *photo*, ready for JSON.

    Points and boxes are fractions of the upright picture. *listed_texts* is what a people file says of the person on it.
    """
    photo_record = photo.record
    note = note_index.get_note(photo)
    location, earlier_location = note_index.find_location(photo), note_index.find_former_location(photo)
    automatic, classification = (
        classify_with_note(photo, Note(), headshot_bias, classification_cache),
        classify_with_note(photo, note, headshot_bias, classification_cache),
    )
    name, role = parse_name_and_role(photo.stem)
    title = photo_record.metadata.title or parse_title(photo.stem)
    return {
        "id": photo.path,
        "digest": photo.digest,
        "folder": photo.folder,
        "file": photo.path.rpartition("/")[2],
        "width": photo_record.size.width,
        "height": photo_record.size.height,
        "colors": photo_record.colors,
        "kind": classification.kind,
        "confidence": classification.confidence,
        "unsure": classification.is_unsure,
        "why": classification.reasons,
        "automatic": {
            "kind": automatic.kind,
            "confidence": automatic.confidence,
            "unsure": automatic.is_unsure,
            "why": automatic.reasons,
        },
        "scale": automatic.shot_scale,
        "key": automatic.tonal_key,
        "people": automatic.people_count,
        "faces": msgspec.to_builtins(photo_record.analysis.faces) if photo_record.analysis else [],
        "note": edits.get_editable_fields(note),
        "note_file": f"{location.folder}/notes.toml".removeprefix("/") if location else "",
        "advice": [{"sentence": sentence} for sentence in advice],
        "earlier_note": _get_earlier_note_fields(note_index, earlier_location),
        "automatic_texts": {
            "name": name,
            "role": role,
            "title": title,
            "caption": photo_record.metadata.caption,
            "alt": photo_record.metadata.alt
            or draft_alt_text(classification, photo_record.analysis, name or title, translations, gallery_title),
            **listed_texts,
        },
    }


def _get_earlier_note_fields(note_index: NoteIndex, location: Any) -> dict[str, Any] | None:
    if location is None:
        return None
    note = note_index.notes[location.folder].photos[location.name]
    return edits.get_editable_fields(note) or None


def collect_people_file_texts(
    folders: Iterable[GalleryFolder], people_files: Sequence[PeopleFile]
) -> dict[str, dict[str, str]]:
    """Return path of a photo → the texts of the person on it that are from a people file."""
    if not people_files:
        return {}
    files = {file.path for file in people_files}
    people = gather_people([entry for folder in folders for entry in folder.entries], people_files)
    return {
        entry.photo.path: {field: text for field, text in person.fields.items() if person.sources.get(field) in files}
        for person in people
        for entry in person.entries
    }


def list_gallery_digests(folder: GalleryFolder) -> list[str]:
    """Return the digests of the photos in the gallery of *folder*, in order."""
    return [entry.photo.digest for entry in folder.gallery_entries]


def build_gallery_data(folder: GalleryFolder) -> dict[str, Any]:
    """Return what the page shows of a gallery."""
    return {
        "folder": folder.path,
        "title": folder.title,
        "order": list_gallery_digests(folder),
        "note": edits.get_editable_gallery_fields(folder.note),
        "automatic_title": humanize_name(folder.path.rpartition("/")[2]) or folder.title,
    }


def compute_slot_crops(
    folder: GalleryFolder, max_width: int, rights: Rights, framing: FramingName = "normal"
) -> dict[str, list[dict[str, Any]]]:
    """Return the crops that the site shows of the photos of *folder*. For use in a worker process, because it is slow.

    Args:
        folder: The folder; all its photos are composed.
        max_width: The setting `max_width`.
        rights: The setting `rights`.
        framing: How close the headshots of the folder are cropped.

    Returns:
        Path → the distinct crops, each with its slot, box, rotation in degrees, background color, width over height, and
        whether it cuts a head because of the focal point in the note.
    """
    plan = RenderPlan(EncodingOptions(("jpeg",), {"jpeg": 1}, "", max_width))
    portfolio = compose.compose_portfolio([folder], plan, rights, framing=framing)
    entries = {entry.photo.path: entry for entry in folder.entries}
    crops_by_path: dict[str, dict[str, dict[str, Any]]] = {path: {} for path in entries}
    photo_views = [each for gallery in portfolio.galleries for each in gallery.photos]
    photo_views += [each for person in portfolio.people for each in (*person.photos, person.photo) if each is not None]
    for photo_view in photo_views:
        entry = entries[photo_view.file]
        recipes = plan.renditions.get(entry.photo.digest, {})
        for slot, picture in photo_view.pictures.items():
            for url, width, height in [(picture.src, picture.width, picture.height)] + [
                (source.candidates[-1].url, source.width, source.height) for source in picture.sources
            ]:
                key = plan.cache_keys.get(url, "")
                if slot not in SLOT_LABELS or key not in recipes or recipes[key].crop == Crop():
                    continue
                crop, ratio = recipes[key].crop, width / height
                crops_by_path[photo_view.file].setdefault(
                    f"{slot} {ratio:.2f}", _build_slot_data(slot, crop, ratio, cuts_head=_is_head_cut(entry, crop))
                )
    return {path: list(each.values()) for path, each in crops_by_path.items()}


def _is_head_cut(entry: ClassifiedPhoto, crop: Crop) -> bool:
    """Return whether *crop* cuts a head between hair and chin. Only a focal point in the note can cause that."""
    analysis = entry.photo.record.analysis
    if entry.note.focal_point is None or analysis is None or crop.rotation_degrees:
        return False
    return not contains_heads(crop, compute_head_boxes(analysis.faces, 0.0, analysis.faceless_heads))


def _build_slot_data(slot: str, crop: Crop, ratio: float, *, cuts_head: bool) -> dict[str, Any]:
    box = msgspec.to_builtins(crop.box)
    return {
        "slot": SLOT_LABELS[slot],
        "box": box,
        "rotation_degrees": crop.rotation_degrees,
        "background": crop.background_color,
        "ratio": round(ratio, 4),
        "cuts_head": cuts_head,
    }
