"""The metadata blocks of a picture, each parsed once."""

from __future__ import annotations

from dataclasses import dataclass

from . import exif, iptc, xmp
from .containers import MetadataBlocks


@dataclass(frozen=True)
class ParsedMetadata:
    """What the EXIF, XMP and IPTC blocks of a picture contain. Texts are not cleaned."""

    exif: dict[str, exif.ExifDirectory]
    xmp: xmp.XmpPackets
    iptc: iptc.IptcTexts
    orientation: int
    """The orientation (1 to 8) from the EXIF, else from the XMP, else 1."""
    is_adobe_rgb: bool
    """Whether the EXIF says that the colors are Adobe RGB."""

    @property
    def has_exif_orientation(self) -> bool:
        """Whether the EXIF has an orientation, valid or not."""
        return exif.ORIENTATION_TAG in self.exif.get("main", {})


def parse_blocks(blocks: MetadataBlocks) -> ParsedMetadata:
    """Parse the metadata blocks of a picture. Invalid metadata is ignored."""
    directories = exif.read_directories(blocks.exif)
    is_adobe_rgb = exif.is_adobe_rgb(directories)
    packets = xmp.parse_packets(blocks.xmp)
    entry = directories.get("main", {}).get(exif.ORIENTATION_TAG)
    number = entry.number() if entry else packets.orientation
    orientation = number if number is not None and 1 <= number <= 8 else 1
    return ParsedMetadata(directories, packets, iptc.read_iptc_texts(blocks.iptc), orientation, is_adobe_rgb)
