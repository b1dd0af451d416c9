"""Light: on the face, around it, in the whole picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .sight import Floats, Frame, SeenFace, Sight

OVAL = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
        152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)  # fmt: skip
"""The outline of the face in the mesh, clockwise from the middle of the forehead."""
MIDLINE = (10, 151, 9, 8, 168, 6, 197, 195, 5, 4, 1, 2, 164, 0, 17, 18, 200, 199, 175, 152)


def light_features(sight: Sight, main: SeenFace | None, frame: Frame) -> dict[str, float]:
    import cv2

    scale = 256 / max(frame.shape[:2])
    size = (sight.mask.shape[1], sight.mask.shape[0])
    small = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)
    lab = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), np.float32)
    light = lab[..., 0] / 2.55
    chroma = np.hypot(lab[..., 1] - 128, lab[..., 2] - 128)
    ground = sight.mask < 0.3
    p5, p25, p50, p75, p95 = (float(v) for v in np.percentile(light, (5, 25, 50, 75, 95)))
    seen = {
        "light_p5": p5, "light_p25": p25, "light_p50": p50, "light_p75": p75, "light_p95": p95,
        "dark_share": float((light < 20).mean()), "bright_share": float((light > 85).mean()),
        "chroma": float(chroma.mean()), "chroma_p95": float(np.percentile(chroma, 95)),
    }  # fmt: skip
    if ground.mean() > 0.02:
        edges = cv2.Laplacian(light, cv2.CV_32F)
        seen |= {
            "ground_light": float(light[ground].mean()),
            "ground_spread": float(light[ground].std()),
            "ground_detail": float(np.abs(edges[ground]).mean()),
            "ground_chroma": float(chroma[ground].mean()),
        }
    if main is not None and main.mesh is not None:
        seen |= _on_the_face(main.mesh, frame, seen.get("ground_light", p50), scale)
    return seen


def _on_the_face(mesh: Floats, frame: Frame, ground: float, scale: float) -> dict[str, float]:
    """Lightness (L*, 0..100) of the face and of its two halves; stops between them in linear light."""
    import cv2

    points = mesh[list(OVAL), :2]
    low = np.maximum(np.floor(points.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(points.max(axis=0)).astype(int) + 1, (frame.shape[1], frame.shape[0]))
    if (high - low < 6).any():
        return {}
    crop: Any = frame[low[1] : high[1], low[0] : high[0]]
    ratio = min(1.0, 128 / max(crop.shape[:2]))
    crop = cv2.resize(crop, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
    shape = crop.shape[:2]

    def area(outline: Floats) -> NDArray[np.bool_]:
        canvas = np.zeros(shape, np.uint8)
        cv2.fillPoly(canvas, [np.round((outline - low) * ratio).astype(np.int32)], 1)
        return canvas > 0

    middle = mesh[list(MIDLINE), :2]
    half = len(OVAL) // 2
    left = area(np.concatenate([points[: half + 1], middle[::-1]]))
    right = area(np.concatenate([points[half:], middle]))
    whole = area(points)
    if whole.sum() < 30:
        return {}
    lab = cv2.cvtColor(crop, cv2.COLOR_RGB2LAB).astype(np.float32)
    light = lab[..., 0] / 2.55
    linear = ((light + 16) / 116) ** 3
    face = light[whole]
    p5, p10, p50, p90, p95 = (float(v) for v in np.percentile(face, (5, 10, 50, 90, 95)))
    sides = [float(linear[part & whole].mean()) if (part & whole).sum() > 15 else None for part in (left, right)]
    key = 0.0
    if sides[0] is not None and sides[1] is not None:
        key = abs(float(np.log2((sides[0] + 0.01) / (sides[1] + 0.01))))
    smooth = cv2.GaussianBlur(light, (0, 0), 3)
    return {
        "face_light": p50,
        "face_dark": p10,
        "face_bright": p90,
        "face_range": p90 - p10,
        "face_key_to_fill": key,
        "face_shadow": float((face < p95 * 0.45).mean()),
        "face_black": float((face < 15).mean()),
        "face_white": float((face > 95).mean()),
        "face_over_ground": p50 - ground,
        "face_chroma": float(np.hypot(lab[..., 1] - 128, lab[..., 2] - 128)[whole].mean()),
        "face_detail": float(np.abs(light - smooth)[whole].mean()),
        "face_gradient": float(smooth[whole].std()),
    }
