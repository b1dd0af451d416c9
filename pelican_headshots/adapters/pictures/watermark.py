"""A photographer's mark on a picture: in its quietest corner, and never over a face."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ...core.geometry import Box
from ...core.rendition import Mark

_SHARE = 0.16
"""Width of the mark as a share of the picture's longer side; its height is at most a third of that."""
_MARGIN = 0.02


def marked(image: Image.Image, mark: Mark, faces: Sequence[Box]) -> Image.Image:
    """*image* (RGB) with *mark*, or as it is where every corner holds a face. *faces* are fractions of *image*.

    Among the corners free of faces the one with the least detail is taken; the mark is light on a dark corner and
    dark on a light one. Raises OSError for a mark that is no picture.
    """
    stamp = _stamp(mark, round(max(image.size) * _SHARE))
    margin = round(max(image.size) * _MARGIN)
    across, down = image.width - stamp.width - margin, image.height - stamp.height - margin
    if across < margin or down < margin:
        return image
    corners = [(across, down), (margin, down), (across, margin), (margin, margin)]
    free = [corner for corner in corners if not _over_a_face(corner, stamp.size, image.size, faces)]
    if not free:
        return image
    detail = image.convert("L").filter(ImageFilter.FIND_EDGES)
    size = stamp.size
    place = min(free, key=lambda at: float(np.asarray(detail.crop(_area(at, size))).mean()))
    under = image.crop(_area(place, size))
    light = float(np.asarray(under.convert("L")).mean()) < 128
    ink = stamp.convert("RGB") if mark.picture else Image.new("RGB", size, "#ffffff" if light else "#000000")
    made = image.copy()
    made.paste(Image.composite(ink, under, stamp.getchannel("A").point(lambda a: round(a * mark.opacity))), place)
    return made


def _area(at: tuple[int, int], size: tuple[int, int]) -> tuple[int, int, int, int]:
    return at[0], at[1], at[0] + size[0], at[1] + size[1]


def _over_a_face(at: tuple[int, int], size: tuple[int, int], whole: tuple[int, int], faces: Sequence[Box]) -> bool:
    left, top, right, bottom = _area(at, size)
    area = Box(left / whole[0], top / whole[1], right / whole[0], bottom / whole[1])
    return any(area.overlap(face) > 0 for face in faces)


@lru_cache(maxsize=16)
def _stamp(mark: Mark, width: int) -> Image.Image:
    """The mark *width* pixels wide, or narrower where it would be too tall. Its alpha is its shape."""
    if mark.picture:
        stamp = Image.open(io.BytesIO(mark.picture)).convert("RGBA")
    else:
        font = ImageFont.load_default(96)
        left, top, right, bottom = (round(edge) for edge in font.getbbox(mark.text))
        stamp = Image.new("RGBA", (max(1, right - left), max(1, bottom - top)))
        ImageDraw.Draw(stamp).text((-left, -top), mark.text, font=font, fill="#ffffff")
    scale = min(width / stamp.width, width / 3 / stamp.height)
    return stamp.resize(
        (max(1, round(stamp.width * scale)), max(1, round(stamp.height * scale))), Image.Resampling.LANCZOS
    )
