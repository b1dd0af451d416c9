"""The current state of a review: the notes of each photo, classifications, galleries and advice.

Only folders that a change affects are classified again: with 2,000 photos, a decision usually affects one of many folders.
Where photos appear is decided for all of them again, because people may have photos in several folders.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..advice.report import SetReport, report_sets
from ..notes.index import NoteIndex
from ..people import routing
from ..people.routing import ClassificationCache, GalleryFolder, RoutingContext
from ..settings import Settings
from ..values.notes import Notes
from ..values.photo import Photo


class ReviewState:
    """The photos, the index of their notes, the gallery folders in order, and the advice by folder."""

    def __init__(self, settings: Settings, classification_cache: ClassificationCache) -> None:
        self.settings, self.classification_cache = settings, classification_cache
        self.photos: tuple[Photo, ...] = ()
        self.note_index = NoteIndex({}, ())
        self.folders: tuple[GalleryFolder, ...] = ()
        self.reports_by_folder: dict[str, SetReport] = {}
        self._by_digest: dict[str, Photo] = {}
        self._context = RoutingContext()

    def update(
        self, photos: tuple[Photo, ...], notes: Mapping[str, Notes], context: RoutingContext = RoutingContext()
    ) -> list[Photo]:
        """Update the state to *photos* and *notes*. Return the photos whose data on the page has changed."""
        before, after = self.note_index, NoteIndex(notes, photos)
        if photos is not self.photos:
            self._by_digest = {photo.digest: photo for photo in reversed(photos)}
            affected_folders = {photo.folder for photo in photos} | {folder.path for folder in self.folders}
        else:
            affected_folders = self._find_affected_folders(before, after)
            if not affected_folders and context == self._context:
                return []
        self._context = context
        advice_before = self._collect_advice(affected_folders)
        self.photos, self.note_index = photos, after
        updated_folders = routing.build_gallery_folders(
            (photo for photo in photos if photo.folder in affected_folders),
            notes,
            headshot_bias=self.settings.headshot_bias,
            headshots_in_galleries=self.settings.headshots_in_galleries,
            classification_cache=self.classification_cache,
            context=context,
        )
        unchanged_folders = (folder for folder in self.folders if folder.path not in affected_folders)
        self.folders = routing.route_photos(
            routing.sort_gallery_folders([*unchanged_folders, *updated_folders]),
            context,
            headshots_in_galleries=self.settings.headshots_in_galleries,
        )
        self.reports_by_folder = {
            path: report for path, report in self.reports_by_folder.items() if path not in affected_folders
        }
        self.reports_by_folder |= {report.folder: report for report in report_sets(updated_folders)}
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
        """Return the photo with this digest."""
        return self._by_digest.get(digest)

    def get_advice(self, photo: Photo) -> list[str]:
        """Return the advice about *photo*."""
        report = self.reports_by_folder.get(photo.folder)
        return report.list_advice(photo.path) if report else []

    def _find_affected_folders(self, before: NoteIndex, after: NoteIndex) -> set[str]:
        """Return the folders that changed notes affect: a note may be in another folder than its photo."""
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
                location and location.folder in changed
                for location in (before.find_location(photo), after.find_location(photo))
            )
        }

    def _collect_advice(self, folders: set[str]) -> dict[str, list[str]]:
        reports = [report for path, report in self.reports_by_folder.items() if path in folders]
        return {path: report.list_advice(path) for report in reports for path in report.findings}
