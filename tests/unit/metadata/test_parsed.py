"""The orientation of a photo is read from EXIF."""

from __future__ import annotations

import struct

import pytest

from pelican_headshots.metadata import parsed
from tests.support.metadata import make_jpeg, read_blocks


@pytest.mark.parametrize(("kind", "form"), [(1, "BBH"), (3, "HH"), (4, "I"), (6, "bBH"), (8, "hH"), (9, "i")])
def test_an_orientation_is_read_from_every_numeric_exif_type(kind: int, form: str) -> None:
    value = struct.pack(">" + form, 6, *[0] * (len(form) - 1))
    block = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHI", 1, 0x112, kind, 1) + value + struct.pack(">I", 0)
    assert parsed.parse_blocks(read_blocks(make_jpeg((0xE1, block)))).orientation == 6
