"""Ratings, labels and keywords are read from sidecars, XMP, IPTC and EXIF, each with its source."""

from __future__ import annotations

import pytest

from pelican_headshots.metadata.decisions import read_decisions
from pelican_headshots.metadata.parsed import parse_blocks
from pelican_headshots.values.photo import are_plausible
from pelican_headshots.values.selection import Decisions
from tests.support.metadata import exif_segment, iptc_segment, make_jpeg, packet, read_blocks, xmp_segment

XMP = 'xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
LIGHTROOM = 'xmlns:lr="http://ns.adobe.com/lightroom/1.0/"'


def rating(value: str) -> str:
    return f"<xmp:Rating {XMP}>{value}</xmp:Rating>"


def keywords(*values: str) -> str:
    return f"<dc:subject><rdf:Bag>{''.join(f'<rdf:li>{value}</rdf:li>' for value in values)}</rdf:Bag></dc:subject>"


def read(*segments: tuple[int, bytes], sidecar: bytes | None = None) -> Decisions:
    return read_decisions(parse_blocks(read_blocks(make_jpeg(*segments))), sidecar)


def test_each_field_is_read_from_the_first_source_that_has_it() -> None:
    embedded = [
        xmp_segment(rating("5") + keywords("from xmp") + f"<xmp:Label {XMP}>Red</xmp:Label>"),
        iptc_segment((2, 25, b"from iptc")),
        exif_segment(0x9C9E, "from exif;windows".encode("utf-16-le") + b"\0\0", 1),
    ]
    found = read(*embedded, sidecar=packet(rating("0")))
    assert (found.rating, found.labels, found.keywords) == (0, ("Red",), ("from xmp",))
    assert found.sources == {"rating": "sidecar", "labels": "xmp", "keywords": "xmp"}
    assert read(*embedded[1:]).keywords == ("from iptc",)
    assert read(embedded[2]) == Decisions(keywords=("from exif", "windows"), sources={"keywords": "exif"})
    assert read() == Decisions()


@pytest.mark.parametrize(
    ("written", "expected"),
    [("-1", -1), ("0", 0), ("5", 5), ("3.0", 3), ("4.5", 4), (" 2 ", 2),
     ("6", 0), ("-2", 0), ("99", 0), ("nan", 0), ("inf", 0), ("1e400", 0), ("five", 0), ("", 0)],
)  # fmt: skip
def test_an_impossible_rating_is_none(written: str, expected: int) -> None:
    assert read(xmp_segment(rating(written))).rating == expected


def test_a_rating_may_be_an_attribute() -> None:
    attribute = packet("").replace(b'<rdf:Description rdf:about=""', f'<rdf:Description {XMP} xmp:Rating="-1"'.encode())
    assert read(sidecar=attribute) == Decisions(-1, sources={"rating": "sidecar"})


def test_keywords_are_cleaned_and_limited_like_other_texts_of_strangers() -> None:
    found = read(xmp_segment(keywords("a\u202eb", "x" * 5000, "", *map(str, range(1000)))))
    assert found.keywords[:2] == ("ab", "x" * 500)
    assert len(found.keywords) == 200
    assert are_plausible(found)
    assert not are_plausible(Decisions(labels=("a\x1b[2J",)))


@pytest.mark.parametrize("sidecar", [b"<x:xmpmeta", b"\0" * 100, b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_a_damaged_sidecar_is_known_to_be_unreadable(sidecar: bytes) -> None:
    found = read(xmp_segment(rating("4")), sidecar=sidecar)
    assert (found.rating, found.is_sidecar_readable) == (4, False)
    assert read(sidecar=packet(rating("4"))).is_sidecar_readable
