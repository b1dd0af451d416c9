"""Explain a classification in a photographer's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..values.analysis import Analysis
from ..values.classification import PhotoKind

FeatureValues = Mapping[str, float]
MAX_EVEN_LIGHT_STOPS = 0.8
"""Difference between the two halves of a face, in stops, below which it is evenly lit."""
MAX_REASONS = 4
"""Largest number of reasons; a headshot may have one more."""


def explain_classification(
    kind: PhotoKind, analysis: Analysis, worst_by_criterion: dict[str, tuple[float, str]]
) -> tuple[str, ...]:
    """Return the reasons for *kind*: who is in the picture, then what speaks for a headshot or most against one.

    Args:
        kind: The kind to explain.
        analysis: What was measured in the picture.
        worst_by_criterion: Criterion → how much speaks against a headshot, and the feature that says so.
    """
    features = analysis.features
    if kind is PhotoKind.NO_PERSON:
        return _explain_no_person(analysis)
    sentences = [_describe_people(analysis)]
    if kind is PhotoKind.HEADSHOT:
        sentences += [
            describe(features)
            for describe in (_describe_turn, _describe_gaze, _describe_lighting, _describe_lower_edge)
        ]
    else:
        for criterion, (deviation, feature) in sorted(worst_by_criterion.items(), key=lambda item: -item[1][0]):
            if deviation > 0.8 and feature:
                reason = REASON_BY_FEATURE.get(feature, "")
                sentences.append(
                    (reason if isinstance(reason, str) else reason(features)) or REASON_BY_CRITERION[criterion]
                )
    distinct_sentences = list(dict.fromkeys(sentence for sentence in sentences if sentence))
    if kind is PhotoKind.PORTRAIT and len(distinct_sentences) == 1:
        distinct_sentences.append("several small things speak against a headshot")
    return tuple(distinct_sentences[: MAX_REASONS if kind is PhotoKind.PORTRAIT else MAX_REASONS + 1])


def _describe_people(analysis: Analysis) -> str:
    height_percent = analysis.features.get("face_height", 0.0) * 100
    if not analysis.faces:
        return "a person whose face is not visible"
    if len(analysis.faces) == 1:
        return f"one face, {height_percent:.0f} % of the height"
    return f"{len(analysis.faces)} faces, the largest {height_percent:.0f} % of the height"


def _explain_no_person(analysis: Analysis) -> tuple[str, ...]:
    features = analysis.features
    if analysis.faces:
        return ("something like a face, but nothing else of a person",)
    if features.get("face_score", 0.0) > 0.5:
        return ("no human face: what looks like one is not shaped like one",)
    if features.get("mask_share", 0.0) > 0.1 or features.get("bodies", 0.0):
        return ("no face, and too little of a body to be a person",)
    return ("no face and no body found",)


def _describe_turn(features: FeatureValues) -> str:
    return f"head turned {features['yaw']:.0f}°" if "yaw" in features else ""


def _describe_gaze(features: FeatureValues) -> str:
    if "gaze_off" not in features:
        return ""
    if features.get("eye_open_least", 1.0) < 0.15:
        return "eyes nearly closed"
    # Eyes that look into the lens measure about 9° up, because the lids hide the upper part of the iris.
    side, up = features["gaze_side"], features["gaze_up"] - 9.0
    if abs(up) > 12 and abs(up) > side:
        return "eyes down" if up < 0 else "eyes up"
    return "eyes to the lens" if side < 9 else f"eyes {side:.0f}° off the lens"


def is_evenly_lit(features: FeatureValues) -> bool:
    """Return whether both halves of the face are about equally light; False if that could not be measured."""
    return features.get("face_key_to_fill", MAX_EVEN_LIGHT_STOPS) < MAX_EVEN_LIGHT_STOPS


def _describe_lighting(features: FeatureValues) -> str:
    if "face_key_to_fill" not in features:
        return ""
    stops = features["face_key_to_fill"]
    return "face evenly lit" if is_evenly_lit(features) else f"one half of the face {stops:.1f} stops darker"


def _describe_lower_edge(features: FeatureValues) -> str:
    space_below_chin = features.get("chin_to_bottom")
    if space_below_chin is None:
        return ""
    for limit, word in ((0.3, "at the chin"), (1.0, "at the shoulders"), (1.9, "at the chest"), (2.9, "at the waist")):
        if space_below_chin < limit:
            return f"cut {word}"
    return "shown to below the waist"


def _describe_face_size(features: FeatureValues) -> str:
    return f"the face only {features.get('face_height', 0.0) * 100:.0f} % of the height"


REASON_BY_FEATURE: dict[str, str | Callable[[FeatureValues], str]] = {
    "faces": "another person in the frame", "second_face": "another person in the frame",
    "second_body": "another person in the frame", "bodies": "another person in the frame",
    "second_candidate": "perhaps a second head", "mask_elsewhere": "more than one person in the frame",
    "second_person": "another person in the frame", "second_person_sum": "perhaps another person in the frame",
    "face_height": _describe_face_size, "chin_to_bottom": _describe_lower_edge,
    "shoulder_width": _describe_face_size, "shoulders_y": "face high in the frame",
    "hips_y": "the waist is in the frame, or nearly", "hips_shown": "the hips are in the frame",
    "elbows_shown": "the elbows are in the frame", "elbow_most": "an elbow is in the frame",
    "elbow_firm": "an elbow is in the frame",
    "elbows_y": "the elbows are in the frame, or nearly", "wrists_shown": "the hands are in the frame",
    "yaw": _describe_turn, "turn_doubt": _describe_turn, "roll": lambda features: f"head tilted {features['roll']:.0f}°",
    "pitch": lambda features: f"head {'raised' if features['pitch'] > 0 else 'lowered'} {abs(features['pitch']):.0f}°",
    "gaze_side": _describe_gaze, "gaze_up": _describe_gaze, "eye_along": _describe_gaze, "eye_above": _describe_gaze,
    "head_and_gaze": _describe_gaze,
    "eye_open_least": "eyes nearly closed", "eyes_apart": "eyes hard to read",
    "gaze_doubt": "eyes hard to read", "mesh_doubt": "face hard to read",
    "mesh_score": "face hard to read",
    "lens_dark_least": "eyes behind dark glasses, or in deep shade",
    "eyes_shaded_least": "eyes behind dark glasses, or in deep shade",
    "eye_contrast": "eyes hardly visible", "eye_white": "eyes in shade",
    "face_key_to_fill": _describe_lighting, "cheek_key_to_fill": _describe_lighting, "face_range": "hard light",
    "face_shadow": lambda features: f"{features['face_shadow'] * 100:.0f} % of the face in shadow",
    "face_gradient": "strong light and shade on the face", "dark_share": "a dark picture",
    "hand_score": "a hand near the face", "hand_near": "a hand near the face",
    "hand_over": "a hand over the face", "wrist_near": "a hand near the face",
    "face_other_light": "part of the face covered, or in strong light and shade",
    "face_x_off": "far off center", "mesh_in_frame": "the face cut off by the frame",
    "face_room_side": "at the edge of the frame", "hairline_to_top": "the head cut off at the top",
    "face_y": "face high or low in the frame",
}  # fmt: skip
"""Feature → the reason to give if it deviates most from headshots."""

REASON_BY_CRITERION = {
    "alone": "more than one person", "close": "more than head and shoulders", "facing": "head turned",
    "gaze": "eyes off the lens", "eyes": "eyes hardly visible", "light": "dramatic light on the face",
    "hands": "something at the face", "place": "not positioned like a headshot",
}  # fmt: skip
