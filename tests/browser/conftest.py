"""A small site, a server for it and a browser. Without a browser these tests are skipped."""

from __future__ import annotations

import functools
import http.server
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qs

import pytest
from PIL import Image

from tests.support import engines
from tests.support.browser import CHROMIUM, Windows
from tests.support.site import BuildOnce, Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser

STRICT_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; font-src 'self'; manifest-src 'self'; "
    "connect-src 'self'"
)
GALLERY_PHOTOS = (
    "night/half-light",
    "night/reader",
    "night/two-heads",
    "night/the-hall",
    "night/guitar",
    "night/window-light",
)
TEAM_PHOTOS = ("navy-glaze_studio-manager", "charcoal-clay_producer", "plum-grey_accounts")


@dataclass
class ServedSite:
    """A built site on web servers with different Content-Security-Policies."""

    url: str
    strict_url: str
    no_script_url: str
    """Here the pages' scripts do not run, but those of a test do: in a browser without JavaScript neither would."""
    sent_forms: list[tuple[str, dict[str, list[str]]]]
    """The path and the fields of each form that was sent."""


def _create_site(folder: Path, demo_photos: Path) -> Site:
    site = Site(folder)
    for name in GALLERY_PHOTOS:
        _save_smaller(demo_photos / f"{name}.jpg", site.photos / f"{name}.jpg")
    for name in TEAM_PHOTOS:
        _save_smaller(demo_photos / "team" / f"{name}.jpg", site.photos / "team" / f"{name}.jpg")
    site.write(
        "content/photos/night/notes.toml",
        '[gallery]\nintro = "Words."\ncover = "window-light.jpg"\nrepeat_cover = true\n'
        '[photos."reader.jpg"]\ncaption = "A caption."\n',
    )
    site.write("content/pages/team.md", "Title: Team\nTemplate: team\nPhotos: team\n\nWords.\n")
    site.write(
        "content/pages/about.md", "Title: About\nTemplate: about\nPhotos: team/charcoal-clay_producer.jpg\n\nWords.\n"
    )
    site.write("content/pages/contact.md", "Title: Contact\nTemplate: contact\nForm: netlify\n\nWords.\n")
    site.write(
        "content/pages/book.md", "Title: Book\nTemplate: contact\nForm: https://forms.example.com/f?a=1&b=2\n\nWords.\n"
    )
    site.write("content/pages/mail.md", "Title: Mail\nTemplate: contact\nForm: mailto:ada@example.com\n\nWords.\n")
    site.write("content/one.md", "Title: One\nDate: 2026-01-01\n\nWords.\n\n![A hall](the-hall.jpg)\n")
    return site


def _save_smaller(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(source) as picture:
        # One is large enough to fill a window as a cover; the others would be enlarged too much.
        picture.thumbnail((2400, 2400) if source.stem == "window-light" else (1400, 1400))
        picture.save(target, quality=88)


class _Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128  # the default of 5 makes a browser on a busy machine wait for seconds

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about pages that were left before they had everything."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    policy = ""

    def log_message(self, *_: object) -> None:
        pass

    def end_headers(self) -> None:
        if self.policy:
            self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()


class _StrictHandler(_QuietHandler):
    policy = STRICT_POLICY


class _FormHandler(_QuietHandler):
    """Serves pages whose scripts do not run, and answers a form with the page that it was sent to."""

    policy = "script-src 'none'"
    sent_forms: ClassVar[list[tuple[str, dict[str, list[str]]]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.sent_forms.append((self.path, parse_qs(body, keep_blank_values=True)))
        self.do_GET()


def serve(folder: Path, handler: type[_QuietHandler] = _QuietHandler) -> tuple[http.server.ThreadingHTTPServer, str]:
    """Serve *folder* on a free port until `shutdown` is called; return the server and its URL."""
    server = _Server(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"


@pytest.fixture(scope="session")
def served(build_once: BuildOnce, demo_photos: Path) -> Iterator[ServedSite]:
    """The site twice, from one cache: with inline styles, and without any under a strict Content-Security-Policy."""
    if CHROMIUM is None and not engines.has_firefox() and not engines.has_webkit():
        pytest.skip("no browser on this machine: apt install chromium")

    def build(folder: Path) -> None:
        site = _create_site(folder, demo_photos)
        for name, is_strict in (("plain", False), ("strict", True)):
            # AVIF would take half of the time; the site of `test_gallery.py` has it.
            site.settings = {"formats": ["webp", "jpeg"], "strict_csp": is_strict}
            built = site.build()
            assert built.status == 0, built.log
            built.output.rename(folder / name)

    folder = build_once("served-site", build)
    plain_server, url = serve(folder / "plain")
    strict_server, strict_url = serve(folder / "strict", _StrictHandler)
    no_script_server, no_script_url = serve(folder / "plain", _FormHandler)
    yield ServedSite(url, strict_url, no_script_url, _FormHandler.sent_forms)
    for server in (plain_server, strict_server, no_script_server):
        server.shutdown()


@pytest.fixture(scope="module")
def windows_of_file(chromium: Browser) -> Iterator[Windows]:
    """Keep windows open for all tests of a file."""
    windows = Windows(chromium)
    yield windows
    windows.close()


@pytest.fixture
def windows(windows_of_file: Windows) -> Iterator[Windows]:
    """Open pages in windows: fresh ones are closed after the test."""
    yield windows_of_file
    windows_of_file.end_test()
