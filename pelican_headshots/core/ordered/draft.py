"""Pictures for somebody who is waiting: one small JPEG where the finished files would take too long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..formats import FORMATS
from ..rendition import Rendition
from .manner import Manner

PATIENCE = 2.0
"""Seconds that developing may take before drafts are shown first."""

WIDTH = 800
"""Pixels that a draft has at least, where its picture has them."""
QUALITY = {"avif": 45, "jpeg": 60, "webp": 60, "png": 0}

_EACH = 0.4
"""Seconds for each original: decoding and scaling."""


def seconds(missing: Mapping[str, Mapping[str, Rendition]], workers: int) -> float:
    """About how long *missing* (original → key → rendition) takes to develop."""
    encoding = sum(
        FORMATS[each.format].seconds * each.width * each.height / 1e6
        for wanted in missing.values()
        for each in wanted.values()
    )
    return (encoding + _EACH * len(missing)) / max(1, min(workers, len(missing)))


def drafted(manner: Manner) -> Manner:
    """*manner* for somebody who is waiting."""
    return manner._replace(formats=("jpeg",), qualities=QUALITY, leeway=0, wide_gamut=False)


def width(widths: Sequence[int]) -> int:
    """The one of *widths* that a draft has."""
    return min((each for each in widths if each >= WIDTH), default=max(widths))
