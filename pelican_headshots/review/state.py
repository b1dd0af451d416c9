"""How everything stands at this moment: whose note is whose, verdicts, galleries, the doctor's advice.

Brought up to date by what has changed alone: with 2,000 photographs one decision touches one folder of many.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..advice.report import SetReport, report_sets
from ..notes.index import NoteIndex
from ..people import routing
from ..people.routing import GalleryFolder, VerdictCache
from ..settings import Settings
from ..values.notes import Notes
from ..values.photo import Photo


class ReviewState:
    """*photos*, *notebook*, *folders* in order, and *wards* by folder."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.verdict_cache: VerdictCache = {}
        self.photos: tuple[Photo, ...] = ()
        self.note_index = NoteIndex({}, ())
        self.folders: tuple[GalleryFolder, ...] = ()
        self.reports_by_folder: dict[str, SetReport] = {}
        self._by_digest: dict[str, Photo] = {}

    def update(self, photos: tuple[Photo, ...], notes: Mapping[str, Notes]) -> list[Photo]:
        """Take *photos* and *notes* for how things are now. Returns those of which something else is to be shown."""
        before, after = self.note_index, NoteIndex(notes, photos)
        if photos is not self.photos:
            self._by_digest = {photo.digest: photo for photo in reversed(photos)}
            affected_folders = {photo.folder for photo in photos} | {folder.path for folder in self.folders}
        else:
            affected_folders = self._find_affected_folders(before, after)
        advice_before = self._collect_advice(affected_folders)
        self.photos, self.note_index = photos, after
        updated_folders = routing.build_gallery_folders(
            (photo for photo in photos if photo.folder in affected_folders),
            notes,
            headshot_bias=self.settings.headshot_bias,
            headshots_in_galleries=self.settings.headshots_in_galleries,
            verdict_cache=self.verdict_cache,
        )
        unchanged_folders = (folder for folder in self.folders if folder.path not in affected_folders)
        self.folders = routing.sort_gallery_folders([*unchanged_folders, *updated_folders])
        self.reports_by_folder = {
            path: ward for path, ward in self.reports_by_folder.items() if path not in affected_folders
        }
        self.reports_by_folder |= {ward.folder: ward for ward in report_sets(updated_folders)}
        advice_after = self._collect_advice(affected_folders)
        return [
            photo
            for photo in photos
            if photo.folder in affected_folders
            and (
                before.get_note(photo) != after.get_note(photo)
                or before.find_location(photo) != after.find_location(photo)
                or advice_before.get(photo.path) != advice_after.get(photo.path)
            )
        ]

    def find_photo(self, digest: str) -> Photo | None:
        """The photograph with these contents."""
        return self._by_digest.get(digest)

    def get_advice(self, photo: Photo) -> list[str]:
        """The doctor's, about *photo*."""
        report = self.reports_by_folder.get(photo.folder)
        return report.list_advice(photo.path) if report else []

    def _find_affected_folders(self, before: NoteIndex, after: NoteIndex) -> set[str]:
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
            if any(
                place and place.folder in changed for place in (before.find_location(photo), after.find_location(photo))
            )
        }

    def _collect_advice(self, folders: set[str]) -> dict[str, list[str]]:
        reports = [ward for path, ward in self.reports_by_folder.items() if path in folders]
        return {path: ward.list_advice(path) for ward in reports for path in ward.findings}
