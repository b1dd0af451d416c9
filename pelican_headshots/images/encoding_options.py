"""The encoding options that all renditions of a site share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..values.formats import FORMATS
from ..values.rendition import Watermark


class EncodingOptions(NamedTuple):
    """Formats, qualities and limits for the pictures of a site."""

    formats: Sequence[str]
    """The preferred format first. The last is JPEG, which every browser can show."""
    qualities: Mapping[str, int]
    """Quality by `FileFormat.quality_key`."""
    encoder_versions: str
    """Versions of the libraries that encode and scale."""
    max_width: int
    """Largest width of a rendition in pixels."""
    watermark: Watermark | None = None
    dense_quality_drop: int = 0
    """Quality steps by which files that only high-density screens fetch may be lower."""
    wide_gamut: bool = False
    """Whether pictures with colors outside sRGB are published in Display P3 too."""

    def quality_for(self, format: str) -> int:
        """Return the quality that a format is encoded with."""
        return self.qualities[FORMATS[format].quality_key]
