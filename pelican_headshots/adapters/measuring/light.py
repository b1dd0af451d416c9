"""Light: on the face, around it, in the whole picture. Colour is not seen here: see `sight.colourless`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .sight import Floats, Grey, SeenFace, Sight

OVAL = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
        152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)  # fmt: skip
"""The outline of the face in the mesh, clockwise from the middle of the forehead."""
MIDLINE = (10, 151, 9, 8, 168, 6, 197, 195, 5, 4, 1, 2, 164, 0, 17, 18, 200, 199, 175, 152)


LINEAR = np.where(np.arange(256) <= 10, np.arange(256) / 255 / 12.92, ((np.arange(256) / 255 + 0.055) / 1.055) ** 2.4)
"""Light, 0..1, of each step of sRGB."""
_LIGHTNESS = np.where(LINEAR > 216 / 24389, 116 * np.cbrt(LINEAR) - 16, LINEAR * 24389 / 27).astype(np.float32)
"""L* of CIELAB of a grey sRGB value (IEC 61966-2-1, CIE 15)."""


def light_features(sight: Sight, main: SeenFace | None, grey: Grey) -> dict[str, float]:
    import cv2

    size = (sight.mask.shape[1], sight.mask.shape[0])
    light = _LIGHTNESS[cv2.resize(grey, size, interpolation=cv2.INTER_AREA)]
    ground = sight.mask < 0.3
    p5, p25, p50, p75, p95 = (float(v) for v in np.percentile(light, (5, 25, 50, 75, 95)))
    seen = {
        "light_p5": p5, "light_p25": p25, "light_p50": p50, "light_p75": p75, "light_p95": p95,
        "dark_share": float((light < 20).mean()), "bright_share": float((light > 85).mean()),
    }  # fmt: skip
    if ground.mean() > 0.02:
        edges = cv2.Laplacian(light, cv2.CV_32F)
        seen |= {
            "ground_light": float(light[ground].mean()),
            "ground_spread": float(light[ground].std()),
            "ground_detail": float(np.abs(edges[ground]).mean()),
        }
    if main is not None and main.mesh is not None:
        seen |= _on_the_face(main.mesh, grey, seen.get("ground_light", p50))
    return seen


def _on_the_face(mesh: Floats, grey: Grey, ground: float) -> dict[str, float]:
    """Lightness (L*, 0..100) of the face and of its two halves; stops between them in linear light."""
    import cv2

    points = mesh[list(OVAL), :2]
    low = np.maximum(np.floor(points.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(points.max(axis=0)).astype(int) + 1, (grey.shape[1], grey.shape[0]))
    if (high - low < 6).any():
        return {}
    crop = grey[low[1] : high[1], low[0] : high[0]]
    ratio = min(1.0, 128 / max(crop.shape[:2]))
    light = _LIGHTNESS[cv2.resize(crop, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)]

    def area(outline: Floats) -> NDArray[np.bool_]:
        canvas = np.zeros(light.shape, np.uint8)
        cv2.fillPoly(canvas, [np.round((outline - low) * ratio).astype(np.int32)], 1)
        return canvas > 0

    middle = mesh[list(MIDLINE), :2]
    half = len(OVAL) // 2
    left = area(np.concatenate([points[: half + 1], middle[::-1]]))
    right = area(np.concatenate([points[half:], middle]))
    whole = area(points)
    if whole.sum() < 30:
        return {}
    linear = ((light + 16) / 116) ** 3
    face = light[whole]
    p5, p10, p50, p90, p95 = (float(v) for v in np.percentile(face, (5, 10, 50, 90, 95)))
    sides = [float(linear[part & whole].mean()) if (part & whole).sum() > 15 else None for part in (left, right)]
    key = 0.0
    if sides[0] is not None and sides[1] is not None:
        key = abs(float(np.log2((sides[0] + 0.01) / (sides[1] + 0.01))))
    smooth = cv2.GaussianBlur(light, (0, 0), 3)
    seen = {
        "face_light": p50,
        "face_dark": p10,
        "face_bright": p90,
        "face_range": p90 - p10,
        "face_key_to_fill": key,
        "face_shadow": float((face < p95 * 0.45).mean()),
        "face_black": float((face < 15).mean()),
        "face_white": float((face > 95).mean()),
        "face_over_ground": p50 - ground,
        "face_detail": float(np.abs(light - smooth)[whole].mean()),
        "face_gradient": float(smooth[whole].std()),
    }
    return seen | _patches((mesh[:, :2] - low) * ratio, light)


_LENS = (
    (70, 63, 105, 66, 107, 55, 193, 245, 128, 121, 120, 119, 118, 117, 111, 143, 156),
    (300, 293, 334, 296, 336, 285, 417, 465, 357, 350, 349, 348, 347, 346, 340, 372, 383),
)
"""Brow to cheekbone around each eye: where a lens of sunglasses sits."""
_EYE = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
)
_CHEEK = ((50, 101, 36, 206, 207, 187, 123), (280, 330, 266, 426, 427, 411, 352))
_FOREHEAD = (109, 67, 104, 69, 108, 151, 337, 299, 333, 297, 338, 10)
_MOUTH = (61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91)
_JAW = (
    57,
    43,
    106,
    182,
    83,
    18,
    313,
    406,
    335,
    273,
    287,
    432,
    430,
    394,
    395,
    369,
    396,
    175,
    171,
    140,
    170,
    169,
    210,
    212,
)


def _patches(points: Floats, light: Floats) -> dict[str, float]:
    """The face by parts: are the eyes to be seen, are cheeks, forehead, mouth and jaw of one skin, is a part covered."""
    import cv2

    def patch(indices: tuple[int, ...]) -> NDArray[np.bool_]:
        canvas = np.zeros(light.shape, np.uint8)
        hull = cv2.convexHull(np.round(points[list(indices)]).astype(np.int32))
        cv2.fillPoly(canvas, [hull], 1)
        return canvas > 0

    def middle(place: NDArray[np.bool_]) -> float | None:
        return float(np.median(light[place])) if place.sum() > 8 else None

    cheeks = [middle(patch(part)) for part in _CHEEK]
    parts = [part for part in (*cheeks, middle(patch(_FOREHEAD))) if part is not None]
    if not parts:
        return {}
    skin = float(np.mean(parts))
    lenses = [patch(lens) & ~patch(eye) for lens, eye in zip(_LENS, _EYE, strict=True)]
    eyes = [patch(eye) for eye in _EYE]
    around = [float(np.median(light[lens])) for lens in lenses if lens.sum() > 8]
    dark = [float((light[lens] < skin * 0.5).mean()) for lens in lenses if lens.sum() > 8]
    seen = {"skin_light": skin}
    if around:
        seen |= {
            "eyes_shaded": float(np.mean([_stops(skin, v) for v in around])),
            "eyes_shaded_least": min(_stops(skin, v) for v in around),
            "lens_dark": float(np.mean(dark)),
            "lens_dark_least": min(dark),
        }
    contrast = [float(np.percentile(light[eye], 90) - np.percentile(light[eye], 10)) for eye in eyes if eye.sum() > 8]
    if contrast:
        seen["eye_contrast"] = float(np.mean(contrast)) / max(skin, 5.0)
        seen["eye_white"] = float(np.mean([np.percentile(light[eye], 90) for eye in eyes if eye.sum() > 8])) - skin
        seen["eye_dark"] = float(np.mean([np.percentile(light[eye], 10) for eye in eyes if eye.sum() > 8]))
    for name, place in (("mouth", _MOUTH), ("jaw", _JAW), ("forehead", _FOREHEAD)):
        found = middle(patch(place))
        if found is not None:
            seen[f"{name}_light_off"] = found - skin
    one, other = cheeks
    if one is not None and other is not None:
        seen["cheek_key_to_fill"] = abs(_stops(one, other))
    oval = patch(OVAL)
    if oval.sum() > 50:
        seen["face_other_light"] = float((np.abs(light[oval] - skin) > 25).mean())
    return seen


def _stops(bright: float, dark: float) -> float:
    """Between two values of L*, in stops of linear light."""
    return float(np.log2((((bright + 16) / 116) ** 3 + 0.003) / (((dark + 16) / 116) ** 3 + 0.003)))
