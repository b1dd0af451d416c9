"""Which frames a photograph allows around its head. Lengths are head units, see `eyeline.py`."""

from __future__ import annotations

from math import cos, inf, radians, sin, sqrt

from ..geometry import Value
from .headroom import Sitter

ABOVE, BELOW, BESIDE = 0.06, 0.15, 0.2
"""Room kept at least above the hair, below the chin and beside the cheeks, in head units. Hair may end at the sides."""
MOST_EXTENDED = 0.3
"""At most this share of the frame's height may be continued backdrop."""
CLOSE = 0.2
"""Share of the room below that is kept at the very least: a chin never stands on the frame's edge."""
EARS = 0.3
"""Where nothing else helps, so much of a face's sides may be cut: an ear and what little is in front of it."""
CUT_ALREADY = 0.4
"""Where the picture itself cuts the hair, so many head units more may be lost to bring the eyes level and onto the line."""


class Geometry(Value, frozen=True):
    """Where heads stand in a frame: height of the eyes (fraction of the frame, from the top), and the frame's height."""

    eyes: float
    span: float


class Format(Value, frozen=True):
    """The shape of a slot: width over height, whether only the circle in it is seen, and the geometry preferred."""

    ratio: float
    circle: bool
    preferred: Geometry


UPRIGHT = Format(4 / 5, False, Geometry(0.42, 6.3))
SQUARE = Format(1.0, False, Geometry(0.43, 5.9))
CIRCLE = Format(1.0, True, Geometry(0.46, 6.4))


def least_span(sitter: Sitter, eyes: float, format: Format, slide: float = 0.0, care: int = 0) -> float:
    """Least span of a frame that holds the head, *slide* off its place sideways (a share of the frame's width).

    With *care* 1 there is little room below and none beside it, with 2 none above either: where hair ends is known less
    well than where a chin does. With 3 even its ears may be cut, hair and chin never.
    """
    above = min(sitter.above + ABOVE * (care < 2), max(sitter.above, sitter.room_above))
    below = min(sitter.below + BELOW * (CLOSE if care else 1.0), max(sitter.below, sitter.room_below))
    if sitter.cut_above:
        above = min(above, sitter.room_above) - CUT_ALREADY * (care > 0)
    if sitter.cut_below:
        below = min(below, sitter.room_below)
    across = 0.5 + sitter.aside + slide
    left, right = (cheek + (BESIDE, 0.0, 0.0, -EARS)[care] for cheek in sitter.cheeks)
    least = max(above / eyes, below / (1 - eyes), left / (across * format.ratio), right / ((1 - across) * format.ratio))
    if format.circle and not care:
        middle_x, middle_y, radius = 0.5 - across, 0.5 - eyes, 0.49
        room = radius**2 - middle_x**2 - middle_y**2
        for x, y in sitter.outline:
            along = x * middle_x + y * middle_y
            least = max(least, (sqrt(along**2 + room * (x * x + y * y)) - along) / room)
    return least


def greatest_span(sitter: Sitter, eyes: float, format: Format, slide: float, level: float, *, extend: bool) -> float:
    """Greatest span of a frame that stays inside the picture, or leaves it only where the backdrop may go on."""
    across = 0.5 + sitter.aside + slide
    x, y, width, height = sitter.x, sitter.y, sitter.width, sitter.height
    # A frame turned clockwise in the picture by -level comes out level.
    c, s = cos(radians(level)), sin(radians(level))
    top = extend and sitter.top_free
    most = inf
    for right in (False, True):
        for bottom in (False, True):
            kx = (1 - across if right else -across) * format.ratio
            ky = 1 - eyes if bottom else -eyes
            dx, dy = c * kx + s * ky, -s * kx + c * ky
            free = extend and (sitter.right_free if right else sitter.left_free)[bottom]
            if dx > 0 and not free:
                most = min(most, (width - x) / dx)
            elif dx < 0 and not free:
                most = min(most, x / -dx)
            if dy > 0:
                most = min(most, (height - y) / dy)
            elif dy < 0 and not top:
                most = min(most, y / -dy)
    if top and eyes > MOST_EXTENDED:
        most = min(most, y / (eyes - MOST_EXTENDED))
    return most
