"""Pictures for somebody who is waiting: one small JPEG where the finished files would take too long."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from ..geometry import Box, Point
from ..photo import Photo
from ..plate import Picture
from ..rendition import Crop, Mark, Rendition, Rights
from .order import Order

PATIENCE = 2.0
"""Seconds that developing may take before drafts are shown first."""

WIDTH = 800
"""Pixels that a draft has at least, where its picture has them."""
QUALITY = {"avif": 45, "jpeg": 60, "webp": 60, "png": 0}

_SECONDS = {"avif": 0.17, "avif-p3": 0.17, "jpeg": 0.02, "webp": 0.04, "png": 0.1}
"""For each megapixel encoded, by format (`docs/performance.md`)."""
_EACH = 0.4
"""For each original: decoding and scaling."""


def seconds(missing: Mapping[str, Mapping[str, Rendition]], workers: int) -> float:
    """About how long *missing* (original → key → rendition) takes to develop."""
    encoding = sum(
        _SECONDS[each.format] * each.width * each.height / 1e6
        for wanted in missing.values()
        for each in wanted.values()
    )
    return (encoding + _EACH * len(missing)) / max(1, min(workers, len(missing)))


class DraftOrder(Order):
    """Orders drafts of the photographs whose digests are in *unfinished*, and everybody else's finished pictures."""

    def __init__(
        self,
        formats: Sequence[str],
        qualities: dict[str, int],
        engine: str,
        max_width: int,
        mark: Mark | None,
        unfinished: Collection[str],
        leeway: int = 0,
        wide_gamut: bool = False,
    ) -> None:
        super().__init__(formats, qualities, engine, max_width, mark, leeway, wide_gamut)
        self._unfinished = unfinished

    def picture(
        self,
        photo: Photo,
        crop: Crop,
        widths: Sequence[int],
        sizes: str,
        *,
        focus: Point = Point(0.5, 0.5),
        faces: tuple[Box, ...] = (),
        rights: Rights = Rights(),
        fallback: Iterable[int] | None = None,
        formats: Sequence[str] | None = None,
        dense: Mapping[int, float] = {},
    ) -> Picture:
        """As `Order.picture`."""
        if photo.digest not in self._unfinished:
            return super().picture(
                photo,
                crop,
                widths,
                sizes,
                focus=focus,
                faces=faces,
                rights=rights,
                fallback=fallback,
                formats=formats,
                dense=dense,
            )
        finished, self.qualities = self.qualities, QUALITY
        one = min((width for width in widths if width >= WIDTH), default=max(widths))
        drafted = super().picture(
            photo, crop, (one,), sizes, focus=focus, faces=faces, rights=rights, formats=("jpeg",)
        )
        self.qualities = finished
        return drafted
