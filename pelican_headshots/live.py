"""While somebody works on the site with `pelican --autoreload`: browsers follow, and drafts are finished behind the scenes.

Pelican makes everything anew at each change; what must outlive that is in `session`.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pelican
from pelican.log import console

from .adapters.originals.files import shown
from .adapters.screen.announcer import Announcer
from .core.trouble import Trouble
from .studio import Studio

log = logging.getLogger(__name__)

_READY = 1.0
"""Seconds within which Pelican has begun to watch for changes after a build."""
_REST = 2.0
"""Seconds between two builds that fail: Pelican's loop begins the next one at once."""


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
    """Whether Pelican was started with `--autoreload`.

    Neither its settings nor its signals tell a plugin, so its own parser reads the command line once more. Where another
    program calls `pelican.main`, builds are whole ones: without drafts, and without a page that follows.
    """
    program = Path(sys.argv[0])
    if program.stem != "pelican" and program != Path(pelican.__file__).with_name("__main__.py"):
        return False
    return bool(pelican.parse_arguments().autoreload)


class Session:
    """All builds of this process."""

    def __init__(self) -> None:
        self._announcer: Announcer | None = None
        self._finisher: Finisher | None = None
        self._failed = False

    def begin(self, output: Path, port: int) -> None:
        """At the beginning of a build: nothing else is developed meanwhile, and *output* is shown next to *port*."""
        if self._finisher:
            self._finisher.stop()
            self._finisher = None
        if self._announcer is None:
            self._announcer = Announcer(output, port + 1)
            console.print(f"Pages follow each build by themselves at {self._announcer.address}", soft_wrap=True)

    def end(self, studio: Studio) -> None:
        """When the pages are written: browsers are told, and the drafts are finished."""
        if self._announcer:
            self._announcer.announce()
        if studio.drafted:
            log.info("Pictures are shown as drafts; they are being finished.")
            self._finisher = Finisher(studio)
            self._finisher.start()

    def rest(self) -> None:
        """Where a build fails again: time for somebody to mend what is wrong.

        Until a build has come to its end Pelican does not wait for a change, and does not read pelicanconf.py again.
        """
        if self._failed:
            time.sleep(_REST)
        self._failed = True


session = Session()
