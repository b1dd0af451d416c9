"""Reading `notes.toml`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from ...core.geometry import Value
from ...core.said.notes import Notes
from ...core.trouble import Trouble
from ..metadata.text import plain
from ..originals.files import Found, shown
from .written_toml import understood

NAME = "notes.toml"

V = TypeVar("V", bound=Value)

LIMIT = 4 << 20
"""Bytes; 2,000 photographs with long captions take about 1 MB."""


TEXTS = frozenset(
    ("name", "role", "department", "pronouns", "bio", "email", "phone", "title", "caption", "alt", "place", "date")
    + ("lede", "pause")
)
"""What is shown as it was written; the rest are choices, numbers, and names of files."""


class BadNotes(Trouble):
    """A notes file that cannot be understood; the sentence names the file and the place."""


def read_all(originals: Path, found: Iterable[Found]) -> dict[str, Notes]:
    """The notes of every folder below *originals*, by the folder's path. Raises BadNotes."""
    return {each.path.rpartition("/")[0]: read(originals / each.path) for each in found if each.name == NAME}


def read(path: Path) -> Notes:
    """The notes in *path*. Raises BadNotes."""
    name = shown(str(path))
    try:
        if not path.is_file() or path.is_symlink():
            raise BadNotes(f"{name} is not a file. Remove it, or put the notes themselves there.")
        if path.stat().st_size > LIMIT:
            raise BadNotes(f"{name} is larger than {LIMIT >> 20} MB, too large for a notes file. Is it one?")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as wrong:
        raise BadNotes(f"{name} cannot be read: {wrong.strerror}. Look at its permissions.") from wrong
    except UnicodeDecodeError as wrong:
        raise BadNotes(f"{name} cannot be read as text: {wrong}. Save it as UTF-8.") from wrong
    return _understood(text, name)


@lru_cache(maxsize=512)
def _understood(text: str, name: str) -> Notes:
    """Remembered: review reads every notes file at each decision."""
    notes = understood(text, name, Notes, BadNotes)
    photos = {file: _cleaned(note) for file, note in notes.photos.items()}
    return replace(notes, gallery=_cleaned(notes.gallery), photos=photos)


def _cleaned(note: V) -> V:
    """*note* without characters in its texts that no page can bear."""
    texts = {field: getattr(note, field) for field in note.__struct_fields__ if field in TEXTS}
    return replace(note, **{field: plain(text) for field, text in texts.items() if isinstance(text, str)})
