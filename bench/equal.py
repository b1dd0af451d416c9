"""A Pelican plugin for the bench alone: our encoders set as everybody else's can be.

No picture finds its own quality; JPEG's tables are the standard's, and AVIF has no tuning. What remains is ours.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from pelican_headshots import tasks

if TYPE_CHECKING:
    from PIL import Image

    from pelican_headshots.core.rendition import Rights

_usual = tasks.develop


def develop(*what: Any) -> list[bytes]:
    """As `tasks.develop`, in the child process."""
    from pelican_headshots.adapters.pictures import encode
    from pelican_headshots.core.ordered import quality

    quality.ADVISED.clear()
    plain = encode._Habits(encode._habits().tints, {})
    encode._habits = lambda: plain  # type: ignore[assignment]
    encode._ENCODERS["jpeg"] = _jpeg
    return _usual(*what)


def _jpeg(image: Image.Image, quality: int, words: Rights) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling="4:2:0", progressive=True, optimize=True)
    return out.getvalue()


def register() -> None:
    """Pelican calls this; children are given our function from then on."""
    tasks.develop = develop
