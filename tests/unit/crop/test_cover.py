"""Cover crops: faces stay whole, and the title hides none."""

from __future__ import annotations

from pelican_headshots.crop.cover import crop_for_cover, text_hides_face
from pelican_headshots.values.geometry import Box, Point, Size

LANDSCAPE = Size(2400, 1600)


def test_the_crop_moves_until_the_face_is_above_the_title() -> None:
    face, head = Box(0.2, 0.35, 0.35, 0.58), Box(0.18, 0.28, 0.37, 0.62)
    crop = crop_for_cover([face], [head], LANDSCAPE, 16 / 9, None)
    assert crop.box.contains(head)
    assert not text_hides_face(crop, [face], LANDSCAPE)


def test_hair_is_not_cut_to_make_room_for_the_title() -> None:
    face, head = Box(0.1, 0.3, 0.5, 0.85), Box(0.08, 0.08, 0.52, 0.88)
    crop = crop_for_cover([face], [head], LANDSCAPE, 16 / 9, None)
    assert crop.box.top <= head.top
    assert text_hides_face(crop, [face], LANDSCAPE), "so the title must appear elsewhere"


def test_a_face_beside_the_title_is_not_under_it() -> None:
    face = Box(0.75, 0.7, 0.9, 0.9)
    crop = crop_for_cover([face], [face], LANDSCAPE, 16 / 9, Point(0.8, 0.8))
    assert not text_hides_face(crop, [face], LANDSCAPE)


def test_in_upright_windows_the_title_hides_the_whole_width() -> None:
    face = Box(0.45, 0.8, 0.55, 0.95)
    crop = crop_for_cover([face], [face], LANDSCAPE, 9 / 16, None)
    assert text_hides_face(crop, [face], LANDSCAPE)


def test_a_face_under_the_navigation_is_hidden() -> None:
    face = Box(0.45, 0.02, 0.55, 0.1)
    assert text_hides_face(crop_for_cover([face], [face], LANDSCAPE, 9 / 16, None), [face], LANDSCAPE)


def test_a_crop_with_a_focal_point_is_not_moved_for_faces() -> None:
    face = Box(0.4, 0.7, 0.6, 0.95)
    without_faces = crop_for_cover([], [], LANDSCAPE, 16 / 9, Point(0.5, 0.5))
    assert crop_for_cover([face], [face], LANDSCAPE, 16 / 9, Point(0.5, 0.5)) == without_faces
