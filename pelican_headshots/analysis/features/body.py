"""Features of bodies: how many, which joints are in the frame, how much of the picture shows a person."""

from __future__ import annotations

import math

import numpy as np

from ..observation import DetectedFace, FloatArray, Observation

HEAD_EXTENT_SIDE, HEAD_EXTENT_UP, HEAD_EXTENT_DOWN = 0.95, 0.85, 0.65
"""From the center of a body's nose, eyes, ears and mouth to the edges of its head, in widths and heights of
`estimate_head_box`. Set by eye on every second person without a readable face in the corpus."""
SHOULDERS, ELBOWS, WRISTS, HIPS, KNEES, ANKLES = (11, 12), (13, 14), (15, 16), (23, 24), (25, 26), (27, 28)


def measure_body(observation: Observation, main_face: DetectedFace | None) -> dict[str, float]:
    """Return the features of all bodies, of the largest one's joints, and of the mask of people.

    Args:
        observation: What the models found.
        main_face: The face whose body is meant, if there is one.
    """
    mask = observation.person_mask
    is_person = mask > 0.5
    features = {
        "mask_share": float(mask.mean()),
        "mask_peak": float(np.percentile(mask, 99)),
        "mask_sure": float((np.abs(mask - 0.5) > 0.4).mean()),
        "mask_bottom": float(is_person[-3:].mean()),
        "mask_top": float(is_person[:3].mean()),
        "mask_sides": float((is_person[:, :2].mean() + is_person[:, -2:].mean()) / 2),
        "frame_ratio": observation.width / observation.height,
        "bodies": float(sum(_is_real_body(observation, i) for i in range(len(observation.bodies)))),
        "body_candidates": float(len(observation.bodies)),
        "somebody": observation.person_score,
        "somebody_near": math.nan if observation.tiles_person_score is None else observation.tiles_person_score,
    }
    if not observation.bodies:
        return features
    index = _find_main_body_index(observation, main_face)
    body = observation.bodies[index]
    features |= _measure_joints(observation, body)
    own_mask = observation.body_masks[index] if index < len(observation.body_masks) else None
    if own_mask is not None and own_mask.shape == mask.shape:
        features["body_mask_share"] = float(own_mask.mean())
        union = float(np.maximum(own_mask, mask).sum())
        features["masks_agree"] = float(np.minimum(own_mask, mask).sum()) / union if union > 1 else 0.0
        features["mask_elsewhere"] = float(np.clip(mask - own_mask, 0, 1).mean())
    features["second_body"] = measure_second_body(observation, main_face)
    features["elbow_firm"] = max(_measure_depth_in_frame(observation, body, main_face, joint) for joint in ELBOWS)
    return features


def measure_second_body(observation: Observation, main_face: DetectedFace | None) -> float:
    """Return the size of the largest other body relative to the main one; 0 if there is none."""
    if not observation.bodies:
        return 0.0
    index = _find_main_body_index(observation, main_face)
    body = observation.bodies[index]
    others = [
        other
        for i, other in enumerate(observation.bodies)
        if i != index and _is_real_body(observation, i) and _is_other_person(other, body)
    ]
    return max((_measure_body_size(other) / _measure_body_size(body) for other in others), default=0.0)


def find_distinct_bodies(observation: Observation) -> list[FloatArray]:
    """Return each real body once. The pose model finds some people twice."""
    found: list[FloatArray] = []
    for index, body in enumerate(observation.bodies):
        if _is_real_body(observation, index) and all(_is_other_person(body, other) for other in found):
            found.append(body)
    return found


def estimate_head_box(body: FloatArray) -> tuple[float, float, float, float]:
    """Estimate the box of a body's face from nose, eyes, ears and mouth; in profile, from the shoulder width."""
    head = body[:11, :2]
    center = head.mean(axis=0)
    head_size = max(
        float(np.linalg.norm(body[7, :2] - body[8, :2])),
        float(np.ptp(head[:, 1])) * 1.2,
        float(np.linalg.norm(body[11, :2] - body[12, :2])) * 0.35,
        8.0,
    )
    return (
        float(center[0]) - head_size * 0.7,
        float(center[1]) - head_size * 0.9,
        float(center[0]) + head_size * 0.7,
        float(center[1]) + head_size * 0.9,
    )


