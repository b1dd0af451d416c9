"""A site in a temporary folder, built by the real Pelican and the real commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]


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


def command(site: Site, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pelican_headshots", *arguments],
        cwd=site.folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
