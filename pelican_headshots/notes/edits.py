"""Edits made in review, and conflicts with changes made to the notes meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from ..values.geometry import Value
from ..values.notes import GalleryNote, Note

EDITABLE_FIELDS = ("kind", "focus", "name", "role", "department", "bio", "email", "title", "alt", "caption") + (
    "hidden",
    "gallery",
)
"""Fields of a note that review can edit."""

EDITABLE_GALLERY_FIELDS = ("title", "intro", "mood", "cover", "arrangement", "framing", "position")
"""Fields of `[gallery]` that review can edit, besides the order of the photos."""

NoteFields = dict[str, Any]
"""Field → value as in `notes.toml`; None if the field is not set."""


class NoteEdit(Value, frozen=True):
    """An edit of the note about one photo."""

    digest: str
    fields: NoteFields
    """New values; None removes a field."""
    seen: NoteFields = {}
    """The values of the same fields that the page showed when the edit was made."""


class GalleryEdit(Value, frozen=True):
    """An edit of what a notes file says about its gallery."""

    folder: str
    """Relative to the photos folder. The `cover` of the photos folder itself is the photo on the home page."""
    fields: NoteFields
    """New values; None removes a field."""
    seen: NoteFields = {}
    """The values of the same fields that the page showed when the edit was made."""


class OrderEdit(Value, frozen=True):
    """An edit of the order of a gallery."""

    folder: str
    order: tuple[str, ...]
    """Digests of the photos in the new order."""
    seen: tuple[str, ...] = ()
    """Their order that the page showed when the edit was made."""


class EditConflict(Value, frozen=True):
    """A field that somebody else has changed since the page was loaded. Nothing of the edit is written."""

    subject: str
    """The digest of the photo, or the folder of the gallery."""
    field: str
    now: Any


def get_editable_fields(note: Note) -> NoteFields:
    """Return those of `EDITABLE_FIELDS` that are set in *note*."""
    written = msgspec.json.decode(msgspec.json.encode(note))
    return {field: written[field] for field in EDITABLE_FIELDS if field in written}


def get_editable_gallery_fields(note: GalleryNote) -> NoteFields:
    """Return those of `EDITABLE_GALLERY_FIELDS` that are not the default in *note*."""
    values = {field: getattr(note, field) for field in EDITABLE_GALLERY_FIELDS}
    return {field: value for field, value in values.items() if value != getattr(GalleryNote(), field)}


def find_conflicts(edit: NoteEdit | GalleryEdit, current: Mapping[str, Any]) -> list[EditConflict]:
    """Return the fields of *edit* whose current value is neither what the page showed nor the new value."""
    subject = edit.digest if isinstance(edit, NoteEdit) else edit.folder
    return [
        EditConflict(subject, field, current.get(field))
        for field, value in edit.fields.items()
        if field in edit.seen and current.get(field) not in (edit.seen[field], value)
    ]


def explain_invalid_edit(edit: NoteEdit | GalleryEdit, mood_names: Collection[str] = ()) -> str:
    """Return a sentence about the first value in *edit* that a note cannot contain; empty if there is none.

    *mood_names* are the moods that a gallery may have.
    """
    editable, note_type = (
        (EDITABLE_FIELDS, Note) if isinstance(edit, NoteEdit) else (EDITABLE_GALLERY_FIELDS, GalleryNote)
    )
    unknown = sorted(set(edit.fields) - set(editable))
    if unknown:
        return f"{unknown[0]} cannot be edited in review."
    try:
        msgspec.convert({field: value for field, value in edit.fields.items() if value is not None}, note_type)
    except msgspec.ValidationError as error:
        return f"This cannot be written into notes.toml: {error}."
    mood = edit.fields.get("mood")
    if mood and mood not in mood_names:
        return f"This cannot be written into notes.toml: there is no mood {mood!r}."
    return ""
