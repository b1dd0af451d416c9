"""How a site wants its pictures made: what every rendition of it has in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..values.formats import FORMATS
from ..values.rendition import Watermark


class EncodingOptions(NamedTuple):
    """How pictures are made."""

    formats: Sequence[str]
    """Best first; the last, JPEG, is what every browser shows."""
    qualities: Mapping[str, int]
    """By the formats that numbers of quality are named after."""
    encoder_versions: str
    """The encoders' versions."""
    max_width: int
    """Pixels."""
    watermark: Watermark | None = None
    dense_quality_drop: int = 0
    """Steps of quality by which a file may be lower that only dense screens fetch."""
    wide_gamut: bool = False
    """Whether pictures with such colours come in Display P3 as well."""

    def quality_for(self, format: str) -> int:
        """The number that *format* is encoded with."""
        return self.qualities[FORMATS[format].quality_key]
