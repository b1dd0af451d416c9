"""Scaling in linear light: bright points on dark ground keep their brightness, as they do to an eye that steps back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from . import scaling

DARKENS = 2.0
"""From how many source pixels for each pixel made a picture is scaled in linear light. Below, it keeps its brightness
either way: the means of five sparkling photographs made 1.25 to 1.99 times smaller differ by at most 0.12 of 255."""

_STEP = 5
"""Steps of 255 by which a pixel must differ to count."""
_ROWS = 64
_WHITE = 16_383
"""What white is in sixteen signed bits."""


def srgb(light: NDArray[Any]) -> NDArray[Any]:
    """The values of sRGB, 0..1, for *light*, 0..1."""
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


_STEPS = np.arange(256) / 255
_LINEAR: NDArray[np.float32] = np.where(_STEPS <= 0.04045, _STEPS / 12.92, ((_STEPS + 0.055) / 1.055) ** 2.4).astype(
    np.float32
)
"""Light of each of the 256 steps of sRGB."""
_CURVED: NDArray[np.uint8] = np.asarray(srgb(np.arange(4096) / 4095) * 255 + 0.5, np.uint8)
"""The step of sRGB for each of 4096 steps of light."""
_CURVED_WHOLE: NDArray[np.uint8] = np.pad(_CURVED, (0, (1 << 16) - 4096), mode="edge")
"""The same for sixteen bits; light is never more than 4095."""
_LINEAR_STEPS: NDArray[np.int16] = np.round(_LINEAR * _WHITE).astype(np.int16)
"""Light of each of the 256 steps of sRGB, in steps of `_WHITE`."""
_SIGNED = np.arange(1 << 16).astype(np.uint16).view(np.int16)
_CURVED_STEPS: NDArray[np.uint8] = np.asarray(srgb(np.clip(_SIGNED / _WHITE, 0.0, 1.0)) * 255 + 0.5, np.uint8)
"""The step of sRGB for each sixteen bits of signed light."""


def sparkle(pixels: NDArray[np.uint8]) -> float:
    """The share of a picture (uint8, height × width × 3, sRGB) that scaling to a half shows too dark by over 5 of 255."""
    height, width = (side // 2 * 2 for side in pixels.shape[:2])
    if not height or not width:
        return 0.0
    quarters = [np.ascontiguousarray(pixels[y:height:2, x:width:2]) for y in (0, 1) for x in (0, 1)]
    seen = quarters[0].astype(np.int16)
    light = _looked_up(_LINEAR, quarters[0])
    for quarter in quarters[1:]:
        seen += quarter
        light += _looked_up(_LINEAR, quarter)
    seen //= 4
    light *= 4095 / 4
    darker = _looked_up(_CURVED_WHOLE, light.astype(np.uint16)).astype(np.int16) - seen > _STEP
    return float((darker[..., 0] | darker[..., 1] | darker[..., 2]).mean())


def _looked_up(table: NDArray[Any], steps: NDArray[Any]) -> NDArray[Any]:
    """The *table*'s values for whole *steps*; it has one for each that their type allows."""
    cv2 = scaling.opencv()
    return table.take(steps) if cv2 is None else np.asarray(cv2.LUT(steps, table))


def resized(
    pixels: scaling.Plane, size: tuple[int, int], box: tuple[float, float, float, float] | None = None
) -> Image.Image:
    """*box* of *pixels* (taken for sRGB whatever their profile; all of them without it) at *size*, by Lanczos in light."""
    if box is None and scaling.fast(pixels, size):
        return Image.fromarray(_shrunk(pixels, size))
    return _by_pillow(Image.fromarray(pixels), size, box)


def halved(pixels: scaling.Plane) -> scaling.Plane:
    """*pixels* at half their size, rounded up, by Lanczos in linear light."""
    return _shrunk(pixels, (math.ceil(pixels.shape[1] / 2), math.ceil(pixels.shape[0] / 2)))


def _shrunk(pixels: scaling.Plane, size: tuple[int, int]) -> scaling.Plane:
    """As `scaling` does it, in sixteen bits, with room for what filters make darker than black and lighter than white."""
    cv2 = scaling.opencv()
    if cv2 is None:
        return np.asarray(_by_pillow(Image.fromarray(pixels), size))
    height, width = pixels.shape[:2]
    across, down, cubic = scaling.fitted((width, height), size)
    between = cv2.INTER_CUBIC if cubic else cv2.INTER_LINEAR
    reach = len(down) // 2
    narrow = np.empty((height, size[0], *pixels.shape[2:]), np.int16)
    # In strips that fit into the processor's cache; of a whole picture the light would take twice its memory, twice.
    for first in range(0, height, _ROWS):
        last = min(first + _ROWS, height)
        before, after = max(0, first - reach), min(height, last + reach)
        light = cv2.LUT(pixels[before:after], _LINEAR_STEPS)
        light = cv2.sepFilter2D(light, -1, across, down, borderType=cv2.BORDER_REPLICATE)[
            first - before : last - before
        ]
        narrow[first:last] = cv2.resize(light, (size[0], last - first), interpolation=between)
    small = cv2.resize(narrow, size, interpolation=between)
    return np.asarray(cv2.LUT(small.view(np.uint16), _CURVED_STEPS), np.uint8)


def _by_pillow(
    image: Image.Image, size: tuple[int, int], box: tuple[float, float, float, float] | None = None
) -> Image.Image:
    left, top, right, bottom = box or (0.0, 0.0, float(image.width), float(image.height))
    width, height = size
    scale = (bottom - top) / height
    reach = scaling.LOBES * max(scale, 1.0) + 1
    before, after = max(0, int(left - reach)), min(image.width, int(right + reach) + 1)
    made = np.empty((height, width, len(image.getbands())), np.uint8)
    # In strips that fit into the processor's cache: as floating point a whole picture is four times as large.
    for first in range(0, height, _ROWS):
        last = min(first + _ROWS, height)
        begin = max(0, int(top + first * scale - reach))
        end = min(image.height, int(top + last * scale + reach) + 1)
        part = (left - before, top + first * scale - begin, right - before, min(top + last * scale, bottom) - begin)
        for number, band in enumerate(image.crop((before, begin, after, end)).split()):
            light = band.point(_LINEAR.tolist(), "F").resize((width, last - first), Image.Resampling.LANCZOS, part)
            made[first:last, :, number] = shown(np.asarray(light))
    return Image.fromarray(made if made.shape[2] > 1 else made[..., 0])


def measured(steps: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The light, 0..1, of steps of sRGB."""
    return _LINEAR.take(steps)


def shown(light: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The steps of sRGB for *light*."""
    return _CURVED.take((light * 4095 + 0.5).astype(np.int32), mode="clip")
