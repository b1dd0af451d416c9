"""A Pelican plugin for benchmarks: only the widths and formats that every tool makes, and no crops.

Everything else is as it ships: analysis, classification, pages, cache.
"""

from __future__ import annotations

from typing import Any

from pelican_headshots.images.encoding_options import EncodingOptions
from pelican_headshots.images.plan import RenderPlan
from pelican_headshots.pipeline import site_build
from pelican_headshots.values.geometry import FULL_IMAGE_BOX
from pelican_headshots.values.photo import Photo
from pelican_headshots.values.portfolio import Picture
from pelican_headshots.values.rendition import Crop

from .work import WIDTHS


class SameWork(RenderPlan):
    """Plans every picture without crops, at the widths of the benchmark."""

    def __init__(self, options: EncodingOptions, *rest: Any) -> None:
        super().__init__(options._replace(max_width=WIDTHS[-1]), *rest)

    def add_picture(self, photo: Photo, crop: Crop, widths: object, sizes: str, **how: object) -> Picture:
        """Add the whole photo at the widths of the benchmark, whatever the theme asks for."""
        for unwanted in ("fallback_widths", "formats", "focal_point", "dense_shares"):
            how.pop(unwanted, None)
        return super().add_picture(photo, Crop(FULL_IMAGE_BOX), WIDTHS, sizes, **how)  # type: ignore[arg-type]


def register() -> None:
    """Pelican calls this. The build makes its render plan from this module's class from then on."""
    site_build.RenderPlan = SameWork  # type: ignore[attr-defined, assignment]
