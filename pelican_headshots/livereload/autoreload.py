"""Builds with `pelican --autoreload`: browsers reload after each one, and final pictures are rendered in the background.

Pelican creates all its objects again for each build; `session` holds what must last longer.
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
"""Time until Pelican watches for changes again after a build."""
_BACKOFF_SECONDS = 2.0
"""Time between two builds that fail; Pelican itself would start the next one at once."""


class BackgroundWork(threading.Thread):
    """What follows a build: final pictures in place of previews, and a look for photos that came while it ran.

    Pelican watches for changes only between builds, so that photos that are copied during a build would stay unseen. Where
    there is something new to show, Pelican is made to build once more. The next build stops this, because that may need
    other pictures.
    """

    def __init__(self, site_build: SiteBuild) -> None:
        super().__init__(daemon=True, name="headshots-background")
        self._site_build, self._stop_event = site_build, threading.Event()

    def run(self) -> None:
        """Render the final pictures; then touch the photos folder if Pelican is to build again."""
        try:
            has_final_pictures = self._site_build.render_final_pictures(self._stop_event.is_set)
        except HeadshotsError as error:
            log.warning("%s Until then previews are shown.", escape_for_terminal(str(error)))
            return
        if self._stop_event.wait(_WATCH_START_SECONDS):
            return
        if has_final_pictures or self._site_build.has_photos_folder_changed():
            with suppress(OSError):
                # Pelican watches this folder. A new time stamp starts a build and changes no file.
                os.utime(self._site_build.originals_folder)

    def stop(self) -> None:
        """Stop, and wait until the thread has ended."""
        self._stop_event.set()
        self.join()


def is_autoreloading() -> bool:
    """Return whether Pelican was started with `--autoreload`.

    Neither its settings nor its signals contain this, so Pelican's own parser reads the command line again. If another
    program calls `pelican.main`, the answer is no: there are no previews and pages do not reload.
    """
    program = Path(sys.argv[0])
    if program.stem != "pelican" and program != Path(pelican.__file__).with_name("__main__.py"):
        return False
    return bool(pelican.parse_arguments().autoreload)


class AutoreloadSession:
    """What lasts from build to build in this process."""

    def __init__(self) -> None:
        self._server: LiveReloadServer | None = None
        self._background_work: BackgroundWork | None = None
        self._has_failed = False

    def start_build(self, output_folder: Path, port: int) -> None:
        """Start a build: stop the work in the background, and serve the output folder on the port after *port*."""
        if self._background_work:
            self._background_work.stop()
            self._background_work = None
        if self._server is None:
            self._server = LiveReloadServer(output_folder, port + 1)
            console.print(f"Pages reload after each build at {self._server.url}", soft_wrap=True)

    def end_build(self, site_build: SiteBuild) -> None:
        """After the pages are written: reload browsers, and start the work in the background."""
        self._has_failed = False
        if self._server:
            self._server.reload_pages()
        if site_build.final_plan:
            log.info("Previews are shown; the final pictures are being rendered.")
        self._background_work = BackgroundWork(site_build)
        self._background_work.start()

    def back_off(self) -> None:
        """Wait if a build fails again, so that there is time to correct the error.

        After a failed build, Pelican neither waits for a change nor reads pelicanconf.py again.
        """
        if self._has_failed:
            time.sleep(_BACKOFF_SECONDS)
        self._has_failed = True


session = AutoreloadSession()
