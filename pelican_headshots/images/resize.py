"""Making pictures smaller: by Lanczos, and with the processor's wide instructions where that looks the same.

Pillow's Lanczos looks at one pixel after another. OpenCV, which MediaPipe brings along, has no Lanczos for shrinking, but
a filter and an interpolation that take eight or more pixels at once. A filter can be found that makes the two together what
Lanczos is, the better the more a picture shrinks. Its sums are rounded to whole steps twice, as Pillow's are.
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
"""Source pixels for each pixel made from which OpenCV does it; what that costs in looks is in `docs/performance.md`."""
MAX_CUBIC_RATIO = 1.9
"""Where there are fewer, its interpolation is cubic: a linear one would blur more than a filter can undo."""

LANCZOS_LOBES = 3
"""Of Lanczos, to each side, as Pillow has it."""
_FIT_POINTS_PER_PIXEL = 16
"""Points for each source pixel at which filter and interpolation are fitted to Lanczos."""
_TAP_DENOMINATOR = 1 << 14
"""Filters are rounded to this part of one, so that they are the same wherever they are computed."""
_STRIP_ROWS = 64
_WHOLE_PIXEL_TOLERANCE = 1e-4
"""Nearer than this to a whole pixel, nobody is between two."""

PixelArray = NDArray[np.uint8]
FilterTaps = NDArray[np.float32]
ArrayOrImage = PixelArray | Image.Image
"""uint8, height x width x 3 or height x width, of a picture in RGB or grey; of other modes the image itself."""


def to_array_or_image(image: Image.Image) -> ArrayOrImage:
    """*image* as it is scaled fastest."""
    if image.mode not in ("RGB", "L"):
        return image
    shape = (image.height, image.width, 3) if image.mode == "RGB" else (image.height, image.width)
    pixels: PixelArray = np.empty(shape, np.uint8)
    # At once, Pillow would hold the picture three times.
    for top in range(0, image.height, _STRIP_ROWS):
        bottom = min(top + _STRIP_ROWS, image.height)
        pixels[top:bottom] = np.asarray(image.crop((0, top, image.width, bottom)))
    return pixels


def to_image(pixels: ArrayOrImage) -> Image.Image:
    """*pixels* as an image."""
    return pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)


def get_pixel_size(pixels: ArrayOrImage) -> tuple[int, int]:
    """Width and height."""
    return pixels.size if isinstance(pixels, Image.Image) else (pixels.shape[1], pixels.shape[0])


def crop_whole_pixels(
    pixels: ArrayOrImage, size: tuple[int, int], box: tuple[float, float, float, float] | None
) -> Image.Image | None:
    """*box* of *pixels* (all of them without it), a copy; None where that is not as large as *size* in whole pixels."""
    left, top, right, bottom = (round(edge) for edge in box or (0, 0, *get_pixel_size(pixels)))
    if (right - left, bottom - top) != size or (
        box and max(abs(edge - round(edge)) for edge in box) > _WHOLE_PIXEL_TOLERANCE
    ):
        return None
    if isinstance(pixels, Image.Image):
        return pixels.crop((left, top, right, bottom))
    return Image.fromarray(pixels[top:bottom, left:right])


def halve(pixels: ArrayOrImage) -> ArrayOrImage:
    """*pixels* at half their size, rounded up, by Lanczos."""
    width, height = get_pixel_size(pixels)
    size = (math.ceil(width / 2), math.ceil(height / 2))
    if isinstance(pixels, Image.Image):
        return pixels.resize(size, Image.Resampling.LANCZOS)
    return _shrink(pixels, size)


def resize(
    pixels: ArrayOrImage, size: tuple[int, int], box: tuple[float, float, float, float] | None = None
) -> Image.Image:
    """*box* of *pixels* (all of them without it) at *size*."""
    if box is None and not isinstance(pixels, Image.Image) and is_worth_opencv(pixels, size):
        return Image.fromarray(_shrink(pixels, size))
    return to_image(pixels).resize(size, Image.Resampling.LANCZOS, box)


def resize_without_ringing(
    pixels: ArrayOrImage, size: tuple[int, int], box: tuple[float, float, float, float] | None = None
) -> Image.Image:
    """As `resized`, by a filter without negative lobes.

    Beside a line of black on white, or of white on black, Lanczos asks for what is lighter than white or darker than black.
    That is cut off, and a drawing of thin lines ends up to 8 of 255 too dark or too light.
    """
    return to_image(pixels).resize(size, Image.Resampling.HAMMING, box)


def is_worth_opencv(pixels: PixelArray, size: tuple[int, int]) -> bool:
    """Whether all of *pixels* shrinks enough to be scaled by OpenCV."""
    return compute_shrink_ratio(pixels, size) >= MIN_OPENCV_RATIO


def compute_shrink_ratio(pixels: PixelArray, size: tuple[int, int]) -> float:
    """Source pixels for each pixel made, along the side that shrinks less."""
    return float(min(pixels.shape[1] / size[0], pixels.shape[0] / size[1]))


def _shrink(pixels: PixelArray, size: tuple[int, int]) -> PixelArray:
    cv2 = load_opencv()
    if cv2 is None:
        return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))
    horizontal_taps, vertical_taps, is_cubic = fit_filters(get_pixel_size(pixels), size)
    filtered = cv2.sepFilter2D(pixels, -1, horizontal_taps, vertical_taps, borderType=cv2.BORDER_REPLICATE)
    # The other linear one cuts off fractions of a step.
    interpolation = cv2.INTER_CUBIC if is_cubic else cv2.INTER_LINEAR_EXACT
    return np.asarray(cv2.resize(filtered, size, interpolation=interpolation), np.uint8)


def fit_filters(source_size: tuple[int, int], size: tuple[int, int]) -> tuple[FilterTaps, FilterTaps, bool]:
    """What makes a picture as large as *size* of one as large as *source*: filters across and down, and whether the
    interpolation after them is cubic."""
    x_ratio, y_ratio = source_size[0] / size[0], source_size[1] / size[1]
    is_cubic = min(x_ratio, y_ratio) < MAX_CUBIC_RATIO
    return fit_taps(x_ratio, is_cubic), fit_taps(y_ratio, is_cubic), is_cubic


@lru_cache(maxsize=64)
def fit_taps(shrink_ratio: float, is_cubic: bool = False) -> FilterTaps:
    """The filter that linear or *cubic* interpolation must follow on to be Lanczos for a picture *shrunk* so many times.

    Found by least squares.
    """
    radius = math.ceil(LANCZOS_LOBES * shrink_ratio)
    # A picture of half the size asks for the middles between pixels only.
    points_per_pixel, shift = (1, 0.5) if shrink_ratio == 2 else (_FIT_POINTS_PER_PIXEL, 0.0)
    x = np.arange(-(radius + 2) * points_per_pixel, (radius + 2) * points_per_pixel + 1) / points_per_pixel + shift
    lanczos = _evaluate_lanczos(x / shrink_ratio) / shrink_ratio
    positions = np.arange(radius + 1)
    interpolate = _evaluate_cubic if is_cubic else _evaluate_linear
    # What one tap and its twin on the other side become by interpolation.
    contributions = interpolate(x[:, None] - positions) + interpolate(x[:, None] + positions) * (positions > 0)
    half_taps = np.linalg.solve(contributions.T @ contributions, contributions.T @ lanczos)
    return _normalize_taps(np.concatenate([half_taps[:0:-1], half_taps]))


def _normalize_taps(taps: NDArray[np.float64]) -> FilterTaps:
    """*taps*, their sum one."""
    units = np.round(taps / taps.sum() * _TAP_DENOMINATOR)
    units[len(units) // 2] += _TAP_DENOMINATOR - units.sum()
    return np.asarray(units / _TAP_DENOMINATOR, np.float32)


def _evaluate_lanczos(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.abs(x) < LANCZOS_LOBES, np.sinc(x) * np.sinc(x / LANCZOS_LOBES), 0.0)


def _evaluate_linear(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.maximum(1 - np.abs(x), 0))


def _evaluate_cubic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """As OpenCV has it: Keys 1981, with a = -0.75."""
    x = np.abs(x)
    return np.where(x < 1, (1.25 * x - 2.25) * x * x + 1, np.where(x < 2, ((3.75 - 0.75 * x) * x - 6) * x + 3, 0))


@lru_cache(maxsize=1)
def load_opencv() -> Any:
    """OpenCV, on one thread: there is a child process for each processor. None where it, or a library it needs, is not
    installed: what is made then looks the same, is some bytes longer or shorter, and has another name (`tools.in_use`).
    One whose version nobody can tell is not used."""
    if not versions.find_opencv_version():
        return None
    try:
        import cv2
    except ImportError:
        return None
    cv2.setNumThreads(1)
    return cv2
