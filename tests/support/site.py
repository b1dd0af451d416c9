"""A site in a temporary folder, built by the real Pelican and the real commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]

BuildOnce = Callable[[str, Callable[[Path], object]], Path]
"""Takes the name of a folder and a function that fills it, and returns the folder."""


@dataclass
class BuildResult:
    """The result of a build."""

    status: int
    log: str
    output: Path
    report: dict[str, Any]
    """`inputs` of `build-report.json`: photo → what was done with it."""

    def page(self, name: str) -> str:
        """Return the text of a file of the built site."""
        return (self.output / name).read_text(encoding="utf-8")


class Site:
    """A small site in a folder, built by the real Pelican in another process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.photos = folder / "content" / "photos"
        self.photos.mkdir(parents=True, exist_ok=True)
        self.settings: dict[str, Any] = {}
        self.extra_settings = ""

    def add(self, source: Path, name: str = "") -> Path:
        """Copy a photo into the photos folder as *name*."""
        target = self.photos / (name or source.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        return target

    def write(self, name: str, text: str) -> None:
        """Write a file of the site, and the folders that it needs."""
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def configure(self) -> None:
        """Write `pelicanconf.py`."""
        self.write(
            "pelicanconf.py",
            "import pelican_headshots\n"
            "SITENAME = 'Test'\nPATH = 'content'\nTIMEZONE = 'UTC'\nPLUGINS = ['pelican_headshots']\n"
            "THEME = pelican_headshots.theme_path()\nPAGE_URL = '{slug}/'\nPAGE_SAVE_AS = '{slug}/index.html'\n"
            f"FEED_ALL_ATOM = None\nCATEGORY_FEED_ATOM = None\nHEADSHOTS = {self.settings!r}\n{self.extra_settings}\n",
        )

    def build(self, *arguments: str, env: dict[str, str] | None = None, timeout: float = 300) -> BuildResult:
        """Write the settings, run Pelican and return what came out. A failed build is no exception."""
        self.configure()
        completed = subprocess.run(
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
        return BuildResult(completed.returncode, completed.stdout + completed.stderr, self.folder / "output", inputs)


def command(site: Site, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `pelican-headshots` with *arguments* in the folder of *site*."""
    return subprocess.run(
        [sys.executable, "-m", "pelican_headshots", *arguments],
        cwd=site.folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
