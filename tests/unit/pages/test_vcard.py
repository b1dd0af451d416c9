"""vCard files."""

from __future__ import annotations

import pytest

from pelican_headshots.pages import vcard
from tests.support.people import build_person_view


def test_a_parser_reads_from_a_vcard_what_was_written() -> None:
    vobject = pytest.importorskip("vobject", reason="needs requirements/test.txt")
    person = build_person_view(
        "Jan van der Berg",
        role="Printer; binder, and more",
        department="Größe",
        email="jan@example.com",
        phone="+32 2 555 01 02",
        links=[("Work", "https://example.com/jan")],
    )
    photo = bytes(range(256)) * 8
    card = vobject.readOne(
        vcard.build_vcard(person, "Print & Co, Ltd", "https://example.com/people/jan/", photo).decode()
    )
    assert (card.n.value.family, card.n.value.given) == ("van der Berg", "Jan")
    assert card.fn.value == "Jan van der Berg"
    assert card.org.value == ["Print & Co, Ltd", "Größe"]
    assert card.title.value == "Printer; binder, and more"
    assert card.email.value == "jan@example.com"
    assert card.tel.value == "+32 2 555 01 02"
    assert [url.value for url in card.url_list] == ["https://example.com/people/jan/", "https://example.com/jan"]
    assert card.photo.value == photo


def test_no_line_of_a_vcard_is_longer_than_75_octets() -> None:
    card = vcard.build_vcard(build_person_view("Ж" * 200), "", "", b"x" * 1000)
    assert max(len(line) for line in card.split(b"\r\n")) <= 75
    assert card.decode().replace("\r\n ", "").count("Ж" * 200) == 2
