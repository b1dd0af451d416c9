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

from . import tools

FAST = 1.1
"""Source pixels for each pixel made from which OpenCV does it; what that costs in looks is in `docs/performance.md`."""
CUBIC = 1.9
"""Where there are fewer, its interpolation is cubic: a linear one would blur more than a filter can undo."""

LOBES = 3
"""Of Lanczos, to each side, as Pillow has it."""
_FINE = 16
"""Points for each source pixel at which filter and interpolation are fitted to Lanczos."""
_UNIT = 1 << 14
"""Filters are rounded to this part of one, so that they are the same wherever they are computed."""
_ROWS = 64
_WHOLE = 1e-4
"""Nearer than this to a whole pixel, nobody is between two."""

Plane = NDArray[np.uint8]
Taps = NDArray[np.float32]
Pixels = Plane | Image.Image
"""uint8, height x width x 3 or height x width, of a picture in RGB or grey; of other modes the image itself."""


def taken(image: Image.Image) -> Pixels:
    """*image* as it is scaled fastest."""
    if image.mode not in ("RGB", "L"):
        return image
    shape = (image.height, image.width, 3) if image.mode == "RGB" else (image.height, image.width)
    pixels: Plane = np.empty(shape, np.uint8)
    # At once, Pillow would hold the picture three times.
    for top in range(0, image.height, _ROWS):
        bottom = min(top + _ROWS, image.height)
        pixels[top:bottom] = np.asarray(image.crop((0, top, image.width, bottom)))
    return pixels


def shown(pixels: Pixels) -> Image.Image:
    """*pixels* as an image."""
    return pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)


def size_of(pixels: Pixels) -> tuple[int, int]:
    """Width and height."""
    return pixels.size if isinstance(pixels, Image.Image) else (pixels.shape[1], pixels.shape[0])


def cut(pixels: Pixels, size: tuple[int, int], box: tuple[float, float, float, float] | None) -> Image.Image | None:
    """*box* of *pixels* (all of them without it), a copy; None where that is not as large as *size* in whole pixels."""
    left, top, right, bottom = (round(edge) for edge in box or (0, 0, *size_of(pixels)))
    if (right - left, bottom - top) != size or (box and max(abs(edge - round(edge)) for edge in box) > _WHOLE):
        return None
    if isinstance(pixels, Image.Image):
        return pixels.crop((left, top, right, bottom))
    return Image.fromarray(pixels[top:bottom, left:right])


def halved(pixels: Pixels) -> Pixels:
    """*pixels* at half their size, rounded up, by Lanczos."""
    width, height = size_of(pixels)
    size = (math.ceil(width / 2), math.ceil(height / 2))
    if isinstance(pixels, Image.Image):
        return pixels.resize(size, Image.Resampling.LANCZOS)
    return _shrunk(pixels, size)


def resized(pixels: Pixels, size: tuple[int, int], box: tuple[float, float, float, float] | None = None) -> Image.Image:
    """*box* of *pixels* (all of them without it) at *size*."""
    if box is None and not isinstance(pixels, Image.Image) and fast(pixels, size):
        return Image.fromarray(_shrunk(pixels, size))
    return shown(pixels).resize(size, Image.Resampling.LANCZOS, box)


def averaged(
    pixels: Pixels, size: tuple[int, int], box: tuple[float, float, float, float] | None = None
) -> Image.Image:
    """As `resized`, by a filter without negative lobes.

    Beside a line of black on white, or of white on black, Lanczos asks for what is lighter than white or darker than black.
    That is cut off, and a drawing of thin lines ends up to 8 of 255 too dark or too light.
    """
    return shown(pixels).resize(size, Image.Resampling.HAMMING, box)


def fast(pixels: Plane, size: tuple[int, int]) -> bool:
    """Whether all of *pixels* shrinks enough to be scaled by OpenCV."""
    return ratio(pixels, size) >= FAST


def ratio(pixels: Plane, size: tuple[int, int]) -> float:
    """Source pixels for each pixel made, along the side that shrinks less."""
    return float(min(pixels.shape[1] / size[0], pixels.shape[0] / size[1]))


def _shrunk(pixels: Plane, size: tuple[int, int]) -> Plane:
    cv2 = opencv()
    if cv2 is None:
        return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))
    across, down, cubic = fitted(size_of(pixels), size)
    filtered = cv2.sepFilter2D(pixels, -1, across, down, borderType=cv2.BORDER_REPLICATE)
    # The other linear one cuts off fractions of a step.
    between = cv2.INTER_CUBIC if cubic else cv2.INTER_LINEAR_EXACT
    return np.asarray(cv2.resize(filtered, size, interpolation=between), np.uint8)


def fitted(source: tuple[int, int], size: tuple[int, int]) -> tuple[Taps, Taps, bool]:
    """What makes a picture as large as *size* of one as large as *source*: filters across and down, and whether the
    interpolation after them is cubic."""
    across, down = source[0] / size[0], source[1] / size[1]
    cubic = min(across, down) < CUBIC
    return taps(across, cubic), taps(down, cubic), cubic


@lru_cache(maxsize=64)
def taps(shrunk: float, cubic: bool = False) -> Taps:
    """The filter that linear or *cubic* interpolation must follow on to be Lanczos for a picture *shrunk* so many times.

    Found by least squares.
    """
    reach = math.ceil(LOBES * shrunk)
    # A picture of half the size asks for the middles between pixels only.
    fine, shift = (1, 0.5) if shrunk == 2 else (_FINE, 0.0)
    x = np.arange(-(reach + 2) * fine, (reach + 2) * fine + 1) / fine + shift
    wanted = _lanczos(x / shrunk) / shrunk
    steps = np.arange(reach + 1)
    between = _cubic if cubic else _linear
    # What one tap and its twin on the other side become by interpolation.
    each = between(x[:, None] - steps) + between(x[:, None] + steps) * (steps > 0)
    half = np.linalg.solve(each.T @ each, each.T @ wanted)
    return _rounded(np.concatenate([half[:0:-1], half]))


def _rounded(taps: NDArray[np.float64]) -> Taps:
    """*taps*, their sum one."""
    steps = np.round(taps / taps.sum() * _UNIT)
    steps[len(steps) // 2] += _UNIT - steps.sum()
    return np.asarray(steps / _UNIT, np.float32)


def _lanczos(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.abs(x) < LOBES, np.sinc(x) * np.sinc(x / LOBES), 0.0)


def _linear(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.maximum(1 - np.abs(x), 0))


def _cubic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """As OpenCV has it: Keys 1981, with a = -0.75."""
    x = np.abs(x)
    return np.where(x < 1, (1.25 * x - 2.25) * x * x + 1, np.where(x < 2, ((3.75 - 0.75 * x) * x - 6) * x + 3, 0))


@lru_cache(maxsize=1)
def opencv() -> Any:
    """OpenCV, on one thread: there is a child process for each processor. None where it, or a library it needs, is not
    installed: what is made then looks the same, is some bytes longer or shorter, and has another name (`tools.in_use`).
    One whose version nobody can tell is not used."""
    if not tools.opencv():
        return None
    try:
        import cv2
    except ImportError:
        return None
    cv2.setNumThreads(1)
    return cv2
