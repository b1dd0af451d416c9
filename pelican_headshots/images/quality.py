"""Encode a small version of a picture as a trial, and measure how well the picture compresses."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..values.geometry import Box, Size
from .encode import encode_for_trial

TRIAL_LONG_SIDE_PX = 512
"""Longer side of the trial image in pixels."""

_FloatPlane = NDArray[np.float32]


_MIN_TRIAL_SIDE_PX = 64
"""Shorter side in pixels below which a trial gives no useful result."""


def choose_trial_size(size: Size) -> Size:
    """Return the size of the trial image for a picture of *size*."""
    scale = min(1.0, TRIAL_LONG_SIDE_PX / max(size.width, size.height))
    return Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))


def run_trial(
    image: Image.Image, format: str, quality: int, face: Box | None
) -> tuple[list[float], list[float] | None] | None:
    """Encode an image once and return features of the result.

    The features are logarithms: bits per pixel, then for each of three scales, each half the size of the one before,
    the lost structure (one minus SSIM over 8 × 8 pixels, Wang et al. 2004) in the mean and in the worst blocks, the
    mean squared error, and the detail.

    Args:
        image: The trial image, RGB.
        format: A key of `FORMATS`.
        quality: The quality of the trial.
        face: The largest face in fractions of the image, or None.

    Returns:
        The features of the whole image and of the face. The face is None if it is missing or too small; the result is
        None if the image is too small.
    """
    if min(image.size) < _MIN_TRIAL_SIDE_PX:
        return None
    data = encode_for_trial(image, format, quality)
    before = _to_luma(image)
    after = _to_luma(Image.open(io.BytesIO(data)))
    log_bits_per_pixel = float(np.log(8 * len(data) / before.size))
    whole_features = [log_bits_per_pixel, *_compare_at_scales(before, after)]
    if face is None:
        return whole_features, None
    height, width = before.shape
    left, right = int(max(face.left, 0.0) * width), int(np.ceil(min(face.right, 1.0) * width))
    top, bottom = int(max(face.top, 0.0) * height), int(np.ceil(min(face.bottom, 1.0) * height))
    if min(right - left, bottom - top) < 32:
        return whole_features, None
    return whole_features, [
        log_bits_per_pixel,
        *_compare_at_scales(before[top:bottom, left:right], after[top:bottom, left:right]),
    ]


def _to_luma(image: Image.Image) -> _FloatPlane:
    return np.asarray(image.convert("L"), dtype=np.float32)


def _compare_at_scales(before: _FloatPlane, after: _FloatPlane) -> list[float]:
    features = []
    for _ in range(3):
        features += _compare(before, after)
        before, after = _average_blocks(before, 2), _average_blocks(after, 2)
    return features


def _average_blocks(plane: _FloatPlane, block_side: int) -> _FloatPlane:
    height, width = (side // block_side * block_side for side in plane.shape)
    blocks = plane[:height, :width].reshape(height // block_side, block_side, width // block_side, block_side)
    return np.asarray(blocks.mean(axis=(1, 3)))


def _compare(before: _FloatPlane, after: _FloatPlane) -> list[float]:
    x, y = _average_blocks(before, 8), _average_blocks(after, 8)
    xx, yy, xy = (
        _average_blocks(before * before, 8) - x * x,
        _average_blocks(after * after, 8) - y * y,
        _average_blocks(before * after, 8) - x * y,
    )
    ssim = (2 * x * y + 6.5) / (x * x + y * y + 6.5) * (2 * xy + 58.5) / (xx + yy + 58.5)
    structure_loss = np.maximum(1 - ssim, 0)
    error = float(((before - after) ** 2).mean())
    return [
        float(np.log(structure_loss.mean() + 1e-4)),
        float(np.log((structure_loss**4).mean() ** 0.25 + 1e-4)),
        float(np.log(error + 0.01)),
        float(np.log(np.maximum(xx, 0).mean() + 1)),
    ]
