"""`build-report.json` in the site's folder: every input, and what became of it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec

from ..support import atomic_files
from .changes import ChangeSet
from .summary import Summary


class BuildReport:
    """What became of each input. Paths are relative to the folder *photos*, outputs absolute."""

    def __init__(self, originals_folder: Path) -> None:
        self.originals_folder = originals_folder
        self.changes = ChangeSet()
        self.summary: Summary | None = None
        self._inputs: dict[str, dict[str, object]] = {}
        self._problems: list[str] = []

    def add_built(self, path: str, outputs: list[Path], **details: object) -> None:
        """*path* is in the site as *outputs*. *facts* are further JSON values worth knowing (kind, why...)."""
        absolute = [str(output.absolute()) for output in outputs]
        self._inputs[path] = {"status": "built", "message": "", "outputs": absolute, **details}

    def add_skipped(self, path: str, message: str) -> None:
        """*path* was meant to be in the site and is not. *message* names the file and the reason."""
        self._inputs[path] = {"status": "skipped", "message": message, "outputs": []}

    def add_ignored(self, path: str, message: str = "") -> None:
        """*path* is none of ours, or hidden by a note."""
        self._inputs[path] = {"status": "ignored", "message": message, "outputs": []}

    def add_problem(self, sentence: str) -> None:
        """Something did not go as it should, although every input concerned is in the site."""
        self._problems.append(sentence)

    @property
    def messages(self) -> list[str]:
        """Whatever a strict build must not have: sentences about skipped inputs, by their paths, then troubles."""
        skipped = [str(self._inputs[path]["message"]) for path in sorted(self._inputs) if self.is_skipped(path)]
        return skipped + self._problems

    @property
    def skipped_count(self) -> int:
        return sum(map(self.is_skipped, self._inputs))

    def is_skipped(self, path: str) -> bool:
        return path in self._inputs and self._inputs[path]["status"] == "skipped"

    def write(self, path: Path) -> None:
        """Write it all as JSON. Raises DiskTrouble."""
        whole = {
            "photos": str(self.originals_folder.absolute()),
            "inputs": {key: self._inputs[key] for key in sorted(self._inputs)},
            "troubles": self._problems,
            "summary": msgspec.to_builtins(self.summary),
            "work": msgspec.to_builtins(self.changes),
        }
        atomic_files.write(path, json.dumps(whole, indent=1).encode() + b"\n")


def read_originals_folder(path: Path) -> Path | None:
    """The photos folder of the site whose last build wrote the report *path*; None where nothing says so."""
    try:
        return Path(json.loads(path.read_bytes())["photos"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def read_file_owners(path: Path, output_folder: Path) -> dict[str, str]:
    """From the report of the last build at *path*: file in the site *output* → photograph. Empty where there is none."""
    try:
        inputs = json.loads(path.read_bytes())["inputs"]
        return {
            os.path.relpath(name, output_folder).replace(os.sep, "/"): photo
            for photo, entry in inputs.items()
            for name in [*entry["outputs"], *entry.get("crops", ())]
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # reasons are then told less exactly
