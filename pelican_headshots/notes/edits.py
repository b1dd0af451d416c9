"""What a person may decide in review, and how it meets what was said meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ..values.geometry import Value
from ..values.notes import Note

EDITABLE_FIELDS = ("kind", "focus", "name", "role", "title", "alt", "caption", "hidden", "gallery")
"""What review edits of a photograph's note."""

NoteFields = dict[str, Any]
"""Field → value as in `notes.toml`; None: nothing is said."""


class NoteEdit(Value, frozen=True):
    """A decision about one photograph.

    *fields* are to be said (None: unsaid again); *seen* is what the page showed for the same fields when it was made.
    """

    digest: str
    fields: NoteFields
    seen: NoteFields = {}


class OrderEdit(Value, frozen=True):
    """A decision about a gallery: its *folder*, the digests in hanging order, and the order that the page showed."""

    folder: str
    order: tuple[str, ...]
    seen: tuple[str, ...] = ()


class EditConflict(Value, frozen=True):
    """A field that somebody else has said something about since the page was drawn. Nothing of the decision is written."""

    digest: str
    field: str
    now: Any


def get_editable_fields(note: Note) -> NoteFields:
    """What *note* says of FIELDS."""
    written = msgspec.json.decode(msgspec.json.encode(note))
    if not note.hidden:
        del written["hidden"]
    return {field: written[field] for field in EDITABLE_FIELDS if field in written}


def find_conflicts(edit: NoteEdit, current: Mapping[str, Any]) -> list[EditConflict]:
    """Fields of *change* whose value *now* is neither what the page showed nor what is to be written."""
    return [
        EditConflict(edit.digest, field, current.get(field))
        for field, value in edit.fields.items()
        if field in edit.seen and current.get(field) not in (edit.seen[field], value)
    ]


def explain_invalid_edit(edit: NoteEdit) -> str:
    """A sentence where *change* says something that no note can say; else empty."""
    unknown = sorted(set(edit.fields) - set(EDITABLE_FIELDS))
    if unknown:
        return f"{unknown[0]} is nothing that review decides."
    try:
        msgspec.convert({field: value for field, value in edit.fields.items() if value is not None}, Note)
    except msgspec.ValidationError as error:
        return f"That cannot be written: {error}."
    return ""
