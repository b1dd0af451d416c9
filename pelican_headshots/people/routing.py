"""Routing: which photographs hang in which gallery, and whose headshots stand on team pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from ..classify.classifier import classify
from ..layout.photo_order import OrderingTraits, propose_order
from ..notes.index import NoteIndex
from ..support.filenames import humanize_name
from ..values.classification import Classification, PhotoKind
from ..values.geometry import Value
from ..values.notes import GalleryNote, Note, Notes, default_if_unset
from ..values.photo import Photo

REASON_FROM_NOTES = "notes.toml says so"


class ClassifiedPhoto(Value, frozen=True):
    """A photograph with its verdict and what was said about it."""

    photo: Photo
    classification: Classification
    note: Note


class GalleryFolder(Value, frozen=True):
    """A folder of photographs, in hanging order. *hung* go on the gallery's wall."""

    path: str
    note: GalleryNote
    title: str
    entries: tuple[ClassifiedPhoto, ...]
    gallery_entries: tuple[ClassifiedPhoto, ...]


VerdictCache = MutableMapping[tuple[str, float], Classification]
"""The machine's, by digest and lean: for whoever judges the same photographs again and again."""


def classify_with_note(
    photo: Photo, note: Note, headshot_bias: float, cache: VerdictCache | None = None
) -> Classification:
    """The machine's opinion, unless the photographer said otherwise. Unlooked-at pictures hang as portraits."""
    if photo.record.analysis is None:
        classification = Classification(
            PhotoKind.PORTRAIT, 0.0, True, ("it could not be looked at, so it hangs in its gallery",), None, "normal"
        )
    else:
        cached = cache.get((photo.digest, headshot_bias)) if cache is not None else None
        classification = cached or classify(photo.record.analysis, headshot_bias)
        if cache is not None:
            cache[photo.digest, headshot_bias] = classification
    if isinstance(note.kind, UnsetType):
        return classification
    return replace(classification, kind=note.kind, confidence=1.0, is_unsure=False, reasons=(REASON_FROM_NOTES,))


def build_gallery_folders(
    photos: Iterable[Photo],
    notes: Mapping[str, Notes],
    *,
    headshot_bias: float = 0.0,
    headshots_in_galleries: bool = False,
    verdict_cache: VerdictCache | None = None,
) -> tuple[GalleryFolder, ...]:
    """All folders with their photographs judged and in order; hidden photographs and folders are left out.

    *notes* maps a folder (relative to the photos folder, empty for itself) to its notes. *headshots_too* hangs
    headshots in their folder's gallery as well; *known* are opinions formed before.
    """
    photos = tuple(photos)
    note_index = NoteIndex(notes, photos)
    by_folder: dict[str, list[ClassifiedPhoto]] = {}
    for photo in photos:
        note = note_index.get_note(photo)
        if not note.hidden:
            entry = ClassifiedPhoto(photo, classify_with_note(photo, note, headshot_bias, verdict_cache), note)
            by_folder.setdefault(photo.folder, []).append(entry)
    built = []
    for path, entries in by_folder.items():
        gallery_note = notes.get(path, Notes()).gallery
        if gallery_note.hidden:
            continue
        listed_ranks = note_index.rank_by_gallery_order(path, (entry.photo for entry in entries))
        ordered = tuple(sorted(entries, key=lambda e: _make_order_key(e, gallery_note, listed_ranks)))
        if gallery_note.order == "sequence":
            ordered = _propose_order(ordered)
        gallery_entries = tuple(e for e in ordered if _is_in_gallery(e, headshots_in_galleries))
        title = gallery_note.title or humanize_name(path.rpartition("/")[2]) or "Photographs"
        built.append(GalleryFolder(path, gallery_note, title, ordered, gallery_entries))
    return sort_gallery_folders(built)


def sort_gallery_folders(folders: Iterable[GalleryFolder]) -> tuple[GalleryFolder, ...]:
    """As the site shows them: by position, else by name."""
    return tuple(sorted(folders, key=lambda f: (f.note.position, make_natural_sort_key(f.path))))


def _is_in_gallery(entry: ClassifiedPhoto, headshots_in_galleries: bool) -> bool:
    if not isinstance(entry.note.gallery, UnsetType):
        return entry.note.gallery
    return entry.classification.kind != PhotoKind.HEADSHOT or headshots_in_galleries


def _make_order_key(
    entry: ClassifiedPhoto, gallery_note: GalleryNote, listed_ranks: Mapping[str, int]
) -> tuple[object, ...]:
    name = entry.photo.path.rpartition("/")[2]
    if isinstance(gallery_note.order, tuple):
        return (listed_ranks.get(entry.photo.digest, len(gallery_note.order)), make_natural_sort_key(name))
    rank = float("inf") if entry.note.order is UNSET else entry.note.order
    date = (
        (default_if_unset(entry.note.date, entry.photo.record.metadata.date) or "9999")
        if gallery_note.order == "date"
        else ""
    )
    return (rank, date, make_natural_sort_key(name))


def _propose_order(entries: tuple[ClassifiedPhoto, ...]) -> tuple[ClassifiedPhoto, ...]:
    """The order proposed from tone, scale and gaze; pictures with an `order` of their own come before it."""
    with_order = [entry for entry in entries if entry.note.order is not UNSET]
    without_order = [entry for entry in entries if entry.note.order is UNSET]
    frames = []
    for entry in without_order:
        faces = entry.photo.record.analysis.faces if entry.photo.record.analysis else ()
        frames.append(
            OrderingTraits(
                entry.photo.record.colors, entry.classification.shot_scale or "", faces[0].yaw if faces else 0.0
            )
        )
    return (*with_order, *(without_order[i] for i in propose_order(frames)))


def make_natural_sort_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that puts `photo 2` before `photo 10`."""
    parts = re.findall(r"\d+|\D+", name)
    return tuple((0, int(p), "") if p.isdecimal() and p.isascii() else (1, 0, p.casefold()) for p in parts)
