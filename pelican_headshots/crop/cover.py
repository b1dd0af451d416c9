"""Crops for a cover, which fills the window with text on top: faces stay whole and the text does not hide them."""

from __future__ import annotations

from collections.abc import Sequence

from ..values.geometry import Box, Point, Size
from ..values.rendition import Crop
from .crops import compute_pixel_size, crop_around

WIDE_TEXT_ZONES = (Box(0.0, 0.66, 0.68, 1.0), Box(0.0, 0.0, 0.25, 0.09), Box(0.55, 0.0, 1.0, 0.09))
"""Where the text lies on a cover in a wide window, as fractions of it: title, site name, navigation."""
TALL_TEXT_ZONES = (Box(0.0, 0.76, 1.0, 1.0), Box(0.0, 0.0, 1.0, 0.13))
"""The same for an upright window."""
FOREHEAD_HEIGHT_RATIO = 0.3
"""How far the forehead reaches above a detector's face box, as a fraction of the height of the box."""


def crop_for_cover(
    faces: Sequence[Box], heads: Sequence[Box], size: Size, ratio: float, focal_point: Point | None
) -> Crop:
    """Return the largest crop that keeps all heads and, as far as the picture allows, has the faces above the title.

    `text_hides_face` says whether that was possible.

    Args:
        faces: Face boxes, as fractions of the upright picture.
        heads: Boxes of the same people with hair and chin, as fractions of the upright picture.
        size: The upright picture, in pixels.
        ratio: Width over height of the crop.
        focal_point: The photographer's own `focus`. If given, it decides alone.
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
    """Return whether text on *crop* would cover a face or forehead. If so, the text belongs above and below the picture."""
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
