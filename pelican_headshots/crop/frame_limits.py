"""Which frames a photograph allows around its head. Lengths are head units, see `eyeline.py`."""

from __future__ import annotations

from math import cos, inf, radians, sin, sqrt

from ..values.geometry import Value
from .head_geometry import HeadGeometry

MIN_MARGIN_ABOVE_HAIR, MIN_MARGIN_BELOW_CHIN, MIN_MARGIN_BESIDE_CHEEKS = 0.06, 0.15, 0.2
"""Room kept at least above the hair, below the chin and beside the cheeks, in head units. Hair may end at the sides."""
MAX_EXTENDED_SHARE = 0.3
"""At most this share of the frame's height may be continued backdrop."""
REDUCED_CHIN_MARGIN_SHARE = 0.2
"""Share of the room below that is kept at the very least: a chin never stands on the frame's edge."""
MAX_EAR_CUT = 0.3
"""Where nothing else helps, so much of a face's sides may be cut: an ear and what little is in front of it."""
MAX_EXTRA_HAIR_CUT = 0.4
"""Where the picture itself cuts the hair, so many head units more may be lost to bring the eyes level and onto the line."""


class FrameTarget(Value, frozen=True):
    """Where heads stand in a frame: height of the eyes (fraction of the frame, from the top), and the frame's height."""

    eye_line: float
    frame_height: float


class FrameShape(Value, frozen=True):
    """The shape of a slot: width over height, whether only the circle in it is seen, and the geometry preferred."""

    ratio: float
    is_circle: bool
    preferred_target: FrameTarget


UPRIGHT_SHAPE = FrameShape(4 / 5, False, FrameTarget(0.42, 6.3))
SQUARE_SHAPE = FrameShape(1.0, False, FrameTarget(0.43, 5.9))
CIRCLE_SHAPE = FrameShape(1.0, True, FrameTarget(0.46, 6.4))


def compute_min_frame_height(
    head: HeadGeometry, eye_line: float, shape: FrameShape, side_shift: float = 0.0, margin_level: int = 0
) -> float:
    """Least span of a frame that holds the head, *slide* off its place sideways (a share of the frame's width).

    With *care* 1 there is little room below and none beside it, with 2 none above either: where hair ends is known less
    well than where a chin does. With 3 even its ears may be cut, hair and chin never.
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


def compute_max_frame_height(
    head: HeadGeometry,
    eye_line: float,
    shape: FrameShape,
    side_shift: float,
    rotation_degrees: float,
    *,
    extend_backdrop: bool,
) -> float:
    """Greatest span of a frame that stays inside the picture, or leaves it only where the backdrop may go on."""
    eye_x = 0.5 + head.looking_room + side_shift
    x, y, width, height = head.eyes_x, head.eyes_y, head.image_width, head.image_height
    # A frame turned clockwise in the picture by -level comes out level.
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
