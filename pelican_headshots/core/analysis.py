"""What was measured in a picture: people, faces, pose, tone. Dear to make, remembered, and free of opinion."""

from __future__ import annotations

from .geometry import Box, Point, Value


class Face(Value, frozen=True):
    """One face. Points and boxes are fractions of the upright picture; angles are degrees, 0 looking into the lens.

    *yaw* is positive when the head turns to the picture's right, *pitch* when it looks up, *roll* when it leans
    clockwise as seen. *right_eye* is the person's own right, so it usually lies left in the picture.
    """

    box: Box
    score: float
    yaw: float
    pitch: float
    roll: float
    right_eye: Point
    left_eye: Point
    chin: Point
    crown: Point


class Analysis(Value, frozen=True):
    """Everything the looking found in one picture."""

    people: int
    faces: tuple[Face, ...]
    features: dict[str, float]
    """Named measurements the judge reads; `core/features.py` says what each is and in which unit."""
