"""A small site, a server for it and a browser. Without a browser these tests are skipped."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.support import engines
from tests.support.browser import CHROMIUM, Windows
from tests.support.site import Site

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
    """A built site on a web server, without a Content-Security-Policy and with a strict one."""

    url: str
    strict_url: str


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
    site.write("content/one.md", "Title: One\nDate: 2026-01-01\n\nWords.\n\n![A hall](the-hall.jpg)\n")
    return site


def _save_smaller(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(source) as picture:
        # One is large enough to fill a window as a cover; the others would be enlarged too much.
        picture.thumbnail((2400, 2400) if source.stem == "window-light" else (1400, 1400))
        picture.save(target, quality=88)


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


def serve(folder: Path, handler: type[_QuietHandler] = _QuietHandler) -> tuple[http.server.ThreadingHTTPServer, str]:
    """Serve *folder* on a free port until `shutdown` is called; return the server and its URL."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, demo_photos: Path) -> Iterator[ServedSite]:
    """The site twice, from one cache: with inline styles, and without any under a strict Content-Security-Policy."""
    if CHROMIUM is None and not engines.has_firefox() and not engines.has_webkit():
        pytest.skip("no browser on this machine: apt install chromium")
    site = _create_site(tmp_path_factory.mktemp("browser") / "site", demo_photos)
    built = site.build()
    assert built.status == 0, built.log
    plain_output = built.output.rename(built.output.with_name("plain"))
    site.settings = {"strict_csp": True}
    built = site.build()
    assert built.status == 0, built.log
    plain_server, url = serve(plain_output)
    strict_server, strict_url = serve(built.output, _StrictHandler)
    yield ServedSite(url, strict_url)
    plain_server.shutdown()
    strict_server.shutdown()


@pytest.fixture
def windows(chromium: Browser) -> Iterator[Windows]:
    """Open pages in fresh windows, which are closed after the test."""
    opened = Windows(chromium)
    yield opened
    opened.close()
