"""A Pelican plugin for the bench alone: our encoders set as everybody else's can be.

No picture finds its own quality; JPEG's tables are the standard's, and AVIF has no tuning. What remains is ours.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from pelican_headshots.pipeline import tasks

if TYPE_CHECKING:
    from PIL import Image

    from pelican_headshots.values.rendition import Rights

_default_develop = tasks.render_image


def develop(*what: Any) -> list[bytes]:
    """As `tasks.develop`, in the child process."""
    from pelican_headshots.images import encode
    from pelican_headshots.images import quality_presets as quality

    quality.TRIAL_FORMATS.clear()
    plain = encode._AvifTraits(encode._probe_avif_encoder().tints_green, {})
    encode._probe_avif_encoder = lambda: plain  # type: ignore[assignment]
    encode._ENCODERS["jpeg"] = _encode_jpeg
    return _default_develop(*what)


def _encode_jpeg(image: Image.Image, quality: int, rights: Rights) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling="4:2:0", progressive=True, optimize=True)
    return out.getvalue()


def register() -> None:
    """Pelican calls this; children are given our function from then on."""
    tasks.render_image = develop
