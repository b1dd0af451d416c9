"""A Pelican plugin for the bench alone: the widths and formats that every tool was given, and no crops.

Everything else is ours as it ships: looking, judging, pages, cache.
"""

from __future__ import annotations

from collections.abc import Collection

from pelican_headshots.images.encoding_options import EncodingOptions
from pelican_headshots.images.plan import RenderPlan
from pelican_headshots.pipeline import site_build
from pelican_headshots.values.geometry import FULL_IMAGE_BOX
from pelican_headshots.values.photo import Photo
from pelican_headshots.values.portfolio import Picture
from pelican_headshots.values.rendition import Crop

from .work import WIDTHS


class SameWork(RenderPlan):
    """Gives everybody who asks for a picture the whole one, at the given widths."""

    def __init__(self, manner: EncodingOptions, drafts: Collection[str] = ()) -> None:
        super().__init__(manner._replace(max_width=WIDTHS[-1]), drafts)

    def add_picture(self, photo: Photo, crop: Crop, widths: object, sizes: str, **how: object) -> Picture:  # type: ignore[override]
        for unwanted in ("fallback_widths", "formats", "focal_point", "dense_shares"):
            how.pop(unwanted, None)
        return super().add_picture(photo, Crop(FULL_IMAGE_BOX), WIDTHS, sizes, **how)  # type: ignore[arg-type]


def register() -> None:
    """Pelican calls this; the studio makes its orders from our class from then on."""
    site_build.RenderPlan = SameWork  # type: ignore[misc]