def estimate_whole_head_box(body: FloatArray) -> tuple[float, float, float, float]:
    """Estimate the box of the head with hair, chin and back of the head, for a body whose face is not visible."""
    left, top, right, bottom = estimate_head_box(body)
    x, y, width, height = (left + right) / 2, (top + bottom) / 2, right - left, bottom - top
    return (
        x - width * HEAD_EXTENT_SIDE,
        y - height * HEAD_EXTENT_UP,
        x + width * HEAD_EXTENT_SIDE,
        y + height * HEAD_EXTENT_DOWN,
    )


def _is_real_body(observation: Observation, index: int) -> bool:
    """Return whether the model sees the nose or a shoulder of this body."""
    return float(observation.bodies[index][[0, 11, 12], 3].max()) > 0.5


def _is_other_person(body: FloatArray, reference: FloatArray) -> bool:
    """Return whether *body* is another person: its nose is more than 0.35 shoulder widths from that of *reference*."""
    return float(np.linalg.norm(body[0, :2] - reference[0, :2])) > 0.35 * _measure_body_size(reference)


def _measure_body_size(body: FloatArray) -> float:
    """Return the shoulder width, or half the torso's length for a person seen from the side. Pixels."""
    shoulders = float(np.linalg.norm(body[11, :2] - body[12, :2]))
    torso = float(np.linalg.norm(body[[11, 12], :2].mean(axis=0) - body[[23, 24], :2].mean(axis=0)))
    return max(shoulders, torso * 0.5, 1.0)


def _find_main_body_index(observation: Observation, main_face: DetectedFace | None) -> int:
    """Return the index of the body whose nose is nearest to the main face; without a face, of the largest body."""
    if main_face is None:
        return int(np.argmax([_measure_body_size(b) for b in observation.bodies]))
    x, y = main_face.center
    return int(np.argmin([np.hypot(b[0, 0] - x, b[0, 1] - y) for b in observation.bodies]))


def _measure_depth_in_frame(
    observation: Observation, body: FloatArray, main_face: DetectedFace | None, joint: int
) -> float:
    """Return how visible a joint is, 0..1, less if it is nearer to the frame's edge than half a head or outside."""
    x, y, visibility = (float(value) for value in body[joint, [0, 1, 3]])
    head_height = max(main_face.height * 0.8 if main_face else 0.0, _measure_body_size(body) * 0.4, 4.0)
    depth = min(x, observation.width - x, y, observation.height - y) / head_height
    return visibility * min(max(depth / 0.5, 0.0), 1.0)


def _measure_joints(observation: Observation, body: FloatArray) -> dict[str, float]:
    w, h = observation.width, observation.height
    in_frame = (body[:, 0] >= 0) & (body[:, 0] < w) & (body[:, 1] >= 0) & (body[:, 1] < h)

    def average_visibility(joints: tuple[int, int]) -> float:
        return float(np.mean([body[i, 3] * in_frame[i] for i in joints]))

    def average_y(joints: tuple[int, int]) -> float:
        return float(np.clip(body[list(joints), 1].mean() / h, -1.0, 4.0))

    head = body[:11]
    shoulders = body[list(SHOULDERS), :2]
    torso = float(np.linalg.norm(shoulders.mean(axis=0) - body[list(HIPS), :2].mean(axis=0)))
    return {
        "shoulders_shown": average_visibility(SHOULDERS),
        "elbows_shown": average_visibility(ELBOWS),
        "wrists_shown": average_visibility(WRISTS),
        "hips_shown": average_visibility(HIPS),
        "knees_shown": average_visibility(KNEES),
        "ankles_shown": average_visibility(ANKLES),
        "elbow_most": float(max(body[i, 3] * in_frame[i] for i in ELBOWS)),
        "wrist_most": float(max(body[i, 3] * in_frame[i] for i in WRISTS)),
        "shoulders_y": average_y(SHOULDERS),
        "elbows_y": average_y(ELBOWS),
        "wrists_y": average_y(WRISTS),
        "hips_y": average_y(HIPS),
        "knees_y": average_y(KNEES),
        "nose_y": float(np.clip(body[0, 1] / h, -1, 2)),
        "shoulder_width": float(np.linalg.norm(shoulders[0] - shoulders[1])) / w,
        "torso": torso / h,
        "shoulder_tilt": abs(float(shoulders[0, 1] - shoulders[1, 1])) / max(abs(float(np.ptp(shoulders[:, 0]))), 1.0),
        "shoulder_turn": float(np.linalg.norm(shoulders[0] - shoulders[1])) / max(torso, 1.0),
        "head_seen": float(head[:, 3].mean()),
        "body_presence": float(body[:, 4].mean()),
        "body_visible": float(body[:, 3].mean()),
        "pose_head": float(np.ptp(head[:, 0]) / w),
    }
