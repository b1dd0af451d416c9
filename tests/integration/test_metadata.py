"""Titles, captions, places, face regions and rights are read from the metadata that photographers' programs write."""

from __future__ import annotations

import io
import struct
import zlib
from unittest.mock import Mock

import numpy as np
import pytest
from PIL import Image

from pelican_headshots.images import decode, render
from pelican_headshots.metadata import iptc, orientation
from pelican_headshots.pipeline import tasks
from pelican_headshots.values.geometry import Box, Size
from pelican_headshots.values.photo import FaceRegion, PhotoMetadata
from pelican_headshots.values.rendition import Crop, Rendition, Rights
from tests.support.metadata import (
    exif_segment,
    iptc_segment,
    make_jpeg,
    packet,
    read_blocks,
    read_metadata,
    read_photo_metadata,
    xmp_segment,
    xmp_title,
)
from tests.support.site import REPOSITORY

RIGHTS = Rights(
    creator="Zoë Example",
    credit="Example Agency",
    copyright="© 2026 Zoë Example",
    usage_terms="Ask first <please> & thank you",
    web_statement="https://example.org/licence?a=1&b=2",
    licensor_name="Example Agency",
    licensor_url="https://example.org/ask",
    data_mining="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED",
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


@pytest.mark.parametrize("format", ["avif", "avif-p3", "jpeg", "webp", "png"])
def test_rights_written_to_a_rendition_are_read_back(format: str) -> None:
    wanted = Rendition(crop=Crop(), width=60, height=40, format=format, quality=80, rights=RIGHTS)
    (rendered,) = render.render_renditions(make_jpeg(), [wanted])
    found, rights = read_metadata(rendered)
    assert rights == RIGHTS
    assert found == PhotoMetadata()


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


def test_iptc_text_is_decoded_in_the_character_set_that_it_declares() -> None:
    assert read_photo_metadata(iptc_segment((1, 90, b"\x1b%G"), (2, 120, "日本".encode()))).caption == "日本"
    assert read_photo_metadata(iptc_segment((1, 90, b"\x1b.A"), (2, 120, b"\xc3\xa9t\xe9"))).caption == "Ã©té"


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


def test_exif_with_false_sizes_or_a_loop_is_read_without_an_error() -> None:
    loop = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHII", 1, 0x112, 3, 1, 0x00060000) + struct.pack(">I", 8)
    huge = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHII", 1, 0x10E, 2, 0xFFFFFFF0, 26) + b"\0\0\0\0abc"
    for block in (loop, huge, b"Exif\0\0MM\0*", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0"):
        assert read_photo_metadata((0xE1, block)) == PhotoMetadata()
    assert orientation.choose_orientation(read_blocks(make_jpeg((0xE1, loop)))) == 6


@pytest.mark.parametrize(("kind", "form"), [(1, "BBH"), (3, "HH"), (4, "I"), (6, "bBH"), (8, "hH"), (9, "i")])
def test_an_orientation_is_read_from_every_numeric_exif_type(kind: int, form: str) -> None:
    value = struct.pack(">" + form, 6, *[0] * (len(form) - 1))
    block = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHI", 1, 0x112, kind, 1) + value + struct.pack(">I", 0)
    assert orientation.choose_orientation(read_blocks(make_jpeg((0xE1, block)))) == 6


def test_a_truncated_iptc_block_is_read_up_to_the_cut() -> None:
    block = struct.pack(">BBBH", 0x1C, 2, 5, 3) + b"abc" + struct.pack(">BBBH", 0x1C, 2, 120, 0xFFFF) + b"\0"
    assert iptc.get_iptc_text(iptc.read_iptc_records(block), 5) == "abc"


def test_control_characters_and_undecodable_bytes_are_removed_from_text() -> None:
    assert read_photo_metadata(exif_segment(0x10E, b"a\x01b\x1b[31mc \xed\x8d\0")).caption == "ab[31mc í"


def test_characters_that_change_the_text_direction_are_removed_from_a_caption() -> None:
    assert read_photo_metadata(exif_segment(0x10E, "a\u202egnp.exe\u2066b שלום\0".encode())).caption == "agnp.exeb שלום"


def test_rights_of_the_site_fill_gaps_but_not_in_photos_by_somebody_else() -> None:
    assert Rights().fill_from(RIGHTS) == RIGHTS
    assert Rights(creator="zoë example", credit="Own").fill_from(RIGHTS).credit == "Own"
    assert Rights(creator="zoë example").fill_from(RIGHTS).copyright == RIGHTS.copyright
    assert Rights(creator="Somebody Else").fill_from(RIGHTS) == Rights(creator="Somebody Else")
    assert Rights(copyright="© Somebody Else").fill_from(RIGHTS) == Rights(copyright="© Somebody Else")


FIXTURES = REPOSITORY / "tests" / "fixtures" / "metadata"
"""Written by `tools/scripts/make_metadata_fixtures.sh`."""


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


@pytest.mark.parametrize(
    ("file", "size"),
    [
        ("faces/lightroom.jpg", Size(32, 24)),
        ("faces/lightroom-turned.jpg", Size(24, 32)),
        ("faces/digikam.jpg", Size(32, 24)),
    ],
)
def test_the_same_face_regions_are_read_whichever_program_wrote_them(file: str, size: Size) -> None:
    found, _ = read_metadata((FIXTURES / file).read_bytes(), size=size)
    assert found.person_names == ("Max Muster", "Zoë Muster")
    assert found.face_regions == (
        FaceRegion("Max Muster", Box(0.1, 0.25, 0.4, 0.65)),
        FaceRegion("Zoë Muster", Box(0.55, 0.2, 0.85, 0.6)),
    )


def test_face_regions_drawn_before_the_photo_was_cropped_are_dropped_and_the_names_kept() -> None:
    found, _ = read_metadata((FIXTURES / "faces/lightroom.jpg").read_bytes(), size=Size(24, 24))
    assert found.person_names == ("Max Muster", "Zoë Muster")
    assert found.face_regions == ()


def test_face_regions_that_are_already_upright_are_not_turned_again() -> None:
    area = '<mwg-rs:Area stArea:x="0.5" stArea:y="0.25" stArea:w="0.2" stArea:h="0.1" stArea:unit="normalized"/>'
    body = (
        '<tiff:Orientation xmlns:tiff="http://ns.adobe.com/tiff/1.0/">6</tiff:Orientation>'
        '<mwg-rs:Regions xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"'
        ' xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#"'
        ' rdf:parseType="Resource"><mwg-rs:AppliedToDimensions stDim:w="40" stDim:h="60" stDim:unit="pixel"/>'
        '<mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description mwg-rs:Name="Zoë">'
        f"{area}</rdf:Description></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>"
    )
    assert read_metadata(make_jpeg(xmp_segment(body)), size=Size(40, 60))[0].face_regions == (
        FaceRegion("Zoë", Box(0.4, 0.2, 0.6, 0.3)),
    )


@pytest.mark.parametrize("numbers", ["0.1,0.2,0.3", "a,b,c,d", "nan,0,1,1", "0.2,0.2,0,0", "2,2,1,1"])
def test_an_invalid_face_region_is_dropped_and_its_name_kept(numbers: str) -> None:
    body = (
        '<MP:RegionInfo xmlns:MP="http://ns.microsoft.com/photo/1.2/" xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#"'
        ' xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#" rdf:parseType="Resource"><MPRI:Regions><rdf:Bag>'
        f'<rdf:li MPReg:PersonDisplayName="Zoë" MPReg:Rectangle="{numbers}"/></rdf:Bag></MPRI:Regions></MP:RegionInfo>'
    )
    found, _ = read_metadata(make_jpeg(xmp_segment(body)), size=Size(60, 40))
    assert found.person_names == ("Zoë",)
    assert found.face_regions == ()


def make_png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def save_gradient(format: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((60, 40)).convert("RGB").save(out, format, **options)
    return out.getvalue()


ROTATED_XMP = packet(
    '<tiff:Orientation xmlns:tiff="http://ns.adobe.com/tiff/1.0/">6</tiff:Orientation>' + xmp_title("late")
)


@pytest.mark.parametrize("compressed", [False, True])
def test_xmp_after_the_pixels_of_a_png_is_read(compressed: bool) -> None:
    # exiftool writes XMP there.
    text = b"XML:com.adobe.xmp\0" + (
        b"\1\0\0\0" + zlib.compress(ROTATED_XMP) if compressed else b"\0\0\0\0" + ROTATED_XMP
    )
    data = save_gradient("PNG")
    data = data[:-12] + make_png_chunk(b"iTXt", text) + data[-12:]
    record = tasks.analyze_image(data, None, None, 10**6)
    assert (record.metadata.title, record.size) == ("late", Size(40, 60))
    (rendered,) = render.render_renditions(data, [Rendition(Crop(), 40, 60, "png", 70)])
    upright = np.asarray(Image.open(io.BytesIO(rendered)).convert("L"))
    assert upright.shape == (60, 40)
    assert upright[30, 3] > 200 > 50 > upright[30, 36]


@pytest.mark.parametrize("declared_at_the_property", [False, True])
def test_a_tiff_with_its_orientation_in_xmp_is_turned_once(declared_at_the_property: bool) -> None:
    # Pillow understands the orientation only where the namespace is declared in one of these two places.
    declared_at_the_root = ROTATED_XMP.replace(b' xmlns:tiff="http://ns.adobe.com/tiff/1.0/"', b"")
    declared_at_the_root = declared_at_the_root.replace(
        b"<rdf:RDF", b'<rdf:RDF xmlns:tiff="http://ns.adobe.com/tiff/1.0/"'
    )
    data = save_gradient("TIFF", tiffinfo={700: ROTATED_XMP if declared_at_the_property else declared_at_the_root})
    decoded = decode.decode_for_analysis(data)
    assert decoded.size == Size(40, 60)
    assert decoded.pixels.shape == (60, 40, 3)
    assert decoded.pixels[30, 3, 0] > 200 > 50 > decoded.pixels[30, 36, 0]


@pytest.mark.parametrize("keyword", [b"icc_profile", b"exif", b"xmp", b"Raw profile type exif"])
def test_a_text_in_a_png_may_have_any_keyword(keyword: bytes) -> None:
    data = save_gradient("PNG")
    data = data[:33] + make_png_chunk(b"tEXt", keyword + b"\0of no use") + data[33:]
    record = tasks.analyze_image(data, None, None, 10**6)
    assert (record.metadata, record.size) == (PhotoMetadata(), Size(60, 40))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_a_photo_is_opened_once_to_be_analyzed(format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = save_gradient(format)
    open_image = Mock(wraps=Image.open)
    monkeypatch.setattr(Image, "open", open_image)
    tasks.analyze_image(data, None, None, 10**6)
    assert open_image.call_count == 1
