"""Square crops with level eyes, in which the mesh of a face is found."""

from __future__ import annotations

from math import radians

import numpy as np
import pytest

from pelican_headshots.analysis.observation import DetectedFace
from pelican_headshots.analysis.regions import FaceSquare, crop_face_square


def make_frame_with_spot(x: int, y: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    frame = np.zeros((400, 600), np.uint8)
    frame[y - 6 : y + 7, x - 6 : x + 7] = 255
    return frame


def find_spot(crop: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> tuple[float, float]:
    """Return the center of what is bright (x, y)."""
    rows, columns = np.nonzero(crop > 100)
    return float(columns.mean()), float(rows.mean())


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize(("side", "side_px"), [(200.0, 256), (300.0, 64)])
def test_a_position_in_the_crop_is_found_again_in_the_frame(side: float, side_px: int, mirrored: bool) -> None:
    square = FaceSquare(320.0, 190.0, side, radians(25))
    crop, to_frame = crop_face_square(make_frame_with_spot(350, 160), square, side_px, mirrored=mirrored)
    x, y = find_spot(crop)
    assert to_frame[:, :2] @ (x, y) + to_frame[:, 2] == pytest.approx((350, 160), abs=2)


def test_the_mirrored_crop_is_the_mirror_image() -> None:
    square = FaceSquare(320.0, 190.0, 200.0, radians(10))
    frame = make_frame_with_spot(350, 160)
    (x, y), (mirrored_x, mirrored_y) = (
        find_spot(crop_face_square(frame, square, 256, mirrored=mirrored)[0]) for mirrored in (False, True)
    )
    assert (mirrored_x, mirrored_y) == pytest.approx((256 - x, y), abs=1)


def test_the_eyes_are_level_in_the_square_of_a_tilted_face() -> None:
    eyes = np.array([(250, 150), (350, 190)], np.float32)
    face = DetectedFace((220, 100, 380, 280), 0.9, "short", np.vstack([eyes, np.zeros((4, 2), np.float32)]))
    square = FaceSquare.from_detection(face)
    right, left = (find_spot(crop_face_square(make_frame_with_spot(int(x), int(y)), square, 256)[0]) for x, y in eyes)
    assert right[1] == pytest.approx(left[1], abs=1)
    assert right[0] < left[0]
    assert square.side == pytest.approx(1.5 * 180)


def test_a_square_outside_the_frame_is_black() -> None:
    crop, _ = crop_face_square(np.full((400, 600), 200, np.uint8), FaceSquare(-900.0, -900.0, 500.0, 0.0), 128)
    assert not crop.any()
