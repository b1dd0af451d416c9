"""Reasons in a photographer's words, out of what decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..analysis import Analysis
from ..shot import Kind

Seen = Mapping[str, float]
EVEN = 0.8
"""Stops between the two halves of a face below which it is evenly lit."""
MOST = 4
"""Sentences at most."""


def reasons(kind: Kind, analysis: Analysis, found: dict[str, tuple[float, str]]) -> tuple[str, ...]:
    """Sentences for *kind*: who is there, then what speaks for a headshot, or what speaks most against one.

    *found* has for each criterion how much speaks against a headshot, and the measurement that says so.
    """
    seen = analysis.features
    if kind is Kind.NO_PERSON:
        return _nobody(analysis)
    said = [_who(analysis)]
    if kind is Kind.HEADSHOT:
        said += [say(seen) for say in (_turn, _gaze, _light, _cut)]
    else:
        for criterion, (off, by) in sorted(found.items(), key=lambda item: -item[1][0]):
            if off > 0.8 and by:
                words = AGAINST.get(by, "")
                said.append((words if isinstance(words, str) else words(seen)) or CRITERION[criterion])
    told = list(dict.fromkeys(sentence for sentence in said if sentence))
    if kind is Kind.PORTRAIT and len(told) == 1:
        told.append("a little of everything speaks against a headshot")
    return tuple(told[: MOST if kind is Kind.PORTRAIT else MOST + 1])


def _who(analysis: Analysis) -> str:
    high = analysis.features.get("face_height", 0.0) * 100
    if not analysis.faces:
        return "somebody whose face is not to be seen"
    if len(analysis.faces) == 1:
        return f"one face, {high:.0f} % of the height"
    return f"{len(analysis.faces)} faces, the largest {high:.0f} % of the height"


def _nobody(analysis: Analysis) -> tuple[str, ...]:
    seen = analysis.features
    if analysis.faces:
        return ("something like a face, but nothing else of a person",)
    if seen.get("face_score", 0.0) > 0.5:
        return ("no human face: what looks like one is not shaped like one",)
    if seen.get("mask_share", 0.0) > 0.1 or seen.get("bodies", 0.0):
        return ("no face, and too little of a body to be somebody",)
    return ("no face and no figure found",)


def _turn(seen: Seen) -> str:
    return f"head turned {seen['yaw']:.0f}°" if "yaw" in seen else ""


def _gaze(seen: Seen) -> str:
    if "gaze_off" not in seen:
        return ""
    if seen.get("eye_open_least", 1.0) < 0.15:
        return "eyes nearly closed"
    # About 9° up is where eyes that look into the lens are seen to look: lids hide the upper part of the iris.
    side, up = seen["gaze_side"], seen["gaze_up"] - 9.0
    if abs(up) > 12 and abs(up) > side:
        return "eyes down" if up < 0 else "eyes up"
    return "eyes to the lens" if side < 9 else f"eyes {side:.0f}° off the lens"


def evenly_lit(seen: Seen) -> bool:
    """Whether one half of the face is about as light as the other, as far as that could be measured."""
    return seen.get("face_key_to_fill", EVEN) < EVEN


def _light(seen: Seen) -> str:
    if "face_key_to_fill" not in seen:
        return ""
    stops = seen["face_key_to_fill"]
    return "face evenly lit" if evenly_lit(seen) else f"one half of the face {stops:.1f} stops darker"


def _cut(seen: Seen) -> str:
    below = seen.get("chin_to_bottom")
    if below is None:
        return ""
    for limit, word in ((0.3, "at the chin"), (1.0, "at the shoulders"), (1.9, "at the chest"), (2.9, "at the waist")):
        if below < limit:
            return f"cut {word}"
    return "shown to below the waist"


def _small(seen: Seen) -> str:
    return f"the face only {seen.get('face_height', 0.0) * 100:.0f} % of the height"


AGAINST: dict[str, str | Callable[[Seen], str]] = {
    "faces": "somebody else in the frame", "second_face": "somebody else in the frame",
    "second_body": "somebody else in the frame", "bodies": "somebody else in the frame",
    "second_candidate": "perhaps a second head", "mask_elsewhere": "more than one person in the frame",
    "face_height": _small, "chin_to_bottom": _cut, "shoulder_width": _small, "shoulders_y": "face high up",
    "hips_y": "the waist is in the frame, or near", "hips_shown": "the hips are in the frame",
    "elbows_shown": "the elbows are in the frame", "elbow_most": "an elbow is in the frame",
    "elbows_y": "the elbows are in the frame, or near", "wrists_shown": "the hands are in the frame",
    "yaw": _turn, "turn_doubt": _turn, "roll": lambda seen: f"head leaning {seen['roll']:.0f}°",
    "pitch": lambda seen: f"head {'raised' if seen['pitch'] > 0 else 'lowered'} {abs(seen['pitch']):.0f}°",
    "gaze_side": _gaze, "gaze_up": _gaze, "eye_along": _gaze, "eye_above": _gaze, "head_and_gaze": _gaze,
    "eye_open_least": "eyes nearly closed", "eyes_apart": "eyes hard to read",
    "gaze_doubt": "eyes hard to read", "mesh_doubt": "face hard to read",
    "mesh_score": "face hard to read",
    "lens_dark_least": "eyes behind dark glasses, or in deep shade",
    "eyes_shaded_least": "eyes behind dark glasses, or in deep shade",
    "eye_contrast": "eyes hardly to be seen", "eye_white": "eyes in shade",
    "face_key_to_fill": _light, "cheek_key_to_fill": _light, "face_range": "hard light",
    "face_shadow": lambda seen: f"{seen['face_shadow'] * 100:.0f} % of the face in shadow",
    "face_gradient": "strong light and shade on the face", "dark_share": "a dark picture",
    "hand_score": "a hand near the face", "hand_near": "a hand near the face",
    "hand_over": "a hand over the face", "wrist_near": "a hand near the face",
    "face_other_light": "part of the face covered, or in strong light and shade",
    "face_x_off": "far off centre", "mesh_in_frame": "the face cut by the frame",
    "face_room_side": "at the edge of the frame", "hairline_to_top": "the head cut at the top",
    "face_y": "placed high or low",
}  # fmt: skip
"""Measurement → what it says where it departs most from headshots."""

CRITERION = {
    "alone": "more than one person", "close": "more than head and shoulders", "facing": "head turned",
    "gaze": "eyes off the lens", "eyes": "eyes hardly to be seen", "light": "moody light on the face",
    "hands": "something at the face", "place": "placed unlike a headshot",
}  # fmt: skip
