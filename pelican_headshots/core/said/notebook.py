"""Which note belongs to which photograph: by its content wherever the note lies, else by its file name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ..photo import Photo
from .names import composed
from .notes import Note, Notes


class Place(NamedTuple):
    """Where a note is written: the folder of its `notes.toml`, and its name there."""

    folder: str
    name: str


class Notebook:
    """All notes of a site. *notes* maps a folder to its notes, *photos* are those that lie in the site now."""

    def __init__(self, notes: Mapping[str, Notes], photos: Iterable[Photo]) -> None:
        self.notes = notes
        self._by_digest: dict[str, Place] = {}
        self._by_name: dict[str, Place] = {}
        for folder, written in notes.items():
            for name, note in written.photos.items():
                self._by_name[composed(f"{folder}/{name}".lstrip("/"))] = Place(folder, name)
                if note.digest:
                    self._by_digest.setdefault(note.digest, Place(folder, name))
        # A person may have shortened a digest by hand, as with commits.
        self._lengths = sorted({len(digest) for digest in self._by_digest}, reverse=True)
        self._present = {photo.digest[:length] for photo in photos for length in self._lengths}

    def place(self, photo: Photo) -> Place | None:
        """Where the note about *photo* is written; None where nobody wrote one.

        A note that names its contents by digest never holds for others: a file of the same name may be of somebody else.
        """
        if (found := self.about(photo.digest)) is not None:
            return found
        own = self._named(photo)
        return None if own is None or self.notes[own.folder].photos[own.name].digest else own

    def about(self, digest: str) -> Place | None:
        """Where a note that names these contents is written, wherever they lie now."""
        for length in self._lengths:
            if (found := self._by_digest.get(digest[:length])) is not None:
                return found
        return None

    def former(self, photo: Photo) -> Place | None:
        """A note about other contents of the same file name, which lie nowhere in the site now: an earlier version?"""
        own = self._named(photo)
        if own is None or self.place(photo) is not None:
            return None
        return None if self.notes[own.folder].photos[own.name].digest in self._present else own

    def _named(self, photo: Photo) -> Place | None:
        return self._by_name.get(composed(photo.path))

    def note(self, photo: Photo) -> Note:
        """What was said about *photo*."""
        place = self.place(photo)
        return self.notes[place.folder].photos[place.name] if place else Note()

    def listed(self, folder: str, photos: Iterable[Photo]) -> dict[str, int]:
        """Digest → place in the order that *folder*'s gallery names; by content where the notes know it, else by name."""
        about = self.notes.get(folder, Notes()).gallery
        if not isinstance(about.order, tuple):
            return {}
        photos = list(photos)
        by_name = {composed(photo.path.rpartition("/")[2]): photo.digest for photo in photos}
        there = set(by_name.values())
        ranks: dict[str, int] = {}
        for rank, name in enumerate(about.order):
            digest = about.contents.get(name, "")
            wanted = digest if digest in there else by_name.get(composed(name), "")
            ranks.setdefault(wanted, rank)
        return ranks
