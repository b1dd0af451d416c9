"""Put a watermark on an image: in the corner with the least detail, and never over a face."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ..support.theme_path import find_theme_folder
from ..values.geometry import Box
from ..values.rendition import Watermark

_WIDTH_SHARE = 0.16
"""Width of the watermark as a share of the longer side of the image; its height is at most a third of that."""
_MARGIN_SHARE = 0.02
_FONT_FILENAMES = ("text.woff2", "text-more.woff2")
"""The typeface of the theme, Hanken Grotesk, in two files: western letters, and central European letters."""
_FONT_SIZE_PX = 96
"""Size in pixels at which text is drawn before it is scaled."""


def apply_watermark(image: Image.Image, watermark: Watermark, faces: Sequence[Box]) -> Image.Image:
    """Return the image with a watermark, or unchanged if it does not fit or every corner has a face.

    Of the corners without a face, the one with the least detail is used. Text is white on a dark corner and black on a
    light one.

    Args:
        image: An image in mode RGB.
        watermark: Text or a PNG, and its opacity.
        faces: Face boxes in fractions of the image.

    Raises:
        OSError: If the PNG of the watermark cannot be read.
    """
    overlay = _render_overlay(watermark, round(max(image.size) * _WIDTH_SHARE))
    margin = round(max(image.size) * _MARGIN_SHARE)
    right, bottom = image.width - overlay.width - margin, image.height - overlay.height - margin
    if right < margin or bottom < margin:
        return image
    corners = [(right, bottom), (margin, bottom), (right, margin), (margin, margin)]
    free_corners = [corner for corner in corners if not _overlaps_face(corner, overlay.size, image.size, faces)]
    if not free_corners:
        return image
    detail = image.convert("L").filter(ImageFilter.FIND_EDGES)
    size = overlay.size
    quietest_corner = min(free_corners, key=lambda at: float(np.asarray(detail.crop(_to_pixel_box(at, size))).mean()))
    background = image.crop(_to_pixel_box(quietest_corner, size))
    use_white = float(np.asarray(background.convert("L")).mean()) < 128
    ink = overlay.convert("RGB") if watermark.png else Image.new("RGB", size, "#ffffff" if use_white else "#000000")
    result = image.copy()
    result.paste(
        Image.composite(ink, background, overlay.getchannel("A").point(lambda a: round(a * watermark.opacity))),
        quietest_corner,
    )
    return result


def _to_pixel_box(corner: tuple[int, int], size: tuple[int, int]) -> tuple[int, int, int, int]:
    return corner[0], corner[1], corner[0] + size[0], corner[1] + size[1]


def _overlaps_face(
    corner: tuple[int, int], size: tuple[int, int], image_size: tuple[int, int], faces: Sequence[Box]
) -> bool:
    left, top, right, bottom = _to_pixel_box(corner, size)
    area = Box(left / image_size[0], top / image_size[1], right / image_size[0], bottom / image_size[1])
    return any(area.iou(face) > 0 for face in faces)


@lru_cache(maxsize=16)
def _render_overlay(watermark: Watermark, width: int) -> Image.Image:
    """Return the watermark *width* pixels wide, or narrower if it would be too tall. Its alpha channel is its shape."""
    overlay = Image.open(io.BytesIO(watermark.png)).convert("RGBA") if watermark.png else _render_text(watermark.text)
    scale = min(width / overlay.width, width / 3 / overlay.height)
    return overlay.resize(
        (max(1, round(overlay.width * scale)), max(1, round(overlay.height * scale))), Image.Resampling.LANCZOS
    )


def find_missing_glyphs(text: str) -> str:
    """Return the letters of *text* that the font does not have: each would appear as an empty box."""
    return "".join(
        dict.fromkeys(letter for letter in _normalize_line(text) if letter != " " and _find_typeface(letter) is None)
    )


def _normalize_line(text: str) -> str:
    """Return the text as it is drawn: on one line, in NFC, without unprintable characters."""
    words = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(letter for letter in words if letter.isprintable())


def _render_text(text: str) -> Image.Image:
    """Return the text on one line, white on transparent, cropped to the letters."""
    runs = [
        ("".join(run), face)
        for face, run in groupby(_normalize_line(text), lambda c: _find_typeface(c) or _load_typefaces()[0])
    ]
    width = sum(face.getlength(run) for run, face in runs)
    canvas = Image.new("RGBA", (round(width) + 2 * _FONT_SIZE_PX, 3 * _FONT_SIZE_PX))
    x = float(_FONT_SIZE_PX)
    for run, face in runs:
        ImageDraw.Draw(canvas).text((x, 2 * _FONT_SIZE_PX), run, font=face, fill="#ffffff", anchor="ls")
        x += face.getlength(run)
    return canvas.crop(canvas.getbbox() or (0, 0, 1, 1))


@lru_cache(maxsize=256)
def _find_typeface(letter: str) -> ImageFont.FreeTypeFont | None:
    """Return the first font file that has *letter*, or None."""
    return next(
        (face for face in _load_typefaces() if bytes(face.getmask(letter)) != bytes(face.getmask("\uffff"))), None
    )


@lru_cache(maxsize=1)
def _load_typefaces() -> list[ImageFont.FreeTypeFont]:
    """Return the fonts of the theme.

    If they are missing, as in a checkout before the first build, this is Pillow's own font, which has few letters.
    """
    try:
        return [
            ImageFont.truetype(find_theme_folder() / "static" / "fonts" / name, _FONT_SIZE_PX)
            for name in _FONT_FILENAMES
        ]
    except OSError:
        fallback = ImageFont.load_default(_FONT_SIZE_PX)
        assert isinstance(fallback, ImageFont.FreeTypeFont)
        return [fallback]
