"""Points, boxes and sizes.

Positions are fractions of the upright picture (0 left or top, 1 right or bottom) unless the name says pixels, so that
they are valid for every rendition of it.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

PixelCount = Annotated[int, Meta(ge=1, le=1_000_000)]
"""A width or height in pixels."""
Position = Annotated[float, Meta(ge=-1e6, le=1e6)]
"""A fraction of the width or height of the picture; below 0 or above 1 outside the picture."""
Share = Annotated[float, Meta(ge=0, le=1)]
"""A fraction of a whole, 0 to 1."""


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """An immutable value that is compared by content and survives a round trip through JSON unchanged.

    No value is part of a cycle, so none concerns Python's garbage collector, which a site of thousands of photos keeps busy.
    """


class Point(Value, frozen=True, array_like=True):
    """A point in the picture, as fractions of its width and height."""

    x: Position
    y: Position


class Size(Value, frozen=True, array_like=True):
    """The width and height of an upright picture, in pixels."""

    width: PixelCount
    height: PixelCount

    @property
    def ratio(self) -> float:
        """Width over height."""
        return self.width / self.height

    @property
    def megapixels(self) -> float:
        """The number of pixels in millions."""
        return self.width * self.height / 1e6


class Box(Value, frozen=True, array_like=True):
    """A rectangle, as fractions of the upright picture. It may reach outside the picture (below 0, above 1)."""

    left: Position
    top: Position
    right: Position
    bottom: Position

    @property
    def width(self) -> float:
        """The width as a fraction of the picture's width."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """The height as a fraction of the picture's height."""
        return self.bottom - self.top

    @property
    def area(self) -> float:
        """The area as a fraction of the picture's area; 0 if the box is empty."""
        return max(self.width, 0.0) * max(self.height, 0.0)

    @property
    def center(self) -> Point:
        """The center, as fractions of the picture."""
        return Point((self.left + self.right) / 2, (self.top + self.bottom) / 2)

    def clip(self) -> Box:
        """Return the part of the box that is inside the picture."""
        return Box(max(self.left, 0.0), max(self.top, 0.0), min(self.right, 1.0), min(self.bottom, 1.0))

    def contains(self, other: Box) -> bool:
        """Return whether *other* is completely inside this box."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )

    def union(self, other: Box) -> Box:
        """Return the smallest box that contains both boxes."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def apply_orientation(self, orientation: int) -> Box:
        """Return the box in the upright picture, given the EXIF *orientation* (1 to 8) of the stored one."""
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
        """Return intersection over union, 0 to 1."""
        intersection = self._intersect(other).area
        return intersection / (self.area + other.area - intersection) if intersection else 0.0

    def share_inside(self, other: Box) -> float:
        """Return the share of this box that is inside *other*, 0 to 1."""
        intersection = self._intersect(other).area
        return intersection / self.area if intersection else 0.0

    def _intersect(self, other: Box) -> Box:
        return Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )


FULL_IMAGE_BOX = Box(0.0, 0.0, 1.0, 1.0)
