"""The craft of a headshot, for the doctor: focus, exposure and colour of the skin, shadows across it, the backdrop."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .light import LINEAR, OVAL
from .sight import Floats, Frame, SeenFace, Sight

HEIGHT = 240
"""Pixels from hairline to chin at which focus is measured, so that near and far heads compare."""
SMALLEST = 90
"""Pixels from hairline to chin below which focus cannot be assessed: the frame itself hides it."""
EYES = (33, 133, 159, 145, 263, 362, 386, 374, 70, 300, 168)
STEP = 4.0
"""CIE76 between neighbouring pixels of the person mask's frame: a line that the eye follows."""
SKIN = (10, 67, 297, 151, 9, 117, 346, 205, 425, 50, 280, 187, 411, 6, 4)
"""Forehead, cheeks and nose: places that are skin on most faces, above a beard and below a fringe."""
MORE_SKIN = (
    69, 299, 108, 337, 104, 333, 101, 330, 36, 266, 123, 352, 147, 376, 207, 427, 197, 195, 5, 198, 420, 118, 347,
)  # fmt: skip
"""Between those: light that falls off evenly has no step among so many, an edge of a shadow keeps its own."""
PATCHED = 160
"""Pixels from hairline to chin at which they are measured."""

_TO_WHITE = np.array(
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
) / np.array([[0.950456], [1.0], [1.088754]])
"""Linear sRGB to XYZ (Rec. 709 primaries, D65) as shares of white's."""


def craft_features(sight: Sight, main: SeenFace | None, frame: Frame) -> dict[str, float]:
    """Measurements named `craft_…`; those that cannot be made are left out.

    `focus` is octaves of fine over coarse detail about the eyes; `white` and `black` are shares of the face; `skin_…`
    and `ground_…` are CIE L*, a*, b*; `gap` is the widest step, in stops, that parts the
    skin in two; `ground_busy` is the share of the backdrop that is drawing.
    """
    seen = _ground(sight, frame)
    if main is None or main.mesh is None:
        return seen
    mesh = main.mesh
    high = float(np.linalg.norm(mesh[10, :2] - mesh[152, :2]))
    seen["craft_face"] = high
    if high < 24:
        return seen
    return seen | _skin(mesh, frame, high) | _focus(mesh, frame, high)


def _lab(frame: Any) -> Floats:
    """CIE L*, a*, b* of *frame*. OpenCV's own reads it from a table that takes 0.1 s to make, and is off by up to 0.4."""
    import cv2

    light = cv2.transform(cv2.LUT(frame, LINEAR.astype(np.float32)), _TO_WHITE)
    root = np.where(light > 216 / 24389, cv2.pow(light, 1 / 3), light * (841 / 108) + 4 / 29)
    x, y, z = np.moveaxis(root, 2, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=2)


def _focus(mesh: Floats, frame: Frame, high: float) -> dict[str, float]:
    import cv2

    if high < SMALLEST:
        return {}
    points = mesh[list(EYES), :2]
    low = np.maximum(points.min(axis=0) - high * 0.06, 0).astype(int)
    top = np.minimum(points.max(axis=0) + high * 0.06, (frame.shape[1], frame.shape[0])).astype(int)
    if (top - low < 16).any():
        return {}
    grey = np.asarray(cv2.cvtColor(frame[low[1] : top[1], low[0] : top[0]], cv2.COLOR_RGB2GRAY), np.float32)
    scale = HEIGHT / high
    if scale < 1:
        grey = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.float32)
    blurred = [cv2.GaussianBlur(grey, (0, 0), sigma) for sigma in (0.7, 1.4, 2.8, 5.6)]
    fine, coarse = float(np.std(blurred[0] - blurred[1])), float(np.std(blurred[2] - blurred[3]))
    return {"craft_focus": float(np.log2((fine + 0.05) / (coarse + 0.05)))}


def _skin(mesh: Floats, frame: Frame, high: float) -> dict[str, float]:
    import cv2

    oval = np.round(mesh[list(OVAL), :2]).astype(np.int32)
    left, top = np.maximum(oval.min(axis=0), 0)
    right, bottom = np.maximum(oval.max(axis=0) + 1, 0)
    crop = frame[top:bottom, left:right]
    inside = np.zeros(crop.shape[:2], np.uint8)
    if inside.size:
        cv2.fillPoly(inside, [oval - np.array((left, top))], 1)
    skin = crop[inside > 0]
    if len(skin) < 200:
        return {}
    scale = min(1.0, PATCHED / high)
    lab = _lab(cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    radius = max(2, int(high * scale * 0.03))
    patches = []
    for x, y in (mesh[list(SKIN + MORE_SKIN), :2] - np.array((left, top))) * scale:
        across, down = max(int(x) - radius, 0), max(int(y) - radius, 0)
        patch = lab[down : max(int(y) + radius + 1, 0), across : max(int(x) + radius + 1, 0)]
        if patch.size:
            patches.append(np.median(patch.reshape(-1, 3), axis=0))
    if len(patches) < 20:
        return {}
    ranked = np.sort(np.log2(((np.array(patches)[:, 0] + 16) / 116) ** 3 + 0.004))
    fifth = len(ranked) // 5
    steps = np.diff(ranked)[fifth:-fifth]
    spots = np.array(patches[: len(SKIN)])
    middle = np.argsort(spots[:, 0])[len(spots) // 3 : len(spots) - 1]
    light, a, b = (float(np.median(spots[middle, channel])) for channel in range(3))
    burnt = skin >= 253
    return {
        "craft_white": float((burnt[:, 0] | burnt[:, 1] | burnt[:, 2]).mean()),
        "craft_black": float((skin @ np.array((2126, 7152, 722), np.float32) <= 140_000).mean()),
        "craft_skin_l": light,
        "craft_skin_a": a,
        "craft_skin_b": b,
        "craft_gap": float(steps.max()),
    }


def _ground(sight: Sight, frame: Frame) -> dict[str, float]:
    import cv2

    size = (sight.mask.shape[1], sight.mask.shape[0])
    small = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)
    ground = cv2.erode((sight.mask < 0.15).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    if ground.mean() < 0.04:
        return {}
    lab = _lab(small)
    light, a, b = (float(np.median(lab[..., channel][ground])) for channel in range(3))
    return {
        "craft_ground_l": light,
        "craft_ground_a": a,
        "craft_ground_b": b,
        "craft_ground_busy": _busy(lab, ground),
    }


def _busy(lab: Floats, ground: NDArray[np.bool_]) -> float:
    """The share of *ground* that is drawing: places where colour changes by more than STEP from one to the next.

    Measured on the person mask's frame, whose long side is 256. A lit wall and a street far out of focus have hardly
    any; leaves, bricks, shelves and flags have a tenth and more.
    """
    import cv2

    soft = cv2.GaussianBlur(lab, (0, 0), 1.0)
    across = cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    down = cv2.Sobel(soft, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    change = np.sqrt((across**2 + down**2).sum(axis=2))
    return float((change[ground] > STEP).mean())
