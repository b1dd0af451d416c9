"""What each slot of the theme shows of a photograph, composed in a child process: nobody who decides waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ..adapters.work.child import ProcessEnded, WorkerProcess
from ..adapters.work.workers import CLOCK_FACTOR
from ..core.photo import Photo
from ..core.routed.curate import Folder
from ..settings import Settings
from . import exhibit

SECONDS = 30.0
"""Of processor time that a folder may take, and one more for each of its photographs; a thousand take about two."""


class Composer:
    """*find* gives the photograph with a digest and the folder it stands in now, or None."""

    def __init__(self, settings: Settings, find: Callable[[str], tuple[Photo, Folder] | None]) -> None:
        self._settings, self._find = settings, find
        self._aside = WorkerProcess(0)
        self._made: tuple[Folder | None, dict[str, list[dict[str, Any]]]] = (None, {})
        """The folder that was asked for last, and its slots by path."""
        self._one_at_a_time, self._asked = threading.Lock(), ""

    def slots(self, digest: str) -> list[dict[str, Any]]:
        """As `exhibit.slots`, of one photograph; nothing where another one was asked for meanwhile."""
        self._asked = digest
        with self._one_at_a_time:
            found = self._find(digest) if self._asked == digest else None
            if found is None:
                return []
            photo, folder = found
            if self._made[0] is not folder:
                chosen, seconds = self._settings, SECONDS + len(folder.entries)
                made = self._aside.submit(exhibit.slots, (folder, chosen.max_width, chosen.rights), seconds)
                try:
                    self._made = folder, made.result(CLOCK_FACTOR * seconds)
                except (ProcessEnded, TimeoutError):  # it took too long, or the review is being ended
                    self._aside.kill()
                    return []
            return self._made[1].get(photo.path, [])

    def close(self) -> None:
        """End the child."""
        self._aside.kill()
