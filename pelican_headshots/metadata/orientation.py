"""Which way up a picture is to be seen, by what is written in it."""

from __future__ import annotations

from . import exif, xmp
from .containers import MetadataBlocks


def choose_orientation(blocks: MetadataBlocks) -> int:
    """EXIF orientation 1..8: the one in the EXIF, else in the XMP, else 1."""
    exif_entry = exif.read_directories(blocks.exif).get("main", {}).get(exif.ORIENTATION_TAG)
    number = exif_entry.number() if exif_entry else xmp.read_xmp_orientation(blocks.xmp)
    return number if number is not None and 1 <= number <= 8 else 1
