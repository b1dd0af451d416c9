"""A photograph that fills a window with words on it: crops that keep faces whole and out of the words' way."""

from __future__ import annotations

from collections.abc import Sequence

from ..values.geometry import Box, Point, Size
from ..values.rendition import Crop
from .crops import compute_pixel_size, crop_around

WIDE_TEXT_ZONES = (Box(0.0, 0.66, 0.68, 1.0), Box(0.0, 0.0, 0.25, 0.09), Box(0.55, 0.0, 1.0, 0.09))
"""Where words stand on a cover in a wide window, as fractions of it: title, the site's name, navigation."""
TALL_TEXT_ZONES = (Box(0.0, 0.76, 1.0, 1.0), Box(0.0, 0.0, 1.0, 0.13))
"""The same in an upright window."""
FOREHEAD_HEIGHT_RATIO = 0.3
"""What a detector's box of a face leaves out above the brows, as a share of its height."""


def crop_for_cover(
    faces: Sequence[Box], heads: Sequence[Box], size: Size, ratio: float, focal_point: Point | None
) -> Crop:
    """The largest frame of width/height *ratio* that keeps *heads* (faces with hair), with *faces* above the words.

    Boxes are fractions of the upright picture of *size* pixels. The frame is moved as far as the picture allows; whether
    that was enough says `hides_a_face`. The photographer's own *focus* is never moved.
    """
    crop = crop_around(heads, size, ratio, focal_point)
    if focal_point or not faces:
        return crop
    box = crop.box
    title_top = (WIDE_TEXT_ZONES if ratio >= 1 else TALL_TEXT_ZONES)[0].top
    wanted_top = max(face.bottom for face in faces) - title_top * box.height
    highest_top = min([head.top for head in heads] + [1.0 - box.height])
    top = max(box.top, min(wanted_top, highest_top))
    return Crop(Box(box.left, round(top, 6), box.right, round(top + box.height, 6)))


def text_hides_face(crop: Crop, faces: Sequence[Box], size: Size) -> bool:
    """Whether words on *crop* would stand on one of *faces* or its forehead: then they belong above and below it."""
    box = crop.box
    zones = WIDE_TEXT_ZONES if compute_pixel_size(crop, size).ratio >= 1 else TALL_TEXT_ZONES
    for face in faces:
        face_in_crop = Box(
            (face.left - box.left) / box.width,
            (face.top - FOREHEAD_HEIGHT_RATIO * face.height - box.top) / box.height,
            (face.right - box.left) / box.width,
            (face.bottom - box.top) / box.height,
        )
        if any(_overlaps(face_in_crop, zone) for zone in zones):
            return True
    return False


def _overlaps(one: Box, other: Box) -> bool:
    return min(one.right, other.right) > max(one.left, other.left) and min(one.bottom, other.bottom) > max(
        one.top, other.top
    )
