"""Measures of a headshot in head units: the size of the head and the space around it."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, degrees, hypot, radians, sin
from statistics import median

from msgspec.structs import replace

from ..values.analysis import Analysis, Face
from ..values.geometry import Point, Size, Value

MAX_FRONTAL_YAW_DEGREES = 15.0
"""Up to this yaw the distance between the eyes measures the head; beyond it the distance from eyes to chin does."""
DEFAULT_EYES_TO_CHIN = 1.75
"""Eyes to chin in head units, for sets with fewer than three frontal heads. Median of the corpus' frontal headshots."""
MAX_LEVELING_DEGREES = 20.0
"""A head is rotated by at most this many degrees; more would visibly tilt the shoulders."""
LEVEL_TOLERANCE_DEGREES = 0.5
"""Eyes that lean by fewer degrees count as level."""
LOOKING_ROOM_PER_DEGREE = 0.0012
"""Fraction of the frame's width by which a turned head is moved aside per degree of yaw beyond the frontal range."""
MAX_LOOKING_ROOM = 0.04
"""Largest such fraction."""
MAX_BACKDROP_UNEVENNESS = 8.0
"""Unevenness of an edge (levels of 255) up to which its backdrop may be extended."""
EDGE_CONTACT_TOLERANCE = 0.004
"""Hair or chin nearer to the picture's edge than this fraction of its height count as cut: a pixel of the person mask."""
MIN_CLEAR_SHARE_FOR_CORNER = 0.6
"""The backdrop may be extended at an upper corner if this fraction of the edge, from the top, shows no person."""


class HeadGeometry(Value, frozen=True):
    """One headshot. Lengths are in head units and positions from the top left of the picture, unless said otherwise."""

    eyes_x: float
    """Midpoint between the eyes."""
    eyes_y: float
    image_width: float
    """Width of the picture, in head units."""
    image_height: float
    leveling_degrees: float
    """Degrees by which the picture is rotated to level the eyes, clockwise positive."""
    residual_roll: float
    """Degrees by which the eyes still lean clockwise, because the head leans more than `MAX_LEVELING_DEGREES`."""
    outline: tuple[tuple[float, float], ...]
    """Points around hair, face and chin, relative to the midpoint between the eyes, leveled."""
    eyes_to_hair_top: float
    """From the eyes up to the top of the hair, leveled."""
    chin: tuple[float, float]
    """Relative to the midpoint between the eyes, leveled. Hair or a shoulder that is lower may be cut."""
    eyes_to_cheeks: tuple[float, float]
    """From the eyes to the left and the right side of the face without hair."""
    space_above_eyes: float
    """From the eyes up to the edge of the picture."""
    space_below_eyes: float
    is_hair_cut_off: bool
    """The picture itself cuts the hair."""
    is_chin_cut_off: bool
    """The picture itself cuts the chin."""
    looking_room: float
    """How far the eyes are right of the frame's center, as a fraction of its width, to leave space to look into."""
    can_extend_top: bool
    """The backdrop may be extended above."""
    can_extend_left: tuple[bool, bool]
    """The same beside the frame's upper left and lower left corner."""
    can_extend_right: tuple[bool, bool]
    """The same for the upper right and lower right corner."""
    background_color: str
    """`#rrggbb` of the backdrop."""

    def tilt(self, angle: float) -> HeadGeometry:
        """Return the same head leaning by *angle* degrees, clockwise, instead of level."""
        if not angle:
            return self
        c, s = cos(radians(angle)), sin(radians(angle))
        *tilted_outline, chin = ((x * c - y * s, x * s + y * c) for x, y in (*self.outline, self.chin))
        return replace(
            self, outline=tuple(tilted_outline), eyes_to_hair_top=max(-y for _, y in tilted_outline), chin=chin
        )

    @property
    def eyes_to_chin(self) -> float:
        """From the eyes down to the chin, leveled."""
        return self.chin[1]

    @property
    def can_extend(self) -> bool:
        """Whether the background may be continued beyond any edge of the picture."""
        return self.can_extend_top or self.can_extend_left[0] or self.can_extend_right[0]


def measure_heads(faces: Sequence[tuple[Face, Analysis, Size, str]]) -> tuple[HeadGeometry, ...]:
    """Measure the headshots of a set, each given as main face, analysis, size in pixels and backdrop color (`#rrggbb`)."""
    frontal_ratios = [
        _measure_eyes_to_chin_px(face, size) / _measure_eye_distance_px(face, size)
        for face, _, size, _ in faces
        if abs(face.yaw) <= MAX_FRONTAL_YAW_DEGREES
    ]
    eyes_to_chin = median(frontal_ratios) if len(frontal_ratios) >= 3 else DEFAULT_EYES_TO_CHIN
    return tuple(
        _measure_head(face, analysis, size, background_color, eyes_to_chin)
        for face, analysis, size, background_color in faces
    )


