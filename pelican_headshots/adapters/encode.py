"""Pixels to a file's bytes: one function for each format, the same bytes for the same pixels always."""

from __future__ import annotations

import io
from collections.abc import Callable
from importlib.metadata import version

from PIL import Image, PngImagePlugin

from ..core.rendition import Rights
from . import colour, rights

AVIF_SPEED = 8
"""Speed 8 loses 8 % of bytes against speed 6 and takes a third of its time (`docs/pictures.md`)."""


def engine() -> str:
    """Names what shapes the bytes: Pillow, whose wheels carry every codec. Imports nothing of it."""
    return f"pillow {version('pillow')}"


def encoded(image: Image.Image, format: str, quality: int, words: Rights) -> bytes:
    """*image* (RGB, sRGB) as avif, jpeg, webp or png, with the sRGB profile and *words* in it. Raises KeyError."""
    return _ENCODERS[format](image, quality, words)


def _avif(image: Image.Image, quality: int, words: Rights) -> bytes:
    return _saved(
        image,
        "AVIF",
        quality=quality,
        subsampling="4:2:0",
        speed=AVIF_SPEED,
        # The bytes depend on the number of threads.
        max_threads=1,
        icc_profile=colour.srgb_profile(),
        exif=rights.exif_block(words),
        xmp=rights.xmp_packet(words),
    )


def _jpeg(image: Image.Image, quality: int, words: Rights) -> bytes:
    block = rights.exif_block(words)
    return _saved(
        image,
        "JPEG",
        quality=quality,
        subsampling="4:2:0",
        progressive=True,
        optimize=True,
        icc_profile=colour.srgb_profile(),
        exif=b"Exif\0\0" + block if block else b"",
        xmp=rights.xmp_packet(words),
        extra=rights.iptc_segment(words),
    )


def _webp(image: Image.Image, quality: int, words: Rights) -> bytes:
    return _saved(
        image,
        "WEBP",
        quality=quality,
        method=2,
        icc_profile=colour.srgb_profile(),
        exif=rights.exif_block(words),
        xmp=rights.xmp_packet(words),
    )


def _png(image: Image.Image, quality: int, words: Rights) -> bytes:
    chunks = PngImagePlugin.PngInfo()
    if packet := rights.xmp_packet(words):
        chunks.add_itxt("XML:com.adobe.xmp", packet.decode())
    return _saved(
        image,
        "PNG",
        optimize=True,
        icc_profile=colour.srgb_profile(),
        exif=rights.exif_block(words),
        pnginfo=chunks,
    )


def _saved(image: Image.Image, format: str, **options: object) -> bytes:
    # Whatever rides along in `info` (comment, profile, transparency) would be written by some of Pillow's writers.
    clean = image.copy()
    clean.info = {}
    out = io.BytesIO()
    clean.save(out, format, **{key: value for key, value in options.items() if value != b""})
    return out.getvalue()


_ENCODERS: dict[str, Callable[[Image.Image, int, Rights], bytes]] = {
    "avif": _avif,
    "jpeg": _jpeg,
    "webp": _webp,
    "png": _png,
}
