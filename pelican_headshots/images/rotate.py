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

from ..values.geometry import Size
from . import linear_light, resize

MIN_ROTATION_OVERSAMPLING = 1.5
"""Pixels along each side from which one is made, at least, where the original has them; at most twice as many."""
_CUBIC_BORDER_PX = 3
"""Pixels that cubic interpolation looks at beyond an edge, and one more."""
_MAX_ROTATED_PIXELS = 8e6
"""Pixels that a picture has at most when it is turned: while that is done, each takes some fifteen bytes."""

_FloatPlane = NDArray[np.float32]


def limit_rotated_size(size: Size) -> Size:
    """*size*, or less of the same shape where that is too many pixels to turn."""
    scale = min(1.0, math.sqrt(_MAX_ROTATED_PIXELS / (size.width * size.height)))
    return Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))


def rotate_and_crop(
    image: Image.Image, degrees: float, center: tuple[float, float], frame_size: tuple[float, float], target_size: Size
) -> Image.Image:
    """What a frame about *middle* of *image* (RGB) holds once that is turned clockwise by *degrees*, at *goal* pixels.

    *middle* and *frame* (its width and height) are in pixels of *image*. Past its edge the outermost pixels go on.
    """
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    # Where the middle of each pixel comes from: turning the picture clockwise is turning the frame back.
    x, y = (frame_size[0] - 1) / 2, (frame_size[1] - 1) / 2
    transform = np.array(
        [[cos, sin, center[0] - 0.5 - cos * x - sin * y], [-sin, cos, center[1] - 0.5 + sin * x - cos * y]]
    )
    size = (math.ceil(frame_size[0]), math.ceil(frame_size[1]))
    bands = []
    # One colour after another: as floating point all of them would be twelve times the picture.
    for band in image.split():
        rotated = _warp(linear_light.srgb_to_linear(np.asarray(band)), transform, size)
        resized = Image.fromarray(rotated).resize(
            (target_size.width, target_size.height), Image.Resampling.LANCZOS, (0, 0, *frame_size)
        )
        bands.append(Image.fromarray(linear_light.linear_to_srgb(np.asarray(resized))))
    return Image.merge("RGB", bands)


def _warp(plane: _FloatPlane, transform: NDArray[np.float64], size: tuple[int, int]) -> _FloatPlane:
    """*plane* at the places that *way* leads to from each of *size* pixels, by cubic interpolation."""
    cv2 = resize.load_opencv()
    if cv2 is None:
        padded = np.pad(plane, _CUBIC_BORDER_PX, "edge")
        # Pillow counts from the corners of pixels, not from their middles.
        shift = transform @ np.array([-0.5, -0.5, 1.0]) + 0.5 + _CUBIC_BORDER_PX
        affine = (transform[0, 0], transform[0, 1], shift[0], transform[1, 0], transform[1, 1], shift[1])
        return np.asarray(
            Image.fromarray(padded).transform(size, Image.Transform.AFFINE, affine, Image.Resampling.BICUBIC)
        )
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(plane, transform, size, flags=flags, borderMode=cv2.BORDER_REPLICATE))
