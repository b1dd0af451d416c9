"""Reasons: sentences that are true of the picture, each supported by more than one weak reading."""

from __future__ import annotations

import re

import pytest

from pelican_headshots.classify.agreement import get_agreed_framing, has_other_person
from pelican_headshots.classify.criteria import CRITERIA, MAX_DEVIATION
from pelican_headshots.classify.explanations import REASON_BY_CRITERION, explain_classification
from pelican_headshots.values.analysis import Analysis, SeenObject
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.geometry import Box
from tests.support.analyses import CERTAIN_PERSON, build_analysis, make_face, make_person_box


def explain(analysis: Analysis, *criteria: str) -> tuple[str, ...]:
    """Return the reasons for a portrait that deviates in these criteria, the first one most."""
    worst = {name: (MAX_DEVIATION - index, "") for index, name in enumerate(criteria)}
    return explain_classification(PhotoKind.PORTRAIT, analysis, worst)


def test_every_criterion_has_a_reason() -> None:
    assert REASON_BY_CRITERION.keys() == CRITERIA.keys()


def test_a_headshot_is_described() -> None:
    assert explain_classification(PhotoKind.HEADSHOT, build_analysis(1), {}) == (
        "a face, 30 % of the height", "head facing the camera", "eyes to the lens", "face evenly lit", "cut at the chest",
    )  # fmt: skip


def test_the_size_of_the_face_is_said_once() -> None:
    reasons = explain(build_analysis(1, face_height=0.31), *CRITERIA)
    assert sum("31 %" in reason for reason in reasons) == 1
    assert not any(re.search(r"\bonly\b", reason) for reason in reasons)


def test_a_straight_look_is_no_reason_against_a_headshot() -> None:
    assert explain(build_analysis(1), "gaze", "facing") == (
        "a face, 30 % of the height",
        "several small things speak against a headshot",
    )


ELBOWS = [
    ({"elbow_most": 0.9, "elbows_y": 0.85}, "an elbow is in the frame"),
    ({"elbow_most": 0.95, "elbows_y": 0.95, "wrist_most": 0.9}, "an elbow is in the frame"),
    ({"elbow_most": 0.95, "elbows_y": 0.97}, "the elbows are near the edge of the frame"),
    ({"elbow_most": 0.4, "elbows_y": 1.06}, "the elbows are near the edge of the frame"),
    ({"elbow_most": 0.3, "elbows_y": 1.3}, "cut at the chest"),
    ({"elbow_most": 0.95, "elbows_y": 0.8, "chin_to_bottom": 1.0}, ""),
]


@pytest.mark.parametrize(("features", "reason"), ELBOWS)
def test_elbows_are_in_the_frame_only_if_clearly_inside(features: dict[str, float], reason: str) -> None:
    expected = reason or "several small things speak against a headshot"
    assert explain(build_analysis(1, features), "close") == ("a face, 30 % of the height", expected)


def test_somebody_else_needs_two_witnesses_or_a_strong_one() -> None:
    def look(second_face: float = 0.0, boxes: int = 1, **features: float) -> bool:
        faces = (make_face(), make_face(second_face, 0.7)) if second_face else (make_face(),)
        seen = tuple(make_person_box(index) for index in range(boxes))
        return has_other_person(Analysis(len(faces), faces, CERTAIN_PERSON | features, objects=seen))

    assert not look(second_candidate=1.6), "an emblem"
    assert not look(mask_elsewhere=0.5), "a person mask that floods the background"
    assert not look(second_body=0.5), "a person found twice"
    assert not look(second_candidate=1.5, second_body=0.8), "a profile found twice"
    assert not look(second_face=0.42), "a fist"
    assert not look(boxes=2), "a coat"
    assert look(second_candidate=0.8, boxes=2)
    assert look(second_body=0.9, boxes=2)
    assert look(second_face=0.42, second_body=0.9)
    assert look(second_face=0.9)


def test_a_box_inside_another_is_no_second_person() -> None:
    inner = SeenObject("person", 0.8, Box(0.02, 0.3, 0.12, 0.6))
    both = Analysis(1, (make_face(),), {"second_candidate": 0.8}, objects=(make_person_box(), inner))
    assert not has_other_person(both)


def test_nothing_is_said_of_a_face_that_was_not_measured() -> None:
    hidden = Analysis(
        1, (), {"gaze_side": 45.0, "gaze_up": -20.0, "head_and_gaze": 40.0, "yaw": 60.0, "mesh_score": 6.0}
    )
    assert explain(hidden, *CRITERIA) == (
        "a person, no face measured from the front",
        "several small things speak against a headshot",
    )


