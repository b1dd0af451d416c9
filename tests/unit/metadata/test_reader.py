"""Titles, captions, dates, places and rights are combined from EXIF, IPTC, XMP and sidecars."""

from __future__ import annotations

import pytest

from tests.support.metadata import (
    FIXTURES,
    exif_segment,
    iptc_segment,
    make_jpeg,
    packet,
    read_metadata,
    read_photo_metadata,
    xmp_segment,
    xmp_title,
)


def test_a_sidecar_overrides_xmp_which_overrides_iptc_which_overrides_exif() -> None:
    everything = [
        exif_segment(0x10E, b"from exif\0"),
        iptc_segment((2, 120, b"from iptc"), (2, 5, b"iptc title")),
        xmp_segment(xmp_title("xmp title")),
    ]
    found = read_photo_metadata(*everything, sidecar=packet("<photoshop:City>Basel</photoshop:City>"))
    assert (found.title, found.caption, found.place) == ("xmp title", "from iptc", "Basel")
    assert found.sources == {"title": "xmp", "caption": "iptc", "place": "sidecar"}
    assert read_photo_metadata(*everything[:2]).title == "iptc title"
    assert read_photo_metadata(everything[0]).caption == "from exif"
    assert read_photo_metadata(*everything, sidecar=packet(xmp_title("beside"))).title == "beside"


def test_a_windows_title_is_read() -> None:
    assert (
        read_photo_metadata(exif_segment(0x9C9B, "Ein Titel ü".encode("utf-16-le") + b"\0\0", 1)).title == "Ein Titel ü"
    )


@pytest.mark.parametrize("description", [b"OLYMPUS DIGITAL CAMERA", b"DSC_0012", b"SONY DSC", b"   ", b"default"])
def test_a_description_written_by_the_camera_is_no_caption(description: bytes) -> None:
    assert read_photo_metadata(exif_segment(0x10E, description + b"\0")).caption == ""


@pytest.mark.parametrize(
    ("written", "expected"),
    [("2024", "2024"), ("2024-06-01", "2024-06-01"), ("2024-06-01T10:00:00.25+02:00", "2024-06-01T10:00:00"),
     ("0000-00-00", ""), ("2020-13-45", ""), ("yesterday", "")],
)  # fmt: skip
def test_a_date_is_as_precise_as_written_and_an_impossible_one_is_dropped(written: str, expected: str) -> None:
    assert (
        read_photo_metadata(xmp_segment(f"<photoshop:DateCreated>{written}</photoshop:DateCreated>")).date == expected
    )


def test_a_place_is_published_in_the_detail_that_the_setting_allows() -> None:
    found = read_photo_metadata(iptc_segment((2, 92, b"Main Street 7"), (2, 90, b"Basel"), (2, 101, b"Schweiz")))
    assert [found.with_place_detail(places).place for places in ("city", "all", "none")] == [
        "Basel, Schweiz", "Main Street 7, Basel, Schweiz", "",
    ]  # fmt: skip
    street_only = read_photo_metadata(iptc_segment((2, 92, b"Main Street 7")))
    assert [street_only.with_place_detail(places).place for places in ("city", "all", "none")] == [
        "",
        "Main Street 7",
        "",
    ]
    repeated_city = read_photo_metadata(iptc_segment((2, 92, b"Basel"), (2, 90, b"Basel")))
    assert repeated_city.with_place_detail("all").place == repeated_city.with_place_detail("city").place == "Basel"


def test_a_street_from_one_source_is_not_combined_with_a_city_from_another() -> None:
    found = read_photo_metadata(
        xmp_segment("<Iptc4xmpCore:Location>Main Street 7</Iptc4xmpCore:Location>"), iptc_segment((2, 90, b"Basel")),
    )  # fmt: skip
    assert (found.sublocation, found.place) == ("Main Street 7", "")


def test_a_web_statement_that_is_no_http_url_is_dropped() -> None:
    for evil in ("javascript:alert(1)", "data:text/html,x", "https://a b", 'https://x"onload="y'):
        body = f"<xmpRights:WebStatement>{evil.replace('&', '&amp;')}</xmpRights:WebStatement>"
        assert read_metadata(make_jpeg(xmp_segment(body)))[1].web_statement == ""


@pytest.mark.parametrize("file", sorted(p.name for p in FIXTURES.iterdir() if p.suffix not in ("", ".xmp")))
def test_the_same_metadata_is_read_whichever_program_wrote_it(file: str) -> None:
    picture = FIXTURES / file
    sidecar = picture.with_suffix(".xmp")
    found, rights = read_metadata(picture.read_bytes(), sidecar.read_bytes() if sidecar.exists() else None)
    assert (found.title, found.caption) == ("Zoë am Fenster", "Ein Porträt – spät")
    assert found.keywords == ("Porträt", "Fenster")
    assert found.date == "2024-06-01T10:00:00"
    assert (rights.creator, rights.copyright) == ("Ann Example", "© 2024 Ann Example")
    if file != "windows.jpg":
        assert (found.sublocation, found.place) == ("Rheinufer", "Basel, Schweiz")
        assert rights.credit == "Example Agency"
    if file.startswith("lightroom"):
        assert found.alt == "Eine Frau am Fenster"
        assert (rights.web_statement, rights.usage_terms) == ("https://example.org/licence", "Ask first")
    assert found.person_names == (("Zoë Muster",) if file.startswith(("lightroom", "digikam")) else ())
