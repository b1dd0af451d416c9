"""How everything stands at this moment: whose note is whose, verdicts, galleries, the doctor's advice.

Brought up to date by what has changed alone: with 2,000 photographs one decision touches one folder of many.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..core.advised.ward import Ward, round_of
from ..core.photo import Photo
from ..core.routed import curate
from ..core.routed.curate import Folder, Opinions
from ..core.said.notebook import Notebook
from ..core.said.notes import Notes
from ..settings import Settings


class Standing:
    """*photos*, *notebook*, *folders* in order, and *wards* by folder."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.opinions: Opinions = {}
        self.photos: tuple[Photo, ...] = ()
        self.notebook = Notebook({}, ())
        self.folders: tuple[Folder, ...] = ()
        self.wards: dict[str, Ward] = {}
        self._by_digest: dict[str, Photo] = {}

    def update(self, photos: tuple[Photo, ...], notes: Mapping[str, Notes]) -> list[Photo]:
        """Take *photos* and *notes* for how things are now. Returns those of which something else is to be shown."""
        before, after = self.notebook, Notebook(notes, photos)
        if photos is not self.photos:
            self._by_digest = {photo.digest: photo for photo in reversed(photos)}
            stirred = {photo.folder for photo in photos} | {folder.path for folder in self.folders}
        else:
            stirred = self._stirred(before, after)
        advised = self._advice(stirred)
        self.photos, self.notebook = photos, after
        fresh = curate.folders(
            (photo for photo in photos if photo.folder in stirred),
            notes,
            lean=self.settings.lean,
            headshots_too=self.settings.headshots_in_galleries,
            known=self.opinions,
        )
        kept = (folder for folder in self.folders if folder.path not in stirred)
        self.folders = curate.in_order([*kept, *fresh])
        self.wards = {path: ward for path, ward in self.wards.items() if path not in stirred}
        self.wards |= {ward.folder: ward for ward in round_of(fresh)}
        advises = self._advice(stirred)
        return [
            photo
            for photo in photos
            if photo.folder in stirred
            and (
                before.note(photo) != after.note(photo)
                or before.place(photo) != after.place(photo)
                or advised.get(photo.path) != advises.get(photo.path)
            )
        ]

    def photo(self, digest: str) -> Photo | None:
        """The photograph with these contents."""
        return self._by_digest.get(digest)

    def advice(self, photo: Photo) -> list[str]:
        """The doctor's, about *photo*."""
        ward = self.wards.get(photo.folder)
        return ward.advice(photo.path) if ward else []

    def _stirred(self, before: Notebook, after: Notebook) -> set[str]:
        """Folders that the difference between two notebooks touches: a note may lie in another one than its photograph."""
        changed = {
            folder
            for folder in {*before.notes, *after.notes}
            if before.notes.get(folder, Notes()) != after.notes.get(folder, Notes())
        }
        if not changed:
            return set()
        return changed | {
            photo.folder
            for photo in self.photos
            if any(place and place.folder in changed for place in (before.place(photo), after.place(photo)))
        }

    def _advice(self, folders: set[str]) -> dict[str, list[str]]:
        wards = [ward for path, ward in self.wards.items() if path in folders]
        return {path: ward.advice(path) for ward in wards for path in ward.findings}
