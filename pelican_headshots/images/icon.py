"""Icons of the site, for browser tabs and home screens: from a picture, or the initials of its name."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont, ImageOps

from ..support.theme_path import find_theme_folder

_SAFE_SHARE = 0.8
"""Phones may cut a maskable icon to a circle, and promise to keep four fifths of its width and height."""
_LETTERS_WIDTH, _LETTERS_HEIGHT = 0.64, 0.46
"""The largest width and height of the initials, as shares of the icon."""
_CORNER_SHARE = 0.22
_SMALL_ICON_PX = 64
"""Up to this size the fine lines of the serif are drawn thicker, or they would vanish."""
_DRAWN_SIZE_PX = 1024
"""Initials are drawn at this size and then scaled down, which smooths their edges."""


def draw_picture_icon(picture: bytes, size_px: int, *, is_maskable: bool = False) -> bytes:
    """Return a PNG of the middle of *picture*, *size_px* wide and high.

    A maskable icon has a margin in the color of the picture's corner, because phones cut its corners off.
    """
    with Image.open(io.BytesIO(picture)) as image:
        upright = ImageOps.exif_transpose(image).convert("RGBA")
    inner = round(size_px * _SAFE_SHARE) if is_maskable else size_px
    fitted = ImageOps.fit(upright, (inner, inner), Image.Resampling.LANCZOS)
    corner = fitted.getpixel((0, 0))
    assert isinstance(corner, tuple)
    is_opaque = corner[3] == 255
    background = Image.new("RGBA", (size_px, size_px), corner if is_opaque else "white")
    canvas = background if is_maskable else Image.new("RGBA", (size_px, size_px))
    canvas.alpha_composite(fitted, ((size_px - inner) // 2, (size_px - inner) // 2))
    return _encode_png(canvas)


def draw_initials_icon(initials: str, background: str, ink: str, size_px: int, *, is_round_cornered: bool) -> bytes:
    """Return a PNG of *initials* in the theme's serif, *size_px* wide and high.

    Colors are `#rrggbb`. With letters that the typeface lacks, or without letters, the icon is a disc.
    """
    canvas = Image.new("RGBA", (_DRAWN_SIZE_PX, _DRAWN_SIZE_PX))
    pen = ImageDraw.Draw(canvas)
    radius = round(_DRAWN_SIZE_PX * _CORNER_SHARE) if is_round_cornered else 0
    pen.rounded_rectangle((0, 0, _DRAWN_SIZE_PX - 1, _DRAWN_SIZE_PX - 1), radius, fill=background)
    middle = _DRAWN_SIZE_PX / 2
    font = _load_font(initials)
    stroke = 14 if size_px <= _SMALL_ICON_PX else 0
    if font:
        left, top, right, bottom = font.getbbox(initials)
        scale = min(_DRAWN_SIZE_PX * _LETTERS_WIDTH / (right - left), _DRAWN_SIZE_PX * _LETTERS_HEIGHT / (bottom - top))
        font = font.font_variant(size=font.size * scale)
        left, top, right, bottom = font.getbbox(initials)
        pen.text(
            (middle - (left + right) / 2, middle - (top + bottom) / 2),
            initials,
            font=font,
            fill=ink,
            stroke_width=stroke,
        )
    else:
        pen.circle((middle, middle), _DRAWN_SIZE_PX * 0.2, fill=ink)
    return _encode_png(canvas.resize((size_px, size_px), Image.Resampling.LANCZOS))


def _load_font(letters: str) -> ImageFont.FreeTypeFont | None:
    """Return the first file of the theme's serif that has all *letters*, or None."""
    for name in ("display.woff2", "display-more.woff2"):
        try:
            font = ImageFont.truetype(find_theme_folder() / "static" / "fonts" / name, 100)
        except OSError:
            return None  # a checkout before its first build has no fonts
        missing = bytes(font.getmask("\uffff"))
        if letters and all(bytes(font.getmask(letter)) != missing for letter in letters):
            return font
    return None


def _encode_png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()
