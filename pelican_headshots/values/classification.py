"""A verdict on one picture, and the reasons for it."""

from __future__ import annotations

from enum import StrEnum

from .geometry import Value


class PhotoKind(StrEnum):
    """What a photograph is, and so where it goes."""

    HEADSHOT = "headshot"
    PORTRAIT = "portrait"
    NO_PERSON = "no-person"


class Classification(Value, frozen=True):
    """How a picture was judged. *confidence* is 0..1; *why* holds sentences for a photographer."""

    kind: PhotoKind
    confidence: float
    is_unsure: bool
    reasons: tuple[str, ...]
    shot_scale: str | None
    """extreme close-up, close-up, medium close-up, medium shot, cowboy, full; None without people."""
    tonal_key: str
    """low-key, normal or high-key."""
