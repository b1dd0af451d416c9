"""Routing: which photographs hang in which gallery, and whose headshots stand on team pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from ..geometry import Value
from ..hung.sequence import Frame, sequence
from ..judged.judge import judge
from ..photo import Photo
from ..said.names import heading
from ..said.notebook import Notebook
from ..said.notes import GalleryNote, Note, Notes, said
from ..shot import Kind, Shot

BY_HAND = "notes.toml says so"


class Entry(Value, frozen=True):
    """A photograph with its verdict and what was said about it."""

    photo: Photo
    shot: Shot
    note: Note


class Folder(Value, frozen=True):
    """A folder of photographs, in hanging order. *hung* go on the gallery's wall."""

    path: str
    note: GalleryNote
    title: str
    entries: tuple[Entry, ...]
    hung: tuple[Entry, ...]


Opinions = MutableMapping[tuple[str, float], Shot]
"""The machine's, by digest and lean: for whoever judges the same photographs again and again."""


def verdict(photo: Photo, note: Note, lean: float, known: Opinions | None = None) -> Shot:
    """The machine's opinion, unless the photographer said otherwise. Unlooked-at pictures hang as portraits."""
    if photo.exam.analysis is None:
        shot = Shot(
            Kind.PORTRAIT, 0.0, True, ("it could not be looked at, so it hangs in its gallery",), None, "normal"
        )
    else:
        opinion = known.get((photo.digest, lean)) if known is not None else None
        shot = opinion or judge(photo.exam.analysis, lean)
        if known is not None:
            known[photo.digest, lean] = shot
    if isinstance(note.kind, UnsetType):
        return shot
    return replace(shot, kind=note.kind, confidence=1.0, unsure=False, why=(BY_HAND,))


def folders(
    photos: Iterable[Photo],
    notes: Mapping[str, Notes],
    *,
    lean: float = 0.0,
    headshots_too: bool = False,
    known: Opinions | None = None,
) -> tuple[Folder, ...]:
    """All folders with their photographs judged and in order; hidden photographs and folders are left out.

    *notes* maps a folder (relative to the photos folder, empty for itself) to its notes. *headshots_too* hangs
    headshots in their folder's gallery as well; *known* are opinions formed before.
    """
    photos = tuple(photos)
    notebook = Notebook(notes, photos)
    by_folder: dict[str, list[Entry]] = {}
    for photo in photos:
        note = notebook.note(photo)
        if not note.hidden:
            entry = Entry(photo, verdict(photo, note, lean, known), note)
            by_folder.setdefault(photo.folder, []).append(entry)
    made = []
    for path, entries in by_folder.items():
        about = notes.get(path, Notes()).gallery
        if about.hidden:
            continue
        listed = notebook.listed(path, (entry.photo for entry in entries))
        ordered = tuple(sorted(entries, key=lambda e: _place(e, about, listed)))
        if about.order == "sequence":
            ordered = _proposed(ordered)
        hung = tuple(e for e in ordered if _hangs(e, headshots_too))
        title = about.title or heading(path.rpartition("/")[2]) or "Photographs"
        made.append(Folder(path, about, title, ordered, hung))
    return in_order(made)


def in_order(folders: Iterable[Folder]) -> tuple[Folder, ...]:
    """As the site shows them: by position, else by name."""
    return tuple(sorted(folders, key=lambda f: (f.note.position, natural(f.path))))


def _hangs(entry: Entry, headshots_too: bool) -> bool:
    if not isinstance(entry.note.gallery, UnsetType):
        return entry.note.gallery
    return entry.shot.kind != Kind.HEADSHOT or headshots_too


def _place(entry: Entry, about: GalleryNote, listed: Mapping[str, int]) -> tuple[object, ...]:
    name = entry.photo.path.rpartition("/")[2]
    if isinstance(about.order, tuple):
        return (listed.get(entry.photo.digest, len(about.order)), natural(name))
    told = float("inf") if entry.note.order is UNSET else entry.note.order
    date = (said(entry.note.date, entry.photo.exam.words.date) or "9999") if about.order == "date" else ""
    return (told, date, natural(name))


def _proposed(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The order proposed from tone, scale and gaze; pictures with an `order` of their own come before it."""
    told = [entry for entry in entries if entry.note.order is not UNSET]
    untold = [entry for entry in entries if entry.note.order is UNSET]
    frames = []
    for entry in untold:
        faces = entry.photo.exam.analysis.faces if entry.photo.exam.analysis else ()
        frames.append(Frame(entry.photo.exam.colours, entry.shot.scale or "", faces[0].yaw if faces else 0.0))
    return (*told, *(untold[i] for i in sequence(frames)))


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that puts `photo 2` before `photo 10`."""
    parts = re.findall(r"\d+|\D+", name)
    return tuple((0, int(p), "") if p.isdecimal() and p.isascii() else (1, 0, p.casefold()) for p in parts)
