"""A picture file to upright sRGB pixels: what the looking sees, and the proof that the picture is sound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ..metadata import containers, exif, xmp
from ..metadata import orientation as way_up
from ..scan.open_image import DEFAULT_MAX_PIXELS, open_image
from ..values.geometry import Size
from . import color, linear_light

_TRANSPOSE_BY_ORIENTATION = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class AnalysisImage:
    """A small view of a picture. *pixels* is uint8, height × width × 3, upright, sRGB."""

    pixels: NDArray[np.uint8]
    size: Size
    """Of the whole upright picture, in pixels."""
    colors: tuple[str, str, str]
    """`#rrggbb`, from the top left to the bottom right."""
    highlight_loss: float
    """As `light.sparkle`."""
    wide_gamut_share: float
    """As `colour.beyond_srgb`."""
    written: containers.MetadataBlocks
    """The file's metadata."""


def read_icc_profile(image: Image.Image, written: containers.MetadataBlocks) -> bytes | None:
    """The ICC profile of *image*, in whose file *written* lies; None where it has none.

    Cameras set to Adobe RGB write no profile but only say so in their EXIF.
    """
    if profile := containers.get_info_bytes(image, "icc_profile"):
        return profile
    return color.build_icc_profile("Adobe RGB") if exif.is_adobe_rgb(written.exif) else None


def read_size_and_orientation(image: Image.Image, written: containers.MetadataBlocks) -> tuple[Size, int]:
    """The upright size of *image*, in whose file *written* lies, and the orientation left to be undone.

    A TIFF must be decoded: Pillow turns it then, by its tag or else by what it understands of its XMP, which it removes.
    """
    orientation = way_up.choose_orientation(written)
    if image.format == "TIFF":
        tagged = exif.ORIENTATION_TAG in exif.read_directories(written.exif).get("main", {})
        orientation = 1 if tagged else xmp.read_xmp_orientation([containers.get_info_bytes(image, "xmp")])
    return orient_size(image.size, orientation), orientation


def orient_size(size: tuple[int, int], orientation: int) -> Size:
    """The size of a picture once turned upright."""
    width, height = size
    return Size(height, width) if orientation >= 5 else Size(width, height)


def orient_image(image: Image.Image, orientation: int) -> Image.Image:
    """*image* upright, for an EXIF orientation."""
    return (
        image.transpose(_TRANSPOSE_BY_ORIENTATION[orientation]) if orientation in _TRANSPOSE_BY_ORIENTATION else image
    )


def decode_for_analysis(data: bytes, long_side: int = 1024, max_pixels: int = DEFAULT_MAX_PIXELS) -> AnalysisImage:
    """The picture with its longer side at most *long_side* pixels.

    All of the file is decoded, at a coarser scale where the format offers one, so that damage anywhere is found.
    Transparent parts lie on white. Raises UnreadablePicture.
    """
    with open_image(data, max_pixels) as image:
        if image.format in ("PNG", "TIFF"):  # which do not say everything before
            image.load()
        written = containers.read_blocks(image, data)
        upright_size, orientation = read_size_and_orientation(image, written)
        scale = min(1.0, long_side / max(image.size))
        size = (max(1, round(image.size[0] * scale)), max(1, round(image.size[1] * scale)))
        image.draft(image.mode, size)
        image.load()
        small = color.to_supported_mode(image)
        # Turned before it is scaled, so that a turned copy gives the same pixels; where that would cost memory, after.
        early_orientation = orientation if max(small.size) <= 4 * long_side else 1
        if early_orientation != 1:
            small, size = orient_image(small, orientation), size[::-1] if orientation >= 5 else size
        if small.size != size:
            small = small.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
        profile = read_icc_profile(image, written)
        wide_gamut_share = color.measure_wide_gamut_share(small, profile)
        small = color.convert_to_color_space(small, profile)
        small = flatten_alpha(small, "#ffffff")
        small = small if early_orientation == orientation else orient_image(small, orientation)
        pixels = np.asarray(small)
        return AnalysisImage(
            pixels,
            upright_size,
            _sample_placeholder_colors(small),
            linear_light.measure_highlight_loss(pixels),
            wide_gamut_share,
            written,
        )


def flatten_alpha(image: Image.Image, background_color: str) -> Image.Image:
    """*image* in mode RGB, its transparent parts over the colour *ground*."""
    if image.mode != "RGBA":
        return image
    flat = Image.new("RGB", image.size, background_color)
    flat.paste(image, mask=image.getchannel("A"))
    return flat


def apply_circle_mask(image: Image.Image) -> Image.Image:
    """*image* (RGB), transparent outside the ellipse that fits into it; its rim is smooth."""
    mask = Image.new("L", (image.width * 4, image.height * 4))
    ImageDraw.Draw(mask).ellipse((0, 0, mask.width - 1, mask.height - 1), fill=255)
    masked = image.convert("RGBA")
    masked.putalpha(mask.resize(image.size, Image.Resampling.BOX))
    return masked


def _sample_placeholder_colors(image: Image.Image) -> tuple[str, str, str]:
    tiny = image.resize((3, 3), Image.Resampling.BOX)
    first, middle, last = ("#{:02x}{:02x}{:02x}".format(*np.asarray(tiny)[i, i]) for i in range(3))
    return first, middle, last
