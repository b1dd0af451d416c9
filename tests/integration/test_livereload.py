"""Working on a site with `pelican --autoreload`: drafts first, finished behind the scenes, browsers told."""

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
import pelican
import pytest
from PIL import Image

from pelican_headshots.images import preview
from pelican_headshots.livereload import autoreload
from pelican_headshots.livereload.server import LiveReloadServer
from pelican_headshots.values.rendition import Crop, Rendition
from tests.support.site import REPOSITORY, Site


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "output"
    folder.mkdir()
    return folder


@pytest.fixture
def announcer(output: Path) -> Iterator[LiveReloadServer]:
    made = LiveReloadServer(output)
    yield made
    made.close()


def test_every_page_that_listens_is_told(announcer: LiveReloadServer) -> None:
    def listen() -> None:
        with urllib.request.urlopen(f"{announcer.url}.headshots-live/events", timeout=20) as told:
            heard.append(told.readline())

    heard: list[bytes] = []
    threads = [threading.Thread(target=listen, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 20
    while any(thread.is_alive() for thread in threads) and time.monotonic() < deadline:
        announcer.reload_pages()
        time.sleep(0.05)
    assert heard == [b"data: again\n"] * 2


def test_a_page_in_a_browser_follows_and_its_file_stays_as_it_is(
    announcer: LiveReloadServer, output: Path, chromium: Any
) -> None:
    for name in ("index.html", "team/index.html", "slug.html"):
        (output / name).parent.mkdir(exist_ok=True)
        (output / name).write_text("<!doctype html><title>first</title>")
    (output / "a.css").write_text("body {}")
    page = chromium.new_page()
    for address in ("", "team/", "team", "slug", "slug.html?x"):
        page.goto(announcer.url + address)
        assert page.title() == "first"
        assert page.locator("script").count() == 1
    page.wait_for_function("performance.getEntriesByType('resource').some((one) => one.name.endsWith('script.js'))")
    assert page.goto(f"{announcer.url}a.css").text() == "body {}"
    assert page.goto(f"{announcer.url}nothing").status == 404
    page.goto(announcer.url)
    (output / "index.html").write_text("<!doctype html><title>second</title>")
    deadline = time.monotonic() + 20
    while page.title() != "second" and time.monotonic() < deadline:
        announcer.reload_pages()
        page.wait_for_timeout(100)
    assert page.title() == "second"
    assert (output / "index.html").read_text() == "<!doctype html><title>second</title>"
    page.close()


def test_where_its_port_is_taken_a_free_one_is(announcer: LiveReloadServer, output: Path) -> None:
    port = urlsplit(announcer.url).port or 0
    second = LiveReloadServer(output, port)
    assert second.url != announcer.url
    second.close()
    third = LiveReloadServer(output, 65_536)
    third.close()


@pytest.mark.parametrize(
    ("program", "arguments", "watches"),
    [
        ("/usr/bin/pelican", "content -lr", True),
        ("/usr/bin/pelican", "--autoreload -s my.py", True),
        (str(Path(pelican.__file__).with_name("__main__.py")), "-r", True),
        ("/usr/bin/pelican", "content -o reports", False),
        ("/usr/bin/pelican-headshots", "plan", False),
        ("/home/me/pelican/tasks.py", "--autoreload --of-its-own", False),
    ],
)
def test_watching_is_what_the_command_line_says(
    monkeypatch: pytest.MonkeyPatch, program: str, arguments: str, watches: bool
) -> None:
    monkeypatch.setattr(sys, "argv", [program, *arguments.split()])
    assert autoreload.is_autoreloading() is watches


def test_developing_is_estimated_by_what_is_to_be_encoded() -> None:
    large = {"a": {"k": Rendition(Crop(), 2400, 1600, "avif", 57)}}
    small = {"a": {"k": Rendition(Crop(), 480, 320, "jpeg", 80)}}
    assert (
        preview.estimate_render_seconds(small, 1)
        < preview.estimate_render_seconds(large, 1)
        < preview.estimate_render_seconds(large | {"b": large["a"]}, 1)
    )
    many = {str(number): wanted for number in range(8) for wanted in large.values()}
    assert preview.estimate_render_seconds(many, 2) == pytest.approx(preview.estimate_render_seconds(many, 1) / 2)
    assert preview.estimate_render_seconds({}, 2) == 0


def _until(what: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.2)
    return False


def _pictures(site: Site) -> set[str]:
    folder = site.folder / "output" / "pictures"
    return {path.suffix for path in folder.iterdir()} if folder.is_dir() else set()


@pytest.mark.slow
def test_drafts_come_first_and_are_finished(site: Site, tmp_path: Path) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (500, 750, 3), dtype=np.uint8)
    for number in range(3):
        picture = Image.fromarray(np.roll(noise, number, axis=2)).resize((1500, 1000))
        picture.save(tmp_path / "big.jpg", quality=85)
        site.add(tmp_path / "big.jpg", f"walls/{number}.jpg")
    site.settings = {"workers": 1}
    site.configure()
    with (tmp_path / "said").open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "pelican", "content", "--autoreload"],
            cwd=site.folder,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            stdout=said,
            stderr=subprocess.DEVNULL,
        )
    try:
        assert _until(lambda: (site.folder / "output" / "portfolio" / "index.html").exists(), 200)
        found = re.search(r"at (http://127\.0\.0\.1:\d+/)", (tmp_path / "said").read_text())
        assert found
        with urllib.request.urlopen(f"{found[1]}portfolio/", timeout=20) as page:
            assert page.read().endswith(b'script.js"></script>')
        assert _until(lambda: bool(_pictures(site)), 60)
        assert _pictures(site) == {".jpg"}
        assert _until(lambda: ".avif" in _pictures(site), 600)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
    for page in (site.folder / "output").rglob("*.html"):
        assert "127.0.0.1" not in page.read_text() and "headshots-live" not in page.read_text()
    site.build()
    assert ".avif" in _pictures(site)
