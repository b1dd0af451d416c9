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

import numpy as np
import pytest
from PIL import Image

from pelican_headshots.adapters.screen.announcer import Announcer
from pelican_headshots.core.ordered import draft
from pelican_headshots.core.rendition import Crop, Rendition

from .conftest import REPOSITORY, Site


@pytest.fixture
def announcer() -> Iterator[Announcer]:
    made = Announcer()
    yield made
    made.close()


def _events(announcer: Announcer, heard: list[bytes]) -> threading.Thread:
    def listen() -> None:
        with urllib.request.urlopen(announcer.script.replace("live.js", "told"), timeout=20) as told:
            heard.append(told.readline())

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    return thread


def test_every_page_that_listens_is_told(announcer: Announcer) -> None:
    with urllib.request.urlopen(announcer.script, timeout=20) as script:
        assert b"location.reload()" in script.read()
    heard: list[bytes] = []
    threads = [_events(announcer, heard) for _ in range(2)]
    deadline = time.monotonic() + 20
    while any(thread.is_alive() for thread in threads) and time.monotonic() < deadline:
        announcer.announce()
        time.sleep(0.05)
    assert heard == [b"data: again\n"] * 2


def test_developing_is_estimated_by_what_is_to_be_encoded() -> None:
    large = {"a": {"k": Rendition(Crop(), 2400, 1600, "avif", 57)}}
    small = {"a": {"k": Rendition(Crop(), 480, 320, "jpeg", 80)}}
    assert draft.seconds(small, 1) < draft.seconds(large, 1) < draft.seconds(large | {"b": large["a"]}, 1)
    many = {str(number): wanted for number in range(8) for wanted in large.values()}
    assert draft.seconds(many, 2) == pytest.approx(draft.seconds(many, 1) / 2)
    assert draft.seconds({}, 2) == 0


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
    process = subprocess.Popen(
        [sys.executable, "-m", "pelican", "content", "--autoreload"],
        cwd=site.folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert _until(lambda: (site.folder / "output" / "portfolio" / "index.html").exists(), 200)
        page = (site.folder / "output" / "portfolio" / "index.html").read_text()
        assert re.search(r'<script src="http://127\.0\.0\.1:\d+/live\.js">', page)
        assert _until(lambda: bool(_pictures(site)), 60)
        assert _pictures(site) == {".jpg"}
        assert _until(lambda: ".avif" in _pictures(site), 600)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
    site.build()
    assert "live.js" not in (site.folder / "output" / "portfolio" / "index.html").read_text()
    assert ".avif" in _pictures(site)
