"""What worker processes do with one photo: bytes in, values and bytes out.

Nothing here knows where a photo came from or where the result goes, so any executor can run these functions.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..images import versions
from ..values.photo import PhotoMetadata, PhotoRecord
from ..values.rendition import RENDER_VERSION, Rendition, Rights
from ..values.selection import Decisions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..analysis.detector import Detector
    from ..values.analysis import Analysis

ANALYSIS_LONG_SIDE_PX = 1024
"""Long side of the picture that is analyzed. A larger one changed no classification."""

_analysis_lock = threading.Lock()
_open_models = ExitStack()
"""Closes the detector that this worker process keeps between photos."""
atexit.register(_open_models.close)


def make_worker_fingerprint() -> str:
    """Return a text with all versions that results depend on: workers with the same fingerprint make the same bytes."""
    mediapipe_version = versions.get_package_version("mediapipe")
    return f"recipe {RENDER_VERSION}, {versions.get_loaded_versions()}, mediapipe {mediapipe_version}"


def analyze_image(
    data: bytes, sidecar_bytes: bytes | None, models_folder: Path | None, max_pixels: int, is_raw: bool = False
) -> PhotoRecord:
    """Analyze an original and read its metadata.

    Args:
        data: The contents of the file. If *is_raw*, the embedded preview is used.
        sidecar_bytes: The contents of its XMP sidecar, if any.
        models_folder: The folder of the MediaPipe models, or None to read the metadata only.
        max_pixels: The largest number of pixels that is decoded.
        is_raw: Whether it is a camera's RAW file.

    Raises:
        UnreadableImageError: The picture cannot be decoded.
    """
    from ..images import decode
    from ..metadata import decisions, reader

    data = _extract_raw_preview(data) if is_raw else data
    frame = decode.decode_for_analysis(data, ANALYSIS_LONG_SIDE_PX, max_pixels)
    photo_metadata, rights = reader.read(frame.metadata, sidecar_bytes, frame.size)
    analysis = _analyze_pixels(frame.pixels, models_folder) if models_folder else None
    return PhotoRecord(
        frame.size,
        analysis,
        photo_metadata,
        rights,
        frame.colors,
        frame.highlight_loss,
        frame.wide_gamut_share,
        decisions.read_decisions(frame.metadata, sidecar_bytes),
    )


def read_metadata(
    data: bytes, sidecar_bytes: bytes | None, max_pixels: int, is_raw: bool = False
) -> tuple[PhotoMetadata, Rights, Decisions]:
    """Read the metadata of an original as `analyze_image` does, without looking at its pixels.

    Raises:
        UnreadableImageError: The picture cannot be opened.
    """
    from ..images import decode
    from ..metadata import decisions, reader

    embedded, size = decode.read_metadata(_extract_raw_preview(data) if is_raw else data, max_pixels)
    return *reader.read(embedded, sidecar_bytes, size), decisions.read_decisions(embedded, sidecar_bytes)


def render_image(data: bytes, renditions: Sequence[Rendition], max_pixels: int, is_raw: bool = False) -> list[bytes]:
    """Return the encoded *renditions* of an original, in the given order; for a RAW file, those of its embedded preview.

    Raises:
        UnreadableImageError: The picture cannot be decoded.
    """
    from ..images import render
    from ..scan.open_image import enforce_strict_decoding

    _close_detector()
    with enforce_strict_decoding(max_pixels):  # Pillow also counts the pixels of an original that is only cropped
        return list(render.render_renditions(_extract_raw_preview(data) if is_raw else data, renditions, max_pixels))


def _extract_raw_preview(data: bytes) -> bytes:
    from ..images import raw_preview

    return raw_preview.extract_preview(data)


@lru_cache(maxsize=1)
def _get_detector(models_folder: Path) -> Detector:
    """Return the detector that this worker process keeps between photos; one thread at a time may use it."""
    from ..analysis.detector import Detector

    return _open_models.enter_context(Detector(models_folder))


def _close_detector() -> None:
    """Close the models, which hold 200 MB: a build renders photos when all of them have been analyzed."""
    with _analysis_lock:
        _get_detector.cache_clear()
        _open_models.close()


def _analyze_pixels(pixels: NDArray[np.uint8], models_folder: Path) -> Analysis:
    with _analysis_lock:
        return _get_detector(models_folder).analyze(pixels)
