"""Points, boxes and sizes.

Positions are fractions of the upright picture (0 left/top, 1 right/bottom) unless a name says pixels, so that they
hold for every rendition of it.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

PixelCount = Annotated[int, Meta(ge=1, le=1_000_000)]
"""Pixels."""
Position = Annotated[float, Meta(ge=-1e6, le=1e6)]
"""Fraction of the picture's width or height; outside 0..1 where something lies off it."""
Share = Annotated[float, Meta(ge=0, le=1)]
"""Fraction of a whole."""


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value: compared by content, never changed, written to JSON and back without loss."""


class Point(Value, frozen=True, array_like=True):
    """A place in the picture, as fractions of its width and height."""

    x: Position
    y: Position


class Size(Value, frozen=True, array_like=True):
    """Width and height of an upright picture, in pixels."""

    width: PixelCount
    height: PixelCount

    @property
    def ratio(self) -> float:
        """Width over height."""
        return self.width / self.height

    @property
    def megapixels(self) -> float:
        return self.width * self.height / 1e6


class Box(Value, frozen=True, array_like=True):
    """A rectangle, as fractions of the upright picture; it may reach outside 0..1 where things lie off it."""

    left: Position
    top: Position
    right: Position
    bottom: Position

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def area(self) -> float:
        return max(self.width, 0.0) * max(self.height, 0.0)

    @property
    def center(self) -> Point:
        return Point((self.left + self.right) / 2, (self.top + self.bottom) / 2)

    def clip(self) -> Box:
        """The part of it that lies inside the picture."""
        return Box(max(self.left, 0.0), max(self.top, 0.0), min(self.right, 1.0), min(self.bottom, 1.0))

    def contains(self, other: Box) -> bool:
        """Whether *other* lies wholly inside."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )

    def union(self, other: Box) -> Box:
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def apply_orientation(self, orientation: int) -> Box:
        """Where it is once the picture is turned upright, by an EXIF *orientation* 1..8."""
        left, top, right, bottom = self.left, self.top, self.right, self.bottom
        return {
            2: Box(1 - right, top, 1 - left, bottom),
            3: Box(1 - right, 1 - bottom, 1 - left, 1 - top),
            4: Box(left, 1 - bottom, right, 1 - top),
            5: Box(top, left, bottom, right),
            6: Box(1 - bottom, left, 1 - top, right),
            7: Box(1 - bottom, 1 - right, 1 - top, 1 - left),
            8: Box(top, 1 - right, bottom, 1 - left),
        }.get(orientation, self)

    def iou(self, other: Box) -> float:
        """Intersection over union, 0..1."""
        intersection = Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        ).area
        return intersection / (self.area + other.area - intersection) if intersection else 0.0


FULL_IMAGE_BOX = Box(0.0, 0.0, 1.0, 1.0)
