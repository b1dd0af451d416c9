"""`build-report.json` beside `pelicanconf.py`: every input and what became of it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec

from ..support import atomic_files
from .changes import ChangeSet
from .summary import Summary


class BuildReport:
    """Collects what became of each input. Input paths are relative to *originals_folder*, outputs absolute."""

    def __init__(self, originals_folder: Path) -> None:
        self.originals_folder = originals_folder
        self.changes = ChangeSet()
        self.summary: Summary | None = None
        self.placeholder_lines: list[str] = []
        """Where the texts of a new site are that nobody has replaced yet, such as `pages/about.md:4`."""
        self._inputs: dict[str, dict[str, object]] = {}
        self._problems: list[str] = []

    def add_built(self, path: str, outputs: list[str], **details: object) -> None:
        """Record that *path* is in the site as *outputs*. *details* are further JSON values (kind, why and so on)."""
        self._inputs[path] = {"status": "built", "message": "", "outputs": outputs, **details}

    def add_skipped(self, path: str, message: str) -> None:
        """Record that *path* should be in the site but is not. *message* names the file and the reason."""
        self._inputs[path] = {"status": "skipped", "message": message, "outputs": []}

    def add_ignored(self, path: str, message: str = "") -> None:
        """Record that *path* is not a photo, is hidden by a note, or is not selected."""
        self._inputs[path] = {"status": "ignored", "message": message, "outputs": []}

    def add_problem(self, message: str) -> None:
        """Record a problem that kept no input out of the site."""
        self._problems.append(message)

    @property
    def messages(self) -> list[str]:
        """What a strict build does not accept: messages about skipped inputs, sorted by path, then problems."""
        skipped = [str(self._inputs[path]["message"]) for path in sorted(self._inputs) if self.is_skipped(path)]
        return skipped + self._problems

    @property
    def skipped_count(self) -> int:
        """The number of photos that were left out."""
        return sum(map(self.is_skipped, self._inputs))

    def is_skipped(self, path: str) -> bool:
        """Return whether the photo at *path* was left out."""
        return path in self._inputs and self._inputs[path]["status"] == "skipped"

    def write(self, path: Path) -> None:
        """Write the report as JSON.

        Raises:
            DiskError: The file cannot be written.
        """
        report = {
            "photos": str(self.originals_folder.absolute()),
            "inputs": {key: self._inputs[key] for key in sorted(self._inputs)},
            "troubles": self._problems,
            "summary": msgspec.to_builtins(self.summary),
            "work": msgspec.to_builtins(self.changes),
        }
        # msgspec indents faster than json, but cannot encode file names that are not text.
        atomic_files.write(path, msgspec.json.format(json.dumps(report).encode(), indent=1) + b"\n")


def read_originals_folder(path: Path) -> Path | None:
    """Return the photos folder from the report *path*, or None if there is no readable report."""
    try:
        return Path(json.loads(path.read_bytes())["photos"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def read_file_owners(path: Path, output_folder: Path) -> dict[str, str]:
    """Return the photo of each file in the site, from the last build's report; empty without a readable report.

    Files are relative to *output_folder*, photos to the photos folder.
    """
    try:
        inputs = json.loads(path.read_bytes())["inputs"]
        return {
            os.path.relpath(name, output_folder).replace(os.sep, "/"): photo
            for photo, entry in inputs.items()
            for name in [*entry["outputs"], *entry.get("crops", ())]
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # then reasons are less exact
