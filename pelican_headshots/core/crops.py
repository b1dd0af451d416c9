"""Which part of a picture a slot of the theme shows."""

from __future__ import annotations

from collections.abc import Sequence

from .analysis import Face
from .geometry import WHOLE, Box, Point, Size
from .rendition import Crop

MARGIN = 0.12
"""Room kept around a face, as a share of its height, where a slot crops."""


def around(keep: Sequence[Box], size: Size, ratio: float, focus: Point | None = None) -> Crop:
    """The largest frame of width/height *ratio*, placed so that it holds *keep* (faces with hair and chin).

    *focus* is the photographer's own point and beats the faces. Without either the middle is kept, a little above
    the centre in tall frames, where people look first.
    """
    if size.ratio > ratio:
        wide, tall = size.height * ratio, float(size.height)
    else:
        wide, tall = float(size.width), size.width / ratio
    point = focus or (_middle(keep) if keep else Point(0.5, 0.45))
    left = _hold(point.x * size.width, wide, size.width, [(b.left, b.right) for b in keep] if not focus else [])
    top = _hold(point.y * size.height, tall, size.height, [(b.top, b.bottom) for b in keep] if not focus else [])
    return Crop(_fractions(left, top, wide, tall, size))


def heads(faces: Sequence[Face]) -> list[Box]:
    """Boxes around whole heads, hair and chin with a margin, as fractions of the picture."""
    found = []
    for face in faces:
        tall = max(face.chin.y, face.box.bottom) - min(face.crown.y, face.box.top)
        side = face.box.width * MARGIN * 2
        found.append(
            Box(
                face.box.left - side,
                min(face.crown.y, face.box.top) - tall * MARGIN / 2,
                face.box.right + side,
                max(face.chin.y, face.box.bottom) + tall * MARGIN,
            ).clipped()
        )
    return found


def focal_point(crop: Crop, keep: Sequence[Box], focus: Point | None) -> Point:
    """Where a page should hold *crop* when it cuts it further, as fractions of the crop."""
    point = focus or (_middle(keep) if keep else Point(0.5, 0.45))
    box = crop.box
    return Point(_within((point.x - box.left) / box.width), _within((point.y - box.top) / box.height))


def _hold(point: float, length: float, limit: float, spans: list[tuple[float, float]]) -> float:
    """Start of a stretch of *length* within 0..*limit*, about *point*, that holds *spans* (fractions) if it can."""
    start = point - length / 2
    if spans:
        low, high = min(a for a, _ in spans) * limit, max(b for _, b in spans) * limit
        fits = high - low <= length
        start = min(max(start, high - length), low) if fits else (low + high - length) / 2
    return min(max(start, 0.0), limit - length)


def _middle(keep: Sequence[Box]) -> Point:
    together = keep[0]
    for box in keep[1:]:
        together = together.union(box)
    return together.centre


def _within(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), 4)


def _fractions(left: float, top: float, wide: float, tall: float, size: Size) -> Box:
    box = Box(left / size.width, top / size.height, (left + wide) / size.width, (top + tall) / size.height)
    return Box(*(round(edge, 6) for edge in (box.left, box.top, box.right, box.bottom)))


def pixels(crop: Crop, size: Size) -> Size:
    """How many of the original's pixels *crop* spans."""
    return Size(max(1, round(crop.box.width * size.width)), max(1, round(crop.box.height * size.height)))


WHOLE_PICTURE = Crop(WHOLE)
