"""Headshots as values, measured without a file."""

from __future__ import annotations

from math import cos, radians, sin

from pelican_headshots.advice import checks
from pelican_headshots.values.analysis import Analysis, Backdrop, Face
from pelican_headshots.values.geometry import Box, Point, Size

GOOD_FEATURES = {
    "eye_open_least": 0.28, "lids_apart": 0.24, "quality_focus": -1.0, "quality_overexposed": 0.0,
    "quality_underexposed": 0.001, "quality_skin_a": 14.0, "quality_skin_b": 18.0, "quality_background_clutter": 0.01,
    "quality_background_l": 60.0, "quality_background_a": 0.0, "quality_background_b": 0.0, "roll": 2.0,
    "quality_shadow_edge": 0.2, "second_face": 0.0, "hand_over": 0.0,
}  # fmt: skip


def build_sample(path: str = "a.jpg", /, *, head: float = 0.4, **features: float) -> checks.HeadshotSample:
    """A headshot without a defect but for *features*; *head* is the height from crown to chin, a fraction of the photo."""
    box = Box(0.3, 0.3, 0.7, 0.3 + head * 0.8)
    face = Face(box, 0.9, 0, 0, 0, Point(0.4, 0.4), Point(0.6, 0.4), Point(0.5, 0.3 + head), Point(0.5, 0.3))
    return checks.HeadshotSample(path, Size(2400, 3000), Analysis(1, (face,), {**GOOD_FEATURES, **features}))


MeasuredFace = tuple[Face, Analysis, Size, str]
"""A face, its photo's analysis and size, and the photo's color."""

SIZE = Size(2000, 2500)


def build_head(
    *,
    at: tuple[float, float] = (1000, 1000),
    apart: float = 220.0,
    roll: float = 0.0,
    yaw: float = 0.0,
    size: Size = SIZE,
    backdrop: Backdrop = Backdrop(),
) -> MeasuredFace:
    """Build a head: eyes *apart* pixels apart, hair 2 and chin 1.8 head units from them, leaning by *roll* degrees."""
    c, s = cos(radians(roll)), sin(radians(roll))

    def place(x: float, y: float) -> Point:
        x, y = x * apart, y * apart
        return Point((at[0] + c * x - s * y) / size.width, (at[1] + s * x + c * y) / size.height)

    foreshortening = cos(radians(yaw))
    outline = [place(x, y) for x, y in ((-1.3, -1), (-0.8, -1.9), (0, -2), (0.8, -1.9), (1.3, -1), (1, 1.2), (0, 1.8))]
    face = Face(
        box=Box(at[0] / size.width - 0.1, at[1] / size.height - 0.1, at[0] / size.width + 0.1, 0.6),
        score=0.9,
        yaw=yaw,
        pitch=0.0,
        roll=roll,
        right_eye=place(-0.5 * foreshortening, 0),
        left_eye=place(0.5 * foreshortening, 0),
        chin=place(0, 1.8),
        crown=place(0, -2),
        outline=(*outline, place(-1, 1.2)),
    )
    return face, Analysis(1, (face,), {}, backdrop), size, "#808080"
