"""IPTC records are read in their character set, and as far as they are complete."""

from __future__ import annotations

import struct

from pelican_headshots.metadata import iptc
from tests.support.metadata import iptc_segment, read_photo_metadata


def test_iptc_text_is_decoded_in_the_character_set_that_it_declares() -> None:
    assert read_photo_metadata(iptc_segment((1, 90, b"\x1b%G"), (2, 120, "日本".encode()))).caption == "日本"
    assert read_photo_metadata(iptc_segment((1, 90, b"\x1b.A"), (2, 120, b"\xc3\xa9t\xe9"))).caption == "Ã©té"


def test_a_truncated_iptc_block_is_read_up_to_the_cut() -> None:
    block = struct.pack(">BBBH", 0x1C, 2, 5, 3) + b"abc" + struct.pack(">BBBH", 0x1C, 2, 120, 0xFFFF) + b"\0"
    assert iptc.read_iptc_texts(block)[5] == ("abc",)
