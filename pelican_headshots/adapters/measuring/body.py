"""Bodies: how many, which joints are in the frame, how much of the picture is person."""

from __future__ import annotations

import math

import numpy as np

from .sight import Floats, SeenFace, Sight

ASIDE, UP, DOWN = 0.95, 0.85, 0.65
"""From the middle of a body's nose, eyes, ears and mouth to the ends of its head, in widths and heights of `head_box`. Set
by eye on every second of the corpus' people without a readable face."""
SHOULDERS, ELBOWS, WRISTS, HIPS, KNEES, ANKLES = (11, 12), (13, 14), (15, 16), (23, 24), (25, 26), (27, 28)


def body_features(sight: Sight, main: SeenFace | None) -> dict[str, float]:
    mask = sight.mask
    strong = mask > 0.5
    seen = {
        "mask_share": float(mask.mean()),
        "mask_peak": float(np.percentile(mask, 99)),
        "mask_sure": float((np.abs(mask - 0.5) > 0.4).mean()),
        "mask_bottom": float(strong[-3:].mean()),
        "mask_top": float(strong[:3].mean()),
        "mask_sides": float((strong[:, :2].mean() + strong[:, -2:].mean()) / 2),
        "frame_ratio": sight.width / sight.height,
        "bodies": float(sum(_real(sight, i) for i in range(len(sight.bodies)))),
        "body_candidates": float(len(sight.bodies)),
        "somebody": sight.somebody,
        "somebody_near": math.nan if sight.somebody_near is None else sight.somebody_near,
        "body_score": max(sight.body_scores, default=-15.0),
    }
    if not sight.bodies:
        return seen
    index = _main_body(sight, main)
    body = sight.bodies[index]
    seen |= _joints(sight, body)
    own = sight.body_masks[index] if index < len(sight.body_masks) else None
    if own is not None and own.shape == mask.shape:
        seen["body_mask_share"] = float(own.mean())
        union = float(np.maximum(own, mask).sum())
        seen["masks_agree"] = float(np.minimum(own, mask).sum()) / union if union > 1 else 0.0
        seen["mask_elsewhere"] = float(np.clip(mask - own, 0, 1).mean())
    others = [b for i, b in enumerate(sight.bodies) if i != index and _real(sight, i) and _elsewhere(b, body)]
    seen["second_body"] = max((_size(b) / _size(body) for b in others), default=0.0)
    seen["main_body_score"] = sight.body_scores[index]
    return seen


def persons(sight: Sight) -> list[Floats]:
    """The bodies that are there. The pose model finds some people twice; they count once."""
    found: list[Floats] = []
    for index, body in enumerate(sight.bodies):
        if _real(sight, index) and all(_elsewhere(body, other) for other in found):
            found.append(body)
    return found


def head_box(body: Floats) -> tuple[float, float, float, float]:
    """Where a body's head is, from nose, eyes, ears and mouth, widened by the shoulders where the head is edge-on."""
    head = body[:11, :2]
    middle = head.mean(axis=0)
    reach = max(
        float(np.linalg.norm(body[7, :2] - body[8, :2])),
        float(np.ptp(head[:, 1])) * 1.2,
        float(np.linalg.norm(body[11, :2] - body[12, :2])) * 0.35,
        8.0,
    )
    return (
        float(middle[0]) - reach * 0.7,
        float(middle[1]) - reach * 0.9,
        float(middle[0]) + reach * 0.7,
        float(middle[1]) + reach * 0.9,
    )


def whole_head(body: Floats) -> tuple[float, float, float, float]:
    """The same with hair, chin and the back of the head: a body's profile or back shows no face to measure them by."""
    left, top, right, bottom = head_box(body)
    x, y, wide, tall = (left + right) / 2, (top + bottom) / 2, right - left, bottom - top
    return x - wide * ASIDE, y - tall * UP, x + wide * ASIDE, y + tall * DOWN


def _real(sight: Sight, index: int) -> bool:
    """Whether a body's head or shoulders are in the frame, seen, and on somebody's pixels."""
    body = sight.bodies[index]
    return sight.body_scores[index] > 0 and float(body[[0, 11, 12], 3].max()) > 0.5


def _elsewhere(body: Floats, main: Floats) -> bool:
    """Whether *body* is somebody else and not *main* found twice: noses a quarter of a shoulder width apart."""
    return float(np.linalg.norm(body[0, :2] - main[0, :2])) > 0.35 * _size(main)


def _size(body: Floats) -> float:
    """Shoulder width, or the torso's length where somebody stands sideways."""
    shoulders = float(np.linalg.norm(body[11, :2] - body[12, :2]))
    torso = float(np.linalg.norm(body[[11, 12], :2].mean(axis=0) - body[[23, 24], :2].mean(axis=0)))
    return max(shoulders, torso * 0.5, 1.0)


def _main_body(sight: Sight, main: SeenFace | None) -> int:
    """The body whose nose is nearest the main face; without a face, the largest."""
    if main is None:
        return int(np.argmax([_size(b) for b in sight.bodies]))
    x, y = main.centre
    return int(np.argmin([np.hypot(b[0, 0] - x, b[0, 1] - y) for b in sight.bodies]))


def _joints(sight: Sight, body: Floats) -> dict[str, float]:
    w, h = sight.width, sight.height
    inside = (body[:, 0] >= 0) & (body[:, 0] < w) & (body[:, 1] >= 0) & (body[:, 1] < h)

    def shown(pair: tuple[int, int]) -> float:
        return float(np.mean([body[i, 3] * inside[i] for i in pair]))

    def level(pair: tuple[int, int]) -> float:
        return float(np.clip(body[list(pair), 1].mean() / h, -1.0, 4.0))

    head = body[:11]
    shoulders = body[list(SHOULDERS), :2]
    torso = float(np.linalg.norm(shoulders.mean(axis=0) - body[list(HIPS), :2].mean(axis=0)))
    return {
        "shoulders_shown": shown(SHOULDERS),
        "elbows_shown": shown(ELBOWS),
        "wrists_shown": shown(WRISTS),
        "hips_shown": shown(HIPS),
        "knees_shown": shown(KNEES),
        "ankles_shown": shown(ANKLES),
        "elbow_most": float(max(body[i, 3] * inside[i] for i in ELBOWS)),
        "wrist_most": float(max(body[i, 3] * inside[i] for i in WRISTS)),
        "shoulders_y": level(SHOULDERS),
        "elbows_y": level(ELBOWS),
        "wrists_y": level(WRISTS),
        "hips_y": level(HIPS),
        "knees_y": level(KNEES),
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
