"""Explain a classification in a photographer's words.

Every sentence must be true of the picture. A measurement that nothing else confirms is said only if it decided the
classification, as "perhaps …" or "decided by …". `agreement.py` says what counts as confirmed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..values.analysis import Analysis
from ..values.classification import PhotoKind
from .agreement import (
    FeatureValues,
    are_elbows_at_edge,
    are_elbows_shown,
    are_hands_shown,
    get_agreed_framing,
    has_clear_face,
    has_consistent_body,
    has_measured_face,
    has_other_person,
    is_hand_near_face,
    is_mostly_dark,
)

MAX_EVEN_LIGHT_STOPS = 0.8
"""Difference between the two halves of a face, in stops, below which it is evenly lit."""
MIN_DEVIATION = 0.8
"""Deviation from headshots from which a criterion is named as a reason against one."""
MAX_REASONS = 4
"""Largest number of reasons; a headshot may have one more."""


OTHER_PERSON = "another person in the frame"


def explain_classification(
    kind: PhotoKind,
    analysis: Analysis,
    worst_by_criterion: Mapping[str, tuple[float, str]],
    is_decisive: Callable[[str], bool] = lambda _: False,
    decisive_person_readings: Sequence[str] = (),
) -> tuple[str, ...]:
    """Return the reasons for *kind*: who is in the picture, then what speaks for a headshot or most against one.

    Args:
        kind: The kind to explain.
        analysis: What was measured in the picture.
        worst_by_criterion: Criterion → how much speaks against a headshot, and the feature that says so.
        is_decisive: Returns whether the picture is no headshot because of this criterion alone; empty stands for the picture
            as a whole. It is called only if nothing else names the criterion, because it takes as long as a classification.
        decisive_person_readings: Which of `PERSON_READINGS` alone decided whether a person is there, the strongest first.
    """
    if kind is PhotoKind.NO_PERSON:
        return (*_explain_no_person(analysis), *_describe_decision(decisive_person_readings))
    if kind is PhotoKind.HEADSHOT:
        sentences = [describe(analysis) for describe in HEADSHOT_DESCRIPTIONS]
    else:
        ranked = sorted(worst_by_criterion.items(), key=lambda item: -item[1][0])
        sentences = [
            REASON_BY_CRITERION[criterion](analysis)
            or (f"perhaps {UNCONFIRMED_REASONS[criterion]}" if is_decisive(criterion) else "")
            for criterion, (deviation, _) in ranked
            if deviation > MIN_DEVIATION
        ]
        if is_decisive(""):
            sentences = [*filter(None, sentences)][: MAX_REASONS - 2] + [UNLIKE_HEADSHOT]
        if not any(sentences):
            sentences = ["several small things speak against a headshot"]
    people = _describe_people(analysis, is_company_said=OTHER_PERSON in sentences)
    sentences = [
        people,
        *_describe_decision(decisive_person_readings),
        *(sentence for sentence in sentences if sentence),
    ]
    return tuple(sentences[: MAX_REASONS if kind is PhotoKind.PORTRAIT else MAX_REASONS + 1])


def _describe_decision(decisive_person_readings: Sequence[str]) -> list[str]:
    """Say which readings alone decided whether a person is in the picture."""
    names = [DECISIVE_READINGS[reading] for reading in decisive_person_readings]
    listed = " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
    return [f"decided by {listed}"] if names else []


def _describe_people(analysis: Analysis, *, is_company_said: bool) -> str:
    if not analysis.faces:
        return "a person, no face measured from the front"
    if len(analysis.faces) > 1 and not is_company_said and has_other_person(analysis):
        is_measured = has_measured_face(analysis)
        return f"more than one face{f', the main one {_describe_face_height(analysis)}' if is_measured else ''}"
    if not has_clear_face(analysis):
        return "a face, not seen clearly from the front"
    return f"a face, {_describe_face_height(analysis)}" if has_measured_face(analysis) else "a face"


def _describe_face_height(analysis: Analysis) -> str:
    return f"{analysis.features['face_height'] * 100:.0f} % of the height"


def _explain_no_person(analysis: Analysis) -> tuple[str, ...]:
    if analysis.faces:
        return ("something like a face, but no person seen clearly",)
    if has_consistent_body(analysis.features):
        return ("something like a body, but no face and no person seen clearly",)
    return ("no face and no body found",)


def _describe_turn(analysis: Analysis) -> str:
    yaw = analysis.features.get("yaw")
    if yaw is None or not has_measured_face(analysis):
        return ""
    if yaw < 8:
        return "head facing the camera"
    return "head slightly turned" if yaw < 15 else f"head turned about {_round_degrees(yaw)}°"


def _describe_facing(analysis: Analysis) -> str:
    """Describe a head that does not face the camera."""
    features = analysis.features
    if not has_clear_face(analysis):
        return ""
    yaw, roll, pitch = (features.get(name, 0.0) for name in ("yaw", "roll", "pitch"))
    if abs(roll) >= 15 and abs(roll) > yaw:
        return f"head tilted about {_round_degrees(abs(roll))}°"
    if yaw >= 12:
        return _describe_turn(analysis)
    if abs(pitch) >= 25:
        return "head raised" if pitch > 0 else "head lowered"
    return ""


def _round_degrees(angle: float) -> int:
    return round(angle / 5) * 5


def _are_eyes_lowered(features: FeatureValues) -> bool:
    """Return whether the lids are nearly closed, or gaze and head both point down."""
    return features.get("lids_apart", 1.0) < 0.105 or (
        features.get("gaze_up", 0.0) < -5 and features.get("pitch", 0.0) < -15
    )


def _describe_gaze(analysis: Analysis) -> str:
    features = analysis.features
    if "gaze_side" not in features or not has_measured_face(analysis):
        return ""
    off_lens = _describe_averted_gaze(analysis)
    # Eyes that look into the lens measure about 9° up, because the lids hide the upper part of the iris.
    is_straight = features["gaze_side"] < 9 and abs(features.get("gaze_up", 9.0) - 9.0) < 8
    return off_lens or ("eyes to the lens" if is_straight else "")


def _describe_averted_gaze(analysis: Analysis) -> str:
    """Describe eyes that do not look into the lens, if gaze and turn of the head together say so."""
    features = analysis.features
    if not has_measured_face(analysis):
        return ""
    if _are_eyes_lowered(features):
        return "eyes lowered or nearly closed"
    if features.get("gaze_side", 0.0) >= 18 and features.get("head_and_gaze", 0.0) >= 15:
        return "eyes off the lens"
    return ""


def is_evenly_lit(features: FeatureValues) -> bool:
    """Return whether both halves of the face are about equally light; False if that could not be measured."""
    return features.get("face_key_to_fill", MAX_EVEN_LIGHT_STOPS) < MAX_EVEN_LIGHT_STOPS


def _describe_lighting(analysis: Analysis) -> str:
    return "face evenly lit" if is_evenly_lit(analysis.features) else _describe_darker_half(analysis)


def _describe_darker_half(analysis: Analysis) -> str:
    """Describe light from one side, if the halves of the face and the cheeks both show it."""
    halves, cheeks = (analysis.features.get(f"{part}_key_to_fill", 0.0) for part in ("face", "cheek"))
    if not has_measured_face(analysis) or min(halves, cheeks) < MAX_EVEN_LIGHT_STOPS:
        return ""
    stops = round(halves * 2) / 2
    return f"one half of the face about {stops:g} stop{'s' if stops > 1 else ''} darker"


def _describe_hard_light(analysis: Analysis) -> str:
    features = analysis.features
    sentence = _describe_darker_half(analysis)
    if sentence or not has_measured_face(analysis):
        return sentence
    if features.get("face_gradient", 0.0) > 25 and features.get("face_range", 0.0) > 75:
        return "strong light and shade on the face"
    return "a dark picture" if is_mostly_dark(features) else ""


def _describe_lower_edge(analysis: Analysis) -> str:
    """Describe where the frame cuts a headshot, by the space below the chin in heights of the face."""
    space_below_chin = analysis.features.get("chin_to_bottom")
    if space_below_chin is None or not has_measured_face(analysis):
        return ""
    for limit, sentence in ((0.3, "cut just below the chin"), (1.3, "head and shoulders"), (2.0, "cut at the chest")):
        if space_below_chin < limit:
            return sentence
    return "cut between chest and waist"


SENTENCE_BY_FRAMING = {
    "full length": "shown in full length",
    "below the waist": "framed to below the waist",
    "waist": "framed to about the waist",
}


def _describe_framing(analysis: Analysis) -> str:
    """Describe a frame that shows more than head and shoulders."""
    features = analysis.features
    framing = SENTENCE_BY_FRAMING.get(get_agreed_framing(analysis), "")
    if framing:
        return framing
    if are_elbows_shown(features):
        return "an elbow is in the frame"
    space_below_chin = features.get("chin_to_bottom", 0.0) if has_measured_face(analysis) else 0.0
    if space_below_chin >= 2.9:
        return "framed to below the waist" if space_below_chin >= 3.5 else "framed to about the waist"
    if are_elbows_at_edge(features):
        return "the elbows are near the edge of the frame"
    return _describe_lower_edge(analysis) if space_below_chin >= 1.5 else ""


def _describe_company(analysis: Analysis) -> str:
    return OTHER_PERSON if has_other_person(analysis) else ""


def _describe_hidden_eyes(analysis: Analysis) -> str:
    features = analysis.features
    is_hidden = (
        bool(analysis.faces)
        and features.get("lens_dark_least", 0.0) > 0.55
        and features.get("eyes_shaded_least", 0.0) > 1.2
        and features.get("eye_contrast", 1.0) < 0.6
    )
    return "eyes behind dark glasses, or in deep shade" if is_hidden else ""


def _describe_hands(analysis: Analysis) -> str:
    if is_hand_near_face(analysis):
        return "a hand near the face"
    return "a hand in the frame" if are_hands_shown(analysis.features) else ""


def _describe_place(analysis: Analysis) -> str:
    features = analysis.features
    if not has_measured_face(analysis):
        return ""
    box = analysis.faces[0].box
    if features.get("mesh_in_frame", 1.0) < 0.97 and (box.left < 0.02 or box.right > 0.98 or box.top < 0.02):
        return "the face is cut by the edge of the frame"
    if features.get("face_x_off", 0.0) > 0.15:
        return "face off center"
    face_y = features.get("face_y", 0.45)
    if face_y < 0.3:
        return "face high in the frame"
    return "face low in the frame" if face_y > 0.62 else ""


HEADSHOT_DESCRIPTIONS: tuple[Callable[[Analysis], str], ...] = (
    _describe_turn,
    _describe_gaze,
    _describe_lighting,
    _describe_lower_edge,
)
REASON_BY_CRITERION: dict[str, Callable[[Analysis], str]] = {
    "alone": _describe_company,
    "close": _describe_framing,
    "facing": _describe_facing,
    "gaze": _describe_averted_gaze,
    "eyes": _describe_hidden_eyes,
    "light": _describe_hard_light,
    "hands": _describe_hands,
    "place": _describe_place,
}
"""Criterion → the reason against a headshot; empty if only one weak reading supports it."""

UNLIKE_HEADSHOT = "the picture as a whole does not look like a headshot"
UNCONFIRMED_REASONS = {
    "alone": OTHER_PERSON,
    "close": "more in the frame than head and shoulders",
    "facing": "the head does not face the camera",
    "gaze": "eyes off the lens",
    "eyes": "eyes hidden or in shade",
    "light": "strong light and shade on the face",
    "hands": "a hand near the face",
    "place": "the face is not placed as in a headshot",
}
"""Criterion → what is said after "perhaps" if the criterion decided, but a second reading does not confirm it."""
DECISIVE_READINGS = {
    "face": "the search for faces",
    "body": "the search for bodies",
    "objects": "the object detector",
    "mask": "the outline of people",
    "scene": "the picture as a whole",
}
"""Those of `PERSON_READINGS` → what is said after "decided by" if one of their features alone decided."""
