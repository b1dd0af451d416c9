"""Preview files: one small JPEG per picture while the final files would take too long to render."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..values.formats import FORMATS
from ..values.rendition import Rendition
from .encoding_options import EncodingOptions

MAX_WAIT_SECONDS = 2.0
"""Estimated rendering time in seconds above which previews are shown first."""

PREVIEW_MIN_WIDTH_PX = 800
"""Smallest width of a preview in pixels, if the picture is that wide."""
PREVIEW_QUALITY = {"avif": 45, "jpeg": 60, "webp": 60, "png": 0}

_SECONDS_PER_PHOTO = 0.4
"""Seconds per photo for decoding and scaling."""


def estimate_render_seconds(missing: Mapping[str, Mapping[str, Rendition]], workers: int) -> float:
    """Return the estimated rendering time in seconds.

    Args:
        missing: Digest of the original → cache key → rendition.
        workers: Number of worker processes.
    """
    encoding = sum(
        FORMATS[rendition.format].seconds_per_megapixel * rendition.width * rendition.height / 1e6
        for renditions in missing.values()
        for rendition in renditions.values()
    )
    return (encoding + _SECONDS_PER_PHOTO * len(missing)) / max(1, min(workers, len(missing)))


def make_preview_options(options: EncodingOptions) -> EncodingOptions:
    """Return the options for preview files."""
    return options._replace(formats=("jpeg",), qualities=PREVIEW_QUALITY, dense_quality_drop=0, wide_gamut=False)


def choose_preview_width(widths: Sequence[int]) -> int:
    """Return the one of *widths* that a preview has."""
    return min((width for width in widths if width >= PREVIEW_MIN_WIDTH_PX), default=max(widths))
