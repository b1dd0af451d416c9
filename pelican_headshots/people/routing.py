"""Classify photos, with the photographer's notes, and decide which appear in which gallery and in what order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping, Sequence

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
    """A photo with its classification and its note."""

    photo: Photo
    classification: Classification
    note: Note


class GalleryFolder(Value, frozen=True):
    """A folder of photos, in the order of its gallery."""

    path: str
    note: GalleryNote
    title: str
    entries: tuple[ClassifiedPhoto, ...]
    """All photos in the folder that are not hidden."""
    gallery_entries: tuple[ClassifiedPhoto, ...]
    """Those that appear in the gallery."""


VerdictCache = MutableMapping[tuple[str, float], Classification]
"""Classifications without notes, by digest and headshot bias: saves time where the same photos are classified repeatedly."""


def classify_with_note(
    photo: Photo, note: Note, headshot_bias: float, cache: VerdictCache | None = None
) -> Classification:
    """Classify a photo, unless its note names the kind. A photo that could not be analyzed counts as a portrait."""
    if photo.record.analysis is None:
        classification = Classification(
            PhotoKind.PORTRAIT, 0.0, True, ("it could not be analyzed, so it appears in its gallery",), None, "normal"
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
    """Return all folders with their photos classified and in order, without hidden photos and folders.

    Args:
        photos: All photos.
        notes: Notes by folder, relative to the photos folder; an empty path is the photos folder itself.
        headshot_bias: The setting `headshot_bias`.
        headshots_in_galleries: Whether headshots also appear in the gallery of their folder.
        verdict_cache: Earlier classifications; new ones are added.
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
        if any(_get_gallery_note(notes, each).hidden for each in (*list_parent_folders(path), path)):
            continue
        gallery_note = _get_gallery_note(notes, path)
        listed_ranks = note_index.rank_by_gallery_order(path, (entry.photo for entry in entries))
        ordered = tuple(sorted(entries, key=lambda entry: _make_order_key(entry, gallery_note, listed_ranks)))
        if gallery_note.order == "sequence":
            ordered = _propose_order(ordered)
        gallery_entries = tuple(entry for entry in ordered if _is_in_gallery(entry, headshots_in_galleries))
        built.append(GalleryFolder(path, gallery_note, _make_title(path, gallery_note), ordered, gallery_entries))
    return sort_gallery_folders(built)


def add_parent_folders(folders: Sequence[GalleryFolder], notes: Mapping[str, Notes]) -> tuple[GalleryFolder, ...]:
    """Return *folders* and the folders that contain their galleries, which may have no photos of their own."""
    parent_paths = {
        parent for folder in folders if folder.gallery_entries for parent in list_parent_folders(folder.path)
    }
    added = []
    for path in parent_paths - {folder.path for folder in folders}:
        note = _get_gallery_note(notes, path)
        added.append(GalleryFolder(path, note, _make_title(path, note), (), ()))
    return sort_gallery_folders([*folders, *added])


def list_parent_folders(path: str) -> list[str]:
    """Return the paths of the folders that contain *path*, outermost first, without the photos folder itself."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _get_gallery_note(notes: Mapping[str, Notes], path: str) -> GalleryNote:
    return notes.get(path, Notes()).gallery


def _make_title(path: str, note: GalleryNote) -> str:
    return note.title or humanize_name(path.rpartition("/")[2]) or "Photographs"


def sort_gallery_folders(folders: Iterable[GalleryFolder]) -> tuple[GalleryFolder, ...]:
    """Sort folders as on the site: by position, then by name."""
    return tuple(sorted(folders, key=lambda folder: (folder.note.position, make_natural_sort_key(folder.path))))


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
    """Order photos by tone, shot scale and gaze, after those with an `order` of their own."""
    with_order = [entry for entry in entries if entry.note.order is not UNSET]
    without_order = [entry for entry in entries if entry.note.order is UNSET]
    traits = []
    for entry in without_order:
        faces = entry.photo.record.analysis.faces if entry.photo.record.analysis else ()
        traits.append(
            OrderingTraits(
                entry.photo.record.colors, entry.classification.shot_scale or "", faces[0].yaw if faces else 0.0
            )
        )
    return (*with_order, *(without_order[i] for i in propose_order(traits)))


def make_natural_sort_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key that puts `photo 2` before `photo 10`."""
    parts = re.findall(r"\d+|\D+", name)
    return tuple(
        (0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part.casefold()) for part in parts
    )
