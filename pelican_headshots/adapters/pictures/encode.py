"""Pixels to a file's bytes: one function for each format, the same bytes for the same pixels always."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np

# Two of these are there for Pillow to know: to find them itself it would import every format it has.
from PIL import AvifImagePlugin, Image, PngImagePlugin, WebPImagePlugin  # noqa: F401

from ...core.formats import FORMATS, Space
from ...core.rendition import Rights
from ..metadata import rights
from . import colour, quantisation

AVIF_SPEED = 8
"""Speed 8 loses 8 % of bytes against speed 6 and takes a third of its time (`docs/pictures.md`)."""
_SKETCHING_SPEED = 9
"""A quarter of the time of speed 8, and 13 % larger."""


def encoded(image: Image.Image, format: str, quality: int, words: Rights) -> bytes:
    """*image* (RGB, in the space of *format*) with that space's profile and *words* in it.

    A side too long for the format is brought down to what it allows. Raises KeyError for another format.
    """
    longest = FORMATS[format].longest
    if max(image.size) > longest:
        image = image.copy()
        image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return _ENCODERS[format](image, quality, words)


def sketched(image: Image.Image, format: str, quality: int) -> bytes:
    """*image* as `encoded`, hastily where the format can be: to see how it takes to it, not to be shown."""
    if format == "avif":
        return _avif(image, quality, Rights(), speed=_SKETCHING_SPEED)
    return encoded(image, format, quality, Rights())


def _avif(image: Image.Image, quality: int, words: Rights, space: Space = "sRGB", speed: int = AVIF_SPEED) -> bytes:
    return _saved(
        _unshifted(image),
        "AVIF",
        quality=quality,
        subsampling="4:2:0",
        speed=speed,
        # The bytes depend on the number of threads.
        max_threads=1,
        advanced=_habits().advanced,
        icc_profile=colour.profile_of(space),
        exif=rights.exif_block(words),
        xmp=rights.xmp_packet(words),
    )


def _unshifted(image: Image.Image) -> Image.Image:
    """*image* with half a step less green where the AVIF encoder is known to add it.

    libavif rounds chroma down, which tints every picture by half a step of 255 (measured with aom 3.14 in Pillow 13,
    seen alike in Chromium: red -0.51, green +0.50, blue -0.63). On every second pixel, as on a chessboard, red and blue
    are raised and green is lowered by one step: the means of chroma come out right, luma moves by a sixth of a step
    between neighbours, and files grow by 1 %.
    """
    if not _habits().tints:
        return image
    given = np.asarray(image)
    pixels = np.empty_like(given)
    for row in (0, 1):
        raised, lowered = np.zeros((2, image.width, 3), np.uint8)
        raised[1 - row :: 2] = (1, 0, 1)
        lowered[1 - row :: 2] = (0, 1, 0)
        lines = pixels[row::2]
        np.minimum(given[row::2], 255 - raised, out=lines)
        lines += raised
        np.maximum(lines, lowered, out=lines)
        lines -= lowered
    return Image.fromarray(pixels)


class _Habits(NamedTuple):
    """What the AVIF encoder at hand is like."""

    tints: bool
    """Whether it rounds chroma down."""
    advanced: dict[str, str]
    """Options beyond Pillow's own."""


@lru_cache(maxsize=1)
def _habits() -> _Habits:
    """Found out on a patch of soft colours, once: Pillow may come with another libavif, or with another encoder in it."""
    y, x = np.mgrid[0:64, 0:64]
    waves = [128 + 90 * np.sin(x / 17 + k) * np.cos(y / 13 + 2 * k) for k in (0.0, 2.1, 4.2)]
    patch = np.dstack(waves).astype(np.uint8)
    # aom's tuning for the measure that looks most like eyes: 2 to 6 % smaller at equal score. Coefficients are not weighed
    # against their bits while shapes are tried, only in what is written: a twelfth less time, and no byte more.
    weighed_once = {"disable-trellis-quant": "2"}
    for advanced in ({"tune": "ssimulacra2", **weighed_once}, weighed_once, {}):
        out = io.BytesIO()
        try:
            Image.fromarray(patch).save(out, "AVIF", quality=90, speed=AVIF_SPEED, max_threads=1, advanced=advanced)
        except (ValueError, OSError):
            continue
        break
    shift = (np.asarray(Image.open(out).convert("RGB"), dtype=float) - patch).mean(axis=(0, 1))
    return _Habits(bool(shift[1] - (shift[0] + shift[2]) / 2 > 0.5), advanced)


def _jpeg(image: Image.Image, quality: int, words: Rights) -> bytes:
    block = rights.exif_block(words)
    return _saved(
        image,
        "JPEG",
        qtables=quantisation.tables(quality),
        subsampling="4:2:0",
        progressive=True,
        optimize=True,
        icc_profile=colour.profile_of("sRGB"),
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
        icc_profile=colour.profile_of("sRGB"),
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
        icc_profile=colour.profile_of("sRGB"),
        exif=rights.exif_block(words),
        pnginfo=chunks,
    )


def _saved(image: Image.Image, format: str, **options: object) -> bytes:
    # Whatever rides along in `info` (comment, profile, transparency) would be written by some of Pillow's writers.
    kept, image.info = image.info, {}
    out = io.BytesIO()
    try:
        image.save(out, format, **{key: value for key, value in options.items() if value != b""})
    finally:
        image.info = kept
    return out.getvalue()


_ENCODERS: dict[str, Callable[[Image.Image, int, Rights], bytes]] = {
    "avif": _avif,
    "avif-p3": partial(_avif, space=FORMATS["avif-p3"].space),
    "jpeg": _jpeg,
    "webp": _webp,
    "png": _png,
}
