"""Pictures for somebody who is waiting: one small JPEG where the finished files would take too long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..values.formats import FORMATS
from ..values.rendition import Rendition
from .encoding_options import EncodingOptions

MAX_WAIT_SECONDS = 2.0
"""Seconds that developing may take before drafts are shown first."""

PREVIEW_MIN_WIDTH_PX = 800
"""Pixels that a draft has at least, where its picture has them."""
PREVIEW_QUALITY = {"avif": 45, "jpeg": 60, "webp": 60, "png": 0}

_SECONDS_PER_PHOTO = 0.4
"""Seconds for each original: decoding and scaling."""


def estimate_render_seconds(missing: Mapping[str, Mapping[str, Rendition]], workers: int) -> float:
    """About how long *missing* (original → key → rendition) takes to develop."""
    encoding = sum(
        FORMATS[rendition.format].seconds_per_megapixel * rendition.width * rendition.height / 1e6
        for renditions in missing.values()
        for rendition in renditions.values()
    )
    return (encoding + _SECONDS_PER_PHOTO * len(missing)) / max(1, min(workers, len(missing)))


def make_preview_options(options: EncodingOptions) -> EncodingOptions:
    """*manner* for somebody who is waiting."""
    return options._replace(formats=("jpeg",), qualities=PREVIEW_QUALITY, dense_quality_drop=0, wide_gamut=False)


def choose_preview_width(widths: Sequence[int]) -> int:
    """The one of *widths* that a draft has."""
    return min((each for each in widths if each >= PREVIEW_MIN_WIDTH_PX), default=max(widths))
