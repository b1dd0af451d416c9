"""A headshot measured in head units: how large its head is, and how much room the photographer left around it."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, degrees, hypot, radians, sin
from statistics import median

from msgspec.structs import replace

from ..values.analysis import Analysis, Face
from ..values.geometry import Point, Size, Value

MAX_FRONTAL_YAW_DEGREES = 15.0
"""Yaw in degrees from which the eyes stand too close together to tell a head's size; eyes to chin tells it then."""
DEFAULT_EYES_TO_CHIN = 1.75
"""Eyes to chin in head units where a set has no one who looks into the lens. Median of the corpus' frontal headshots."""
MAX_LEVELING_DEGREES = 20.0
"""Degrees: a head that leans further is brought upright by this much; more would tip the shoulders."""
LEVEL_TOLERANCE_DEGREES = 0.5
"""Degrees: eyes that lean less are level."""
LOOKING_ROOM_PER_DEGREE = 0.0012
"""Widths of the frame by which a head stands aside for each degree it is turned, ..."""
MAX_LOOKING_ROOM = 0.04
MAX_BACKDROP_UNEVENNESS = 8.0
"""Unevenness of an edge (levels of 255) up to which its backdrop may be continued."""
EDGE_CONTACT_TOLERANCE = 0.004
"""Nearer to the picture's edge than this share of its height, hair or chin are cut by it: a pixel of the person mask."""
MIN_CLEAR_SHARE_FOR_CORNER = 0.6
"""An edge clear this far down may let a frame's upper corner out."""


class HeadGeometry(Value, frozen=True):
    """One headshot. Lengths are head units, places are from the picture's left top, unless said otherwise."""

    eyes_x: float
    """Middle between the eyes."""
    eyes_y: float
    image_width: float
    """Of the picture."""
    image_height: float
    head_unit_px: float
    """Pixels of the original that a head unit spans."""
    leveling_degrees: float
    """Degrees, clockwise positive, by which the picture is turned to bring the eyes level."""
    residual_roll: float
    """Degrees by which they lean clockwise all the same, because the head leans further than may be levelled."""
    outline: tuple[tuple[float, float], ...]
    """Around hair, face and chin, from the middle of the eyes, levelled."""
    eyes_to_hair_top: float
    """From the eyes up to the top of the hair, levelled."""
    chin: tuple[float, float]
    """From the middle of the eyes, levelled. What hangs lower beside it, hair or a shoulder, may be cut."""
    eyes_to_cheeks: tuple[float, float]
    """From the eyes to the left and the right side of the bare face."""
    space_above_eyes: float
    """From the eyes to the picture's edge."""
    space_below_eyes: float
    is_hair_cut_off: bool
    """The picture itself cuts the hair."""
    is_chin_cut_off: bool
    """The picture itself cuts the chin."""
    looking_room: float
    """Widths of the frame by which the eyes stand right of its middle, to leave looking room."""
    can_extend_top: bool
    """The backdrop may be continued above."""
    can_extend_left: tuple[bool, bool]
    """... beside the frame's upper and lower left corner."""
    can_extend_right: tuple[bool, bool]
    background_color: str
    """`#rrggbb` of the backdrop."""

    def tilt(self, angle: float) -> HeadGeometry:
        """The same head where it is not brought quite level but left leaning by *degrees*, clockwise."""
        if not angle:
            return self
        c, s = cos(radians(angle)), sin(radians(angle))
        *tilted_outline, chin = ((x * c - y * s, x * s + y * c) for x, y in (*self.outline, self.chin))
        return replace(
            self, outline=tuple(tilted_outline), eyes_to_hair_top=max(-y for _, y in tilted_outline), chin=chin
        )

    @property
    def eyes_to_chin(self) -> float:
        """From the eyes down to the chin, levelled."""
        return self.chin[1]

    @property
    def can_extend(self) -> bool:
        return self.can_extend_top or self.can_extend_left[0] or self.can_extend_right[0]


def measure_heads(faces: Sequence[tuple[Face, Analysis, Size, str]]) -> tuple[HeadGeometry, ...]:
    """The headshots of a set, each its main face, analysis, size in pixels and backdrop colour."""
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
    """Pixels that a head unit spans: the eyes' distance, or eyes to chin divided by *share* where the head is turned."""
    return (
        _measure_eye_distance_px(face, size)
        if abs(face.yaw) <= MAX_FRONTAL_YAW_DEGREES
        else _measure_eyes_to_chin_px(face, size) / eyes_to_chin
    )


def compute_eye_roll(face: Face, size: Size) -> float:
    """Degrees by which the line of the eyes leans clockwise."""
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
    max_half_width = max(max(abs(px) for px, _ in leveled_outline), 0.5)
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
        head_unit_px=unit,
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
    """A head that turns to the right stands left of the middle, and the other way round."""
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
