"""Scaling in linear light: bright points on dark ground keep their brightness, as they do to an eye that steps back."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_STEP = 5
"""Steps of 255 by which a pixel must differ to count."""


def sparkle(pixels: NDArray[np.uint8]) -> float:
    """The share of a picture (uint8, height × width × 3, sRGB) that scaling to a half shows too dark by over 5 of 255."""
    height, width = (side // 2 * 2 for side in pixels.shape[:2])
    if not height or not width:
        return 0.0
    quarters = [pixels[y:height:2, x:width:2] for y in (0, 1) for x in (0, 1)]
    seen = np.sum(quarters, axis=0, dtype=np.uint16) // 4
    light = np.mean([_linear()[quarter] for quarter in quarters], axis=0)
    right = _curved()[(light * 4095).astype(np.uint16)]
    return float((right.astype(np.int16) - seen.astype(np.int16) > _STEP).any(axis=2).mean())


def resized(
    image: Image.Image, size: tuple[int, int], box: tuple[float, float, float, float] | None = None
) -> Image.Image:
    """*image* (RGB or L, taken for sRGB whatever its profile) at *size*, by Lanczos in linear light."""
    values = np.asarray(image)
    bands = [values] if values.ndim == 2 else [values[..., band] for band in range(values.shape[2])]
    made = []
    for band in bands:
        light = Image.fromarray(_linear()[band]).resize(size, Image.Resampling.LANCZOS, box)
        made.append(_curved()[(np.clip(np.asarray(light), 0, 1) * 4095 + 0.5).astype(np.uint16)])
    return Image.fromarray(made[0] if values.ndim == 2 else np.dstack(made))


@lru_cache(maxsize=1)
def _linear() -> NDArray[np.float32]:
    """Light of each of the 256 steps of sRGB."""
    step = np.arange(256) / 255
    return np.where(step <= 0.04045, step / 12.92, ((step + 0.055) / 1.055) ** 2.4).astype(np.float32)


@lru_cache(maxsize=1)
def _curved() -> NDArray[np.uint8]:
    """The step of sRGB for each of 4096 steps of light."""
    light = np.arange(4096) / 4095
    value = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return (value * 255 + 0.5).astype(np.uint8)
