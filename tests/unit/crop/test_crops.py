"""Art direction: whatever the slot, no head is cut."""

from __future__ import annotations

import pytest

from pelican_headshots.crop.crops import compute_head_boxes, compute_pixel_size, contains_heads, crop_around_faces
from pelican_headshots.values.analysis import Face
from pelican_headshots.values.geometry import FULL_IMAGE_BOX, Box, Point, Size

SLOTS = (9 / 16, 4 / 5, 1.0, 1200 / 630, 2.0, 21 / 9)
GROUND = "#445566"


def face(x: float, y: float, tall: float, size: Size) -> Face:
    """A head of height *tall* (hair to chin, a fraction of the height), its middle at (x, y)."""
    wide = tall * 0.75 * size.height / size.width
    box = Box(x - wide / 2, y - tall / 4, x + wide / 2, y + tall / 2)
    outline = (Point(x, y - tall / 2), Point(x + wide / 2, y), Point(x, y + tall / 2), Point(x - wide / 2, y))
    at = Point(x, y)
    return Face(box, 0.9, 0, 0, 0, at, at, Point(x, y + tall / 2), Point(x, y - tall / 2), outline)


@pytest.mark.parametrize("ratio", SLOTS)
@pytest.mark.parametrize("size", [Size(2000, 3000), Size(3000, 2000), Size(1000, 1000)])
def test_no_head_is_cut_in_any_slot(ratio: float, size: Size) -> None:
    for x, y, tall in ((0.5, 0.3, 0.2), (0.8, 0.7, 0.25), (0.5, 0.5, 0.95), (0.35, 0.45, 0.7)):
        faces = [face(x, y, tall, size)]
        crop = crop_around_faces(faces, size, ratio, None, GROUND)
        assert contains_heads(crop, compute_head_boxes(faces, 0.0))
        assert compute_pixel_size(crop, size).ratio == pytest.approx(ratio, rel=0.01)
        assert FULL_IMAGE_BOX.contains(crop.box) or crop.background_color == GROUND


def test_room_is_used_before_a_matte() -> None:
    size = Size(3000, 2000)
    crop = crop_around_faces([face(0.85, 0.5, 0.3, size)], size, 4 / 5, None, GROUND)
    assert crop.background_color is None
    assert FULL_IMAGE_BOX.contains(crop.box)
    assert crop.box.height == 1.0


def test_a_group_too_wide_for_the_slot_stands_in_the_pictures_own_colour() -> None:
    size = Size(3000, 2000)
    group = [face(x, 0.5, 0.25, size) for x in (0.1, 0.4, 0.7, 0.9)]
    crop = crop_around_faces(group, size, 4 / 5, None, GROUND)
    assert crop.background_color == GROUND
    assert contains_heads(crop, compute_head_boxes(group))


def test_passers_by_have_no_say_and_the_photographers_point_has_the_last() -> None:
    size = Size(3000, 2000)
    subject, stranger = face(0.2, 0.5, 0.4, size), face(0.97, 0.5, 0.05, size)
    assert compute_head_boxes([subject, stranger]) == compute_head_boxes([subject])
    crop = crop_around_faces([subject], size, 4 / 5, Point(0.9, 0.5), GROUND)
    assert crop.box.left > 0.4


def test_a_head_without_a_readable_face_is_kept_where_there_are_no_faces() -> None:
    size, back = Size(2000, 3000), Box(0.3, 0.02, 0.6, 0.2)
    crop = crop_around_faces([], size, 1200 / 630, None, GROUND, [back])
    assert contains_heads(crop, [back])
    assert crop.background_color is None
    assert not contains_heads(crop_around_faces([], size, 1200 / 630, None, GROUND), [back])
    subject = face(0.5, 0.7, 0.25, size)
    assert compute_head_boxes([subject], faceless_heads=[back]) == compute_head_boxes([subject])


def test_an_empty_room_is_cropped_about_its_middle() -> None:
    crop = crop_around_faces([], Size(3000, 2000), 4 / 5, None, GROUND)
    assert crop.box.center.x == pytest.approx(0.5)
