"""The crop of a photo for each slot of the theme, computed in a worker process so that decisions need not wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ..people.routing import GalleryFolder
from ..settings import Settings
from ..values.photo import Photo
from ..values.rendition import FramingName
from ..workers.pool import WALL_SECONDS_PER_CPU_SECOND
from ..workers.process import WorkerProcess, WorkerProcessEndedError
from . import view

BASE_CPU_SECONDS = 30.0
"""Processor time allowed for a folder, plus one second for each photo. A thousand photos took about two seconds."""


class CropPreviewer:
    """Computes the crops of one folder at a time.

    *find_photo_and_folder* returns the photo with a digest, the folder that it is in now, and how close the headshots in
    that folder are cropped; or None.
    """

    def __init__(
        self,
        settings: Settings,
        find_photo_and_folder: Callable[[str], tuple[Photo, GalleryFolder, FramingName] | None],
    ) -> None:
        self._settings, self._find_photo_and_folder = settings, find_photo_and_folder
        self._worker = WorkerProcess(0)
        self._last_result: tuple[GalleryFolder | None, FramingName, dict[str, list[dict[str, Any]]]] = (
            None,
            settings.framing,
            {},
        )
        """The folder of the last request, its framing, and its crops by path."""
        self._lock, self._last_requested = threading.Lock(), ""

    def get_slot_crops(self, digest: str) -> list[dict[str, Any]]:
        """Return the crops of one photo as `view.compute_slot_crops`; empty if another photo has been requested since."""
        self._last_requested = digest
        with self._lock:
            found = self._find_photo_and_folder(digest) if self._last_requested == digest else None
            if found is None:
                return []
            photo, folder, framing = found
            if self._last_result[0] is not folder or self._last_result[1] != framing:
                settings, seconds = self._settings, BASE_CPU_SECONDS + len(folder.entries)
                future = self._worker.submit(
                    view.compute_slot_crops, (folder, settings.max_width, settings.rights, framing), seconds
                )
                try:
                    self._last_result = folder, framing, future.result(WALL_SECONDS_PER_CPU_SECOND * seconds)
                except (WorkerProcessEndedError, TimeoutError):  # it took too long, or the review is ending
                    self._worker.kill()
                    return []
            return self._last_result[2].get(photo.path, [])

    def close(self) -> None:
        """End the worker process."""
        self._worker.kill()
