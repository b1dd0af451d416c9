"""Which part of a picture a slot of the theme shows."""

from __future__ import annotations

from collections.abc import Sequence

from ..analysis import Face
from ..geometry import WHOLE, Box, Point, Size
from ..rendition import Crop

ABOVE, BELOW, BESIDE = 0.06, 0.1, 0.06
"""Room kept around a head where a slot crops: above and below as shares of its height, beside of its width."""
PASSER_BY = 0.35
"""A face lower than this share of the largest one's height is no subject of the picture."""
_HAIR = 1e-5
"""Boxes are rounded."""


def directed(
    faces: Sequence[Face], size: Size, ratio: float, focus: Point | None, ground: str, hidden: Sequence[Box] = ()
) -> Crop:
    """The frame of width/height *ratio* for a slot: no head in it is cut, from hair to chin.

    The largest frame that holds every head with a margin, or with less than half of it if there is no more room; where no
    such frame lies inside the picture, one that leaves it, with the colour *ground* (`#rrggbb`) around. The
    photographer's own *focus* beats all of it.
    """
    if focus:
        return around((), size, ratio, focus)
    for margin in (1.0, 0.4):
        keep = heads(faces, margin, hidden)
        crop = around(keep, size, ratio)
        if holds(crop, keep):
            return crop
    return _matted(heads(faces, 1.0, hidden), size, ratio, ground)


def holds(crop: Crop, heads: Sequence[Box]) -> bool:
    """Whether *heads* lie wholly inside *crop*."""
    box = crop.box
    roomy = Box(box.left - _HAIR, box.top - _HAIR, box.right + _HAIR, box.bottom + _HAIR)
    return all(roomy.holds(head) for head in heads)


def _matted(keep: Sequence[Box], size: Size, ratio: float, ground: str) -> Crop:
    """The smallest frame that holds all of *keep*; where it leaves the picture, the picture stands in its middle."""
    together = _together(keep)
    tall = max(together.height * size.height, together.width * size.width / ratio)
    wide = tall * ratio
    left = _hold(together.centre.x * size.width, wide, size.width, [(together.left, together.right)])
    top = _hold(together.centre.y * size.height, tall, size.height, [(together.top, together.bottom)])
    left = left if wide <= size.width else (size.width - wide) / 2
    top = top if tall <= size.height else (size.height - tall) / 2
    return Crop(_fractions(left, top, wide, tall, size), ground=ground)


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


def heads(faces: Sequence[Face], margin: float = 1.0, hidden: Sequence[Box] = ()) -> list[Box]:
    """Boxes around the whole heads of a picture's subjects, hair and chin, as fractions of the picture.

    *margin* 1 is the room a slot would like around them, 0 is none. Passers-by are left out. Where there is no face,
    *hidden* heads (whole ones without a readable face) are kept instead.
    """
    if not faces:
        tallest = max((head.height for head in hidden), default=0.0)
        return [_roomy(head, margin) for head in hidden if head.height >= PASSER_BY * tallest]
    tallest = max(face.box.height for face in faces)
    found = []
    for face in faces:
        if face.box.height < PASSER_BY * tallest:
            continue
        points = [*face.outline, face.chin, face.crown]
        if not face.outline:
            points += [Point(face.box.left, face.box.top), Point(face.box.right, face.box.bottom)]
        head = Box(
            min(point.x for point in points),
            min(point.y for point in points),
            max(point.x for point in points),
            max(point.y for point in points),
        )
        found.append(_roomy(head, margin))
    return found


def _roomy(head: Box, margin: float) -> Box:
    return Box(
        head.left - margin * BESIDE * head.width,
        head.top - margin * ABOVE * head.height,
        head.right + margin * BESIDE * head.width,
        head.bottom + margin * BELOW * head.height,
    ).clipped()


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
    return _together(keep).centre


def _together(keep: Sequence[Box]) -> Box:
    together = keep[0]
    for box in keep[1:]:
        together = together.union(box)
    return together


def _within(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), 4)


def _fractions(left: float, top: float, wide: float, tall: float, size: Size) -> Box:
    box = Box(left / size.width, top / size.height, (left + wide) / size.width, (top + tall) / size.height)
    return Box(*(round(edge, 6) for edge in (box.left, box.top, box.right, box.bottom)))


def pixels(crop: Crop, size: Size) -> Size:
    """How many of the original's pixels *crop* spans."""
    return Size(max(1, round(crop.box.width * size.width)), max(1, round(crop.box.height * size.height)))


WHOLE_PICTURE = Crop(WHOLE)
