"""`notes.toml`: what a person says about photographs. It beats the machine."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from .classification import PhotoKind
from .geometry import Point, Value

UnitFraction = Annotated[float, Meta(ge=0, le=1)]
Rank = Annotated[float, Meta(ge=-1e9, le=1e9)]
"""Smaller comes first. Bounded, because `nan` is neither smaller nor larger than another."""


class Note(Value, frozen=True):
    """What was said about one photograph. Unsaid things are UNSET, so that an empty text can be said too."""

    digest: str = ""
    """The photograph's content, so that the note follows it when it is renamed or moved."""
    kind: PhotoKind | UnsetType = UNSET
    name: str | UnsetType = UNSET
    role: str | UnsetType = UNSET
    department: str | UnsetType = UNSET
    pronouns: str | UnsetType = UNSET
    bio: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    phone: str | UnsetType = UNSET
    title: str | UnsetType = UNSET
    caption: str | UnsetType = UNSET
    alt: str | UnsetType = UNSET
    place: str | UnsetType = UNSET
    date: str | UnsetType = UNSET
    focus: tuple[UnitFraction, UnitFraction] | UnsetType = UNSET
    """The point that every crop must keep, as fractions from the left and the top."""
    order: Rank | UnsetType = UNSET
    """Smaller comes first; photographs without it come after, by name."""
    hidden: bool = False
    gallery: bool | UnsetType = UNSET
    """Hang a headshot in its gallery too, or keep a portrait out of it."""
    layout: Literal["row", "full", "pair"] = "row"
    """full: across the whole window. pair: side by side with the next one, if that is one as well."""
    text_before: str = ""
    """A line of words before this photograph."""

    @property
    def focal_point(self) -> Point | None:
        return None if isinstance(self.focus, UnsetType) else Point(*self.focus)


class GalleryNote(Value, frozen=True):
    """What was said about a folder."""

    title: str = ""
    intro: str = ""
    mood: Literal["slate", "ember", "moss", "ink", "paper", "auto"] = "auto"
    cover: str = ""
    """File name of the photograph on the cover."""
    order: Literal["name", "date", "sequence"] | tuple[str, ...] = "name"
    contents: dict[str, str] = {}
    """Digests of files that `order` names, so that it holds when they are renamed."""
    position: Rank = 0.0
    """Galleries with a smaller one come first; equal ones by name."""
    hidden: bool = False


class Notes(Value, frozen=True):
    """One `notes.toml`."""

    gallery: GalleryNote = GalleryNote()
    photos: dict[str, Note] = {}
    """By file name."""


def default_if_unset(value: str | UnsetType, default: str) -> str:
    """What the note says, or else *otherwise*."""
    return default if isinstance(value, UnsetType) else value
