"""Rotate images by a few degrees, in linear light and from more pixels than the result has, so that they stay sharp.

Measured on eight headshots of the demo, rotated by 5 degrees at widths of 240, 480 and 960 pixels, against a rotation at
the size of the original: structural similarity 0.997 to 0.998, detail (mean absolute Laplacian) 0.97 to 1.00. Rotating
sRGB values at the final size gives 0.97 to 0.99 and 0.85 to 0.96. Six widths take 0.5 s of processor time instead of
0.35 s, including JPEG encoding.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..values.geometry import Size
from . import linear_light, resize

MIN_ROTATION_OVERSAMPLING = 1.5
"""Smallest ratio of source pixels to target pixels along each side, if the original has them; the largest is twice that."""
_CUBIC_BORDER_PX = 3
"""Pixels that cubic interpolation reads beyond an edge, plus one."""
_MAX_ROTATED_PIXELS = 8e6
"""Most pixels of an image that is rotated: each takes about 15 bytes during the rotation."""

_FloatPlane = NDArray[np.float32]


def limit_rotated_size(size: Size) -> Size:
    """Return *size*, reduced in proportion if it has too many pixels to rotate."""
    scale = min(1.0, math.sqrt(_MAX_ROTATED_PIXELS / (size.width * size.height)))
    return Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))


def rotate_and_crop(
    image: Image.Image, degrees: float, center: tuple[float, float], frame_size: tuple[float, float], target_size: Size
) -> Image.Image:
    """Rotate an image clockwise and return the part inside a frame.

    Pixels outside the image repeat its edge.

    Args:
        image: An image in mode RGB.
        degrees: The clockwise rotation.
        center: The center of the frame, in pixels of the image.
        frame_size: Width and height of the frame, in pixels of the image.
        target_size: The size of the result in pixels.
    """
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    # The transform maps target pixel centers to source pixels: rotating the image clockwise rotates the frame back.
    x, y = (frame_size[0] - 1) / 2, (frame_size[1] - 1) / 2
    transform = np.array(
        [[cos, sin, center[0] - 0.5 - cos * x - sin * y], [-sin, cos, center[1] - 0.5 + sin * x - cos * y]]
    )
    size = (math.ceil(frame_size[0]), math.ceil(frame_size[1]))
    bands = []
    # One channel at a time: all three as floating point would take twelve times the memory of the picture.
    for band in image.split():
        rotated = _warp(linear_light.srgb_to_linear(np.asarray(band)), transform, size)
        resized = Image.fromarray(rotated).resize(
            (target_size.width, target_size.height), Image.Resampling.LANCZOS, (0, 0, *frame_size)
        )
        bands.append(Image.fromarray(linear_light.linear_to_srgb(np.asarray(resized))))
    return Image.merge("RGB", bands)


def _warp(plane: _FloatPlane, transform: NDArray[np.float64], size: tuple[int, int]) -> _FloatPlane:
    """Sample *plane* by cubic interpolation, at the position that *transform* gives for each pixel of the result."""
    cv2 = resize.load_opencv()
    if cv2 is None:
        padded = np.pad(plane, _CUBIC_BORDER_PX, "edge")
        # Pillow counts from pixel corners, not from pixel centers.
        shift = transform @ np.array([-0.5, -0.5, 1.0]) + 0.5 + _CUBIC_BORDER_PX
        affine = (transform[0, 0], transform[0, 1], shift[0], transform[1, 0], transform[1, 1], shift[1])
        return np.asarray(
            Image.fromarray(padded).transform(size, Image.Transform.AFFINE, affine, Image.Resampling.BICUBIC)
        )
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(plane, transform, size, flags=flags, borderMode=cv2.BORDER_REPLICATE))
