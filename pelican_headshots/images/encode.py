"""Encode images: one function per format. The same pixels always give the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

# WebP is imported to register it: Pillow would otherwise import all of its formats to find it.
from PIL import Image, PngImagePlugin, WebPImagePlugin  # noqa: F401

from ..metadata import writer
from ..values.formats import FORMATS, ColorSpace
from ..values.rendition import Rights
from . import avif, color, quantization


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


def _encode_avif(image: Image.Image, quality: int, image_rights: Rights, space: ColorSpace = "sRGB") -> bytes:
    return avif.encode_avif(
        image,
        quality,
        avif.Metadata(
            color.build_icc_profile(space),
            writer.build_rights_exif_block(image_rights),
            writer.build_xmp_packet(image_rights),
        ),
    )


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
