"""Find the note about a photo: by the photo's content in any notes file, else by its file name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from ..support.filenames import normalize_nfc
from ..values.notes import Note, Notes


class NamedFile(Protocol):
    """A photo, or its file before it is analyzed: what a note may name it by."""

    @property
    def path(self) -> str:
        """Its path, relative to the photos folder."""

    @property
    def digest(self) -> str:
        """The digest of its contents."""

    @property
    def folder(self) -> str:
        """Its folder, relative to the photos folder."""


class NoteLocation(NamedTuple):
    """Where a note is written: the folder of its `notes.toml`, and the file name under which it is there."""

    folder: str
    name: str


class NoteIndex:
    """All notes of a site."""

    def __init__(self, notes: Mapping[str, Notes], photos: Iterable[NamedFile]) -> None:
        """Index *notes*, given by folder, for *photos*, the photos that are in the site now."""
        self.notes = notes
        self._by_digest: dict[str, NoteLocation] = {}
        self._by_path: dict[str, NoteLocation] = {}
        for folder, folder_notes in notes.items():
            for name, note in folder_notes.photos.items():
                self._by_path[normalize_nfc(f"{folder}/{name}".lstrip("/"))] = NoteLocation(folder, name)
                if note.digest:
                    self._by_digest.setdefault(note.digest, NoteLocation(folder, name))
        # Somebody may have shortened a digest by hand, as one does with commits.
        self._digest_lengths = sorted({len(digest) for digest in self._by_digest}, reverse=True)
        self._present_digests = {photo.digest[:length] for photo in photos for length in self._digest_lengths}

    def find_location(self, photo: NamedFile) -> NoteLocation | None:
        """Return where the note about *photo* is written; None if there is no note.

        A note with a digest only applies to that content: another file with the same name may show somebody else.
        """
        if (found := self.find_location_by_digest(photo.digest)) is not None:
            return found
        location = self.find_location_by_path(photo.path)
        return None if location is None or self.notes[location.folder].photos[location.name].digest else location

    def find_location_by_digest(self, digest: str) -> NoteLocation | None:
        """Return where a note with this digest is written, in whatever folder."""
        for length in self._digest_lengths:
            if (found := self._by_digest.get(digest[:length])) is not None:
                return found
        return None

    def find_former_location(self, photo: NamedFile) -> NoteLocation | None:
        """Return where a note about a file of the same name is written whose content is gone: perhaps an earlier version."""
        location = self.find_location_by_path(photo.path)
        if location is None or self.find_location(photo) is not None:
            return None
        return None if self.notes[location.folder].photos[location.name].digest in self._present_digests else location

    def find_location_by_path(self, path: str) -> NoteLocation | None:
        """Return where a note about a file *path* is written, whatever content it is about."""
        return self._by_path.get(normalize_nfc(path))

    def get_note(self, photo: NamedFile) -> Note:
        """Return the note about *photo*, which is empty if there is none."""
        location = self.find_location(photo)
        return self.notes[location.folder].photos[location.name] if location else Note()

    def rank_by_gallery_order(self, folder: str, photos: Iterable[NamedFile]) -> dict[str, int]:
        """Return digest → position in the `order` list of *folder*, matched by digest if the notes have it, else by name."""
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
