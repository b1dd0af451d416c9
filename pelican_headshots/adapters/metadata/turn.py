"""Which way up a picture is to be seen, by what is written in it."""

from __future__ import annotations

from . import exif, xmp
from .containers import Blocks


def orientation(found: Blocks) -> int:
    """EXIF orientation 1..8: the one in the EXIF, else in the XMP, else 1."""
    written = exif.directories(found.exif).get("main", {}).get(exif.ORIENTATION)
    number = written.number() if written else xmp.orientation(found.xmp)
    return number if number is not None and 1 <= number <= 8 else 1
