"""Features of what the object detector found: people's boxes, and animals, furniture and things near the main person."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...values.analysis import find_distinct_people
from ...values.geometry import Box
from ..observation import MIN_LIKELY_FACE_SCORE, DetectedFace, DetectedObject, Observation
from .body import measure_second_body
from .face import compute_face_diagonal

ANIMALS = {"bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe"}
FURNITURE = {"bench", "chair", "couch", "bed", "dining table", "toilet", "desk"}
VEHICLES = {"bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat"}
WORN = {"tie", "backpack", "handbag", "umbrella", "hat", "shoe", "eye glasses"}
ALONE_WEIGHT = 0.6
"""How much a single reading of another person counts that no other reading confirms."""


def measure_objects(observation: Observation, main_face: DetectedFace | None) -> dict[str, float]:
    """Return the features of the objects in *observation*."""
    w, h = observation.width, observation.height
    people = find_distinct_people(observation.objects)
    things = [thing for thing in observation.objects if thing.name != "person"]
    features = {
        "person_boxes": float(sum(person.score >= 0.5 for person in people)),
        "person_boxes_soft": sum(person.score for person in people),
        "person_box_score": max((person.score for person in people), default=0.0),
        "animal_score": _find_best_score(things, ANIMALS),
        "furniture_score": _find_best_score(things, FURNITURE),
        "vehicle_score": _find_best_score(things, VEHICLES),
        "things_score": sum(thing.score for thing in things),
    }
    main = find_main_person(people, main_face)
    if main is None:
        return features
    box = main.box
    features |= {
        "person_box_main": main.score,
        "person_box_height": box.height / h,
        "person_box_width": box.width / w,
        "person_box_share": box.height * box.width / (w * h),
        "person_box_top": box.top / h,
        "person_box_room_below": (h - box.bottom) / h,
        "person_box_x_off": abs(box.center.x / w - 0.5),
        "second_box_score": max((person.score for person in people if person is not main), default=0.0),
        "held_score": max(
            (
                thing.score
                for thing in things
                if thing.name not in ANIMALS | FURNITURE | VEHICLES | WORN and thing.box.share_inside(box) > 0.5
            ),
            default=0.0,
        ),
        "tie_score": _find_best_score(things, {"tie"}),
    }
    if main_face is not None:
        features["person_box_face_height"] = main_face.height / max(box.height, 1.0)
        features["person_box_face_width"] = main_face.width / max(box.width, 1.0)
        features["person_box_below_face"] = (box.bottom - main_face.box[3]) / max(main_face.height, 1.0)
    return features


def measure_other_people(observation: Observation, main_face: DetectedFace | None) -> dict[str, float]:
    """Return how strongly other people are seen, by the agreement of faces, bodies and boxes.

    Each of the three says how large and how certain its second person is, 0..1. `second_person` is what two of them agree
    on, or a part of a single one that is strong. `second_person_sum` is the sum of the three.
    """
    witnesses = sorted(
        (
            _measure_second_face(observation, main_face),
            min(1.0, measure_second_body(observation, main_face)),
            _measure_second_box(observation, main_face),
        )
    )
    strongest = max(witnesses)
    alone = ALONE_WEIGHT * strongest if strongest > 0.5 and witnesses[1] < strongest else 0.0
    return {"second_person": max(witnesses[1], alone), "second_person_sum": sum(witnesses)}


def _measure_second_face(observation: Observation, main_face: DetectedFace | None) -> float:
    if main_face is None:
        return 0.0
    main_size = compute_face_diagonal(main_face)
    strength = 0.0
    for face in observation.faces:
        if face is main_face:
            continue
        if any(face is real for real in observation.real_faces):
            certainty = float(np.clip((face.mesh_score - 1) / 12, 0, 1)) if face.mesh is not None else face.score
        elif face.score > 0.5 or face.mesh_score > MIN_LIKELY_FACE_SCORE:
            certainty = ALONE_WEIGHT * face.score
        else:
            continue
        strength = max(strength, certainty * min(1.0, compute_face_diagonal(face) / main_size))
    return strength


def _measure_second_box(observation: Observation, main_face: DetectedFace | None) -> float:
    people = find_distinct_people(observation.objects)
    main = find_main_person(people, main_face)
    if main is None:
        return 0.0
    return max(
        (
            min(1.0, person.score * person.box.height / max(main.box.height, 1.0))
            for person in people
            if person is not main
        ),
        default=0.0,
    )


def find_main_person(people: Sequence[DetectedObject], main_face: DetectedFace | None) -> DetectedObject | None:
    """Return the box that the main face is in, the surest if there are several; without one, the surest large box."""
    if main_face is not None:
        around = [person for person in people if Box(*main_face.box).share_inside(person.box) > 0.5]
        if around:
            return max(around, key=lambda person: person.score)
    return max(people, key=lambda person: person.score * person.box.height, default=None)


def _find_best_score(objects: Sequence[DetectedObject], names: set[str]) -> float:
    return max((each.score for each in objects if each.name in names), default=0.0)
