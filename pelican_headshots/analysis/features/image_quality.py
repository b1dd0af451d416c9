"""Technical quality of a headshot, for `advise`: focus, exposure and color of the skin, hard shadows, backdrop."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..observation import DetectedFace, FloatArray, Observation, RgbArray
from .lighting import FACE_OVAL_LANDMARKS, SRGB_TO_LINEAR

FOCUS_FACE_HEIGHT_PX = 240
"""Face height (hairline to chin, pixels) to which a face is reduced for measuring focus, so that faces compare."""
MIN_FOCUS_FACE_HEIGHT_PX = 90
"""Face height in pixels below which focus cannot be measured, because the frame has too little detail."""
EYE_LANDMARKS = (33, 133, 159, 145, 263, 362, 386, 374, 70, 300, 168)
MIN_VISIBLE_DELTA_E = 4.0
"""Color difference (CIE76) between neighboring pixels of the mask-sized frame above which the eye sees a line."""
SKIN_LANDMARKS = (10, 67, 297, 151, 9, 117, 346, 205, 425, 50, 280, 187, 411, 6, 4)
"""Forehead, cheeks and nose: skin on most faces, above a beard and below a fringe."""
EXTRA_SKIN_LANDMARKS = (
    69, 299, 108, 337, 104, 333, 101, 330, 36, 266, 123, 352, 147, 376, 207, 427, 197, 195, 5, 198, 420, 118, 347,
)  # fmt: skip
"""Points between those. Among so many, light that falls off evenly shows no large step; the edge of a shadow does."""
SKIN_FACE_HEIGHT_PX = 160
"""Face height in pixels to which a face is reduced for measuring the skin."""

_LINEAR_RGB_TO_XYZ = np.array(
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
) / np.array([[0.950456], [1.0], [1.088754]])
"""Linear sRGB to XYZ (Rec. 709 primaries, D65), divided by the XYZ of white."""


def measure_image_quality(
    observation: Observation, main_face: DetectedFace | None, frame: RgbArray
) -> dict[str, float]:
    """Return the features named `quality_…`; those that cannot be measured are left out.

    `focus` is the ratio of fine to coarse detail around the eyes, in octaves. `overexposed` and `underexposed` are the
    shares of the face that are white or black without detail. `skin_…` and `background_…` are CIE L*, a*, b* of the skin
    and of the background. `shadow_edge` is the largest step between light and dark parts of the skin, in stops.
    `background_clutter` is the share of the background with visible edges.
    """
    features = _measure_background(observation, frame)
    if main_face is None or main_face.mesh is None:
        return features
    mesh = main_face.mesh
    face_height = float(np.linalg.norm(mesh[10, :2] - mesh[152, :2]))
    if face_height < 24:
        return features
    return features | _measure_skin(mesh, frame, face_height) | _measure_focus(mesh, frame, face_height)


def _to_lab(frame: Any) -> FloatArray:
    """Return CIE L*, a*, b* of *frame*. OpenCV's own table takes 0.1 s to make and is off by up to 0.4."""
    import cv2

    linear = cv2.transform(cv2.LUT(frame, SRGB_TO_LINEAR.astype(np.float32)), _LINEAR_RGB_TO_XYZ)
    root = np.where(linear > 216 / 24389, cv2.pow(linear, 1 / 3), linear * (841 / 108) + 4 / 29)
    x, y, z = np.moveaxis(root, 2, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=2)


def _measure_focus(mesh: FloatArray, frame: RgbArray, face_height: float) -> dict[str, float]:
    import cv2

    if face_height < MIN_FOCUS_FACE_HEIGHT_PX:
        return {}
    points = mesh[list(EYE_LANDMARKS), :2]
    top_left = np.maximum(points.min(axis=0) - face_height * 0.06, 0).astype(int)
    bottom_right = np.minimum(points.max(axis=0) + face_height * 0.06, (frame.shape[1], frame.shape[0])).astype(int)
    if (bottom_right - top_left < 16).any():
        return {}
    gray = np.asarray(
        cv2.cvtColor(frame[top_left[1] : bottom_right[1], top_left[0] : bottom_right[0]], cv2.COLOR_RGB2GRAY),
        np.float32,
    )
    scale = FOCUS_FACE_HEIGHT_PX / face_height
    if scale < 1:
        gray = np.asarray(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.float32)
    blurred = [cv2.GaussianBlur(gray, (0, 0), sigma) for sigma in (0.7, 1.4, 2.8, 5.6)]
    fine, coarse = float(np.std(blurred[0] - blurred[1])), float(np.std(blurred[2] - blurred[3]))
    return {"quality_focus": float(np.log2((fine + 0.05) / (coarse + 0.05)))}


