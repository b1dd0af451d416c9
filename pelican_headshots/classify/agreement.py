"""What at least two readings of a picture support: only this is said about it, in reasons and in drafts of alternative text.

The models err one at a time: a face detector finds a face in an emblem, a pose model guesses elbows outside the frame, a
person mask floods a dark background. It is rare that two of them make the same mistake. The limits were set by looking at
pictures of a labeled corpus.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..values.analysis import Analysis, find_distinct_people
from ..values.geometry import Box

FeatureValues = Mapping[str, float]

MIN_MESH_SCORE = 4.5
"""Score of the face mesh from which its measurements (angles, gaze, chin) are used in sentences. People reach 10 to 25."""
MIN_PERSON_BOX_SCORE = 0.45
"""Score from which the object detector's box of a person is a witness."""
MIN_SECOND_SIZE = 0.3
"""Size of a second face or body, relative to the main one, from which it is a witness of another person."""
STRONG_FACE_SCORE = 0.6
"""Score from which a second confirmed face needs no other witness."""


def has_clear_face(analysis: Analysis) -> bool:
    """Return whether the main face was seen by a face detector and confirmed by the face mesh."""
    return bool(analysis.faces) and analysis.features.get("mesh_score", 0.0) >= MIN_MESH_SCORE


def has_measured_face(analysis: Analysis) -> bool:
    """Return whether detector and mesh also agree on the size of the main face, so that they mean the same face."""
    face_height, mesh_height = (analysis.features.get(name, 0.0) for name in ("face_height", "mesh_height"))
    is_same_size = 0.7 * face_height <= mesh_height <= 1.5 * face_height
    return has_clear_face(analysis) and is_same_size


def has_consistent_body(features: FeatureValues) -> bool:
    """Return whether the pose model is sure of a body, and its shoulders are above its hips."""
    return (
        features.get("bodies", 0.0) > 0
        and features.get("shoulders_shown", 0.0) > 0.5
        and features.get("hips_y", 0.0) > features.get("shoulders_y", 0.0) + 0.12
    )


def is_person_certain(analysis: Analysis) -> bool:
    """Return whether two of three see a person: the face models, the pose model, the object detector."""
    witnesses = (has_measured_face(analysis), has_consistent_body(analysis.features), bool(find_person_boxes(analysis)))
    return sum(witnesses) >= 2


def find_person_boxes(analysis: Analysis) -> list[Box]:
    """Return the object detector's boxes of people, each person once, the surest first."""
    return [seen.box for seen in find_distinct_people(analysis.objects) if seen.score >= MIN_PERSON_BOX_SCORE]


def is_near(box: Box, other: Box) -> bool:
    """Return whether the two boxes overlap or nearly touch: less than 3 % of the picture apart."""
    gap = 0.03
    return (
        box.left < other.right + gap
        and other.left < box.right + gap
        and box.top < other.bottom + gap
        and other.top < box.bottom + gap
    )


def has_other_person(analysis: Analysis) -> bool:
    """Return whether somebody else is in the picture: by two witnesses (face, body, box), or by one that is strong."""
    faces, features = analysis.faces, analysis.features
    scores = sorted((face.score for face in faces), reverse=True)
    if len(scores) >= 3 or (len(scores) == 2 and scores[1] >= STRONG_FACE_SCORE):
        return True
    has_second_body = features.get("second_body", 0.0) > MIN_SECOND_SIZE
    if len(find_person_boxes(analysis)) >= 2:
        return len(scores) == 2 or has_second_body or features.get("second_candidate", 0.0) > MIN_SECOND_SIZE
    # A face that the mesh does not confirm and a second body are often both the same person found twice.
    return len(scores) == 2 and has_second_body


def is_mostly_dark(features: FeatureValues) -> bool:
    """Return whether most of the picture is dark, the background too: black clothes alone do not make a dark picture."""
    return features.get("dark_share", 0.0) > 0.5 and features.get("ground_light", 100.0) < 25


def is_mostly_bright(features: FeatureValues) -> bool:
    """Return whether most of the picture is bright, the background too."""
    return features.get("bright_share", 0.0) > 0.5 and features.get("ground_light", 0.0) > 80


def are_elbows_shown(features: FeatureValues) -> bool:
    """Return whether an elbow is clearly inside the frame: well above its lower edge, or with its wrist."""
    elbow, elbow_y = features.get("elbow_most", 0.0), features.get("elbows_y", 4.0)
    return _is_framed_below_shoulders(features) and (
        (elbow >= 0.75 and elbow_y <= 0.93)
        or (elbow >= 0.85 and features.get("wrist_most", 0.0) >= 0.7 and elbow_y <= 0.97)
    )


def are_elbows_at_edge(features: FeatureValues) -> bool:
    """Return whether the elbows are about at the lower edge of the frame, on either side of it."""
    return _is_framed_below_shoulders(features) and 0.86 <= features.get("elbows_y", 4.0) <= 1.08


def are_hands_shown(features: FeatureValues) -> bool:
    """Return whether a hand is clearly inside the frame, with its elbow."""
    return features.get("wrist_most", 0.0) >= 0.85 and are_elbows_shown(features)


def is_hand_near_face(analysis: Analysis) -> bool:
    """Return whether the hand model is sure of a hand close to a measured face, or the pose model's wrist is near too."""
    features = analysis.features
    distance = features.get("hand_near", 4.0)
    return (
        has_measured_face(analysis)
        and features.get("hand_score", -10.0) > 1.5
        and (distance < 0.55 or (distance < 0.75 and features.get("wrist_near", 4.0) < 1.0))
    )


def _is_framed_below_shoulders(features: FeatureValues) -> bool:
    """Return whether the face leaves room for elbows below it, and the joints are in the order of a body."""
    return (
        features.get("chin_to_bottom", 1.4) >= 1.4
        and features.get("elbows_y", 4.0) > features.get("shoulders_y", 0.0) + 0.05
        and features.get("shoulders_shown", 0.0) > 0.5
    )


def get_agreed_framing(analysis: Analysis) -> str:
    """Return what the frame shows of the main person as far as face and body agree, or an empty string.

    One of `full length`, `below the waist`, `waist`, `head and shoulders` and `head`.
    """
    features = analysis.features
    has_face, has_body = has_measured_face(analysis), has_consistent_body(features)
    if not has_body:
        return ""
    space = features.get("chin_to_bottom", 0.0) if has_face else None
    hips, knees, ankles = (features.get(f"{joint}_shown", 0.0) for joint in ("hips", "knees", "ankles"))
    # The pose model guesses feet below the frame: they count if the face leaves room, or the box of the person ends above.
    boxes = find_person_boxes(analysis)
    has_room_for_feet = space > 5.0 if space is not None else bool(boxes) and boxes[0].bottom < 0.98
    if min(ankles, knees, hips) > 0.5 and has_room_for_feet:
        return "full length"
    if space is None or space > 6.0:
        return ""
    if hips > 0.5 and features["hips_y"] < 0.9 and space > 2.8:
        return "below the waist"
    if (hips > 0.3 or features["hips_y"] < 1.02) and space > 2.0:
        return "waist"
    if hips > 0.3 or are_elbows_shown(features) or features.get("wrist_most", 0.0) > 0.5:
        return ""
    if space < 0.25:
        return "head" if features.get("mesh_height", 0.0) > 0.4 else ""
    return "head and shoulders" if space < 1.5 and features["shoulders_shown"] > 0.7 else ""
