"""Reading `notes.toml`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from ..metadata.text import to_plain_text
from ..scan.files import ScannedFile, escape_for_terminal
from ..support.errors import HeadshotsError
from ..support.toml import parse_toml
from ..values.geometry import Value
from ..values.notes import Notes

NOTES_FILE_NAME = "notes.toml"

V = TypeVar("V", bound=Value)

MAX_NOTES_FILE_BYTES = 4 << 20
"""Bytes; 2,000 photographs with long captions take about 1 MB."""


TEXT_FIELDS = frozenset(
    ("name", "role", "department", "pronouns", "bio", "email", "phone", "title", "caption", "alt", "place", "date")
    + ("intro", "text_before")
)
"""What is shown as it was written; the rest are choices, numbers, and names of files."""


class NotesError(HeadshotsError):
    """A notes file that cannot be understood; the sentence names the file and the place."""


def read_all_notes(originals_folder: Path, scanned_files: Iterable[ScannedFile]) -> dict[str, Notes]:
    """The notes of every folder below *originals*, by the folder's path. Raises BadNotes."""
    return {
        each.path.rpartition("/")[0]: read_notes(originals_folder / each.path)
        for each in scanned_files
        if each.name == NOTES_FILE_NAME
    }


def read_notes(path: Path) -> Notes:
    """The notes in *path*. Raises BadNotes."""
    name = escape_for_terminal(str(path))
    try:
        if not path.is_file() or path.is_symlink():
            raise NotesError(f"{name} is not a file. Remove it, or put the notes themselves there.")
        if path.stat().st_size > MAX_NOTES_FILE_BYTES:
            raise NotesError(
                f"{name} is larger than {MAX_NOTES_FILE_BYTES >> 20} MB, too large for a notes file. Is it one?"
            )
        text = path.read_text(encoding="utf-8-sig")
    except OSError as wrong:
        raise NotesError(f"{name} cannot be read: {wrong.strerror}. Look at its permissions.") from wrong
    except UnicodeDecodeError as wrong:
        raise NotesError(f"{name} cannot be read as text: {wrong}. Save it as UTF-8.") from wrong
    return _parse_notes(text, name)


@lru_cache(maxsize=512)
def _parse_notes(text: str, name: str) -> Notes:
    """Remembered: review reads every notes file at each decision."""
    notes = parse_toml(text, name, Notes, NotesError)
    photos = {file: _clean_texts(note) for file, note in notes.photos.items()}
    return replace(notes, gallery=_clean_texts(notes.gallery), photos=photos)


def _clean_texts(note: V) -> V:
    """*note* without characters in its texts that no page can bear."""
    texts = {field: getattr(note, field) for field in note.__struct_fields__ if field in TEXT_FIELDS}
    return replace(note, **{field: to_plain_text(text) for field, text in texts.items() if isinstance(text, str)})
