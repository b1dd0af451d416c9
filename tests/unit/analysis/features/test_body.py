"""Bodies that are the same person are counted once, and a whole head is estimated from the landmarks of a body."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pelican_headshots.analysis.features.body import estimate_head_box, estimate_whole_head_box, find_distinct_bodies
from pelican_headshots.analysis.observation import Observation

LEFT_SHOULDER, RIGHT_SHOULDER = 11, 12


def make_body(x: float) -> NDArray[np.float32]:
    """Return the landmarks of a body whose shoulders are left and right of *x*."""
    points = np.zeros((33, 5), np.float32)
    points[:, :2] = x, 400
    points[LEFT_SHOULDER, 0], points[RIGHT_SHOULDER, 0] = x + 100, x - 100
    points[:, 3:] = 1.0
    return points


def test_a_person_whose_body_is_found_twice_is_counted_once() -> None:
    bodies = [make_body(300), make_body(330), make_body(700)]
    assert len(find_distinct_bodies(Observation(1000, 1000, bodies=bodies))) == 2


def test_a_body_without_nose_and_shoulders_is_not_counted() -> None:
    bodies = [make_body(300), make_body(330), make_body(700)]
    bodies[2][[0, LEFT_SHOULDER, RIGHT_SHOULDER], 3] = 0.3
    assert len(find_distinct_bodies(Observation(1000, 1000, bodies=bodies))) == 1


def test_a_whole_head_is_larger_than_the_landmarks_of_the_face_above_all_upwards() -> None:
    points = np.zeros((33, 5), np.float32)
    points[:LEFT_SHOULDER, :2] = [[500 + 6 * i, 300 + 4 * i] for i in range(-5, 6)]
    points[LEFT_SHOULDER, :2], points[RIGHT_SHOULDER, :2] = (600, 480), (400, 480)
    left, top, right, bottom = estimate_whole_head_box(points)
    face_left, face_top, face_right, face_bottom = estimate_head_box(points)
    assert left < face_left
    assert top < face_top
    assert right > face_right
    assert bottom > face_bottom
    # Hair reaches farther up than the chin reaches down.
    assert 300 - top > bottom - 300
