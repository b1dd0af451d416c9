"""Crops for any slot: no head is cut."""

from __future__ import annotations

import pytest

from pelican_headshots.crop.crops import compute_head_boxes, compute_pixel_size, contains_heads, crop_around_faces
from pelican_headshots.values.analysis import Face
from pelican_headshots.values.geometry import FULL_IMAGE_BOX, Box, Point, Size

SLOT_RATIOS = (9 / 16, 4 / 5, 1.0, 1200 / 630, 2.0, 21 / 9)
BACKGROUND = "#445566"


def build_face(x: float, y: float, height: float, size: Size) -> Face:
    """Build a head centered at (x, y); *height* is that from hair to chin, a fraction of the photo's."""
    width = height * 0.75 * size.height / size.width
    box = Box(x - width / 2, y - height / 4, x + width / 2, y + height / 2)
    outline = (Point(x, y - height / 2), Point(x + width / 2, y), Point(x, y + height / 2), Point(x - width / 2, y))
    center = Point(x, y)
    return Face(box, 0.9, 0, 0, 0, center, center, Point(x, y + height / 2), Point(x, y - height / 2), outline)


@pytest.mark.parametrize("ratio", SLOT_RATIOS)
@pytest.mark.parametrize("size", [Size(2000, 3000), Size(3000, 2000), Size(1000, 1000)])
def test_no_head_is_cut_in_any_slot(ratio: float, size: Size) -> None:
    for x, y, height in ((0.5, 0.3, 0.2), (0.8, 0.7, 0.25), (0.5, 0.5, 0.95), (0.35, 0.45, 0.7)):
        faces = [build_face(x, y, height, size)]
        crop = crop_around_faces(faces, size, ratio, None, BACKGROUND)
        assert contains_heads(crop, compute_head_boxes(faces, 0.0))
        assert compute_pixel_size(crop, size).ratio == pytest.approx(ratio, rel=0.01)
        assert FULL_IMAGE_BOX.contains(crop.box) or crop.background_color == BACKGROUND


def test_a_crop_inside_the_photo_is_preferred_to_an_added_background() -> None:
    size = Size(3000, 2000)
    crop = crop_around_faces([build_face(0.85, 0.5, 0.3, size)], size, 4 / 5, None, BACKGROUND)
    assert crop.background_color is None
    assert FULL_IMAGE_BOX.contains(crop.box)
    assert crop.box.height == 1.0


def test_a_group_too_wide_for_the_slot_gets_a_background_in_the_photos_color() -> None:
    size = Size(3000, 2000)
    group = [build_face(x, 0.5, 0.25, size) for x in (0.1, 0.4, 0.7, 0.9)]
    crop = crop_around_faces(group, size, 4 / 5, None, BACKGROUND)
    assert crop.background_color == BACKGROUND
    assert contains_heads(crop, compute_head_boxes(group))


def test_small_faces_are_ignored_and_the_focal_point_decides() -> None:
    size = Size(3000, 2000)
    subject, stranger = build_face(0.2, 0.5, 0.4, size), build_face(0.97, 0.5, 0.05, size)
    assert compute_head_boxes([subject, stranger]) == compute_head_boxes([subject])
    crop = crop_around_faces([subject], size, 4 / 5, Point(0.9, 0.5), BACKGROUND)
    assert crop.box.left > 0.4


def test_a_head_without_a_readable_face_is_kept_where_there_are_no_faces() -> None:
    size, back_of_head = Size(2000, 3000), Box(0.3, 0.02, 0.6, 0.2)
    crop = crop_around_faces([], size, 1200 / 630, None, BACKGROUND, [back_of_head])
    assert contains_heads(crop, [back_of_head])
    assert crop.background_color is None
    assert not contains_heads(crop_around_faces([], size, 1200 / 630, None, BACKGROUND), [back_of_head])
    subject = build_face(0.5, 0.7, 0.25, size)
    assert compute_head_boxes([subject], faceless_heads=[back_of_head]) == compute_head_boxes([subject])


def test_a_photo_without_people_is_cropped_around_its_center() -> None:
    crop = crop_around_faces([], Size(3000, 2000), 4 / 5, None, BACKGROUND)
    assert crop.box.center.x == pytest.approx(0.5)
