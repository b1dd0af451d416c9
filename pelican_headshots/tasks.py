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

from .adapters.pictures import tools
from .core.photo import Exam
from .core.rendition import RECIPE, Rendition

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .adapters.looking.looker import Looker
    from .core.analysis import Analysis

LONG_SIDE = 1024
"""Pixels of the longer side of the picture that is looked at; more moved no verdict."""


_LOOKING = threading.Lock()


def stamp() -> str:
    """Names whatever shapes what comes out of here: workers whose stamps are the same make the same bytes."""
    return f"recipe {RECIPE}, {tools.in_use()}, mediapipe {tools.version_of('mediapipe')}"


def examine(data: bytes, sidecar: bytes | None, models: Path | None, pixel_limit: int, raw: bool = False) -> Exam:
    """Look at an original and read what is written in it.

    *models* is the folder of models, or None to leave the looking out. *pixel_limit* is in pixels. Of a *raw* file the
    preview is meant. Raises UnreadablePicture.
    """
    from .adapters.metadata import words as metadata
    from .adapters.pictures import pixels

    data = _preview(data) if raw else data
    frame = pixels.frame(data, LONG_SIDE, pixel_limit)
    words, rights = metadata.read(frame.written, sidecar, frame.size)
    analysis = _looked(frame.pixels, models) if models else None
    return Exam(frame.size, analysis, words, rights, frame.colours, frame.sparkle, frame.wide)


def develop(data: bytes, renditions: Sequence[Rendition], pixel_limit: int, raw: bool = False) -> list[bytes]:
    """All *renditions* of an original, encoded, in their order; of a *raw* file its preview's. Raises UnreadablePicture."""
    from .adapters.originals.opening import strictly
    from .adapters.pictures import develop as darkroom

    with strictly(pixel_limit):  # Pillow counts pixels also where a part is cut out
        return list(darkroom.develop(_preview(data) if raw else data, renditions, pixel_limit))


def _preview(data: bytes) -> bytes:
    from .adapters.pictures import raw

    return raw.preview(data)


@lru_cache(maxsize=1)
def _looker(models: Path) -> Looker:
    """What a worker process keeps between pictures: its models, loaded once, for one thread at a time."""
    from .adapters.looking.looker import Looker

    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(Looker(models))


def _looked(pixels: NDArray[np.uint8], models: Path) -> Analysis:
    with _LOOKING:
        return _looker(models).look(pixels)
