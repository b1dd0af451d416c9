"""A trial encode of a small view of a picture, and what it tells about how the picture takes to being compressed."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ...core.geometry import Box, Size
from .encode import sketched

LONG_SIDE = 512
"""Pixels of the longer side of the view that is tried."""

Plane = NDArray[np.float32]


_SMALLEST = 64
"""Pixels of the shorter side below which a trial tells nothing."""


def view(size: Size) -> Size:
    """The size a picture of *size* is tried at."""
    scale = min(1.0, LONG_SIDE / max(size.width, size.height))
    return Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))


def tried(
    image: Image.Image, format: str, quality: int, face: Box | None
) -> tuple[list[float], list[float] | None] | None:
    """Features of the whole and of *face* (fractions of *image*), from one encode of *image* at *quality*.

    None for a picture, or for a face, too small to tell anything.

    They are logarithms of sizes and errors: bits a pixel, then for three scales that halve the share of structure lost
    (one minus SSIM over eight by eight pixels, Wang et al. 2004) in the mean and where it is worst, squared error, and
    detail.
    """
    if min(image.size) < _SMALLEST:
        return None
    data = sketched(image, format, quality)
    before = _luma(image)
    after = _luma(Image.open(io.BytesIO(data)))
    bits = float(np.log(8 * len(data) / before.size))
    whole = [bits, *_features(before, after)]
    if face is None:
        return whole, None
    height, width = before.shape
    left, right = int(max(face.left, 0.0) * width), int(np.ceil(min(face.right, 1.0) * width))
    top, bottom = int(max(face.top, 0.0) * height), int(np.ceil(min(face.bottom, 1.0) * height))
    if min(right - left, bottom - top) < 32:
        return whole, None
    return whole, [bits, *_features(before[top:bottom, left:right], after[top:bottom, left:right])]


def _luma(image: Image.Image) -> Plane:
    return np.asarray(image.convert("L"), dtype=np.float32)


def _features(before: Plane, after: Plane) -> list[float]:
    found = []
    for _ in range(3):
        found += _scale(before, after)
        before, after = _means(before, 2), _means(after, 2)
    return found


def _means(plane: Plane, step: int) -> Plane:
    height, width = (side // step * step for side in plane.shape)
    blocks = plane[:height, :width].reshape(height // step, step, width // step, step)
    return np.asarray(blocks.mean(axis=(1, 3)))


def _scale(before: Plane, after: Plane) -> list[float]:
    x, y = _means(before, 8), _means(after, 8)
    xx, yy, xy = _means(before * before, 8) - x * x, _means(after * after, 8) - y * y, _means(before * after, 8) - x * y
    alike = (2 * x * y + 6.5) / (x * x + y * y + 6.5) * (2 * xy + 58.5) / (xx + yy + 58.5)
    lost = np.maximum(1 - alike, 0)
    error = float(((before - after) ** 2).mean())
    return [
        float(np.log(lost.mean() + 1e-4)),
        float(np.log((lost**4).mean() ** 0.25 + 1e-4)),
        float(np.log(error + 0.01)),
        float(np.log(np.maximum(xx, 0).mean() + 1)),
    ]
