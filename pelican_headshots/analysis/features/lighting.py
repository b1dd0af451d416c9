"""Features of light: on the face, around it, and in the whole picture. Measured in gray: see `observation.to_grayscale`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..observation import DetectedFace, FloatArray, GrayArray, Observation

FACE_OVAL_LANDMARKS = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
        152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)  # fmt: skip
"""The outline of the face in the mesh, starting at the middle of the forehead."""
FACE_MIDLINE_LANDMARKS = (10, 151, 9, 8, 168, 6, 197, 195, 5, 4, 1, 2, 164, 0, 17, 18, 200, 199, 175, 152)

SRGB_TO_LINEAR = np.where(
    np.arange(256) <= 10, np.arange(256) / 255 / 12.92, ((np.arange(256) / 255 + 0.055) / 1.055) ** 2.4
)
"""Linear light, 0..1, of each sRGB value."""
_SRGB_TO_LIGHTNESS = np.where(
    SRGB_TO_LINEAR > 216 / 24389, 116 * np.cbrt(SRGB_TO_LINEAR) - 16, SRGB_TO_LINEAR * 24389 / 27
).astype(np.float32)
"""CIELAB L* of each gray sRGB value (IEC 61966-2-1, CIE 15)."""


def measure_lighting(observation: Observation, main_face: DetectedFace | None, gray: GrayArray) -> dict[str, float]:
    """Return the features of the light in the picture, on its background and on *main_face*.

    Args:
        observation: What the models found.
        main_face: The face to measure; without one only the picture and its background are measured.
        gray: The frame in gray, 0 to 255.
    """
    import cv2

    size = (observation.person_mask.shape[1], observation.person_mask.shape[0])
    lightness = _SRGB_TO_LIGHTNESS[cv2.resize(gray, size, interpolation=cv2.INTER_AREA)]
    background = observation.person_mask < 0.3
    p5, p25, p50, p75, p95 = (float(v) for v in np.percentile(lightness, (5, 25, 50, 75, 95)))
    features = {
        "light_p5": p5, "light_p25": p25, "light_p50": p50, "light_p75": p75, "light_p95": p95,
        "dark_share": float((lightness < 20).mean()), "bright_share": float((lightness > 85).mean()),
    }  # fmt: skip
    if background.mean() > 0.02:
        edges = cv2.Laplacian(lightness, cv2.CV_32F)
        features |= {
            "ground_light": float(lightness[background].mean()),
            "ground_spread": float(lightness[background].std()),
            "ground_detail": float(np.abs(edges[background]).mean()),
        }
    if main_face is not None and main_face.mesh is not None:
        features |= _measure_face_lighting(main_face.mesh, gray, features.get("ground_light", p50))
    return features


def _measure_face_lighting(mesh: FloatArray, gray: GrayArray, background_lightness: float) -> dict[str, float]:
    """Return lightness (L*, 0..100) of the face and its parts; ratios between them are in stops of linear light."""
    import cv2

    points = mesh[list(FACE_OVAL_LANDMARKS), :2]
    top_left = np.maximum(np.floor(points.min(axis=0)).astype(int), 0)
    bottom_right = np.minimum(np.ceil(points.max(axis=0)).astype(int) + 1, (gray.shape[1], gray.shape[0]))
    if (bottom_right - top_left < 6).any():
        return {}
    crop = gray[top_left[1] : bottom_right[1], top_left[0] : bottom_right[0]]
    scale = min(1.0, 128 / max(crop.shape[:2]))
    lightness = _SRGB_TO_LIGHTNESS[cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)]

    def fill_polygon(polygon: FloatArray) -> NDArray[np.bool_]:
        canvas = np.zeros(lightness.shape, np.uint8)
        cv2.fillPoly(canvas, [np.round((polygon - top_left) * scale).astype(np.int32)], 1)
        return canvas > 0

    midline = mesh[list(FACE_MIDLINE_LANDMARKS), :2]
    half = len(FACE_OVAL_LANDMARKS) // 2
    left_half = fill_polygon(np.concatenate([points[: half + 1], midline[::-1]]))
    right_half = fill_polygon(np.concatenate([points[half:], midline]))
    face_mask = fill_polygon(points)
    if face_mask.sum() < 30:
        return {}
    linear = ((lightness + 16) / 116) ** 3
    face_lightness = lightness[face_mask]
    p5, p10, p50, p90, p95 = (float(v) for v in np.percentile(face_lightness, (5, 10, 50, 90, 95)))
    side_means = [
        float(linear[part & face_mask].mean()) if (part & face_mask).sum() > 15 else None
        for part in (left_half, right_half)
    ]
    key_to_fill = 0.0
    if side_means[0] is not None and side_means[1] is not None:
        key_to_fill = abs(float(np.log2((side_means[0] + 0.01) / (side_means[1] + 0.01))))
    blurred = cv2.GaussianBlur(lightness, (0, 0), 3)
    features = {
        "face_light": p50,
        "face_dark": p10,
        "face_bright": p90,
        "face_range": p90 - p10,
        "face_key_to_fill": key_to_fill,
        "face_shadow": float((face_lightness < p95 * 0.45).mean()),
        "face_black": float((face_lightness < 15).mean()),
        "face_white": float((face_lightness > 95).mean()),
        "face_over_ground": p50 - background_lightness,
        "face_detail": float(np.abs(lightness - blurred)[face_mask].mean()),
        "face_gradient": float(blurred[face_mask].std()),
    }
    return features | _measure_face_parts((mesh[:, :2] - top_left) * scale, lightness)


_LENS_LANDMARKS = (
    (70, 63, 105, 66, 107, 55, 193, 245, 128, 121, 120, 119, 118, 117, 111, 143, 156),
    (300, 293, 334, 296, 336, 285, 417, 465, 357, 350, 349, 348, 347, 346, 340, 372, 383),
)
"""Brow to cheekbone around each eye: what a lens of sunglasses covers."""
_EYE_LANDMARKS = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
)
_CHEEK_LANDMARKS = ((50, 101, 36, 206, 207, 187, 123), (280, 330, 266, 426, 427, 411, 352))
_FOREHEAD_LANDMARKS = (109, 67, 104, 69, 108, 151, 337, 299, 333, 297, 338, 10)
_MOUTH_LANDMARKS = (61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91)
_JAW_LANDMARKS = (
    57, 43, 106, 182, 83, 18, 313, 406, 335, 273, 287, 432, 430, 394, 395, 369, 396, 175, 171, 140, 170, 169, 210, 212,
)  # fmt: skip


def _measure_face_parts(points: FloatArray, lightness: FloatArray) -> dict[str, float]:
    """Compare parts of the face: are the eyes visible, do forehead, mouth and jaw match the cheeks, is a part covered?"""
    import cv2

    def fill_hull(indices: tuple[int, ...]) -> NDArray[np.bool_]:
        canvas = np.zeros(lightness.shape, np.uint8)
        hull = cv2.convexHull(np.round(points[list(indices)]).astype(np.int32))
        cv2.fillPoly(canvas, [hull], 1)
        return canvas > 0

    def find_median(mask: NDArray[np.bool_]) -> float | None:
        return float(np.median(lightness[mask])) if mask.sum() > 8 else None

    cheeks = [find_median(fill_hull(part)) for part in _CHEEK_LANDMARKS]
    parts = [part for part in (*cheeks, find_median(fill_hull(_FOREHEAD_LANDMARKS))) if part is not None]
    if not parts:
        return {}
    skin_lightness = float(np.mean(parts))
    lenses = [fill_hull(lens) & ~fill_hull(eye) for lens, eye in zip(_LENS_LANDMARKS, _EYE_LANDMARKS, strict=True)]
    eyes = [fill_hull(eye) for eye in _EYE_LANDMARKS]
    around_eyes = [float(np.median(lightness[lens])) for lens in lenses if lens.sum() > 8]
    dark_shares = [float((lightness[lens] < skin_lightness * 0.5).mean()) for lens in lenses if lens.sum() > 8]
    features = {"skin_light": skin_lightness}
    if around_eyes:
        features |= {
            "eyes_shaded": float(np.mean([_measure_stops(skin_lightness, v) for v in around_eyes])),
            "eyes_shaded_least": min(_measure_stops(skin_lightness, v) for v in around_eyes),
            "lens_dark": float(np.mean(dark_shares)),
            "lens_dark_least": min(dark_shares),
        }
    contrast = [
        float(np.percentile(lightness[eye], 90) - np.percentile(lightness[eye], 10)) for eye in eyes if eye.sum() > 8
    ]
    if contrast:
        features["eye_contrast"] = float(np.mean(contrast)) / max(skin_lightness, 5.0)
        features["eye_white"] = (
            float(np.mean([np.percentile(lightness[eye], 90) for eye in eyes if eye.sum() > 8])) - skin_lightness
        )
        features["eye_dark"] = float(np.mean([np.percentile(lightness[eye], 10) for eye in eyes if eye.sum() > 8]))
    for name, landmarks in (("mouth", _MOUTH_LANDMARKS), ("jaw", _JAW_LANDMARKS), ("forehead", _FOREHEAD_LANDMARKS)):
        found = find_median(fill_hull(landmarks))
        if found is not None:
            features[f"{name}_light_off"] = found - skin_lightness
    right_cheek, left_cheek = cheeks
    if right_cheek is not None and left_cheek is not None:
        features["cheek_key_to_fill"] = abs(_measure_stops(right_cheek, left_cheek))
    face_mask = fill_hull(FACE_OVAL_LANDMARKS)
    if face_mask.sum() > 50:
        features["face_other_light"] = float((np.abs(lightness[face_mask] - skin_lightness) > 25).mean())
    return features


def _measure_stops(bright: float, dark: float) -> float:
    """Return the difference between two values of L*, in stops of linear light."""
    return float(np.log2((((bright + 16) / 116) ** 3 + 0.003) / (((dark + 16) / 116) ** 3 + 0.003)))
