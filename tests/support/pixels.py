"""Test pictures as arrays."""

from __future__ import annotations

import functools

import numpy as np

from pelican_headshots.images.resize import PixelArray

WIDTH, HEIGHT = 1500, 1000


@functools.cache
def draw_test_picture(finest: float, grain: float = 0.0) -> PixelArray:
    """Draw rings that get finer outwards, down to *finest* pixels, on a gradient, with noise of *grain*."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    radius = np.hypot(x - WIDTH / 2, y - HEIGHT / 2)
    rings = 60 * np.cos(np.pi * radius**2 / (finest * np.hypot(WIDTH, HEIGHT)))
    noise = np.random.default_rng(7).normal(0, grain, (HEIGHT, WIDTH)) if grain else 0.0
    planes = [90 + 70 * x / WIDTH + weight * rings + noise for weight in (1.0, 0.7, 0.4)]
    pixels: PixelArray = np.clip(np.dstack(planes), 0, 255).astype(np.uint8)
    pixels.flags.writeable = False
    return pixels
