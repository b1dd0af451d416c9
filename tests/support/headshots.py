"""Headshots as values, measured without a file."""

from __future__ import annotations

from pelican_headshots.advice import checks
from pelican_headshots.values.analysis import Analysis, Face
from pelican_headshots.values.geometry import Box, Point, Size

GOOD_FEATURES = {
    "eye_open_least": 0.28, "lids_apart": 0.24, "craft_focus": -1.0, "craft_white": 0.0, "craft_black": 0.001,
    "craft_skin_a": 14.0, "craft_skin_b": 18.0, "craft_ground_busy": 0.01, "craft_ground_l": 60.0,
    "craft_ground_a": 0.0, "craft_ground_b": 0.0, "roll": 2.0, "craft_gap": 0.2, "second_face": 0.0, "hand_over": 0.0,
}  # fmt: skip


def build_sample(path: str = "a.jpg", /, *, head: float = 0.4, **features: float) -> checks.HeadshotSample:
    """A headshot without a defect but for *features*; *head* is the height from crown to chin, a fraction of the photo."""
    box = Box(0.3, 0.3, 0.7, 0.3 + head * 0.8)
    face = Face(box, 0.9, 0, 0, 0, Point(0.4, 0.4), Point(0.6, 0.4), Point(0.5, 0.3 + head), Point(0.5, 0.3))
    return checks.HeadshotSample(path, Size(2400, 3000), Analysis(1, (face,), {**GOOD_FEATURES, **features}))
