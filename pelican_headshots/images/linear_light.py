"""Scale images in linear light, so that small bright points on a dark background keep their brightness."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from . import resize

MIN_LINEAR_LIGHT_RATIO = 2.0
"""Shrink ratio (source pixels per target pixel) from which linear light is used. Below it, brightness hardly changes
either way: the means of five photos with many highlights, shrunk 1.25 to 1.99 times, differ by at most 0.12 of 255."""

_MAX_INVISIBLE_DIFFERENCE = 5
"""Difference in levels of 255 above which a pixel counts as darker."""
_STRIP_ROWS = 64
_INT16_WHITE = 16_383
"""Linear white as a signed 16-bit value."""


def apply_srgb_curve(linear: NDArray[Any]) -> NDArray[Any]:
    """Return sRGB values (0 to 1) for linear light (0 to 1)."""
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


_SRGB_VALUES = np.arange(256) / 255
_SRGB_TO_LINEAR: NDArray[np.float32] = np.where(
    _SRGB_VALUES <= 0.04045, _SRGB_VALUES / 12.92, ((_SRGB_VALUES + 0.055) / 1.055) ** 2.4
).astype(np.float32)
"""Linear light (0 to 1) for each of the 256 levels of sRGB."""
_LINEAR_TO_SRGB: NDArray[np.uint8] = np.asarray(apply_srgb_curve(np.arange(4096) / 4095) * 255 + 0.5, np.uint8)
"""The sRGB level for each of 4096 levels of linear light."""
_LINEAR_TO_SRGB_UINT16: NDArray[np.uint8] = np.pad(_LINEAR_TO_SRGB, (0, (1 << 16) - 4096), mode="edge")
"""The same table padded to 16-bit indices; values above 4095 do not occur."""
_SRGB_TO_INT16: NDArray[np.int16] = np.round(_SRGB_TO_LINEAR * _INT16_WHITE).astype(np.int16)
"""Linear light for each of the 256 levels of sRGB, 0 to `_INT16_WHITE`."""
_INT16_VALUES = np.arange(1 << 16).astype(np.uint16).view(np.int16)
_INT16_TO_SRGB: NDArray[np.uint8] = np.asarray(
    apply_srgb_curve(np.clip(_INT16_VALUES / _INT16_WHITE, 0.0, 1.0)) * 255 + 0.5, np.uint8
)
"""The sRGB level for each signed 16-bit value of linear light."""


def measure_highlight_loss(pixels: NDArray[np.uint8]) -> float:
    """Return the share of pixels, 0 to 1, that become too dark if the picture is halved without linear light.

    Args:
        pixels: uint8, height × width × 3, sRGB. A pixel counts if a channel is more than 5 of 255 too dark.
    """
    height, width = (side // 2 * 2 for side in pixels.shape[:2])
    if not height or not width:
        return 0.0
    quarters = [np.ascontiguousarray(pixels[y:height:2, x:width:2]) for y in (0, 1) for x in (0, 1)]
    plain_mean = quarters[0].astype(np.int16)
    linear_mean = _look_up(_SRGB_TO_LINEAR, quarters[0])
    for quarter in quarters[1:]:
        plain_mean += quarter
        linear_mean += _look_up(_SRGB_TO_LINEAR, quarter)
    plain_mean //= 4
    linear_mean *= 4095 / 4
    darker = (
        _look_up(_LINEAR_TO_SRGB_UINT16, linear_mean.astype(np.uint16)).astype(np.int16) - plain_mean
        > _MAX_INVISIBLE_DIFFERENCE
    )
    return float((darker[..., 0] | darker[..., 1] | darker[..., 2]).mean())


def _look_up(table: NDArray[Any], values: NDArray[Any]) -> NDArray[Any]:
    """Return the table entry for each value. The table covers every value of the integer type."""
    cv2 = resize.load_opencv()
    return table.take(values) if cv2 is None else np.asarray(cv2.LUT(values, table))


def resize_in_linear_light(
    pixels: resize.PixelArray, size: tuple[int, int], box: tuple[float, float, float, float] | None = None
) -> Image.Image:
    """Scale *box* of *pixels* to *size* (width, height), by Lanczos in linear light.

    Args:
        pixels: uint8 pixels, treated as sRGB whatever their profile is.
        size: Width and height of the result in pixels.
        box: Left, top, right and bottom in pixels; None for the whole picture.
    """
    if box is None and resize.is_worth_opencv(pixels, size):
        return Image.fromarray(_shrink(pixels, size))
    return _resize_with_pillow(Image.fromarray(pixels), size, box)


def halve_in_linear_light(pixels: resize.PixelArray) -> resize.PixelArray:
    """Return *pixels* at half their size, rounded up, by Lanczos in linear light."""
    return _shrink(pixels, (math.ceil(pixels.shape[1] / 2), math.ceil(pixels.shape[0] / 2)))


def _shrink(pixels: resize.PixelArray, size: tuple[int, int]) -> resize.PixelArray:
    """Shrink as `resize` does, in signed 16 bits, which leaves room for overshoot below black and above white."""
    cv2 = resize.load_opencv()
    if cv2 is None:
        return np.asarray(_resize_with_pillow(Image.fromarray(pixels), size))
    height, width = pixels.shape[:2]
    horizontal_taps, vertical_taps, is_cubic = resize.fit_filters((width, height), size)
    interpolation = cv2.INTER_CUBIC if is_cubic else cv2.INTER_LINEAR
    filter_radius = len(vertical_taps) // 2
    narrow = np.empty((height, size[0], *pixels.shape[2:]), np.int16)
    # Strips fit into the processor's cache. The linear light of a whole picture would need two buffers, each twice
    # the size of the picture.
    for first in range(0, height, _STRIP_ROWS):
        last = min(first + _STRIP_ROWS, height)
        before, after = max(0, first - filter_radius), min(height, last + filter_radius)
        linear = cv2.LUT(pixels[before:after], _SRGB_TO_INT16)
        linear = cv2.sepFilter2D(linear, -1, horizontal_taps, vertical_taps, borderType=cv2.BORDER_REPLICATE)[
            first - before : last - before
        ]
        narrow[first:last] = cv2.resize(linear, (size[0], last - first), interpolation=interpolation)
    small = cv2.resize(narrow, size, interpolation=interpolation)
    return np.asarray(cv2.LUT(small.view(np.uint16), _INT16_TO_SRGB), np.uint8)


def _resize_with_pillow(
    image: Image.Image, size: tuple[int, int], box: tuple[float, float, float, float] | None = None
) -> Image.Image:
    left, top, right, bottom = box or (0.0, 0.0, float(image.width), float(image.height))
    width, height = size
    scale = (bottom - top) / height
    filter_radius = resize.LANCZOS_LOBES * max(scale, 1.0) + 1
    crop_left, crop_right = max(0, int(left - filter_radius)), min(image.width, int(right + filter_radius) + 1)
    resized = np.empty((height, width, len(image.getbands())), np.uint8)
    # Strips fit into the processor's cache: as floating point, a whole picture is four times as large.
    for first in range(0, height, _STRIP_ROWS):
        last = min(first + _STRIP_ROWS, height)
        crop_top = max(0, int(top + first * scale - filter_radius))
        crop_bottom = min(image.height, int(top + last * scale + filter_radius) + 1)
        source_box = (
            left - crop_left,
            top + first * scale - crop_top,
            right - crop_left,
            min(top + last * scale, bottom) - crop_top,
        )
        for number, band in enumerate(image.crop((crop_left, crop_top, crop_right, crop_bottom)).split()):
            linear_band = band.point(_SRGB_TO_LINEAR.tolist(), "F").resize(
                (width, last - first), Image.Resampling.LANCZOS, source_box
            )
            resized[first:last, :, number] = linear_to_srgb(np.asarray(linear_band))
    return Image.fromarray(resized if resized.shape[2] > 1 else resized[..., 0])


def srgb_to_linear(values: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return linear light (0 to 1) for sRGB levels (0 to 255)."""
    return _SRGB_TO_LINEAR.take(values)


def linear_to_srgb(linear: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return sRGB levels (0 to 255) for linear light (0 to 1)."""
    return _LINEAR_TO_SRGB.take((linear * 4095 + 0.5).astype(np.int32), mode="clip")
