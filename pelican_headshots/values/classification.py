"""The classification of one photo, and the reasons for it."""

from __future__ import annotations

from enum import StrEnum

from .geometry import Value


class PhotoKind(StrEnum):
    """What a photo shows, which decides where on the site it appears."""

    HEADSHOT = "headshot"
    PORTRAIT = "portrait"
    NO_PERSON = "no-person"


class Classification(Value, frozen=True):
    """How a photo was classified. *confidence* is 0 to 1; *reasons* are sentences for the photographer."""

    kind: PhotoKind
    confidence: float
    is_unsure: bool
    reasons: tuple[str, ...]
    shot_scale: str | None
    """extreme close-up, close-up, medium close-up, medium shot, cowboy or full; None without people."""
    tonal_key: str
    """low-key, normal or high-key."""
    people_count: int | None = None
    """The exact number of people; None if it is not sure."""
