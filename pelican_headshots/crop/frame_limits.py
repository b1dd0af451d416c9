"""Which frames a photo allows around its head. Lengths are in head units, see `eye_alignment.py`."""

from __future__ import annotations

from math import cos, inf, radians, sin, sqrt

from ..values.geometry import Value
from .head_geometry import HeadGeometry

MIN_MARGIN_ABOVE_HAIR, MIN_MARGIN_BELOW_CHIN, MIN_MARGIN_BESIDE_CHEEKS = 0.06, 0.15, 0.2
"""Smallest margins above the hair, below the chin and beside the cheeks, in head units. Hair may be cut at the sides."""
MAX_EXTENDED_SHARE = 0.3
"""At most this fraction of the frame's height may be extended backdrop."""
REDUCED_CHIN_MARGIN_SHARE = 0.2
"""Fraction of the margin below the chin that is always kept, so that a chin never touches the frame's edge."""
MAX_EAR_CUT = 0.3
"""Head units that may be cut from the side of a face at margin level 3: an ear and little more."""
MAX_EXTRA_HAIR_CUT = 0.4
"""If the picture itself cuts the hair, this many head units more may be cut to get the eyes level and on the line."""
HAIR_ROOM = 0.06
"""Space above the hair in a crop, as a fraction of its height, wherever the photo has it and no framing says otherwise."""


class FrameTarget(Value, frozen=True):
    """What the crops of a set share: eye line (fraction of the height, from the top) and frame height (head units)."""

    eye_line: float
    frame_height: float
    hair_room: float = HAIR_ROOM
    """Space above the hair, as a fraction of the frame's height, wherever the photo has it."""


class FrameShape(Value, frozen=True):
    """The shape of a slot: width over height, whether only the circle inside it is visible, and the preferred target."""

    ratio: float
    is_circle: bool
    preferred_target: FrameTarget


UPRIGHT_SHAPE = FrameShape(4 / 5, False, FrameTarget(0.42, 6.3))
SQUARE_SHAPE = FrameShape(1.0, False, FrameTarget(0.43, 5.9))
CIRCLE_SHAPE = FrameShape(1.0, True, FrameTarget(0.46, 6.4))
BADGE_SHAPE = FrameShape(35 / 45, False, UPRIGHT_SHAPE.preferred_target)
"""35 by 45 mm, as on many badges, cropped like the team page."""


def compute_min_frame_height(
    head: HeadGeometry,
    eye_line: float,
    shape: FrameShape,
    side_shift: float = 0.0,
    margin_level: int = 0,
) -> float:
    """Return the smallest height of a frame that holds the head, in head units.

    Args:
        head: The head.
        eye_line: Height of the eyes, as a fraction of the frame from the top.
        shape: The shape of the frame.
        side_shift: How far the head is moved sideways, as a fraction of the frame's width.
        margin_level: 0 for all margins; 1 for a small one below and none beside the head; 2 for none above either, because
            the end of the hair is known less well than the chin; 3 to allow cut ears. Hair and chin are never cut, unless
            the picture itself cuts the hair: from level 1 on a little more of it may then be lost.
    """
    above = min(
        head.eyes_to_hair_top + MIN_MARGIN_ABOVE_HAIR * (margin_level < 2),
        max(head.eyes_to_hair_top, head.space_above_eyes),
    )
    below = min(
        head.eyes_to_chin + MIN_MARGIN_BELOW_CHIN * (REDUCED_CHIN_MARGIN_SHARE if margin_level else 1.0),
        max(head.eyes_to_chin, head.space_below_eyes),
    )
    if head.is_hair_cut_off:
        above = min(above, head.space_above_eyes) - MAX_EXTRA_HAIR_CUT * (margin_level > 0)
    if head.is_chin_cut_off:
        below = min(below, head.space_below_eyes)
    eye_x = 0.5 + head.looking_room + side_shift
    left, right = (
        cheek + (MIN_MARGIN_BESIDE_CHEEKS, 0.0, 0.0, -MAX_EAR_CUT)[margin_level] for cheek in head.eyes_to_cheeks
    )
    min_height = max(
        above / eye_line, below / (1 - eye_line), left / (eye_x * shape.ratio), right / ((1 - eye_x) * shape.ratio)
    )
    if shape.is_circle and not margin_level:
        middle_x, middle_y, radius = 0.5 - eye_x, 0.5 - eye_line, 0.49
        room = radius**2 - middle_x**2 - middle_y**2
        for x, y in head.outline:
            along = x * middle_x + y * middle_y
            min_height = max(min_height, (sqrt(along**2 + room * (x * x + y * y)) - along) / room)
    return min_height


def compute_roomy_frame_height(head: HeadGeometry, eye_line: float, hair_room: float) -> float:
    """Return the smallest height of a frame, in head units, that has *hair_room* of it above the hair."""
    return head.eyes_to_hair_top / (eye_line - hair_room)


def compute_max_frame_height(
    head: HeadGeometry,
    eye_line: float,
    shape: FrameShape,
    side_shift: float,
    rotation_degrees: float,
    *,
    extend_backdrop: bool,
) -> float:
    """Return the largest height of a frame that stays inside the picture, in head units.

    Args:
        head: The head.
        eye_line: Height of the eyes, as a fraction of the frame from the top.
        shape: The shape of the frame.
        side_shift: How far the head is moved sideways, as a fraction of the frame's width.
        rotation_degrees: Degrees by which the picture is rotated, clockwise positive.
        extend_backdrop: Whether the frame may reach beyond the picture where the backdrop can be extended.
    """
    eye_x = 0.5 + head.looking_room + side_shift
    x, y, width, height = head.eyes_x, head.eyes_y, head.image_width, head.image_height
    # Rotating the picture clockwise is the same as rotating the frame counterclockwise in it.
    c, s = cos(radians(rotation_degrees)), sin(radians(rotation_degrees))
    extend_top = extend_backdrop and head.can_extend_top
    max_height = inf
    for right in (False, True):
        for bottom in (False, True):
            kx = (1 - eye_x if right else -eye_x) * shape.ratio
            ky = 1 - eye_line if bottom else -eye_line
            dx, dy = c * kx + s * ky, -s * kx + c * ky
            extend_side = extend_backdrop and (head.can_extend_right if right else head.can_extend_left)[bottom]
            if dx > 0 and not extend_side:
                max_height = min(max_height, (width - x) / dx)
            elif dx < 0 and not extend_side:
                max_height = min(max_height, x / -dx)
            if dy > 0:
                max_height = min(max_height, (height - y) / dy)
            elif dy < 0 and not extend_top:
                max_height = min(max_height, y / -dy)
    if extend_top and eye_line > MAX_EXTENDED_SHARE:
        max_height = min(max_height, y / (eye_line - MAX_EXTENDED_SHARE))
    return max_height
