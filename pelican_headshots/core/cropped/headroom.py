"""A headshot measured in head units: how large its head is, and how much room the photographer left around it."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, degrees, hypot, radians, sin
from statistics import median

from msgspec.structs import replace

from ..analysis import Analysis, Face
from ..geometry import Point, Size, Value

TURNED = 15.0
"""Yaw in degrees from which the eyes stand too close together to tell a head's size; eyes to chin tells it then."""
EYES_TO_CHIN = 1.75
"""Eyes to chin in head units where a set has no one who looks into the lens. Median of the corpus' frontal headshots."""
MOST_LEVELLED = 20.0
"""Degrees: a head that leans further is brought upright by this much; more would tip the shoulders."""
LEVEL = 0.5
"""Degrees: eyes that lean less are level."""
LOOKING_ROOM = 0.0012
"""Widths of the frame by which a head stands aside for each degree it is turned, ..."""
MOST_ASIDE = 0.04
EVEN = 8.0
"""Unevenness of an edge (levels of 255) up to which its backdrop may be continued."""
TOUCHING = 0.004
"""Nearer to the picture's edge than this share of its height, hair or chin are cut by it: a pixel of the person mask."""
FREE_CORNER = 0.6
"""An edge clear this far down may let a frame's upper corner out."""


class Sitter(Value, frozen=True):
    """One headshot. Lengths are head units, places are from the picture's left top, unless said otherwise."""

    x: float
    """Middle between the eyes."""
    y: float
    width: float
    """Of the picture."""
    height: float
    unit: float
    """Pixels of the original that a head unit spans."""
    level: float
    """Degrees, clockwise positive, by which the picture is turned to bring the eyes level."""
    leftover: float
    """Degrees by which they lean clockwise all the same, because the head leans further than may be levelled."""
    outline: tuple[tuple[float, float], ...]
    """Around hair, face and chin, from the middle of the eyes, levelled."""
    above: float
    """From the eyes up to the top of the hair, levelled."""
    chin: tuple[float, float]
    """From the middle of the eyes, levelled. What hangs lower beside it, hair or a shoulder, may be cut."""
    cheeks: tuple[float, float]
    """From the eyes to the left and the right side of the bare face."""
    room_above: float
    """From the eyes to the picture's edge."""
    room_below: float
    cut_above: bool
    """The picture itself cuts the hair."""
    cut_below: bool
    """The picture itself cuts the chin."""
    aside: float
    """Widths of the frame by which the eyes stand right of its middle, to leave looking room."""
    top_free: bool
    """The backdrop may be continued above."""
    left_free: tuple[bool, bool]
    """... beside the frame's upper and lower left corner."""
    right_free: tuple[bool, bool]
    ground: str
    """`#rrggbb` of the backdrop."""

    def leaning(self, degrees: float) -> Sitter:
        """The same head where it is not brought quite level but left leaning by *degrees*, clockwise."""
        if not degrees:
            return self
        c, s = cos(radians(degrees)), sin(radians(degrees))
        *around, chin = ((x * c - y * s, x * s + y * c) for x, y in (*self.outline, self.chin))
        return replace(self, outline=tuple(around), above=max(-y for _, y in around), chin=chin)

    @property
    def below(self) -> float:
        """From the eyes down to the chin, levelled."""
        return self.chin[1]

    @property
    def extendable(self) -> bool:
        return self.top_free or self.left_free[0] or self.right_free[0]


def sitters(faces: Sequence[tuple[Face, Analysis, Size, str]]) -> tuple[Sitter, ...]:
    """The headshots of a set, each its main face, analysis, size in pixels and backdrop colour."""
    frontal = [_chin(face, size) / _apart(face, size) for face, _, size, _ in faces if abs(face.yaw) <= TURNED]
    share = median(frontal) if len(frontal) >= 3 else EYES_TO_CHIN
    return tuple(_sitter(face, seen, size, ground, share) for face, seen, size, ground in faces)


def head_unit(face: Face, size: Size, share: float = EYES_TO_CHIN) -> float:
    """Pixels that a head unit spans: the eyes' distance, or eyes to chin divided by *share* where the head is turned."""
    return _apart(face, size) if abs(face.yaw) <= TURNED else _chin(face, size) / share


def eyes_roll(face: Face, size: Size) -> float:
    """Degrees by which the line of the eyes leans clockwise."""
    return degrees(
        atan2(
            (face.left_eye.y - face.right_eye.y) * size.height,
            (face.left_eye.x - face.right_eye.x) * size.width,
        )
    )


def _sitter(face: Face, seen: Analysis, size: Size, ground: str, share: float) -> Sitter:
    unit = max(head_unit(face, size, share), 1.0)
    x = (face.right_eye.x + face.left_eye.x) / 2 * size.width / unit
    y = (face.right_eye.y + face.left_eye.y) / 2 * size.height / unit
    level = min(max(-eyes_roll(face, size), -MOST_LEVELLED), MOST_LEVELLED)
    c, s = cos(radians(level)), sin(radians(level))

    def levelled(point: Point) -> tuple[float, float]:
        dx, dy = point.x * size.width / unit - x, point.y * size.height / unit - y
        return dx * c - dy * s, dx * s + dy * c

    shown = (*face.outline, face.chin, face.crown)
    around = tuple(levelled(point) for point in shown)
    widest = max(max(abs(px) for px, _ in around), 0.5)
    left, right = (abs(levelled(Point(edge, face.box.centre.y))[0]) for edge in (face.box.left, face.box.right))
    behind = seen.backdrop
    sides = [
        (even <= EVEN and clear >= FREE_CORNER, even <= EVEN and clear >= 0.999)
        for even, clear in ((behind.left, behind.left_clear), (behind.right, behind.right_clear))
    ]
    return Sitter(
        x=x,
        y=y,
        width=size.width / unit,
        height=size.height / unit,
        unit=unit,
        level=level,
        leftover=eyes_roll(face, size) + level,
        outline=around,
        above=max(-py for _, py in around),
        chin=levelled(face.chin),
        cheeks=(min(left, widest), min(right, widest)),
        room_above=y,
        room_below=size.height / unit - y,
        cut_above=min(point.y for point in shown) <= TOUCHING,
        cut_below=face.chin.y >= 1 - TOUCHING,
        aside=_aside(face.yaw),
        top_free=behind.top <= EVEN,
        left_free=sides[0],
        right_free=sides[1],
        ground=ground,
    )


def _aside(yaw: float) -> float:
    """A head that turns to the right stands left of the middle, and the other way round."""
    if abs(yaw) <= TURNED:
        return 0.0
    aside = min((abs(yaw) - TURNED) * LOOKING_ROOM, MOST_ASIDE)
    return -aside if yaw > 0 else aside


def _apart(face: Face, size: Size) -> float:
    return hypot((face.left_eye.x - face.right_eye.x) * size.width, (face.left_eye.y - face.right_eye.y) * size.height)


def _chin(face: Face, size: Size) -> float:
    return hypot(
        (face.chin.x - (face.right_eye.x + face.left_eye.x) / 2) * size.width,
        (face.chin.y - (face.right_eye.y + face.left_eye.y) / 2) * size.height,
    )
