"""A picture file to upright sRGB pixels: what the looking sees, and the proof that the picture is sound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ...core.geometry import Size
from ..metadata import containers, exif, xmp
from ..metadata import turn as way_up
from ..originals.opening import PIXEL_LIMIT, opened
from . import colour, light

_TURN = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Frame:
    """A small view of a picture. *pixels* is uint8, height × width × 3, upright, sRGB."""

    pixels: NDArray[np.uint8]
    size: Size
    """Of the whole upright picture, in pixels."""
    colours: tuple[str, str, str]
    """`#rrggbb`, from the top left to the bottom right."""
    sparkle: float
    """As `light.sparkle`."""
    wide: float
    """As `colour.beyond_srgb`."""
    written: containers.Blocks
    """The file's metadata."""


def profile_in(image: Image.Image, written: containers.Blocks) -> bytes | None:
    """The ICC profile of *image*, in whose file *written* lies; None where it has none.

    Cameras set to Adobe RGB write no profile but only say so in their EXIF.
    """
    if profile := containers.in_info(image, "icc_profile"):
        return profile
    return colour.profile_of("Adobe RGB") if exif.in_adobe_rgb(written.exif) else None


def way(image: Image.Image, written: containers.Blocks) -> tuple[Size, int]:
    """The upright size of *image*, in whose file *written* lies, and the orientation left to be undone.

    A TIFF must be decoded: Pillow turns it then, by its tag or else by what it understands of its XMP, which it removes.
    """
    turn = way_up.orientation(written)
    if image.format == "TIFF":
        tagged = exif.ORIENTATION in exif.directories(written.exif).get("main", {})
        turn = 1 if tagged else xmp.orientation([containers.in_info(image, "xmp")])
    return upright(image.size, turn), turn


def upright(size: tuple[int, int], turn: int) -> Size:
    """The size of a picture once turned upright."""
    width, height = size
    return Size(height, width) if turn >= 5 else Size(width, height)


def turned(image: Image.Image, turn: int) -> Image.Image:
    """*image* upright, for an EXIF orientation."""
    return image.transpose(_TURN[turn]) if turn in _TURN else image


def frame(data: bytes, long_side: int = 1024, pixel_limit: int = PIXEL_LIMIT) -> Frame:
    """The picture with its longer side at most *long_side* pixels.

    All of the file is decoded, at a coarser scale where the format offers one, so that damage anywhere is found.
    Transparent parts lie on white. Raises UnreadablePicture.
    """
    with opened(data, pixel_limit) as image:
        if image.format in ("PNG", "TIFF"):  # which do not say everything before
            image.load()
        written = containers.blocks(image, data)
        full, turn = way(image, written)
        scale = min(1.0, long_side / max(image.size))
        size = (max(1, round(image.size[0] * scale)), max(1, round(image.size[1] * scale)))
        image.draft(image.mode, size)
        image.load()
        small = colour.plain(image)
        # Turned before it is scaled, so that a turned copy gives the same pixels; where that would cost memory, after.
        early = turn if max(small.size) <= 4 * long_side else 1
        if early != 1:
            small, size = turned(small, turn), size[::-1] if turn >= 5 else size
        if small.size != size:
            small = small.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
        profile = profile_in(image, written)
        wide = colour.beyond_srgb(small, profile)
        small = colour.to_srgb(small, profile)
        small = on_ground(small, "#ffffff")
        small = small if early == turn else turned(small, turn)
        seen = np.asarray(small)
        return Frame(seen, full, _colours(small), light.sparkle(seen), wide, written)


def on_ground(image: Image.Image, ground: str) -> Image.Image:
    """*image* in mode RGB, its transparent parts over the colour *ground*."""
    if image.mode != "RGBA":
        return image
    flat = Image.new("RGB", image.size, ground)
    flat.paste(image, mask=image.getchannel("A"))
    return flat


def round_cut(image: Image.Image) -> Image.Image:
    """*image* (RGB), transparent outside the ellipse that fits into it; its rim is smooth."""
    fine = Image.new("L", (image.width * 4, image.height * 4))
    ImageDraw.Draw(fine).ellipse((0, 0, fine.width - 1, fine.height - 1), fill=255)
    cut = image.convert("RGBA")
    cut.putalpha(fine.resize(image.size, Image.Resampling.BOX))
    return cut


def _colours(image: Image.Image) -> tuple[str, str, str]:
    tiny = image.resize((3, 3), Image.Resampling.BOX)
    first, middle, last = ("#{:02x}{:02x}{:02x}".format(*np.asarray(tiny)[i, i]) for i in range(3))
    return first, middle, last
