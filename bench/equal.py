"""A Pelican plugin for benchmarks: use only the encoder settings that other tools have too.

All pictures have the same quality, JPEG uses the standard tables, and AVIF is not tuned. Everything else stays.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from pelican_headshots.pipeline import tasks

if TYPE_CHECKING:
    from PIL import Image

    from pelican_headshots.values.rendition import Rights

_render_image = tasks.render_image


def render_image(*args: Any, **options: Any) -> list[bytes]:
    """Replace `tasks.render_image` in the worker process."""
    from pelican_headshots.images import encode
    from pelican_headshots.images import quality_presets as quality

    quality.TRIAL_FORMATS.clear()
    plain = encode._AvifTraits(encode._probe_avif_encoder().tints_green, {})
    encode._probe_avif_encoder = lambda: plain  # type: ignore[assignment]
    encode._ENCODERS["jpeg"] = _encode_jpeg
    return _render_image(*args, **options)


def _encode_jpeg(image: Image.Image, quality: int, _rights: Rights) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling="4:2:0", progressive=True, optimize=True)
    return out.getvalue()


def register() -> None:
    """Pelican calls this. Workers use this module's function from then on."""
    tasks.render_image = render_image
