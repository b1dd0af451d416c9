"""What the scripts share that write a reference from definitions: `--check` compares instead of writing."""

from __future__ import annotations

import sys
from pathlib import Path


def write_or_check(target: Path, text: str) -> None:
    """Write *text* into *target*; with `--check` on the command line, exit with a sentence if it has another text."""
    if "--check" not in sys.argv:
        target.write_text(text, encoding="utf-8")
    elif target.read_text(encoding="utf-8") != text:
        sys.exit(f"{target.name} is out of date: python {sys.argv[0]}")
