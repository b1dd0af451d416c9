"""`pelican --autoreload` shows previews first, renders the final pictures in the background and reloads browsers."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from pelican_headshots.livereload.server import LiveReloadServer
from tests.support.site import REPOSITORY, Site


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "output"
    folder.mkdir()
    return folder


@pytest.fixture
def server(output: Path) -> Iterator[LiveReloadServer]:
    server = LiveReloadServer(output)
    yield server
    server.close()


def test_every_listening_page_receives_the_reload_event(server: LiveReloadServer) -> None:
    def listen() -> None:
        with urllib.request.urlopen(f"{server.url}.headshots-live/events", timeout=60) as events:
            received.append(events.readline())

    received: list[bytes] = []
    threads = [threading.Thread(target=listen, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 20
    while any(thread.is_alive() for thread in threads) and time.monotonic() < deadline:
        server.reload_pages()
        time.sleep(0.05)
    assert received == [b"data: again\n"] * 2


def test_a_page_in_a_browser_reloads_and_its_file_is_not_changed(
    server: LiveReloadServer, output: Path, chromium: Any
) -> None:
    for name in ("index.html", "team/index.html", "slug.html"):
        (output / name).parent.mkdir(exist_ok=True)
        (output / name).write_text("<!doctype html><title>first</title>")
    (output / "a.css").write_text("body {}")
    page = chromium.new_page()
    for address in ("", "team/", "team", "slug", "slug.html?x"):
        page.goto(server.url + address)
        assert page.title() == "first"
        assert page.locator("script").count() == 1
    page.wait_for_function("performance.getEntriesByType('resource').some((entry) => entry.name.endsWith('script.js'))")
    assert page.goto(f"{server.url}a.css").text() == "body {}"
    assert page.goto(f"{server.url}nothing").status == 404
    page.goto(server.url)
    (output / "index.html").write_text("<!doctype html><title>second</title>")
    deadline = time.monotonic() + 20
    while page.title() != "second" and time.monotonic() < deadline:
        server.reload_pages()
        page.wait_for_timeout(100)
    assert page.title() == "second"
    assert (output / "index.html").read_text() == "<!doctype html><title>second</title>"
    page.close()


def test_a_free_port_is_used_if_the_wanted_one_is_taken_or_invalid(server: LiveReloadServer, output: Path) -> None:
    port = urlsplit(server.url).port or 0
    second = LiveReloadServer(output, port)
    assert second.url != server.url
    second.close()
    with_invalid_port = LiveReloadServer(output, 65_536)
    assert with_invalid_port.url != server.url
    with_invalid_port.close()


def _is_true_within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.2)
    return False


def _get_picture_suffixes(site: Site) -> set[str]:
    folder = site.folder / "output" / "pictures"
    return {path.suffix for path in folder.iterdir()} if folder.is_dir() else set()


@pytest.mark.slow
def test_previews_are_shown_first_and_then_replaced_by_the_final_pictures(site: Site, tmp_path: Path) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (500, 750, 3), dtype=np.uint8)
    for number in range(3):
        picture = Image.fromarray(np.roll(noise, number, axis=2)).resize((1500, 1000))
        picture.save(tmp_path / "big.jpg", quality=85)
        site.add(tmp_path / "big.jpg", f"night/{number}.jpg")
    site.settings = {"workers": 1}
    site.configure()
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "pelican", "content", "--autoreload"],
            cwd=site.folder,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            stdout=log,
            stderr=subprocess.DEVNULL,
        )
    try:
        assert _is_true_within(200, lambda: (site.folder / "output" / "portfolio" / "index.html").exists())
        url = re.search(r"at (http://127\.0\.0\.1:\d+/)", (tmp_path / "log").read_text())
        assert url
        with urllib.request.urlopen(f"{url[1]}portfolio/", timeout=60) as page:
            assert page.read().endswith(b'script.js"></script>')
        assert _is_true_within(60, lambda: bool(_get_picture_suffixes(site)))
        assert _get_picture_suffixes(site) == {".jpg"}
        assert _is_true_within(600, lambda: ".avif" in _get_picture_suffixes(site))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
    for page in (site.folder / "output").rglob("*.html"):
        assert "127.0.0.1" not in page.read_text()
        assert "headshots-live" not in page.read_text()
    site.build()
    assert ".avif" in _get_picture_suffixes(site)
