"""The file formats that pictures are delivered in, and what is to be known about each."""

from __future__ import annotations

from typing import Literal, NamedTuple

ColorSpace = Literal["sRGB", "Display P3"]


class FileFormat(NamedTuple):
    """One format."""

    mime_type: str
    suffix: str
    """How the names of its files end."""
    quality_key: str
    """Whose numbers of quality it takes: a key of the presets."""
    max_side_px: int
    """Pixels a side may have at most."""
    seconds_per_megapixel: float
    """Of one processor, for each megapixel encoded (`docs/performance.md`)."""
    color_space: ColorSpace = "sRGB"
    media_query: str = ""
    """The media query of the screens it is for; empty for all."""


FORMATS = {
    "avif": FileFormat("image/avif", ".avif", "avif", 65_535, 0.17),
    "avif-p3": FileFormat("image/avif", "-p3.avif", "avif", 65_535, 0.17, "Display P3", "(color-gamut: p3)"),
    "webp": FileFormat("image/webp", ".webp", "webp", 16_383, 0.04),
    "jpeg": FileFormat("image/jpeg", ".jpg", "jpeg", 65_500, 0.02),
    "png": FileFormat("image/png", ".png", "png", 65_535, 0.1),
}
