"""Pixels to a file's bytes: one function for each format, the same bytes for the same pixels always."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np

# Two of these are there for Pillow to know: to find them itself it would import every format it has.
from PIL import AvifImagePlugin, Image, PngImagePlugin, WebPImagePlugin  # noqa: F401

from ..metadata import writer
from ..values.formats import FORMATS, ColorSpace
from ..values.rendition import Rights
from . import color, quantization

AVIF_SPEED = 8
"""Speed 8 loses 8 % of bytes against speed 6 and takes a third of its time (`docs/pictures.md`)."""
_AVIF_TRIAL_SPEED = 9
"""A quarter of the time of speed 8, and 13 % larger."""


def encode(image: Image.Image, format: str, quality: int, image_rights: Rights) -> bytes:
    """*image* (RGB, in the space of *format*) with that space's profile and *words* in it.

    A side too long for the format is brought down to what it allows. Raises KeyError for another format.
    """
    max_side_px = FORMATS[format].max_side_px
    if max(image.size) > max_side_px:
        image = image.copy()
        image.thumbnail((max_side_px, max_side_px), Image.Resampling.LANCZOS)
    return _ENCODERS[format](image, quality, image_rights)


def encode_for_trial(image: Image.Image, format: str, quality: int) -> bytes:
    """*image* as `encoded`, hastily where the format can be: to see how it takes to it, not to be shown."""
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
        # The bytes depend on the number of threads.
        max_threads=1,
        advanced=_probe_avif_encoder().advanced,
        icc_profile=color.build_icc_profile(space),
        exif=writer.build_rights_exif_block(image_rights),
        xmp=writer.build_xmp_packet(image_rights),
    )


def _counter_green_tint(image: Image.Image) -> Image.Image:
    """*image* with half a step less green where the AVIF encoder is known to add it.

    libavif rounds chroma down, which tints every picture by half a step of 255 (measured with aom 3.14 in Pillow 13,
    seen alike in Chromium: red -0.51, green +0.50, blue -0.63). On every second pixel, as on a chessboard, red and blue
    are raised and green is lowered by one step: the means of chroma come out right, luma moves by a sixth of a step
    between neighbours, and files grow by 1 %.
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
    """What the AVIF encoder at hand is like."""

    tints_green: bool
    """Whether it rounds chroma down."""
    advanced: dict[str, str]
    """Options beyond Pillow's own."""


@lru_cache(maxsize=1)
def _probe_avif_encoder() -> _AvifTraits:
    """Found out on a patch of soft colours, once: Pillow may come with another libavif, or with another encoder in it."""
    y, x = np.mgrid[0:64, 0:64]
    waves = [128 + 90 * np.sin(x / 17 + k) * np.cos(y / 13 + 2 * k) for k in (0.0, 2.1, 4.2)]
    patch = np.dstack(waves).astype(np.uint8)
    # aom's tuning for the measure that looks most like eyes: 2 to 6 % smaller at equal score. Coefficients are not weighed
    # against their bits while shapes are tried, only in what is written: a twelfth less time, and no byte more.
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


def _encode_png(image: Image.Image, quality: int, image_rights: Rights) -> bytes:
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
    # Whatever rides along in `info` (comment, profile, transparency) would be written by some of Pillow's writers.
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
