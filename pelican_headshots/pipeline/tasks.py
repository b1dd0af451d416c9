"""What is done to one photograph in a child process: bytes in, values and bytes out.

Nothing here knows where a picture came from or where it goes, so that any executor may run it.
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
from ..values.photo import PhotoRecord
from ..values.rendition import RENDER_VERSION, Rendition

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..analysis.detector import Detector
    from ..values.analysis import Analysis

ANALYSIS_LONG_SIDE_PX = 1024
"""Pixels of the longer side of the picture that is looked at; more moved no verdict."""


_LOOKING = threading.Lock()


def make_worker_fingerprint() -> str:
    """Names whatever shapes what comes out of here: workers whose stamps are the same make the same bytes."""
    return f"recipe {RENDER_VERSION}, {versions.get_loaded_versions()}, mediapipe {versions.get_package_version('mediapipe')}"


def analyze_image(
    data: bytes, sidecar_bytes: bytes | None, models_folder: Path | None, max_pixels: int, is_raw: bool = False
) -> PhotoRecord:
    """Look at an original and read what is written in it.

    *models* is the folder of models, or None to leave the looking out. *pixel_limit* is in pixels. Of a *raw* file the
    preview is meant. Raises UnreadablePicture.
    """
    from ..images import decode as pixels
    from ..metadata import reader as metadata

    data = _extract_raw_preview(data) if is_raw else data
    frame = pixels.decode_for_analysis(data, ANALYSIS_LONG_SIDE_PX, max_pixels)
    photo_metadata, rights = metadata.read(frame.metadata_blocks, sidecar_bytes, frame.size)
    analysis = _analyze_pixels(frame.pixels, models_folder) if models_folder else None
    return PhotoRecord(
        frame.size, analysis, photo_metadata, rights, frame.colors, frame.highlight_loss, frame.wide_gamut_share
    )


def render_image(data: bytes, renditions: Sequence[Rendition], max_pixels: int, is_raw: bool = False) -> list[bytes]:
    """All *renditions* of an original, encoded, in their order; of a *raw* file its preview's. Raises UnreadablePicture."""
    from ..images import render as darkroom
    from ..scan.open_image import enforce_strict_decoding

    with enforce_strict_decoding(max_pixels):  # Pillow counts pixels also where a part is cut out
        return list(darkroom.render_renditions(_extract_raw_preview(data) if is_raw else data, renditions, max_pixels))


def _extract_raw_preview(data: bytes) -> bytes:
    from ..images import raw_preview

    return raw_preview.extract_preview(data)


@lru_cache(maxsize=1)
def _looker(models: Path) -> Detector:
    """What a worker process keeps between pictures: its models, loaded once, for one thread at a time."""
    from ..analysis.detector import Detector

    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(Detector(models))


def _analyze_pixels(pixels: NDArray[np.uint8], models_folder: Path) -> Analysis:
    with _LOOKING:
        return _looker(models_folder).analyze(pixels)
