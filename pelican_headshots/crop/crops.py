"""Crops for the slots of a theme: the largest part of a picture that cuts no head."""

from __future__ import annotations

from collections.abc import Sequence

from ..values.analysis import Face
from ..values.geometry import FULL_IMAGE_BOX, Box, Point, Size
from ..values.rendition import Crop

HEAD_MARGIN_ABOVE, HEAD_MARGIN_BELOW, HEAD_MARGIN_BESIDE = 0.06, 0.1, 0.06
"""Margin around a head in a crop: above and below as fractions of its height, beside it of its width."""
MIN_SUBJECT_FACE_RATIO = 0.35
"""A face lower than this fraction of the largest face's height belongs to a passer-by."""
_ROUNDING_TOLERANCE = 1e-5
"""Boxes are rounded to six decimals, so an edge may miss a head by a little."""


def crop_around_faces(  # noqa: PLR0917 - the last one is for the few photos without faces
    faces: Sequence[Face],
    size: Size,
    ratio: float,
    focal_point: Point | None,
    background_color: str,
    faceless_heads: Sequence[Box] = (),
) -> Crop:
    """Return the crop for a slot; it cuts no head between hair and chin.

    It is the largest crop that holds all heads with a margin or, where that does not fit, with 0.4 of the margin. If no
    such crop fits into the picture, the crop is larger than the picture and padded with the background color.

    Args:
        faces: The detected faces.
        size: The upright picture, in pixels.
        ratio: Width over height of the crop.
        focal_point: The photographer's own `focus`. If given, it decides alone, even if a head is cut.
        background_color: `#rrggbb` for the padding.
        faceless_heads: Boxes of heads without a readable face, used if there are no faces.
    """
    if focal_point:
        return crop_around((), size, ratio, focal_point)
    for margin in (1.0, 0.4):
        keep = compute_head_boxes(faces, margin, faceless_heads)
        crop = crop_around(keep, size, ratio)
        if contains_heads(crop, keep):
            return crop
    return _pad_crop(compute_head_boxes(faces, 1.0, faceless_heads), size, ratio, background_color)


def compute_object_position(crop: Crop) -> Point:
    """Return the `object-position`, as fractions, with which CSS shows *crop* of a whole picture in a box of its shape."""
    box = crop.box

    def compute(start: float, length: float) -> float:
        return min(max(start / (1 - length), 0.0), 1.0) if length < 1 - _ROUNDING_TOLERANCE else 0.5

    return Point(compute(box.left, box.width), compute(box.top, box.height))


def contains_heads(crop: Crop, heads: Sequence[Box]) -> bool:
    """Return whether all *heads* lie completely inside *crop*."""
    box = crop.box
    tolerant_box = Box(
        box.left - _ROUNDING_TOLERANCE,
        box.top - _ROUNDING_TOLERANCE,
        box.right + _ROUNDING_TOLERANCE,
        box.bottom + _ROUNDING_TOLERANCE,
    )
    return all(tolerant_box.contains(head) for head in heads)


def _pad_crop(keep: Sequence[Box], size: Size, ratio: float, background_color: str) -> Crop:
    """Return the smallest crop that holds all of *keep*, with the picture centered where the crop is larger."""
    bounding_box = _compute_bounding_box(keep)
    height = max(bounding_box.height * size.height, bounding_box.width * size.width / ratio)
    width = height * ratio
    left = _place_interval(
        bounding_box.center.x * size.width, width, size.width, [(bounding_box.left, bounding_box.right)]
    )
    top = _place_interval(
        bounding_box.center.y * size.height, height, size.height, [(bounding_box.top, bounding_box.bottom)]
    )
    left = left if width <= size.width else (size.width - width) / 2
    top = top if height <= size.height else (size.height - height) / 2
    return Crop(_make_box_from_pixels(left, top, width, height, size), background_color=background_color)


