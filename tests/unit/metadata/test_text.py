"""Text from photos is decoded whatever its encoding, and cleaned for pages."""

from __future__ import annotations

import pytest

from tests.support.metadata import exif_segment, iptc_segment, read_photo_metadata


@pytest.mark.parametrize(
    "raw",
    [
        "Café «Zoë» – 3 €".encode(),
        "Café «Zoë» – 3 €".encode("cp1252"),
        "Café «Zoë» – 3 €".encode().decode("cp1252").encode(),
    ],
)
def test_text_is_read_in_utf_8_in_windows_1252_and_as_mojibake(raw: bytes) -> None:
    assert read_photo_metadata(iptc_segment((2, 120, raw))).caption == "Café «Zoë» – 3 €"
    assert read_photo_metadata(exif_segment(0x10E, raw + b"\0")).caption == "Café «Zoë» – 3 €"


def test_control_characters_and_undecodable_bytes_are_removed_from_text() -> None:
    assert read_photo_metadata(exif_segment(0x10E, b"a\x01b\x1b[31mc \xed\x8d\0")).caption == "ab[31mc í"


def test_characters_that_change_the_text_direction_are_removed_from_a_caption() -> None:
    assert read_photo_metadata(exif_segment(0x10E, "a\u202egnp.exe\u2066b שלום\0".encode())).caption == "agnp.exeb שלום"
