"""Scale images down by Lanczos, with OpenCV's SIMD code if the result looks the same.

Pillow's Lanczos processes one pixel after another. OpenCV, which MediaPipe installs, has no Lanczos filter for shrinking,
but it filters and interpolates eight or more pixels at once. A fitted filter followed by interpolation approximates
Lanczos, more closely the more a picture shrinks. Sums are rounded to whole levels twice, as in Pillow.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from . import versions

MIN_OPENCV_RATIO = 1.1
"""Shrink ratio (source pixels per target pixel) from which OpenCV is used. `docs/performance.md` has the effect on
quality."""
MAX_CUBIC_RATIO = 1.9
"""Shrink ratio below which interpolation is cubic: linear interpolation would blur more than a filter can correct."""

LANCZOS_LOBES = 3
"""Lobes of the Lanczos filter on each side, as in Pillow."""
_FIT_POINTS_PER_PIXEL = 16
"""Points per source pixel at which filter and interpolation are fitted to Lanczos."""
_TAP_DENOMINATOR = 1 << 14
"""Filter taps are rounded to multiples of one over this, so that they are the same on every machine."""
_STRIP_ROWS = 64
_WHOLE_PIXEL_TOLERANCE = 1e-4
"""An edge closer than this to a whole pixel counts as lying on it."""

PixelArray = NDArray[np.uint8]
FilterTaps = NDArray[np.float32]
ArrayOrImage = PixelArray | Image.Image
"""A uint8 array (height × width × 3 or height × width) for RGB and gray; the image itself for other modes."""


def to_array_or_image(image: Image.Image) -> ArrayOrImage:
    """Return the image in the form that can be scaled fastest."""
    if image.mode not in ("RGB", "L"):
        return image
    shape = (image.height, image.width, 3) if image.mode == "RGB" else (image.height, image.width)
    pixels: PixelArray = np.empty(shape, np.uint8)
    # Converted in one piece, Pillow would hold the picture in memory three times.
    for top in range(0, image.height, _STRIP_ROWS):
        bottom = min(top + _STRIP_ROWS, image.height)
        pixels[top:bottom] = np.asarray(image.crop((0, top, image.width, bottom)))
    return pixels


def to_image(pixels: ArrayOrImage) -> Image.Image:
    """Return pixels as an image."""
    return pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)


def get_pixel_size(pixels: ArrayOrImage) -> tuple[int, int]:
    """Return width and height in pixels."""
    return pixels.size if isinstance(pixels, Image.Image) else (pixels.shape[1], pixels.shape[0])


def crop_whole_pixels(
    pixels: ArrayOrImage, size: tuple[int, int], box: tuple[float, float, float, float] | None
) -> Image.Image | None:
    """Return a copy of *box* if it consists of exactly *size* whole pixels, else None. No box means the whole picture."""
    left, top, right, bottom = (round(edge) for edge in box or (0, 0, *get_pixel_size(pixels)))
    if (right - left, bottom - top) != size or (
        box and max(abs(edge - round(edge)) for edge in box) > _WHOLE_PIXEL_TOLERANCE
    ):
        return None
    if isinstance(pixels, Image.Image):
        return pixels.crop((left, top, right, bottom))
    return Image.fromarray(pixels[top:bottom, left:right])


def halve(pixels: ArrayOrImage) -> ArrayOrImage:
    """Return *pixels* at half their size, rounded up, by Lanczos."""
    width, height = get_pixel_size(pixels)
    size = (math.ceil(width / 2), math.ceil(height / 2))
    if isinstance(pixels, Image.Image):
        return pixels.resize(size, Image.Resampling.LANCZOS)
    return _shrink(pixels, size)


def resize(
    pixels: ArrayOrImage, size: tuple[int, int], box: tuple[float, float, float, float] | None = None
) -> Image.Image:
    """Scale *box* (left, top, right, bottom in pixels; None for the whole picture) to *size* (width, height)."""
    if box is None and not isinstance(pixels, Image.Image) and is_worth_opencv(pixels, size):
        return Image.fromarray(_shrink(pixels, size))
    return to_image(pixels).resize(size, Image.Resampling.LANCZOS, box)


def resize_without_ringing(
    pixels: ArrayOrImage, size: tuple[int, int], box: tuple[float, float, float, float] | None = None
) -> Image.Image:
    """Scale as `resize` does, with a filter without negative lobes.

    Next to a black line on white, or a white line on black, Lanczos overshoots white or black. The overshoot is clipped,
    which makes drawings of thin lines up to 8 of 255 too dark or too light.
    """
    return to_image(pixels).resize(size, Image.Resampling.HAMMING, box)


def is_worth_opencv(pixels: PixelArray, size: tuple[int, int]) -> bool:
    """Return whether the whole picture shrinks enough to be scaled by OpenCV."""
    return compute_shrink_ratio(pixels, size) >= MIN_OPENCV_RATIO


def compute_shrink_ratio(pixels: PixelArray, size: tuple[int, int]) -> float:
    """Return source pixels per target pixel, along the side that shrinks less."""
    return float(min(pixels.shape[1] / size[0], pixels.shape[0] / size[1]))


def _shrink(pixels: PixelArray, size: tuple[int, int]) -> PixelArray:
    cv2 = load_opencv()
    if cv2 is None:
        return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))
    horizontal_taps, vertical_taps, is_cubic = fit_filters(get_pixel_size(pixels), size)
    filtered = cv2.sepFilter2D(pixels, -1, horizontal_taps, vertical_taps, borderType=cv2.BORDER_REPLICATE)
    # INTER_LINEAR truncates fractions of a level.
    interpolation = cv2.INTER_CUBIC if is_cubic else cv2.INTER_LINEAR_EXACT
    return np.asarray(cv2.resize(filtered, size, interpolation=interpolation), np.uint8)


def fit_filters(source_size: tuple[int, int], size: tuple[int, int]) -> tuple[FilterTaps, FilterTaps, bool]:
    """Return the filters that shrink *source_size* to *size*.

    Returns:
        The horizontal taps, the vertical taps, and whether the interpolation after them is cubic.
    """
    x_ratio, y_ratio = source_size[0] / size[0], source_size[1] / size[1]
    is_cubic = min(x_ratio, y_ratio) < MAX_CUBIC_RATIO
    return fit_taps(x_ratio, is_cubic), fit_taps(y_ratio, is_cubic), is_cubic


@lru_cache(maxsize=64)
def fit_taps(shrink_ratio: float, is_cubic: bool = False) -> FilterTaps:
    """Return the filter that, followed by linear or cubic interpolation, approximates Lanczos at a shrink ratio.

    The taps are fitted by least squares.
    """
    radius = math.ceil(LANCZOS_LOBES * shrink_ratio)
    # Halving only samples midpoints between pixels.
    points_per_pixel, shift = (1, 0.5) if shrink_ratio == 2 else (_FIT_POINTS_PER_PIXEL, 0.0)
    x = np.arange(-(radius + 2) * points_per_pixel, (radius + 2) * points_per_pixel + 1) / points_per_pixel + shift
    lanczos = _evaluate_lanczos(x / shrink_ratio) / shrink_ratio
    positions = np.arange(radius + 1)
    interpolate = _evaluate_cubic if is_cubic else _evaluate_linear
    # The response of a tap and its mirror image after interpolation.
    contributions = interpolate(x[:, None] - positions) + interpolate(x[:, None] + positions) * (positions > 0)
    half_taps = np.linalg.solve(contributions.T @ contributions, contributions.T @ lanczos)
    return _normalize_taps(np.concatenate([half_taps[:0:-1], half_taps]))


def _normalize_taps(taps: NDArray[np.float64]) -> FilterTaps:
    """Return the rounded taps with a sum of exactly one."""
    units = np.round(taps / taps.sum() * _TAP_DENOMINATOR)
    units[len(units) // 2] += _TAP_DENOMINATOR - units.sum()
    return np.asarray(units / _TAP_DENOMINATOR, np.float32)


def _evaluate_lanczos(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.abs(x) < LANCZOS_LOBES, np.sinc(x) * np.sinc(x / LANCZOS_LOBES), 0.0)


def _evaluate_linear(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.maximum(1 - np.abs(x), 0))


def _evaluate_cubic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Evaluate OpenCV's cubic kernel: Keys 1981 with a = -0.75."""
    x = np.abs(x)
    return np.where(x < 1, (1.25 * x - 2.25) * x * x + 1, np.where(x < 2, ((3.75 - 0.75 * x) * x - 6) * x + 3, 0))


@lru_cache(maxsize=1)
def load_opencv() -> Any:
    """Return the `cv2` module, or None if it, or a library it needs, is not installed.

    Without OpenCV, renditions look the same, but their bytes and names differ (`versions.get_loaded_versions`). An
    OpenCV whose version cannot be determined is not used. It runs on one thread, because there is a worker process for
    each processor.
    """
    if not versions.find_opencv_version():
        return None
    try:
        import cv2
    except ImportError:
        return None
    cv2.setNumThreads(1)
    return cv2
