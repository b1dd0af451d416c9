"""Reasons in a photographer's words, out of what weighed most."""

from __future__ import annotations

from collections.abc import Callable

from .analysis import Analysis
from .shot import Kind

Say = Callable[[dict[str, float]], str]


def reasons(kind: Kind, analysis: Analysis, weighed: dict[str, float]) -> tuple[str, ...]:
    """Up to four sentences for *kind*: what *weighed* (log odds towards it, by measurement) most, topic by topic."""
    topics: dict[str, float] = {}
    for name, weight in weighed.items():
        topic = TOPIC.get(name)
        if topic:
            topics[topic] = topics.get(topic, 0.0) + weight
    said: list[str] = [_count(analysis)]
    for topic, weight in sorted(topics.items(), key=lambda item: -item[1]):
        sentence = SAY[topic](analysis.features) if weight > 0.1 else ""
        if sentence and sentence not in said:
            said.append(sentence)
        if len(said) == 4:
            break
    return tuple(said)


def _count(analysis: Analysis) -> str:
    seen = analysis.features
    if not analysis.faces:
        return "a person without a face to be seen" if analysis.people else "nobody found"
    if len(analysis.faces) == 1:
        return f"one face, {seen.get('face_height', 0.0) * 100:.0f} % of the height"
    return f"{len(analysis.faces)} faces, the largest {seen.get('face_height', 0.0) * 100:.0f} % of the height"


def _turn(seen: dict[str, float]) -> str:
    return f"head turned {seen['yaw']:.0f}°" if "yaw" in seen else ""


def _gaze(seen: dict[str, float]) -> str:
    if "gaze_total" not in seen:
        return ""
    off = seen["gaze_total"]
    return "eyes to the lens" if off < 10 else f"eyes {off:.0f}° off the lens"


def _light(seen: dict[str, float]) -> str:
    if "face_key_to_fill" not in seen:
        return ""
    stops = seen["face_key_to_fill"]
    if stops < 0.7:
        return "face evenly lit"
    return f"one half of the face {stops:.1f} stops darker"


def _hands(seen: dict[str, float]) -> str:
    near = min(seen.get("hand_near", 4.0), seen.get("wrist_near", 4.0))
    return "a hand at the face" if near < 0.7 else "no hand at the face"


def _cut(seen: dict[str, float]) -> str:
    below = seen.get("chin_to_bottom")
    if below is None:
        return ""
    if below < 0.3:
        return "cut at the chin"
    if below < 1.0:
        return "cut at the shoulders"
    if below < 2.1:
        return "cut at the chest"
    if below < 3.4:
        return "shown to the waist"
    return "shown to below the waist"


def _mask(seen: dict[str, float]) -> str:
    return f"{seen.get('mask_share', 0.0) * 100:.0f} % of the picture is a person"


def _others(seen: dict[str, float]) -> str:
    return "somebody else in the frame" if seen.get("faces", 0.0) > 1 or seen.get("bodies", 0.0) > 1 else ""


SAY: dict[str, Say] = {
    "turn": _turn, "gaze": _gaze, "light": _light, "hands": _hands, "cut": _cut, "person": _mask, "others": _others,
}  # fmt: skip

TOPIC = {
    "yaw": "turn", "roll": "turn", "pitch_off": "turn",
    "gaze_off": "gaze", "gaze_total": "gaze", "eye_along": "gaze", "eyes_open": "gaze",
    "face_key_to_fill": "light", "face_shadow": "light", "face_range": "light", "face_light": "light",
    "hand_near": "hands", "hand_over": "hands", "hand_score": "hands", "wrist_near": "hands",
    "chin_to_bottom": "cut", "hips_y": "cut", "elbows_y": "cut", "shoulder_width": "cut", "elbows_shown": "cut",
    "mask_share": "person", "masks_agree": "person", "mesh_score": "person", "body_visible": "person",
    "second_face": "others", "second_body": "others", "faces": "others", "bodies": "others",
}  # fmt: skip