@pytest.mark.parametrize(
    ("features", "reason"),
    [
        ({"gaze_side": 70.0, "head_and_gaze": 37.0}, "eyes off the lens"),
        ({"gaze_side": 21.0, "head_and_gaze": 1.0}, ""),
        ({"gaze_up": 37.0}, ""),
        ({"lids_apart": 0.08}, "eyes lowered or nearly closed"),
    ],
)
def test_a_gaze_is_said_if_eyes_and_head_agree(features: dict[str, float], reason: str) -> None:
    assert (reason in explain(build_analysis(1, features), "gaze")) == bool(reason)
    assert len(explain(build_analysis(1, features), "gaze")) == 2


@pytest.mark.parametrize(
    ("features", "reason"),
    [
        ({"hand_score": 3.0, "hand_near": 0.4}, "a hand near the face"),
        ({"hand_score": 0.7, "hand_near": 0.6}, ""),
        ({"hand_score": 3.0, "hand_near": 2.1}, ""),
        ({"wrist_most": 0.9, "elbow_most": 0.9, "elbows_y": 0.9}, "a hand in the frame"),
    ],
)
def test_a_hand_is_said_if_it_is_sure(features: dict[str, float], reason: str) -> None:
    assert (reason or "several small things speak against a headshot") in explain(build_analysis(1, features), "hands")


def test_framing_is_said_if_face_and_body_agree() -> None:
    hips = {"hips_shown": 1.0, "hips_y": 0.85}
    assert get_agreed_framing(build_analysis(1, hips, chin_to_bottom=3.0)) == "below the waist"
    assert get_agreed_framing(build_analysis(1, hips, chin_to_bottom=0.5)) == ""
    assert get_agreed_framing(build_analysis(1, hips, chin_to_bottom=3.0, shoulders_y=0.8)) == ""
    assert get_agreed_framing(build_analysis(1, chin_to_bottom=1.0)) == "head and shoulders"


@pytest.mark.parametrize(
    ("analysis", "reason"),
    [
        (Analysis(0, (), {"mask_share": 0.6, "bodies": 1.0}), "no face and no body found"),
        (Analysis(1, (make_face(),), {}), "something like a face, but no person seen clearly"),
        (Analysis(1, (), CERTAIN_PERSON), "something like a body, but no face and no person seen clearly"),
    ],
)
def test_why_there_is_no_person(analysis: Analysis, reason: str) -> None:
    assert explain_classification(PhotoKind.NO_PERSON, analysis, {}) == (reason,)


def test_the_size_of_a_face_is_said_if_detector_and_mesh_agree() -> None:
    assert explain(build_analysis(1, mesh_height=0.1))[0] == "a face"
    assert explain(build_analysis(1, mesh_score=4.0))[0] == "a face, not seen clearly from the front"
    assert explain(build_analysis(2))[0] == "more than one face, the main one 30 % of the height"


def test_dark_skin_is_no_deep_shade() -> None:
    dark = {"lens_dark_least": 0.6, "eyes_shaded_least": 2.0}
    assert "eyes behind dark glasses, or in deep shade" in explain(build_analysis(1, dark, eye_contrast=0.2), "eyes")
    assert "eyes behind dark glasses, or in deep shade" not in explain(
        build_analysis(1, dark, eye_contrast=0.9), "eyes"
    )


def test_feet_below_the_frame_are_not_shown() -> None:
    joints = {"hips_shown": 0.9, "knees_shown": 0.9, "ankles_shown": 0.9, "hips_y": 0.9, "shoulders_y": 0.4}
    features = CERTAIN_PERSON | joints
    ends_above = SeenObject("person", 0.9, Box(0.1, 0.1, 0.5, 0.95))
    assert get_agreed_framing(Analysis(1, (), features, objects=(ends_above,))) == "full length"
    assert get_agreed_framing(Analysis(1, (), features, objects=(make_person_box(),))) == ""


def test_that_somebody_else_is_there_is_said_once() -> None:
    assert explain(build_analysis(2), "alone") == ("a face, 30 % of the height", "another person in the frame")
    assert (
        explain_classification(PhotoKind.HEADSHOT, build_analysis(2), {})[0]
        == "more than one face, the main one 30 % of the height"
    )
