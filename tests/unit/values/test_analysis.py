"""Faces as values."""

from __future__ import annotations

from pelican_headshots.values.analysis import Face
from pelican_headshots.values.geometry import Box, Point

CENTER = Point(0.5, 0.5)


def test_a_mirrored_face_changes_sides_and_a_face_mirrored_twice_is_the_same() -> None:
    face = Face(Box(0.1, 0.2, 0.4, 0.6), 0.9, 12.0, 3.0, -4.0, Point(0.2, 0.3), Point(0.3, 0.3), CENTER, CENTER)
    mirrored = face.mirror()
    assert (mirrored.box.left, mirrored.yaw, mirrored.roll) == (0.6, -12.0, 4.0)
    assert (mirrored.right_eye, mirrored.left_eye) == (Point(0.7, 0.3), Point(0.8, 0.3))
    assert mirrored.mirror() == face
