"""What tests share: the material beside the repository, and a site to build in a temporary folder."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

# Where tests run in the background Ctrl+C is ignored, every child inherits that, and some tests press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """A path in the material beside the repository; the test is skipped where that is absent."""
    root = Path(os.environ.get("HEADSHOTS_SHARED", REPOSITORY.parent / "shared"))

    def find(name: str) -> Path:
        if not (root / name).exists():
            pytest.skip(f"needs {name} from the shared material beside the repository, which is not here")
        return root / name

    return find


@pytest.fixture(scope="session")
def demo_photos() -> Path:
    return REPOSITORY / "content" / "photos"


@dataclass
class BuildResult:
    """What came of a build."""

    status: int
    log: str
    output: Path
    report: dict[str, Any]

    def page(self, name: str) -> str:
        return (self.output / name).read_text(encoding="utf-8")


class Site:
    """A small site in a folder of its own, built by the real Pelican in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.photos = folder / "content" / "photos"
        self.photos.mkdir(parents=True, exist_ok=True)
        self.settings: dict[str, Any] = {}
        self.extra_settings = ""

    def add(self, source: Path, name: str = "") -> Path:
        """Copy a photograph into the photos folder as *name*."""
        target = self.photos / (name or source.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        return target

    def write(self, name: str, text: str) -> None:
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def configure(self) -> None:
        """Write the site's settings."""
        self.write(
            "pelicanconf.py",
            "import pelican_headshots\n"
            "SITENAME = 'Test'\nPATH = 'content'\nTIMEZONE = 'UTC'\nPLUGINS = ['pelican_headshots']\n"
            "THEME = pelican_headshots.theme_path()\nPAGE_URL = '{slug}/'\nPAGE_SAVE_AS = '{slug}/index.html'\n"
            f"FEED_ALL_ATOM = None\nCATEGORY_FEED_ATOM = None\nHEADSHOTS = {self.settings!r}\n{self.extra_settings}\n",
        )

    def build(self, *arguments: str, env: dict[str, str] | None = None, timeout: float = 300) -> BuildResult:
        self.configure()
        ran = subprocess.run(
            [sys.executable, "-m", "pelican", "content", *arguments],
            cwd=self.folder,
            env={**os.environ, "COLUMNS": "300", "PYTHONPATH": str(REPOSITORY), **(env or {})},
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        report = self.folder / "build-report.json"
        inputs = json.loads(report.read_text(encoding="utf-8"))["inputs"] if report.exists() else {}
        return BuildResult(ran.returncode, ran.stdout + ran.stderr, self.folder / "output", inputs)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "site")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for the whole run: Playwright cannot be started twice in a process."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: apt install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
