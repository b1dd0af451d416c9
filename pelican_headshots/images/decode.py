"""Decode a picture file to upright sRGB pixels for the analysis, and check that the whole file is sound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..metadata import containers, parsed, xmp
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
    """A small version of a picture. *pixels* is uint8, height × width × 3, upright, sRGB."""

    pixels: NDArray[np.uint8]
    size: Size
    """Size of the whole upright picture in pixels."""
    colors: tuple[str, str, str]
    """Placeholder colors as `#rrggbb`, from the top left to the bottom right."""
    highlight_loss: float
    """As returned by `linear_light.measure_highlight_loss`."""
    wide_gamut_share: float
    """As returned by `color.measure_wide_gamut_share`."""
    metadata: parsed.ParsedMetadata
    """The file's metadata."""


def read_icc_profile(image: Image.Image, metadata: parsed.ParsedMetadata) -> bytes | None:
    """Return the ICC profile of an image, or None. *metadata* is the metadata of its file.

    Cameras set to Adobe RGB write no profile and only say so in their EXIF.
    """
    if profile := containers.get_info_bytes(image, "icc_profile"):
        return profile
    return color.build_icc_profile("Adobe RGB") if metadata.is_adobe_rgb else None


def read_size_and_orientation(image: Image.Image, metadata: parsed.ParsedMetadata) -> tuple[Size, int]:
    """Return the upright size of an image and the EXIF orientation that must still be applied.

    A TIFF must have been decoded: Pillow then applies the orientation from its tag, or else from the XMP that Pillow
    can read, and removes it.
    """
    orientation = metadata.orientation
    if image.format == "TIFF":
        packets = [] if metadata.has_exif_orientation else [containers.get_info_bytes(image, "xmp")]
        orientation = xmp.parse_packets(packets).orientation
    return orient_size(image.size, orientation), orientation


def orient_size(size: tuple[int, int], orientation: int) -> Size:
    """Return the size of a picture after its EXIF orientation has been applied."""
    width, height = size
    return Size(height, width) if orientation >= 5 else Size(width, height)


def orient_image(image: Image.Image, orientation: int) -> Image.Image:
    """Return the image with an EXIF orientation applied."""
    return (
        image.transpose(_TRANSPOSE_BY_ORIENTATION[orientation]) if orientation in _TRANSPOSE_BY_ORIENTATION else image
    )


def decode_for_analysis(data: bytes, long_side: int = 1024, max_pixels: int = DEFAULT_MAX_PIXELS) -> AnalysisImage:
    """Decode a picture for the analysis, with a longer side of at most *long_side* pixels.

    The whole file is decoded, at a smaller scale if the format allows it, so that damage anywhere is found.
    Transparent parts are shown on white.

    Raises:
        UnreadableImageError: If the file cannot be decoded.
    """
    with open_image(data, max_pixels) as image:
        metadata = _read_metadata(image, data)
        upright_size, orientation = read_size_and_orientation(image, metadata)
        scale = min(1.0, long_side / max(image.size))
        size = (max(1, round(image.size[0] * scale)), max(1, round(image.size[1] * scale)))
        image.draft(image.mode, size)
        image.load()
        small = color.to_supported_mode(image)
        # Orientation is applied before scaling, so that a rotated copy of a file gives the same pixels. Large pictures
        # are scaled first to save memory.
        early_orientation = orientation if max(small.size) <= 4 * long_side else 1
        if early_orientation != 1:
            small, size = orient_image(small, orientation), size[::-1] if orientation >= 5 else size
        if small.size != size:
            small = small.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
        profile = read_icc_profile(image, metadata)
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
            metadata,
        )


def read_metadata(data: bytes, max_pixels: int = DEFAULT_MAX_PIXELS) -> tuple[parsed.ParsedMetadata, Size]:
    """Return the metadata of a picture and its upright size. Pixels are only decoded where that is needed.

    Raises:
        UnreadableImageError: If the file cannot be opened.
    """
    with open_image(data, max_pixels) as image:
        metadata = _read_metadata(image, data)
        return metadata, read_size_and_orientation(image, metadata)[0]


def _read_metadata(image: Image.Image, data: bytes) -> parsed.ParsedMetadata:
    """Return the metadata of *image*, which `open_image` opened from *data*."""
    if image.format in ("PNG", "TIFF"):  # their metadata is complete only after decoding
        image.load()
    return parsed.parse_blocks(containers.read_blocks(image, data))


def flatten_alpha(image: Image.Image, background_color: str) -> Image.Image:
    """Return the image in mode RGB, with transparent parts over a background color (`#rrggbb`)."""
    if image.mode != "RGBA":
        return image
    flat = Image.new("RGB", image.size, background_color)
    flat.paste(image, mask=image.getchannel("A"))
    return flat


def _sample_placeholder_colors(image: Image.Image) -> tuple[str, str, str]:
    tiny = image.resize((3, 3), Image.Resampling.BOX)
    first, middle, last = ("#{:02x}{:02x}{:02x}".format(*np.asarray(tiny)[i, i]) for i in range(3))
    return first, middle, last
