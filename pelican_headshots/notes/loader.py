"""Read `notes.toml` files."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from ..metadata.text import to_plain_text
from ..scan.files import ScannedFile, escape_for_terminal
from ..support.errors import HeadshotsError
from ..support.filenames import normalize_nfc
from ..support.toml import parse_toml
from ..values.geometry import Value
from ..values.notes import Notes

NOTES_FILE_NAME = "notes.toml"
IGNORED_BY_NOTE = "notes.toml has `ignored = true` for it"

V = TypeVar("V", bound=Value)

MAX_NOTES_FILE_BYTES = 4 << 20
"""2,000 photos with long captions take about 1 MB."""

RENAMED_GALLERY_KEYS = {"lede": "intro"}
RENAMED_PHOTO_KEYS = {"pause": "text_before"}

TEXT_FIELDS = frozenset(
    ("name", "role", "department", "pronouns", "bio", "email", "phone", "title", "caption", "alt", "place", "date")
    + ("intro", "text_before")
)
"""Fields whose text is shown as written; the others are choices, numbers and file names."""


class NotesError(HeadshotsError):
    """A notes file that cannot be used; the message names the file and the place."""


def read_all_notes(originals_folder: Path, scanned_files: Iterable[ScannedFile]) -> dict[str, Notes]:
    """Read all notes files in the photos folder; returns folder → notes. Raises NotesError."""
    return {
        file.path.rpartition("/")[0]: read_notes(originals_folder / file.path)
        for file in scanned_files
        if file.name == NOTES_FILE_NAME
    }


def leave_out_ignored_files(
    scanned_files: Iterable[ScannedFile], notes: Mapping[str, Notes]
) -> tuple[ScannedFile, ...]:
    """Return *scanned_files* with those that are `ignored` in *notes* marked as such, so that nothing opens them."""
    ignored_paths = {
        normalize_nfc(f"{folder}/{name}".removeprefix("/"))
        for folder, folder_notes in notes.items()
        for name, note in folder_notes.photos.items()
        if note.ignored
    }
    return tuple(
        replace(file, unusable_reason="", ignored_reason=IGNORED_BY_NOTE, sidecar=None, sidecar_unusable_reason="")
        if ignored_paths and normalize_nfc(file.path) in ignored_paths
        else file
        for file in scanned_files
    )


def check_moods(notes: Mapping[str, Notes], mood_names: Sequence[str]) -> None:
    """Raise NotesError if a gallery names a mood that is not one of *mood_names*."""
    for folder, each in notes.items():
        mood = each.gallery.mood
        if mood and mood not in mood_names:
            file = escape_for_terminal(f"{folder}/{NOTES_FILE_NAME}".removeprefix("/"))
            raise NotesError(
                f"{file} says something that cannot be used: gallery.mood: there is no mood {mood!r}. "
                f"Choose from: {', '.join(mood_names)}."
            )


def read_notes(path: Path) -> Notes:
    """Read the notes file *path*. Raises NotesError."""
    name = escape_for_terminal(str(path))
    try:
        if not path.is_file() or path.is_symlink():
            raise NotesError(f"{name} is not a file. Remove it, or replace it by a file with the notes.")
        if path.stat().st_size > MAX_NOTES_FILE_BYTES:
            raise NotesError(
                f"{name} is larger than {MAX_NOTES_FILE_BYTES >> 20} MB, too large for a notes file. "
                "Check that it is the right file."
            )
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise NotesError(f"{name} cannot be read: {error.strerror}. Check its permissions.") from error
    except UnicodeDecodeError as error:
        raise NotesError(f"{name} cannot be read as text: {error}. Save it as UTF-8.") from error
    return _parse_notes(text, name)


@lru_cache(maxsize=512)
def _parse_notes(text: str, name: str) -> Notes:
    """Parse the text of a notes file; cached because review reads every notes file at each edit."""
    try:
        notes = parse_toml(text, name, Notes, NotesError)
    except NotesError as error:
        if isinstance(error.__cause__, msgspec.ValidationError) and (renamed := _describe_renamed_keys(text)):
            raise NotesError(f"{name}: {renamed}.") from error
        raise
    photos = {file: _clean_texts(note) for file, note in notes.photos.items()}
    return replace(notes, gallery=_clean_texts(notes.gallery), photos=photos)


def _describe_renamed_keys(text: str) -> str:
    """Return which old keys *text* (valid TOML) has, and their new names; empty if there are none."""
    data = tomllib.loads(text)
    renamed = {old: new for old, new in RENAMED_GALLERY_KEYS.items() if old in _get_table(data, "gallery")}
    photos = _get_table(data, "photos")
    for file in photos:
        renamed |= {old: new for old, new in RENAMED_PHOTO_KEYS.items() if old in _get_table(photos, file)}
    return " and ".join(f"`{old}` is now called `{new}`" for old, new in renamed.items())


def _get_table(data: dict[str, Any], key: str) -> dict[str, Any]:
    table = data.get(key)
    return table if isinstance(table, dict) else {}


def _clean_texts(note: V) -> V:
    """Return *note* without characters in its texts that pages cannot contain."""
    texts = {field: getattr(note, field) for field in note.__struct_fields__ if field in TEXT_FIELDS}
    return replace(note, **{field: to_plain_text(text) for field, text in texts.items() if isinstance(text, str)})
