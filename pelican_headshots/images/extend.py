"""Extend an image past its edges, for a crop that reaches outside the photo."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_FloatPixels = NDArray[np.float32]

EDGE_STRIP_SHARE = 0.01
"""Depth of the edge strip that the backdrop is continued from, as a share of the longer side. Nobody is that close to an
edge that may be extended (`crop/head_geometry.py`)."""
TONE_SMOOTHING_SHARE = 1 / 20
"""Length over which tones are smoothed along the edge, as a share of the longer side, so that a spot becomes no streak."""
MAX_GRAIN_LEVELS = 8.0
"""Largest difference of grain from the smoothed tone, in levels of 255. A larger difference is not grain."""


def extend_edges(image: Image.Image, margins: tuple[int, int, int, int], background_color: str | None) -> Image.Image:
    """Return an RGB image with added pixels on each side.

    Args:
        image: The image to extend.
        margins: Pixels to add on the left, top, right and bottom.
        background_color: `#rrggbb` for the added pixels. None continues the backdrop: smoothed tones of the strip along
            the edge, with the grain of that strip.
    """
    left, top, right, bottom = margins
    if background_color is not None:
        canvas = Image.new("RGB", (image.width + left + right, image.height + top + bottom), background_color)
        canvas.paste(image, (left, top))
        return canvas
    long_side = max(image.size)
    pixels: _FloatPixels = np.asarray(image, np.float32)
    pixels = _extend_top(pixels, top, long_side)
    pixels = _extend_top(pixels[::-1], bottom, long_side)[::-1]
    pixels = np.swapaxes(pixels, 0, 1)
    pixels = _extend_top(pixels, left, long_side)
    pixels = _extend_top(pixels[::-1], right, long_side)[::-1]
    return Image.fromarray(np.clip(np.swapaxes(pixels, 0, 1) + 0.5, 0, 255).astype(np.uint8))


def _extend_top(pixels: _FloatPixels, row_count: int, long_side: int) -> _FloatPixels:
    """Return *pixels* (height × width × 3) with *row_count* more rows at the top."""
    if not row_count:
        return pixels
    depth = min(len(pixels), max(4, round(long_side * EDGE_STRIP_SHARE)))
    strip = pixels[:depth]
    tone = _smooth_rows(strip.mean(axis=0, keepdims=True), max(3, round(long_side * TONE_SMOOTHING_SHARE)))
    grain = np.clip(strip - _smooth_rows(strip, 2), -MAX_GRAIN_LEVELS, MAX_GRAIN_LEVELS)
    above = tone + np.pad(grain, ((row_count, 0), (0, 0), (0, 0)), "symmetric")
    fade = ((np.arange(depth, dtype=np.float32) + 0.5) / depth)[:, None, None]
    above[row_count:] = above[row_count:] * (1 - fade) + strip * fade
    return np.concatenate([above, pixels[depth:]])


def _smooth_rows(rows: _FloatPixels, radius: int) -> _FloatPixels:
    """Apply a running mean over 2 * *radius* + 1 pixels to each row, twice."""
    for _ in range(2):
        sums = np.cumsum(np.pad(rows, ((0, 0), (radius + 1, radius), (0, 0)), "edge"), axis=1, dtype=np.float64)
        rows = ((sums[:, 2 * radius + 1 :] - sums[:, : -2 * radius - 1]) / (2 * radius + 1)).astype(np.float32)
    return rows
