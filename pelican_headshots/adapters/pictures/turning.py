"""A picture turned by some degrees: in linear light, from finer pixels than it ends with, so that it stays sharp.

Eight of the demo's headshots, turned by 5 degrees at widths of 240, 480 and 960 pixels, against a turn at the original's
own size: structural similarity 0.997 to 0.998, detail (mean of the absolute Laplacian) 0.97 to 1.00. Turned at their final
size and as numbers, which they were before, they reached 0.97 to 0.99 and 0.85 to 0.96. Six widths take 0.5 s instead of
0.35 s of processor time, JPEG encoding included.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ...core.geometry import Size
from . import light, scaling

FINER = 1.5
"""Pixels along each side from which one is made, at least, where the original has them; at most twice as many."""
_RIM = 3
"""Pixels that cubic interpolation looks at beyond an edge, and one more."""
_MOST = 8e6
"""Pixels that a picture has at most when it is turned: while that is done, each takes some fifteen bytes."""

Plane = NDArray[np.float32]


def bounded(size: Size) -> Size:
    """*size*, or less of the same shape where that is too many pixels to turn."""
    scale = min(1.0, math.sqrt(_MOST / (size.width * size.height)))
    return Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))


def turned(
    image: Image.Image, degrees: float, middle: tuple[float, float], frame: tuple[float, float], goal: Size
) -> Image.Image:
    """What a frame about *middle* of *image* (RGB) holds once that is turned clockwise by *degrees*, at *goal* pixels.

    *middle* and *frame* (its width and height) are in pixels of *image*. Past its edge the outermost pixels go on.
    """
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    # Where the middle of each pixel comes from: turning the picture clockwise is turning the frame back.
    x, y = (frame[0] - 1) / 2, (frame[1] - 1) / 2
    way = np.array([[cos, sin, middle[0] - 0.5 - cos * x - sin * y], [-sin, cos, middle[1] - 0.5 + sin * x - cos * y]])
    size = (math.ceil(frame[0]), math.ceil(frame[1]))
    bands = []
    # One colour after another: as floating point all of them would be twelve times the picture.
    for band in image.split():
        fine = _warped(light.measured(np.asarray(band)), way, size)
        made = Image.fromarray(fine).resize((goal.width, goal.height), Image.Resampling.LANCZOS, (0, 0, *frame))
        bands.append(Image.fromarray(light.shown(np.asarray(made))))
    return Image.merge("RGB", bands)


def _warped(plane: Plane, way: NDArray[np.float64], size: tuple[int, int]) -> Plane:
    """*plane* at the places that *way* leads to from each of *size* pixels, by cubic interpolation."""
    cv2 = scaling.opencv()
    if cv2 is None:
        around = np.pad(plane, _RIM, "edge")
        # Pillow counts from the corners of pixels, not from their middles.
        shift = way @ np.array([-0.5, -0.5, 1.0]) + 0.5 + _RIM
        affine = (way[0, 0], way[0, 1], shift[0], way[1, 0], way[1, 1], shift[1])
        return np.asarray(
            Image.fromarray(around).transform(size, Image.Transform.AFFINE, affine, Image.Resampling.BICUBIC)
        )
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(plane, way, size, flags=flags, borderMode=cv2.BORDER_REPLICATE))
