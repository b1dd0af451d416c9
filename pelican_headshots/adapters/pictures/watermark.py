"""A photographer's mark on a picture: in its quietest corner, and never over a face."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ...core.geometry import Box
from ...core.rendition import Mark
from ..theme import folder

_SHARE = 0.16
"""Width of the mark as a share of the picture's longer side; its height is at most a third of that."""
_MARGIN = 0.02
_FILES = ("text.woff2", "text-more.woff2")
"""The theme's own typeface, Hanken Grotesk, in two parts: western letters, and central European ones."""
_SIZE = 96
"""Pixels at which words are set; then they are scaled."""


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
    stamp = Image.open(io.BytesIO(mark.picture)).convert("RGBA") if mark.picture else _words(mark.text)
    scale = min(width / stamp.width, width / 3 / stamp.height)
    return stamp.resize(
        (max(1, round(stamp.width * scale)), max(1, round(stamp.height * scale))), Image.Resampling.LANCZOS
    )


def lacking(text: str) -> str:
    """The letters of *text* that cannot be set: a mark would show an empty box for each."""
    return "".join(dict.fromkeys(letter for letter in _line(text) if letter != " " and _face(letter) is None))


def _line(text: str) -> str:
    """*text* as it is set: on one line, accents on their letters, without what has no shape."""
    words = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(letter for letter in words if letter.isprintable())


def _words(text: str) -> Image.Image:
    """*text* on one line, white on nothing, cut to its ink."""
    runs = [("".join(run), face) for face, run in groupby(_line(text), lambda c: _face(c) or _faces()[0])]
    wide = sum(face.getlength(run) for run, face in runs)
    line = Image.new("RGBA", (round(wide) + 2 * _SIZE, 3 * _SIZE))
    at = float(_SIZE)
    for run, face in runs:
        ImageDraw.Draw(line).text((at, 2 * _SIZE), run, font=face, fill="#ffffff", anchor="ls")
        at += face.getlength(run)
    return line.crop(line.getbbox() or (0, 0, 1, 1))


@lru_cache(maxsize=256)
def _face(letter: str) -> ImageFont.FreeTypeFont | None:
    """The first part of the typeface that has *letter*."""
    return next((face for face in _faces() if bytes(face.getmask(letter)) != bytes(face.getmask("\uffff"))), None)


@lru_cache(maxsize=1)
def _faces() -> list[ImageFont.FreeTypeFont]:
    """Where they are not there, as in a checkout before anything was built, Pillow's own, which knows few letters."""
    try:
        return [ImageFont.truetype(folder() / "static" / "fonts" / name, _SIZE) for name in _FILES]
    except OSError:
        few = ImageFont.load_default(_SIZE)
        assert isinstance(few, ImageFont.FreeTypeFont)
        return [few]
