"""Encode AVIF with SVT-AV1, or with Pillow's libaom where no wheel with SVT-AV1 is installed."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import NamedTuple

import numpy as np

# AVIF is imported to register it: Pillow would otherwise import all of its formats to find it.
from PIL import AvifImagePlugin, Image  # noqa: F401

SVT_SPEED = 8
"""SVT-AV1's preset. At equal SSIMULACRA2 scores, files of noisy photos of 24 MP have 0.92 to 1.03 of the bytes of libaom's
of speed 8 without tuning, in 0.4 to 0.5 of the processor time (`docs/performance.md`)."""
_MIN_SVT_SIDE_PX, _MAX_SVT_WIDTH_PX, _MAX_SVT_HEIGHT_PX = 4, 16_384, 8_704
"""Sizes that SVT-AV1 accepts; libaom encodes all others."""
_NOBODY_ID = 65534
"""The user without rights, on Linux."""
_SVT_OPTIONS = ((b"tune", b"3"),)
"""Tuned for still pictures."""

LIBAOM_SPEED = 8
# Tuning libaom for SSIMULACRA2, the measure closest to human vision, makes files 2 to 6 % smaller at an equal score.
# Trellis quantization only in the final pass, not while block shapes are tried, saves a twelfth of the time and costs no
# bytes.
_LIBAOM_OPTIONS: tuple[dict[str, str], ...] = (
    {"tune": "ssimulacra2", "disable-trellis-quant": "2"},
    {"disable-trellis-quant": "2"},
    {},
)
"""Options for libaom, best first: builds of Pillow have different versions of it."""
_LIBAOM_QUALITY_OFFSET = 3
"""What to add to a quality of SVT-AV1 for about the same SSIMULACRA2 score with libaom: 2 to 3.5 from quality 28 to 79."""


class Metadata(NamedTuple):
    """Blocks to embed; an empty one is left out."""

    icc_profile: bytes = b""
    exif: bytes = b""
    """A TIFF block."""
    xmp: bytes = b""


_Encode = Callable[[bytes, tuple[int, int], int, Metadata], bytes]
"""Encodes the pixels of an image in mode RGB, of this width and height, at a quality."""


class _Encoder(NamedTuple):
    encode: _Encode
    tints_green: bool
    """Whether it rounds chroma down."""


def encode_avif(image: Image.Image, quality: int, metadata: Metadata) -> bytes:
    """Encode an image as AVIF, 4:2:0.

    Args:
        image: An image in mode RGB. What is in its `info` is not written.
        quality: 0 to 100, on SVT-AV1's scale.
        metadata: What to embed.

    Raises:
        OSError: If no encoder works.
    """
    width, height = image.size
    is_accepted = min(width, height) >= _MIN_SVT_SIDE_PX and width <= _MAX_SVT_WIDTH_PX and height <= _MAX_SVT_HEIGHT_PX
    encoder = _choose_encoder(with_svt=is_accepted)
    pixels = _counter_green_tint(image) if encoder.tints_green else image.tobytes()
    return encoder.encode(pixels, image.size, quality, metadata)


def _counter_green_tint(image: Image.Image) -> bytes:
    """Return the image's pixels with half a level less green, because libavif adds that much.

    libavif rounds chroma down, which tints every picture by half a level of 255 (measured with libavif 1.4 in Pillow 13,
    and the same in Chromium: red -0.51, green +0.50, blue -0.63). On every second pixel, in a checkerboard pattern, red
    and blue are raised and green is lowered by one level. Mean chroma is then correct, luma differs by a sixth of a
    level between neighbors, and files grow by 1 %.
    """
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
    return pixels.tobytes()


@cache
def load_svt_encoder() -> ModuleType | None:
    """Return pillow-avif-plugin's extension module, or None if it is not installed or was built without SVT-AV1.

    The package itself is not imported, because it would replace Pillow's own reader and writer of AVIF.
    """
    package = find_spec("pillow_avif")
    spec = package and PathFinder.find_spec("pillow_avif._avif", package.submodule_search_locations)
    if not spec or not spec.loader:
        return None
    # SVT-AV1 prints its configuration for every picture; 1 leaves only errors.
    os.environ.setdefault("SVT_LOG", "1")
    try:
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
    except ImportError:
        return None
    return module if module.encoder_codec_available("svt") else None


@cache
def _choose_encoder(*, with_svt: bool) -> _Encoder:
    """Return the best encoder that encodes a patch of soft colors, which also tells how it rounds chroma."""
    y, x = np.mgrid[0:64, 0:64]
    waves = [128 + 90 * np.sin(x / 17 + k) * np.cos(y / 13 + 2 * k) for k in (0.0, 2.1, 4.2)]
    patch = np.dstack(waves).astype(np.uint8)
    encoders: list[_Encode] = [partial(_encode_with_libaom, options) for options in _LIBAOM_OPTIONS]
    if with_svt and (svt := load_svt_encoder()):
        encoders.insert(0, partial(_encode_with_svt, svt))
    failure: Exception | None = None
    for encode in encoders:
        try:
            data = encode(patch.tobytes(), (64, 64), 90, Metadata())
        except (ValueError, OSError, RuntimeError) as error:
            failure = error
            continue
        shift = (np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=float) - patch).mean(axis=(0, 1))
        return _Encoder(encode, bool(shift[1] - (shift[0] + shift[2]) / 2 > 0.5))
    raise OSError("No AVIF encoder of the installed Pillow works. Install Pillow again.") from failure


def _encode_with_svt(svt: ModuleType, pixels: bytes, size: tuple[int, int], quality: int, metadata: Metadata) -> bytes:
    unset, threads, upright = -1, 1, 1
    encoder = svt.AvifEncoder(
        *size, "4:2:0", unset, unset, quality, SVT_SPEED, threads, "svt", "full", 0, 0, False, False,
        metadata.icc_profile, metadata.exif, upright, metadata.xmp, _SVT_OPTIONS,
    )  # fmt: skip
    duration, is_single_frame = 0, True
    with _without_root():
        encoder.add(pixels, duration, *size, "RGB", is_single_frame)
        data: bytes = encoder.finish()
    return data


@contextmanager
def _without_root() -> Iterator[None]:
    """Be an ordinary user for a moment, if this process is root's, as in many containers.

    If root runs SVT-AV1, it gives its threads and ours real-time priority, which their children inherit, and nothing
    else on the machine gets a turn.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        yield
        return
    # A container may have only one user.
    with suppress(OSError):
        os.seteuid(_NOBODY_ID)
    try:
        yield
    finally:
        os.seteuid(0)


def _encode_with_libaom(
    options: dict[str, str], pixels: bytes, size: tuple[int, int], quality: int, metadata: Metadata
) -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", size, pixels).save(
        out,
        "AVIF",
        quality=min(100, quality + _LIBAOM_QUALITY_OFFSET),
        subsampling="4:2:0",
        speed=LIBAOM_SPEED,
        # The encoded bytes depend on the number of threads.
        max_threads=1,
        advanced=options,
        **{key: value for key, value in metadata._asdict().items() if value},
    )
    return out.getvalue()
