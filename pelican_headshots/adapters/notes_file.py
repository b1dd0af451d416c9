"""Reading `notes.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from ..core.notes import Notes

LIMIT = 4 << 20
"""Bytes; 2,000 photographs with long captions take about 1 MB."""


class BadNotes(Exception):
    """A notes file that cannot be understood; the sentence names the file and the place."""


def read(path: Path) -> Notes:
    """The notes in *path*. Raises BadNotes."""
    try:
        if path.stat().st_size > LIMIT:
            raise BadNotes(f"{path} is larger than {LIMIT >> 20} MB, too large for a notes file. Is it one?")
        text = path.read_text(encoding="utf-8")
        return msgspec.convert(tomllib.loads(text), Notes)
    except (OSError, UnicodeDecodeError) as wrong:
        raise BadNotes(f"{path} cannot be read as text: {wrong}. Save it as UTF-8.") from wrong
    except (tomllib.TOMLDecodeError, RecursionError) as wrong:
        raise BadNotes(f"{path} is not valid TOML: {wrong}. Texts need quotation marks around them.") from wrong
    except msgspec.ValidationError as wrong:
        said, _, where = str(wrong).partition(" - at ")
        raise BadNotes(f"{path} says something that cannot be used: {said}{f' (at {where})' if where else ''}.") from wrong
