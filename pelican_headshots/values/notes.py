"""The contents of `notes.toml`: what the photographer says about photos. Notes override the classification and metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from .classification import PhotoKind
from .consent import Consent
from .geometry import Point, Value
from .rendition import FramingName
from .selection import Selection

UnitFraction = Annotated[float, Meta(ge=0, le=1)]
Rank = Annotated[float, Meta(ge=-1e9, le=1e9)]
"""A sort key; smaller comes first. The bounds exclude `nan`, which cannot be sorted."""


PERSON_FIELDS = ("name", "role", "department", "pronouns", "bio", "email", "phone")
"""The fields of a note that say whose headshot a photo is."""


class Note(Value, frozen=True):
    """The note about one photo. A missing key is UNSET, which is different from an empty text."""

    digest: str = ""
    """The digest of the file's contents, so that the note still applies after the photo is renamed or moved."""
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
    """The point that every crop must contain, as fractions from the left and the top."""
    order: Rank | UnsetType = UNSET
    """Smaller comes first; photos without it follow, sorted by name."""
    hidden: bool | UnsetType = UNSET
    """False shows the photo whatever its rating and keywords are."""
    ignored: bool = False
    """The file is not even read: nothing about it is analyzed or cached. Such a note is found by the file name alone."""
    consent: Consent | None = None
    gallery: bool | UnsetType = UNSET
    """True shows a headshot in its gallery too; False leaves a portrait out of it."""
    layout: Literal["row", "full", "pair"] = "row"
    """full: as wide as the window. pair: side by side with the next photo, if that one has `pair` too."""
    text_before: str = ""
    """A line of text shown before this photo."""

    @property
    def focal_point(self) -> Point | None:
        """The point of `focus`, or None if the note has none."""
        return None if isinstance(self.focus, UnsetType) else Point(*self.focus)


class GalleryNote(Value, frozen=True):
    """The note about a folder, which is one gallery."""

    title: str = ""
    intro: str = ""
    mood: str = ""
    """Empty: the site's mood."""
    cover: str = ""
    """The file name of the cover photo."""
    repeat_cover: bool = False
    """Whether the cover appears again, as the last photo."""
    arrangement: Literal["rows", "grid", "masonry"] = "rows"
    """rows: justified rows. grid: cells of one shape, which crop. masonry: columns. Photos with a `layout` keep it."""
    framing: FramingName | Literal[""] = ""
    """How close the headshots in a top-level folder are cropped. Empty: as the setting says."""
    order: Literal["name", "date", "rating", "sequence"] | tuple[str, ...] = "name"
    contents: dict[str, str] = {}
    """The digests of the files that `order` names, so that the order survives when they are renamed."""
    position: Rank = 0.0
    """Galleries with a smaller position come first; equal positions are sorted by name."""
    hidden: bool = False
    select: Selection = Selection()
    """Which photos of the folder, and of those in it, are shown."""


class Notes(Value, frozen=True):
    """The contents of one `notes.toml`."""

    gallery: GalleryNote = GalleryNote()
    photos: dict[str, Note] = {}
    """Notes by file name."""


def collect_set_framings(notes: Mapping[str, Notes]) -> dict[str, FramingName]:
    """Return top-level folder → the framing of its headshots, for each that has one of its own."""
    return {
        folder: each.gallery.framing for folder, each in notes.items() if "/" not in folder and each.gallery.framing
    }


def default_if_unset(value: str | UnsetType, default: str) -> str:
    """Return *value*, or *default* if the note does not set it."""
    return default if isinstance(value, UnsetType) else value
