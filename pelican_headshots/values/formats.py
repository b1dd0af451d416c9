"""The file formats in which pictures are published, and their properties."""

from __future__ import annotations

from typing import Literal, NamedTuple

ColorSpace = Literal["sRGB", "Display P3"]


class FileFormat(NamedTuple):
    """A format of published pictures."""

    mime_type: str
    suffix: str
    """The end of its file names."""
    quality_key: str
    """The key of its quality in the quality presets."""
    max_side_px: int
    """The largest width and height that the format allows, in pixels."""
    seconds_per_megapixel: float
    """Processor time of one core for each megapixel encoded (`docs/performance.md`)."""
    color_space: ColorSpace = "sRGB"
    media_query: str = ""
    """The media query of the screens that the format is for; empty for all screens."""


FORMATS = {
    "avif": FileFormat("image/avif", ".avif", "avif", 65_535, 0.17),
    "avif-p3": FileFormat("image/avif", "-p3.avif", "avif", 65_535, 0.17, "Display P3", "(color-gamut: p3)"),
    "webp": FileFormat("image/webp", ".webp", "webp", 16_383, 0.04),
    "jpeg": FileFormat("image/jpeg", ".jpg", "jpeg", 65_500, 0.02),
    "png": FileFormat("image/png", ".png", "png", 65_535, 0.1),
}
