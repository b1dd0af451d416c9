"""Choose the orientation of a picture from its metadata."""

from __future__ import annotations

from . import exif, xmp
from .containers import MetadataBlocks


def choose_orientation(blocks: MetadataBlocks) -> int:
    """Return the orientation (1 to 8) from the EXIF, else from the XMP, else 1."""
    exif_entry = exif.read_directories(blocks.exif).get("main", {}).get(exif.ORIENTATION_TAG)
    number = exif_entry.number() if exif_entry else xmp.read_xmp_orientation(blocks.xmp)
    return number if number is not None and 1 <= number <= 8 else 1
