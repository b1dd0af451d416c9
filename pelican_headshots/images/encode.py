"""Encode images: one function per format. The same pixels always give the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np

# AVIF and WebP are imported to register them: Pillow would otherwise import all of its formats to find them.
from PIL import AvifImagePlugin, Image, PngImagePlugin, WebPImagePlugin  # noqa: F401

from ..metadata import writer
from ..values.formats import FORMATS, ColorSpace
from ..values.rendition import Rights
from . import color, quantization

AVIF_SPEED = 8
"""Files are 8 % larger than at speed 6, in a third of the time (`docs/pictures.md`)."""
_AVIF_TRIAL_SPEED = 9
"""A quarter of the time of speed 8, and 13 % larger."""


def encode(image: Image.Image, format: str, quality: int, image_rights: Rights) -> bytes:
    """Encode an image, with its color profile and the rights metadata embedded.

    An image that is too large for the format is scaled down to its limit.

    Args:
        image: An image in mode RGB (RGBA for PNG and WebP), in the color space of the format.
        format: A key of `FORMATS`.
        quality: The quality passed to the encoder; PNG ignores it.
        image_rights: Creator, copyright and license to embed.

    Raises:
        KeyError: If the format is unknown.
    """
    max_side_px = FORMATS[format].max_side_px
    if max(image.size) > max_side_px:
        image = image.copy()
        image.thumbnail((max_side_px, max_side_px), Image.Resampling.LANCZOS)
    return _ENCODERS[format](image, quality, image_rights)


def encode_for_trial(image: Image.Image, format: str, quality: int) -> bytes:
    """Encode an image as fast as the format allows, to measure the result and not to publish it."""
    if format == "avif":
        return _encode_avif(image, quality, Rights(), speed=_AVIF_TRIAL_SPEED)
    return encode(image, format, quality, Rights())


def _encode_avif(
    image: Image.Image, quality: int, image_rights: Rights, space: ColorSpace = "sRGB", speed: int = AVIF_SPEED
) -> bytes:
    return _save_to_bytes(
        _counter_green_tint(image),
        "AVIF",
        quality=quality,
        subsampling="4:2:0",
        speed=speed,
        # The encoded bytes depend on the number of threads.
        max_threads=1,
        advanced=_probe_avif_encoder().advanced,
        icc_profile=color.build_icc_profile(space),
        exif=writer.build_rights_exif_block(image_rights),
        xmp=writer.build_xmp_packet(image_rights),
    )


def _counter_green_tint(image: Image.Image) -> Image.Image:
    """Return the image with half a level less green if the AVIF encoder adds that much.

    libavif rounds chroma down, which tints every picture by half a level of 255 (measured with aom 3.14 in Pillow 13,
    and the same in Chromium: red -0.51, green +0.50, blue -0.63). On every second pixel, in a checkerboard pattern, red
    and blue are raised and green is lowered by one level. Mean chroma is then correct, luma differs by a sixth of a
    level between neighbors, and files grow by 1 %.
    """
    if not _probe_avif_encoder().tints_green:
        return image
    source = np.asarray(image)
    pixels = np.empty_like(source)
    for row in (0, 1):
        raised, lowered = np.zeros((2, image.width, 3), np.uint8)
        raised[1 - row :: 2] = (1, 0, 1)
        lowered[1 - row :: 2] = (0, 1, 0)
        target_rows = pixels[row::2]
        np.minimum(source[row::2], 255 - raised, out=target_rows)
        target_rows += raised
        np.maximum(target_rows, lowered, out=target_rows)
        target_rows -= lowered
    return Image.fromarray(pixels)


class _AvifTraits(NamedTuple):
    """Properties of the installed AVIF encoder."""

    tints_green: bool
    """Whether it rounds chroma down."""
    advanced: dict[str, str]
    """Values for Pillow's `advanced` option."""


@lru_cache(maxsize=1)
def _probe_avif_encoder() -> _AvifTraits:
    """Test the AVIF encoder once on a patch of soft colors: libavif and its encoder differ between Pillow builds."""
    y, x = np.mgrid[0:64, 0:64]
    waves = [128 + 90 * np.sin(x / 17 + k) * np.cos(y / 13 + 2 * k) for k in (0.0, 2.1, 4.2)]
    patch = np.dstack(waves).astype(np.uint8)
    # Tuning aom for SSIMULACRA2, the measure closest to human vision, makes files 2 to 6 % smaller at an equal score.
    # Trellis quantization only in the final pass, not while block shapes are tried, saves a twelfth of the time and
    # costs no bytes.
    no_trellis = {"disable-trellis-quant": "2"}
    for advanced in ({"tune": "ssimulacra2", **no_trellis}, no_trellis, {}):
        buffer = io.BytesIO()
        try:
            Image.fromarray(patch).save(buffer, "AVIF", quality=90, speed=AVIF_SPEED, max_threads=1, advanced=advanced)
        except (ValueError, OSError):
            continue
        break
    shift = (np.asarray(Image.open(buffer).convert("RGB"), dtype=float) - patch).mean(axis=(0, 1))
    return _AvifTraits(bool(shift[1] - (shift[0] + shift[2]) / 2 > 0.5), advanced)


def _encode_jpeg(image: Image.Image, quality: int, image_rights: Rights) -> bytes:
    exif_data = writer.build_rights_exif_block(image_rights)
    return _save_to_bytes(
        image,
        "JPEG",
        qtables=quantization.build_quantization_tables(quality),
        subsampling="4:2:0",
        progressive=True,
        optimize=True,
        icc_profile=color.build_icc_profile("sRGB"),
        exif=b"Exif\0\0" + exif_data if exif_data else b"",
        xmp=writer.build_xmp_packet(image_rights),
        extra=writer.build_iptc_segment(image_rights),
    )


def _encode_webp(image: Image.Image, quality: int, image_rights: Rights) -> bytes:
    return _save_to_bytes(
        image,
        "WEBP",
        quality=quality,
        method=2,
        icc_profile=color.build_icc_profile("sRGB"),
        exif=writer.build_rights_exif_block(image_rights),
        xmp=writer.build_xmp_packet(image_rights),
    )


def _encode_png(image: Image.Image, _quality: int, image_rights: Rights) -> bytes:
    chunks = PngImagePlugin.PngInfo()
    if packet := writer.build_xmp_packet(image_rights):
        chunks.add_itxt("XML:com.adobe.xmp", packet.decode())
    return _save_to_bytes(
        image,
        "PNG",
        optimize=True,
        icc_profile=color.build_icc_profile("sRGB"),
        exif=writer.build_rights_exif_block(image_rights),
        pnginfo=chunks,
    )


def _save_to_bytes(image: Image.Image, format: str, **options: object) -> bytes:
    # Some of Pillow's writers would save what is in `info`: comment, profile, transparency.
    saved_info, image.info = image.info, {}
    buffer = io.BytesIO()
    try:
        image.save(buffer, format, **{key: value for key, value in options.items() if value != b""})
    finally:
        image.info = saved_info
    return buffer.getvalue()


_ENCODERS: dict[str, Callable[[Image.Image, int, Rights], bytes]] = {
    "avif": _encode_avif,
    "avif-p3": partial(_encode_avif, space=FORMATS["avif-p3"].color_space),
    "jpeg": _encode_jpeg,
    "webp": _encode_webp,
    "png": _encode_png,
}
