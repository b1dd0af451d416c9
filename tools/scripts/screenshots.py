"""Pictures for the README: the demo site and the review page, as a browser shows them.

    make html && python tools/scripts/screenshots.py [home] [gallery] [team] [review]

All of them, where none is named. Needs playwright and Chromium. Writes `docs/pictures/screen-*.jpg`.
"""

from __future__ import annotations

import functools
import http.server
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

REPOSITORY = Path(__file__).resolve().parents[2]
TARGET = REPOSITORY / "docs" / "pictures"
PAGES = {"home": "", "gallery": "portfolio/night/", "team": "team/"}


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without logging requests."""

    def log_message(self, format: str, *arguments: Any) -> None:
        """Says nothing."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve *folder* on a free port while the context lasts, and give its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@contextmanager
def run_review() -> Iterator[str]:
    """Run the review of the demo site while the context lasts, and give its address."""
    command = [sys.executable, "-m", "pelican_headshots", "review", "--no-open"]
    running = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    yield next(found.group() for line in running.stdout if (found := re.search(r"http://\S+", line)))
    running.terminate()
    running.wait(20)


def take_review(page: Any, url: str) -> None:
    """Take the picture of the review page."""
    page.goto(url)
    while page.locator("#sheet img:not(.loading)").count() < 14:  # the page's policy forbids evaluating a condition
        page.wait_for_timeout(500)
    page.wait_for_selector("#large:not([hidden])", timeout=90_000)
    page.wait_for_selector("#slots figure", timeout=90_000)
    page.hover("#print")
    page.wait_for_timeout(1500)
    page.screenshot(path=TARGET / "screen-review.jpg", type="jpeg", quality=80)


def main() -> None:
    """Take the pictures that the command line names."""
    asked = sys.argv[1:] or [*PAGES, "review"]
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")

        def take(name: str, address: str, down: int = 0) -> None:
            page.goto(address, wait_until="networkidle")
            page.mouse.wheel(0, down)
            page.wait_for_timeout(1500)
            page.screenshot(path=TARGET / f"screen-{name}.jpg", type="jpeg", quality=80)

        with serve(REPOSITORY / "output") as site:
            for name, path in ((name, path) for name, path in PAGES.items() if name in asked):
                take(name, site + path, down={"gallery": 1350, "team": 360}.get(name, 0))
        if "review" in asked:
            with run_review() as desk:
                take_review(page, desk)
        browser.close()


if __name__ == "__main__":
    main()
