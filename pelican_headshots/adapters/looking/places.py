"""Where to look in a frame: crops, tiles, squares, and which boxes are the same face. Pixels of the frame."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..measuring.sight import Floats, Frame, SeenFace, Shown, colourless

MASK_SIDE = 256
"""Pixels of a mask's longer side."""


def lighter_right(frame: Frame) -> bool:
    """Whether the light weighs more on the right: true of a frame or of its mirror image, not of both."""
    import cv2

    columns = cv2.resize(colourless(frame), (64, 64), interpolation=cv2.INTER_AREA).astype(float).mean(axis=0)
    return float(columns @ (np.arange(64) - 31.5)) > 0


def cut_out(
    frame: Shown, box: tuple[float, float, float, float], factor: float, side: int
) -> tuple[Shown | None, tuple[int, int], float]:
    """A square around *box*, *factor* times its longer side, as far as the frame goes; at most *side* pixels long.

    Gives the crop, its left top corner in the frame, and its scale; None where hardly anything of it is in the frame.
    """
    import cv2

    height, width = frame.shape[:2]
    reach = max(box[2] - box[0], box[3] - box[1]) * factor / 2
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    left, top = max(0, int(x - reach)), max(0, int(y - reach))
    right, bottom = min(width, int(x + reach) + 1), min(height, int(y + reach) + 1)
    if right - left < 16 or bottom - top < 16:
        return None, (0, 0), 1.0
    crop = frame[top:bottom, left:right]
    scale = side / max(right - left, bottom - top)
    if scale > 3.0:
        scale = 3.0
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    size = (max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
    return np.asarray(cv2.resize(crop, size, interpolation=how), np.uint8), (left, top), scale


def upright(frame: Frame, mesh: Floats, side: int) -> Frame:
    """A square of *side* pixels around the face of *mesh*, its eyes level, 2.6 times as wide as it is large."""
    import cv2

    right, left = sorted((mesh[33, :2], mesh[263, :2]), key=lambda corner: float(corner[0]))
    angle = np.arctan2(left[1] - right[1], left[0] - right[0])
    scale = side / (2.6 * float(np.ptp(mesh[:468, :2], axis=0).max()))
    across, down = np.cos(angle) * scale, np.sin(angle) * scale
    x, y = mesh[:468, :2].mean(axis=0)
    turn = np.array(
        [[across, down, side / 2 - across * x - down * y], [-down, across, side / 2 + down * x - across * y]]
    )
    softened = cv2.GaussianBlur(frame, (0, 0), 0.45 / scale) if scale < 0.7 else frame
    return np.asarray(cv2.warpAffine(softened, turn, (side, side), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def square(frame: Shown, side: int) -> Shown:
    """The frame made to fit a black square, as these models were trained to see it."""
    import cv2

    scale = side / max(frame.shape[:2])
    wide, high = (max(1, round(length * scale)) for length in (frame.shape[1], frame.shape[0]))
    square = np.zeros((side, side, *frame.shape[2:]), np.uint8)
    top, left = (side - high) // 2, (side - wide) // 2
    square[top : top + high, left : left + wide] = cv2.resize(frame, (wide, high), interpolation=cv2.INTER_AREA)
    return square


def shrunk(mask: Any) -> Floats:
    import cv2

    mask = np.asarray(mask, np.float32)
    mask = mask.reshape(mask.shape[:2])  # not squeezed: a picture may be one pixel wide
    scale = MASK_SIDE / max(mask.shape)
    size = (max(1, round(mask.shape[1] * scale)), max(1, round(mask.shape[0] * scale)))
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.float32)


def inside(point: tuple[float, float], box: tuple[float, float, float, float]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def distinct(faces: list[SeenFace]) -> list[SeenFace]:
    """Each face once: the surer of two that overlap by more than 0.3, or of which one's centre is in the other."""
    kept: list[SeenFace] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if not any(overlap(face.box, other.box) > 0.3 or inside(face.centre, other.box) for other in kept):
            kept.append(face)
    return kept


def overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return 0.0
    shared = wide * high
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def tiles(width: int, height: int) -> list[tuple[int, int, int, int]]:
    """Four overlapping tiles, each 0.6 of the frame each way."""
    wide, high = round(width * 0.6), round(height * 0.6)
    return [(left, top, left + wide, top + high) for top in (0, height - high) for left in (0, width - wide)]
