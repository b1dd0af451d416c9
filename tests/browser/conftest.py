"""A small site, a server for it and a browser. Without a browser these tests are skipped, and say so."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support.browser import CHROMIUM
from tests.support.site import Site

POLICY = "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; font-src 'self'"
WALL = ("night/half-light", "night/reader", "night/two-heads", "night/the-hall", "night/guitar", "night/window-light")
TEAM = ("navy-glaze_studio-manager", "charcoal-clay_producer", "plum-grey_accounts")


@dataclass
class Served:
    """A built site at an address, with a strict policy on or off."""

    url: str
    strict: str


def _site(folder: Path, demo_photos: Path) -> Site:
    site = Site(folder)
    for name in WALL:
        _smaller(demo_photos / f"{name}.jpg", site.photos / f"{name}.jpg")
    for name in TEAM:
        _smaller(demo_photos / "team" / f"{name}.jpg", site.photos / "team" / f"{name}.jpg")
    site.write(
        "content/photos/night/notes.toml",
        '[gallery]\nintro = "Words."\n[photos."reader.jpg"]\ncaption = "A caption."\n',
    )
    site.write("content/pages/team.md", "Title: Team\nTemplate: team\nPhotos: team\n\nWords.\n")
    site.write(
        "content/pages/about.md", "Title: About\nTemplate: about\nPhotos: team/charcoal-clay_producer.jpg\n\nWords.\n"
    )
    site.write("content/one.md", "Title: One\nDate: 2026-01-01\n\nWords.\n\n![A hall](the-hall.jpg)\n")
    return site


def _smaller(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(source) as picture:
        # One is large enough to fill a window as a cover; the others are mounted.
        picture.thumbnail((2400, 2400) if source.stem == "reader" else (1500, 1500))
        picture.save(target, quality=88)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    policy = ""

    def log_message(self, *_: Any) -> None:
        pass

    def end_headers(self) -> None:
        if self.policy:
            self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()


class _Strict(_Quiet):
    policy = POLICY


def serve(folder: Path, handler: type[_Quiet] = _Quiet) -> tuple[http.server.ThreadingHTTPServer, str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, demo_photos: Path) -> Iterator[Served]:
    """The site twice, from one cache: with inline styles, and without any under a strict Content-Security-Policy."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: apt install chromium")
    site = _site(tmp_path_factory.mktemp("browser") / "site", demo_photos)
    built = site.build()
    assert built.status == 0, built.log
    plain = built.output.rename(built.output.with_name("plain"))
    site.settings = {"strict_csp": True}
    built = site.build()
    assert built.status == 0, built.log
    one, url = serve(plain)
    other, strict = serve(built.output, _Strict)
    yield Served(url, strict)
    one.shutdown()
    other.shutdown()


@pytest.fixture
def window(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens a page in a fresh window; what the browser complained of is in `page.complaints`."""
    contexts = []

    def opened(address: str, width: int = 1280, height: int = 800, density: float = 1, **options: Any) -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, device_scale_factor=density, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on(
            "console", lambda said: page.complaints.append(said.text) if said.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda wrong: page.complaints.append(str(wrong)))
        page.on("requestfailed", lambda request: page.complaints.append(request.url))
        page.goto(address, wait_until="load")
        return page

    yield opened
    for context in contexts:
        context.close()
