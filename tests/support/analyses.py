"""Analyses as values: people whom all models agree on, for tests of what is said about a picture."""

from __future__ import annotations

from collections.abc import Mapping

from pelican_headshots.values.analysis import Analysis, Face, SeenObject
from pelican_headshots.values.geometry import Box, Point

CERTAIN_PERSON = {
    "face_height": 0.3, "mesh_height": 0.3,
    "mesh_score": 25.0, "yaw": 3.0, "roll": 2.0, "pitch": 2.0, "gaze_side": 2.0, "gaze_up": 9.0,
    "head_and_gaze": 2.0, "lids_apart": 0.2, "face_key_to_fill": 0.3, "cheek_key_to_fill": 0.3, "chin_to_bottom": 1.6,
    "face_y": 0.45, "face_x_off": 0.05, "bodies": 1.0, "shoulders_shown": 1.0, "shoulders_y": 0.7,
    "hips_y": 1.5, "elbows_y": 1.2,
}  # fmt: skip
"""Features of a person who faces the camera, cut at the chest."""


def make_face(score: float = 0.9, left: float = 0.4) -> Face:
    point = Point(left + 0.1, 0.4)
    return Face(Box(left, 0.3, left + 0.2, 0.6), score, 0.0, 0.0, 0.0, point, point, point, point)


def make_person_box(index: int = 0, score: float = 0.9) -> SeenObject:
    return SeenObject("person", score, Box(index * 0.2, 0.2, index * 0.2 + 0.18, 1.0))


def build_analysis(
    face_count: int, features: Mapping[str, float] | None = None, *, seen: int | None = None, **more_features: float
) -> Analysis:
    """Return an analysis with so many sure faces, *seen* (else as many) sure boxes of people, and these features."""
    box_count = face_count if seen is None else seen
    second_body = 1.0 if (seen or face_count) > 1 else 0.0
    return Analysis(
        face_count,
        (make_face(),) * face_count,
        CERTAIN_PERSON | {"second_body": second_body} | dict(features or {}) | more_features,
        objects=tuple(make_person_box(index) for index in range(box_count)),
    )
