"""A Pelican plugin for the bench alone: the widths and formats that every tool was given, and no crops.

Everything else is ours as it ships: looking, judging, pages, cache.
"""

from __future__ import annotations

from collections.abc import Collection

from pelican_headshots import studio
from pelican_headshots.core.geometry import WHOLE
from pelican_headshots.core.ordered.manner import Manner
from pelican_headshots.core.ordered.order import Order
from pelican_headshots.core.photo import Photo
from pelican_headshots.core.plate import Picture
from pelican_headshots.core.rendition import Crop

from .work import WIDTHS


class SameWork(Order):
    """Gives everybody who asks for a picture the whole one, at the given widths."""

    def __init__(self, manner: Manner, drafts: Collection[str] = ()) -> None:
        super().__init__(manner._replace(max_width=WIDTHS[-1]), drafts)

    def picture(self, photo: Photo, crop: Crop, widths: object, sizes: str, **how: object) -> Picture:  # type: ignore[override]
        for unwanted in ("fallback", "formats", "focus", "dense"):
            how.pop(unwanted, None)
        return super().picture(photo, Crop(WHOLE), WIDTHS, sizes, **how)  # type: ignore[arg-type]


def register() -> None:
    """Pelican calls this; the studio makes its orders from our class from then on."""
    studio.Order = SameWork  # type: ignore[misc]
