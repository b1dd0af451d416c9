"""A verdict on one picture, and the reasons for it."""

from __future__ import annotations

from enum import StrEnum

from .geometry import Value


class Kind(StrEnum):
    """What a photograph is, and so where it goes."""

    HEADSHOT = "headshot"
    PORTRAIT = "portrait"
    NO_PERSON = "no-person"


class Shot(Value, frozen=True):
    """How a picture was judged. *confidence* is 0..1; *why* holds sentences for a photographer."""

    kind: Kind
    confidence: float
    unsure: bool
    why: tuple[str, ...]
    scale: str | None
    """extreme close-up, close-up, medium close-up, medium shot, cowboy, full; None without people."""
    key: str
    """low-key, normal or high-key."""
