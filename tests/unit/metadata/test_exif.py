"""EXIF with false sizes, offsets or loops is read without an error."""

from __future__ import annotations

import struct

from pelican_headshots.metadata import parsed
from pelican_headshots.values.photo import PhotoMetadata
from tests.support.metadata import make_jpeg, read_blocks, read_photo_metadata


def test_exif_with_false_sizes_or_a_loop_is_read_without_an_error() -> None:
    loop = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHII", 1, 0x112, 3, 1, 0x00060000) + struct.pack(">I", 8)
    huge = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHII", 1, 0x10E, 2, 0xFFFFFFF0, 26) + b"\0\0\0\0abc"
    for block in (loop, huge, b"Exif\0\0MM\0*", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0"):
        assert read_photo_metadata((0xE1, block)) == PhotoMetadata()
    assert parsed.parse_blocks(read_blocks(make_jpeg((0xE1, loop)))).orientation == 6
