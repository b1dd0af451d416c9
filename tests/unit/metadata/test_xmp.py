"""Hostile XMP is read as empty metadata."""

from __future__ import annotations

import pytest

from pelican_headshots.values.photo import PhotoMetadata
from tests.support.metadata import packet, read_photo_metadata, xmp_title

BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "lol">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
    + b'<!ENTITY e SYSTEM "file:///etc/hostname">]>'
)


@pytest.mark.parametrize(
    "hostile",
    [
        BOMB + packet(xmp_title("&j;")),
        BOMB + packet(xmp_title("&e;")),
        (BOMB.decode() + packet(xmp_title("&j;")).decode()).encode("utf-16"),
        packet("<dc:title>" + "<rdf:Alt><rdf:li>" * 900 + "x" + "</rdf:li></rdf:Alt>" * 900 + "</dc:title>"),
        b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF",
        b"\xff\xfe\0",
        b"",
    ],
)
def test_hostile_xmp_is_read_as_empty_metadata(hostile: bytes) -> None:
    assert read_photo_metadata(sidecar=hostile) == PhotoMetadata()