def crop_around(keep: Sequence[Box], size: Size, ratio: float, focal_point: Point | None = None) -> Crop:
    """Return the largest crop of a given shape, placed so that it holds *keep* if it can.

    Args:
        keep: Boxes to keep, usually heads with hair and chin, as fractions of the upright picture.
        size: The upright picture, in pixels.
        ratio: Width over height of the crop.
        focal_point: The photographer's own `focus`, which overrides *keep*. Without either, the crop is centered slightly
            above the middle, where people look first.
    """
    if size.ratio > ratio:
        width, height = size.height * ratio, float(size.height)
    else:
        width, height = float(size.width), size.width / ratio
    point = focal_point or (_find_center(keep) if keep else Point(0.5, 0.45))
    left = _place_interval(
        point.x * size.width, width, size.width, [(box.left, box.right) for box in keep] if not focal_point else []
    )
    top = _place_interval(
        point.y * size.height, height, size.height, [(box.top, box.bottom) for box in keep] if not focal_point else []
    )
    return Crop(_make_box_from_pixels(left, top, width, height, size))


def compute_head_boxes(faces: Sequence[Face], margin: float = 1.0, faceless_heads: Sequence[Box] = ()) -> list[Box]:
    """Return boxes around the heads of a picture's subjects, with hair and chin, as fractions of the picture.

    Args:
        faces: The detected faces. Much smaller ones than the largest are passers-by and are left out.
        margin: 1 for the full margin around each head, 0 for none.
        faceless_heads: Boxes of heads without a readable face, used if there are no faces.
    """
    if not faces:
        tallest = max((head.height for head in faceless_heads), default=0.0)
        return [_add_margin(head, margin) for head in faceless_heads if head.height >= MIN_SUBJECT_FACE_RATIO * tallest]
    tallest = max(face.box.height for face in faces)
    heads = []
    for face in faces:
        if face.box.height < MIN_SUBJECT_FACE_RATIO * tallest:
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
        heads.append(_add_margin(head, margin))
    return heads


def _add_margin(head: Box, margin: float) -> Box:
    return Box(
        head.left - margin * HEAD_MARGIN_BESIDE * head.width,
        head.top - margin * HEAD_MARGIN_ABOVE * head.height,
        head.right + margin * HEAD_MARGIN_BESIDE * head.width,
        head.bottom + margin * HEAD_MARGIN_BELOW * head.height,
    ).clip()


def compute_focal_point(crop: Crop, keep: Sequence[Box], focal_point: Point | None) -> Point:
    """Return the point to keep when a page crops *crop* further, as fractions of the crop."""
    point = focal_point or (_find_center(keep) if keep else Point(0.5, 0.45))
    box = crop.box
    return Point(_clamp_fraction((point.x - box.left) / box.width), _clamp_fraction((point.y - box.top) / box.height))


def _place_interval(center: float, length: float, limit: float, spans: list[tuple[float, float]]) -> float:
    """Return the start of an interval within 0..*limit*, around *center*, that holds *spans* (fractions) if it can."""
    start = center - length / 2
    if spans:
        low, high = min(low for low, _ in spans) * limit, max(high for _, high in spans) * limit
        fits = high - low <= length
        start = min(max(start, high - length), low) if fits else (low + high - length) / 2
    return min(max(start, 0.0), limit - length)


def _find_center(keep: Sequence[Box]) -> Point:
    return _compute_bounding_box(keep).center


def _compute_bounding_box(keep: Sequence[Box]) -> Box:
    bounding_box = keep[0]
    for box in keep[1:]:
        bounding_box = bounding_box.union(box)
    return bounding_box


def _clamp_fraction(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), 4)


def _make_box_from_pixels(left: float, top: float, width: float, height: float, size: Size) -> Box:
    box = Box(left / size.width, top / size.height, (left + width) / size.width, (top + height) / size.height)
    return Box(*(round(edge, 6) for edge in (box.left, box.top, box.right, box.bottom)))


def compute_pixel_size(crop: Crop, size: Size) -> Size:
    """Return how many pixels of the original *crop* spans."""
    return Size(max(1, round(crop.box.width * size.width)), max(1, round(crop.box.height * size.height)))


FULL_IMAGE_CROP = Crop(FULL_IMAGE_BOX)