def _measure_skin(mesh: FloatArray, frame: RgbArray, face_height: float) -> dict[str, float]:
    import cv2

    oval = np.round(mesh[list(FACE_OVAL_LANDMARKS), :2]).astype(np.int32)
    left, top = np.maximum(oval.min(axis=0), 0)
    right, bottom = np.maximum(oval.max(axis=0) + 1, 0)
    crop = frame[top:bottom, left:right]
    face_mask = np.zeros(crop.shape[:2], np.uint8)
    if face_mask.size:
        cv2.fillPoly(face_mask, [oval - np.array((left, top))], 1)
    face_pixels = crop[face_mask > 0]
    if len(face_pixels) < 200:
        return {}
    scale = min(1.0, SKIN_FACE_HEIGHT_PX / face_height)
    lab = _to_lab(cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    radius = max(2, int(face_height * scale * 0.03))
    patches = []
    for x, y in (mesh[list(SKIN_LANDMARKS + EXTRA_SKIN_LANDMARKS), :2] - np.array((left, top))) * scale:
        patch_left, patch_top = max(int(x) - radius, 0), max(int(y) - radius, 0)
        patch = lab[patch_top : max(int(y) + radius + 1, 0), patch_left : max(int(x) + radius + 1, 0)]
        if patch.size:
            patches.append(np.median(patch.reshape(-1, 3), axis=0))
    if len(patches) < 20:
        return {}
    sorted_stops = np.sort(np.log2(((np.array(patches)[:, 0] + 16) / 116) ** 3 + 0.004))
    fifth = len(sorted_stops) // 5
    steps = np.diff(sorted_stops)[fifth:-fifth]
    skin_patches = np.array(patches[: len(SKIN_LANDMARKS)])
    mid_tones = np.argsort(skin_patches[:, 0])[len(skin_patches) // 3 : len(skin_patches) - 1]
    lightness, a, b = (float(np.median(skin_patches[mid_tones, channel])) for channel in range(3))
    clipped = face_pixels >= 253
    return {
        "quality_overexposed": float((clipped[:, 0] | clipped[:, 1] | clipped[:, 2]).mean()),
        "quality_underexposed": float((face_pixels @ np.array((2126, 7152, 722), np.float32) <= 140_000).mean()),
        "quality_skin_l": lightness,
        "quality_skin_a": a,
        "quality_skin_b": b,
        "quality_shadow_edge": float(steps.max()),
    }


def _measure_background(observation: Observation, frame: RgbArray) -> dict[str, float]:
    import cv2

    size = (observation.person_mask.shape[1], observation.person_mask.shape[0])
    small = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)
    background = cv2.erode((observation.person_mask < 0.15).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    if background.mean() < 0.04:
        return {}
    lab = _to_lab(small)
    lightness, a, b = (float(np.median(lab[..., channel][background])) for channel in range(3))
    return {
        "quality_background_l": lightness,
        "quality_background_a": a,
        "quality_background_b": b,
        "quality_background_clutter": _measure_background_clutter(lab, background),
    }


def _measure_background_clutter(lab: FloatArray, background: NDArray[np.bool_]) -> float:
    """Return the share of the background where the color changes by more than MIN_VISIBLE_DELTA_E between pixels.

    Measured at the size of the person mask, whose long side is 256 pixels. A lit wall and a street far out of focus have
    hardly any; leaves, bricks, shelves and flags have a tenth and more.
    """
    import cv2

    blurred = cv2.GaussianBlur(lab, (0, 0), 1.0)
    gradient_x = cv2.Sobel(blurred, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    gradient_y = cv2.Sobel(blurred, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    change = np.sqrt((gradient_x**2 + gradient_y**2).sum(axis=2))
    return float((change[background] > MIN_VISIBLE_DELTA_E).mean())
