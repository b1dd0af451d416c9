"""Analyses and faces as values."""

from __future__ import annotations

from pelican_headshots.values.analysis import Analysis, Face
from pelican_headshots.values.geometry import Box, Point

CENTER = Point(0.5, 0.5)

FACE = Face(Box(0.3, 0.2, 0.7, 0.6), 0.9, 0.0, 0.0, 0.0, CENTER, CENTER, CENTER, CENTER)


def test_merged_analyses_have_the_mean_of_what_both_measured() -> None:
    one = Analysis(0, (), {"mask_share": 0.1, "somebody": -2.0})
    other = Analysis(1, (FACE,), {"mask_share": 0.3, "yaw": 12.0})
    merged = one.merge(other)
    assert merged.features == {"mask_share": 0.2, "somebody": -2.0, "yaw": 12.0}
    assert (merged.people_count, merged.faces) == (1, (FACE,))


def test_a_mirrored_face_changes_sides_and_a_face_mirrored_twice_is_the_same() -> None:
    face = Face(Box(0.1, 0.2, 0.4, 0.6), 0.9, 12.0, 3.0, -4.0, Point(0.2, 0.3), Point(0.3, 0.3), CENTER, CENTER)
    mirrored = face.mirror()
    assert (mirrored.box.left, mirrored.yaw, mirrored.roll) == (0.6, -12.0, 4.0)
    assert (mirrored.right_eye, mirrored.left_eye) == (Point(0.7, 0.3), Point(0.8, 0.3))
    assert mirrored.mirror() == face