def compute_head_unit_px(face: Face, size: Size, eyes_to_chin: float = DEFAULT_EYES_TO_CHIN) -> float:
    """Return the pixels per head unit: between the eyes, or of a turned head from eyes to chin divided by *eyes_to_chin*."""
    return (
        _measure_eye_distance_px(face, size)
        if abs(face.yaw) <= MAX_FRONTAL_YAW_DEGREES
        else _measure_eyes_to_chin_px(face, size) / eyes_to_chin
    )


def compute_eye_roll(face: Face, size: Size) -> float:
    """Return by how many degrees the line through the eyes leans clockwise."""
    return degrees(
        atan2(
            (face.left_eye.y - face.right_eye.y) * size.height,
            (face.left_eye.x - face.right_eye.x) * size.width,
        )
    )


def _measure_head(
    face: Face, analysis: Analysis, size: Size, background_color: str, eyes_to_chin: float
) -> HeadGeometry:
    unit = max(compute_head_unit_px(face, size, eyes_to_chin), 1.0)
    x = (face.right_eye.x + face.left_eye.x) / 2 * size.width / unit
    y = (face.right_eye.y + face.left_eye.y) / 2 * size.height / unit
    leveling_degrees = min(max(-compute_eye_roll(face, size), -MAX_LEVELING_DEGREES), MAX_LEVELING_DEGREES)
    c, s = cos(radians(leveling_degrees)), sin(radians(leveling_degrees))

    def level_point(point: Point) -> tuple[float, float]:
        dx, dy = point.x * size.width / unit - x, point.y * size.height / unit - y
        return dx * c - dy * s, dx * s + dy * c

    head_points = (*face.outline, face.chin, face.crown)
    leveled_outline = tuple(level_point(point) for point in head_points)
    max_half_width = max(*(abs(px) for px, _ in leveled_outline), 0.5)
    left, right = (abs(level_point(Point(edge, face.box.center.y))[0]) for edge in (face.box.left, face.box.right))
    backdrop = analysis.backdrop
    sides = [
        (
            unevenness <= MAX_BACKDROP_UNEVENNESS and clear_share >= MIN_CLEAR_SHARE_FOR_CORNER,
            unevenness <= MAX_BACKDROP_UNEVENNESS and clear_share >= 0.999,
        )
        for unevenness, clear_share in (
            (backdrop.left_unevenness, backdrop.left_clear_share),
            (backdrop.right_unevenness, backdrop.right_clear_share),
        )
    ]
    return HeadGeometry(
        eyes_x=x,
        eyes_y=y,
        image_width=size.width / unit,
        image_height=size.height / unit,
        leveling_degrees=leveling_degrees,
        residual_roll=compute_eye_roll(face, size) + leveling_degrees,
        outline=leveled_outline,
        eyes_to_hair_top=max(-py for _, py in leveled_outline),
        chin=level_point(face.chin),
        eyes_to_cheeks=(min(left, max_half_width), min(right, max_half_width)),
        space_above_eyes=y,
        space_below_eyes=size.height / unit - y,
        is_hair_cut_off=min(point.y for point in head_points) <= EDGE_CONTACT_TOLERANCE,
        is_chin_cut_off=face.chin.y >= 1 - EDGE_CONTACT_TOLERANCE,
        looking_room=_compute_looking_room(face.yaw),
        can_extend_top=backdrop.top_unevenness <= MAX_BACKDROP_UNEVENNESS,
        can_extend_left=sides[0],
        can_extend_right=sides[1],
        background_color=background_color,
    )


def _compute_looking_room(yaw: float) -> float:
    """Return the space to look into: a head turned to the right is placed left of the center, and vice versa."""
    if abs(yaw) <= MAX_FRONTAL_YAW_DEGREES:
        return 0.0
    looking_room = min((abs(yaw) - MAX_FRONTAL_YAW_DEGREES) * LOOKING_ROOM_PER_DEGREE, MAX_LOOKING_ROOM)
    return -looking_room if yaw > 0 else looking_room


def _measure_eye_distance_px(face: Face, size: Size) -> float:
    return hypot((face.left_eye.x - face.right_eye.x) * size.width, (face.left_eye.y - face.right_eye.y) * size.height)


def _measure_eyes_to_chin_px(face: Face, size: Size) -> float:
    return hypot(
        (face.chin.x - (face.right_eye.x + face.left_eye.x) / 2) * size.width,
        (face.chin.y - (face.right_eye.y + face.left_eye.y) / 2) * size.height,
    )
