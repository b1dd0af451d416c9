"""What the object detector found, turned into features."""

from __future__ import annotations

import numpy as np
import pytest

from pelican_headshots.analysis.features.objects import measure_objects, measure_other_people
from pelican_headshots.analysis.observation import DetectedFace, DetectedObject, Observation
from pelican_headshots.values.analysis import find_distinct_people
from pelican_headshots.values.geometry import Box

Corners = tuple[float, float, float, float]


def make_person(box: Corners, score: float = 0.9) -> DetectedObject:
    return DetectedObject("person", score, Box(*box))


def make_face(box: Corners, score: float = 0.9, mesh_score: float = 20.0) -> DetectedFace:
    return DetectedFace(
        box, score, "short", np.zeros((6, 2), np.float32), np.zeros((478, 3), np.float32), mesh_score=mesh_score
    )


def make_observation(*objects: DetectedObject, faces: tuple[DetectedFace, ...] = ()) -> Observation:
    return Observation(1000, 1000, faces=list(faces), objects=objects)


def test_a_part_of_a_person_is_not_another_person() -> None:
    whole, arm = make_person((100, 100, 700, 1000)), make_person((150, 600, 400, 950), 0.5)
    beside = make_person((750, 200, 1000, 1000), 0.4)
    assert find_distinct_people((arm, beside, whole)) == [whole, beside]


def test_the_main_box_is_the_one_around_the_main_face() -> None:
    face = make_face((600, 200, 700, 300))
    near, other = make_person((550, 150, 800, 650), 0.6), make_person((0, 0, 400, 1000), 0.95)
    features = measure_objects(make_observation(near, other, faces=(face,)), face)
    assert features["person_box_main"] == 0.6
    assert features["person_box_height"] == 0.5
    assert features["person_box_face_height"] == 0.2
    assert features["second_box_score"] == 0.95


def test_what_is_held_is_inside_the_box_and_not_worn() -> None:
    person = make_person((100, 100, 700, 1000))
    book, tie = (
        DetectedObject("book", 0.7, Box(300, 500, 500, 700)),
        DetectedObject("tie", 0.8, Box(350, 400, 400, 700)),
    )
    far = DetectedObject("cup", 0.9, Box(800, 500, 900, 700))
    features = measure_objects(make_observation(person, book, tie, far), None)
    assert (features["held_score"], features["tie_score"]) == (0.7, 0.8)


def test_another_person_needs_two_readings_or_a_strong_one() -> None:
    face, emblem = make_face((300, 200, 500, 400)), make_face((700, 500, 800, 600), mesh_score=9.0)
    main, neighbor = make_person((200, 100, 600, 1000)), make_person((650, 100, 1000, 1000), 0.8)

    def measure(*objects: DetectedObject, faces: tuple[DetectedFace, ...] = (face,)) -> float:
        return measure_other_people(make_observation(*objects, faces=faces), face)["second_person"]

    assert measure(main) == 0.0
    assert measure(main, faces=(face, emblem)) == 0.0
    assert measure(main, neighbor) == pytest.approx(0.6 * 0.8)
    assert measure(main, neighbor, faces=(face, make_face((750, 200, 950, 400)))) == pytest.approx(0.8)
