"""What is done to one photograph in a child process: bytes in, values and bytes out.

Nothing here knows where a picture came from or where it goes, so that any executor may run it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .core.photo import Exam
from .core.rendition import Rendition

if TYPE_CHECKING:
    from .adapters.looking import Looker

LONG_SIDE = 1024
"""Pixels of the longer side of the picture that is looked at; more moved no verdict."""


class _Bench:
    """What a worker process keeps between pictures: one Looker, its models loaded once."""

    looker: Looker | None = None


def examine(data: bytes, sidecar: bytes | None, models: Path | None, pixel_limit: int) -> Exam:
    """Look at an original and read what is written in it.

    *models* is the folder of models, or None to leave the looking out. *pixel_limit* is in pixels. Raises
    UnreadablePicture.
    """
    from .adapters import metadata, pixels

    frame = pixels.frame(data, LONG_SIDE, pixel_limit)
    words, rights = metadata.read(data, sidecar)
    analysis = _looker(models).look(frame.pixels) if models else None
    return Exam(frame.size, analysis, words, rights, frame.colours)


def develop(data: bytes, renditions: Sequence[Rendition], pixel_limit: int) -> list[bytes]:
    """All *renditions* of an original, encoded, in their order. Raises UnreadablePicture."""
    from .adapters import develop as darkroom

    return list(darkroom.develop(data, renditions, pixel_limit))


def _looker(models: Path) -> Looker:
    if _Bench.looker is None:
        import atexit

        from .adapters.looking import Looker

        with contextlib.ExitStack() as stack:
            _Bench.looker = stack.enter_context(Looker(models))
            atexit.register(stack.pop_all().close)
    return _Bench.looker
