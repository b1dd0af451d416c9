"""A picture continued past its edge, for a crop that wants more room than the photographer left."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter


def continued(image: Image.Image, gaps: tuple[int, int, int, int], ground: str | None) -> Image.Image:
    """*image* (RGB) with *gaps* more pixels left, top, right and bottom.

    They hold the colour *ground*; where it is None, the backdrop goes on: its tones at the edge, smoothed, with the
    grain of the strip beside it.
    """
    left, top, right, bottom = gaps
    width, height = image.size
    if ground is not None:
        wide = Image.new("RGB", (width + left + right, height + top + bottom), ground)
        wide.paste(image, (left, top))
        return wide
    room = ((top, bottom), (left, right), (0, 0))
    smooth = np.pad(_array(image.filter(ImageFilter.GaussianBlur(max(2.0, max(image.size) / 60)))), room, "edge")
    softer = Image.fromarray(smooth).filter(ImageFilter.GaussianBlur(max(2.0, max(image.size) / 60)))
    grain = _array(image).astype(np.int16) - _array(image.filter(ImageFilter.GaussianBlur(2.0)))
    grain = np.pad(np.clip(grain, -8, 8), room, "symmetric")
    wide = Image.fromarray(np.clip(_array(softer).astype(np.int16) + grain, 0, 255).astype(np.uint8))
    wide.paste(image, (left, top), _feather(image.size, gaps))
    return wide


def _array(image: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(image)


def _feather(size: tuple[int, int], gaps: tuple[int, int, int, int]) -> Image.Image:
    """A mask that fades the picture in over a sliver beside each edge that was continued."""
    width, height = size
    sliver = max(2, round(max(size) / 100))
    across, down = np.ones(width), np.ones(height)
    ramp = (np.arange(sliver) + 0.5) / sliver
    for line, near, far in ((across, gaps[0], gaps[2]), (down, gaps[1], gaps[3])):
        short = min(sliver, len(line))
        if near:
            line[:short] = np.minimum(line[:short], ramp[:short])
        if far:
            line[-short:] = np.minimum(line[-short:], ramp[:short][::-1])
    mask = np.minimum(down[:, None], across[None, :]) * 255
    return Image.fromarray(mask.astype(np.uint8))
