"""A picture continued past its edge, for a crop that wants more room than the photographer left."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Array = NDArray[np.float32]

DEPTH = 0.01
"""Thickness of the strip along an edge from which the backdrop goes on, of the picture's longer side: nobody is that near
to an edge that may be continued (`core/cropped/headroom.py`)."""
SPREAD = 1 / 20
"""Length along the edge over which its tones are smoothed, so that no blemish becomes a streak."""
GRAIN = 8.0
"""Levels of 255 by which grain may stand off the tone beneath; what is more is no grain."""


def continued(image: Image.Image, gaps: tuple[int, int, int, int], ground: str | None) -> Image.Image:
    """*image* (RGB) with *gaps* more pixels left, top, right and bottom.

    They hold the colour *ground*; where it is None, the backdrop goes on: the tones of the strip along the edge, smoothed,
    with that strip's own grain.
    """
    left, top, right, bottom = gaps
    if ground is not None:
        wide = Image.new("RGB", (image.width + left + right, image.height + top + bottom), ground)
        wide.paste(image, (left, top))
        return wide
    long = max(image.size)
    array: Array = np.asarray(image, np.float32)
    array = _grown(array, top, long)
    array = _grown(array[::-1], bottom, long)[::-1]
    array = np.swapaxes(array, 0, 1)
    array = _grown(array, left, long)
    array = _grown(array[::-1], right, long)[::-1]
    return Image.fromarray(np.clip(np.swapaxes(array, 0, 1) + 0.5, 0, 255).astype(np.uint8))


def _grown(array: Array, gap: int, long: int) -> Array:
    """*array* (height, width, 3) with *gap* rows more above."""
    if not gap:
        return array
    depth = min(len(array), max(4, round(long * DEPTH)))
    strip = array[:depth]
    tone = _smoothed(strip.mean(axis=0, keepdims=True), max(3, round(long * SPREAD)))
    grain = np.clip(strip - _smoothed(strip, 2), -GRAIN, GRAIN)
    above = tone + np.pad(grain, ((gap, 0), (0, 0), (0, 0)), "symmetric")
    fade = ((np.arange(depth, dtype=np.float32) + 0.5) / depth)[:, None, None]
    above[gap:] = above[gap:] * (1 - fade) + strip * fade
    return np.concatenate([above, array[depth:]])


def _smoothed(rows: Array, reach: int) -> Array:
    """A running mean over 2 * *reach* + 1 pixels along each row, twice."""
    for _ in range(2):
        sums = np.cumsum(np.pad(rows, ((0, 0), (reach + 1, reach), (0, 0)), "edge"), axis=1, dtype=np.float64)
        rows = ((sums[:, 2 * reach + 1 :] - sums[:, : -2 * reach - 1]) / (2 * reach + 1)).astype(np.float32)
    return rows
