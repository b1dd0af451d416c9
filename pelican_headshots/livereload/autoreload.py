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

from ..pipeline.site_build import SiteBuild
from ..scan.files import escape_for_terminal
from ..support.errors import HeadshotsError
from .server import LiveReloadServer

log = logging.getLogger(__name__)

_WATCH_START_SECONDS = 1.0
"""Seconds within which Pelican has begun to watch for changes after a build."""
_BACKOFF_SECONDS = 2.0
"""Seconds between two builds that fail: Pelican's loop begins the next one at once."""


class BackgroundRenderer(threading.Thread):
    """Develops what *studio* showed drafts of; then has Pelican build once more, with nothing left to develop.

    Until it is stopped: the next build may want other pictures.
    """

    def __init__(self, site_build: SiteBuild) -> None:
        super().__init__(daemon=True, name="headshots-finisher")
        self._site_build, self._stop_event = site_build, threading.Event()

    def run(self) -> None:
        try:
            finished = self._site_build.render_final_pictures(self._stop_event.is_set)
        except HeadshotsError as trouble:
            log.warning("%s Until then drafts are shown.", escape_for_terminal(str(trouble)))
            return
        if finished and not self._stop_event.wait(_WATCH_START_SECONDS):
            with suppress(OSError):
                # Pelican watches this folder. Its time stamp is nobody's, and what lies in it stays as it is.
                os.utime(self._site_build.originals_folder)

    def stop(self) -> None:
        self._stop_event.set()
        self.join()


def is_autoreloading() -> bool:
    """Whether Pelican was started with `--autoreload`.

    Neither its settings nor its signals tell a plugin, so its own parser reads the command line once more. Where another
    program calls `pelican.main`, builds are whole ones: without drafts, and without a page that follows.
    """
    program = Path(sys.argv[0])
    if program.stem != "pelican" and program != Path(pelican.__file__).with_name("__main__.py"):
        return False
    return bool(pelican.parse_arguments().autoreload)


class AutoreloadSession:
    """All builds of this process."""

    def __init__(self) -> None:
        self._server: LiveReloadServer | None = None
        self._renderer: BackgroundRenderer | None = None
        self._has_failed = False

    def start_build(self, output_folder: Path, port: int) -> None:
        """At the beginning of a build: nothing else is developed meanwhile, and *output* is shown next to *port*."""
        if self._renderer:
            self._renderer.stop()
            self._renderer = None
        if self._server is None:
            self._server = LiveReloadServer(output_folder, port + 1)
            console.print(f"Pages follow each build by themselves at {self._server.url}", soft_wrap=True)

    def end_build(self, site_build: SiteBuild) -> None:
        """When the pages are written: browsers are told, and the drafts are finished."""
        if self._server:
            self._server.reload_pages()
        if site_build.final_plan:
            log.info("Pictures are shown as drafts; they are being finished.")
            self._renderer = BackgroundRenderer(site_build)
            self._renderer.start()

    def back_off(self) -> None:
        """Where a build fails again: time for somebody to mend what is wrong.

        Until a build has come to its end Pelican does not wait for a change, and does not read pelicanconf.py again.
        """
        if self._has_failed:
            time.sleep(_BACKOFF_SECONDS)
        self._has_failed = True


session = AutoreloadSession()
