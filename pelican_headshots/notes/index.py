"""Which note belongs to which photograph: by its content wherever the note lies, else by its file name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ..support.filenames import normalize_nfc
from ..values.notes import Note, Notes
from ..values.photo import Photo


class NoteLocation(NamedTuple):
    """Where a note is written: the folder of its `notes.toml`, and its name there."""

    folder: str
    name: str


class NoteIndex:
    """All notes of a site. *notes* maps a folder to its notes, *photos* are those that lie in the site now."""

    def __init__(self, notes: Mapping[str, Notes], photos: Iterable[Photo]) -> None:
        self.notes = notes
        self._by_digest: dict[str, NoteLocation] = {}
        self._by_path: dict[str, NoteLocation] = {}
        for folder, folder_notes in notes.items():
            for name, note in folder_notes.photos.items():
                self._by_path[normalize_nfc(f"{folder}/{name}".lstrip("/"))] = NoteLocation(folder, name)
                if note.digest:
                    self._by_digest.setdefault(note.digest, NoteLocation(folder, name))
        # A person may have shortened a digest by hand, as with commits.
        self._digest_lengths = sorted({len(digest) for digest in self._by_digest}, reverse=True)
        self._present_digests = {photo.digest[:length] for photo in photos for length in self._digest_lengths}

    def find_location(self, photo: Photo) -> NoteLocation | None:
        """Where the note about *photo* is written; None where nobody wrote one.

        A note that names its contents by digest never holds for others: a file of the same name may be of somebody else.
        """
        if (found := self.find_location_by_digest(photo.digest)) is not None:
            return found
        location = self._find_location_by_path(photo)
        return None if location is None or self.notes[location.folder].photos[location.name].digest else location

    def find_location_by_digest(self, digest: str) -> NoteLocation | None:
        """Where a note that names these contents is written, wherever they lie now."""
        for length in self._digest_lengths:
            if (found := self._by_digest.get(digest[:length])) is not None:
                return found
        return None

    def find_former_location(self, photo: Photo) -> NoteLocation | None:
        """A note about other contents of the same file name, which lie nowhere in the site now: an earlier version?"""
        location = self._find_location_by_path(photo)
        if location is None or self.find_location(photo) is not None:
            return None
        return None if self.notes[location.folder].photos[location.name].digest in self._present_digests else location

    def _find_location_by_path(self, photo: Photo) -> NoteLocation | None:
        return self._by_path.get(normalize_nfc(photo.path))

    def get_note(self, photo: Photo) -> Note:
        """What was said about *photo*."""
        location = self.find_location(photo)
        return self.notes[location.folder].photos[location.name] if location else Note()

    def rank_by_gallery_order(self, folder: str, photos: Iterable[Photo]) -> dict[str, int]:
        """Digest → place in the order that *folder*'s gallery names; by content where the notes know it, else by name."""
        gallery_note = self.notes.get(folder, Notes()).gallery
        if not isinstance(gallery_note.order, tuple):
            return {}
        photos = list(photos)
        by_name = {normalize_nfc(photo.path.rpartition("/")[2]): photo.digest for photo in photos}
        digests_in_folder = set(by_name.values())
        ranks: dict[str, int] = {}
        for rank, name in enumerate(gallery_note.order):
            digest = gallery_note.contents.get(name, "")
            wanted = digest if digest in digests_in_folder else by_name.get(normalize_nfc(name), "")
            ranks.setdefault(wanted, rank)
        return ranks
