"""While somebody works on the site with `pelican --autoreload`: browsers follow, and drafts are finished behind the scenes.

Pelican makes everything anew at each change; what must outlive that is in this module.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from contextlib import suppress

import pelican

from .adapters.originals.files import shown
from .adapters.screen.announcer import Announcer
from .core.trouble import Trouble
from .studio import Studio

log = logging.getLogger(__name__)

_READY = 1.0
"""Seconds within which Pelican has begun to watch for changes after a build."""
_REST = 2.0
"""Seconds between two builds that fail: Pelican's loop begins the next one at once."""


class _Desk:
    """What stays between builds."""

    announcer: Announcer | None = None
    finisher: Finisher | None = None


class Finisher(threading.Thread):
    """Develops what *studio* showed drafts of; then has Pelican build once more, with nothing left to develop.

    Until it is stopped: the next build may want other pictures.
    """

    def __init__(self, studio: Studio) -> None:
        super().__init__(daemon=True, name="headshots-finisher")
        self._studio, self._stopped = studio, threading.Event()

    def run(self) -> None:
        try:
            finished = self._studio.finish(self._stopped.is_set)
        except Trouble as trouble:
            log.warning("%s Until then drafts are shown.", shown(str(trouble)))
            return
        if finished and not self._stopped.wait(_READY):
            with suppress(OSError):
                # Pelican watches this folder. Its time stamp is nobody's, and what lies in it stays as it is.
                os.utime(self._studio.originals)

    def stop(self) -> None:
        self._stopped.set()
        self.join()


def watching() -> bool:
    """Whether this build was started by Pelican's own loop that waits for changes."""
    frame = sys._getframe()
    while frame.f_back:
        frame = frame.f_back
        if frame.f_code is pelican.autoreload.__code__:
            return True
    return False


def rested() -> bool:
    """After a build that could not begin: whether Pelican watches, and then time for somebody to mend what is wrong.

    Until a build has come to its end Pelican does not read pelicanconf.py again, whatever is written there.
    """
    if not watching():
        return False
    time.sleep(_REST)
    return True


def begin() -> str:
    """At the beginning of a build: nothing else is developed meanwhile. The address of the script for pages."""
    if _Desk.finisher:
        _Desk.finisher.stop()
        _Desk.finisher = None
    if _Desk.announcer is None:
        _Desk.announcer = Announcer()
    return _Desk.announcer.script


def end(studio: Studio) -> None:
    """When the pages are written: browsers are told, and the drafts are finished."""
    if _Desk.announcer:
        _Desk.announcer.announce()
    if studio.drafted:
        log.info("Pictures are shown as drafts; they are being finished.")
        _Desk.finisher = Finisher(studio)
        _Desk.finisher.start()
