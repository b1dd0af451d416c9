"""Words and rights, as the programs of photographers write them."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from pelican_headshots.images import decode, render
from pelican_headshots.metadata import iptc, parsed
from pelican_headshots.pipeline import tasks
from pelican_headshots.values.geometry import Box, Size
from pelican_headshots.values.photo import FaceRegion, PhotoMetadata
from pelican_headshots.values.rendition import Crop, Rendition, Rights
from tests.support.metadata import blocks, exif, iim, jpeg, packet, read, title, words, xmp
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


def test_sidecar_beats_xmp_beats_iptc_beats_exif() -> None:
    everything = [
        exif(0x10E, b"from exif\0"),
        iim((2, 120, b"from iptc"), (2, 5, b"iptc title")),
        xmp(title("xmp title")),
    ]
    found = words(*everything, sidecar=packet("<photoshop:City>Basel</photoshop:City>"))
    assert (found.title, found.caption, found.place) == ("xmp title", "from iptc", "Basel")
    assert found.sources == {"title": "xmp", "caption": "iptc", "place": "sidecar"}
    assert words(*everything[:2]).title == "iptc title"
    assert words(everything[0]).caption == "from exif"
    assert words(*everything, sidecar=packet(title("beside"))).title == "beside"


@pytest.mark.parametrize("format", ["avif", "avif-p3", "jpeg", "webp", "png"])
def test_rights_written_are_rights_read(format: str) -> None:
    wanted = Rendition(crop=Crop(), width=60, height=40, format=format, quality=80, rights=RIGHTS)
    (made,) = render.render_renditions(jpeg(), [wanted])
    found, rights = read(made)
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
def test_text_is_read_whoever_encoded_it(raw: bytes) -> None:
    assert words(iim((2, 120, raw))).caption == "Café «Zoë» – 3 €"
    assert words(exif(0x10E, raw + b"\0")).caption == "Café «Zoë» – 3 €"


def test_iptc_holds_to_the_character_set_it_names() -> None:
    assert words(iim((1, 90, b"\x1b%G"), (2, 120, "日本".encode()))).caption == "日本"
    assert words(iim((1, 90, b"\x1b.A"), (2, 120, b"\xc3\xa9t\xe9"))).caption == "Ã©té"


def test_a_windows_title_and_a_user_comment_are_read() -> None:
    assert words(exif(0x9C9B, "Ein Titel ü".encode("utf-16-le") + b"\0\0", 1)).title == "Ein Titel ü"


@pytest.mark.parametrize("chatter", [b"OLYMPUS DIGITAL CAMERA", b"DSC_0012", b"SONY DSC", b"   ", b"default"])
def test_a_camera_s_chatter_is_no_caption(chatter: bytes) -> None:
    assert words(exif(0x10E, chatter + b"\0")).caption == ""


@pytest.mark.parametrize(
    ("written", "read"),
    [("2024", "2024"), ("2024-06-01", "2024-06-01"), ("2024-06-01T10:00:00.25+02:00", "2024-06-01T10:00:00"),
     ("0000-00-00", ""), ("2020-13-45", ""), ("yesterday", "")],
)  # fmt: skip
def test_dates_are_as_precise_as_written_and_real(written: str, read: str) -> None:
    assert words(xmp(f"<photoshop:DateCreated>{written}</photoshop:DateCreated>")).date == read


BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "lol">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
    + b'<!ENTITY e SYSTEM "file:///etc/hostname">]>'
)


@pytest.mark.parametrize(
    "hostile",
    [
        BOMB + packet(title("&j;")),
        BOMB + packet(title("&e;")),
        (BOMB.decode() + packet(title("&j;")).decode()).encode("utf-16"),
        packet("<dc:title>" + "<rdf:Alt><rdf:li>" * 900 + "x" + "</rdf:li></rdf:Alt>" * 900 + "</dc:title>"),
        b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF",
        b"\xff\xfe\0",
        b"",
    ],
)
def test_hostile_xmp_says_nothing(hostile: bytes) -> None:
    assert words(sidecar=hostile) == PhotoMetadata()


def test_only_as_much_of_a_place_is_published_as_the_setting_says() -> None:
    found = words(iim((2, 92, b"Main Street 7"), (2, 90, b"Basel"), (2, 101, b"Schweiz")))
    assert [found.with_place_detail(places).place for places in ("city", "all", "none")] == [
        "Basel, Schweiz", "Main Street 7, Basel, Schweiz", "",
    ]  # fmt: skip
    only = words(iim((2, 92, b"Main Street 7")))
    assert [only.with_place_detail(places).place for places in ("city", "all", "none")] == ["", "Main Street 7", ""]
    same = words(iim((2, 92, b"Basel"), (2, 90, b"Basel")))
    assert same.with_place_detail("all").place == same.with_place_detail("city").place == "Basel"


def test_a_street_of_one_source_never_meets_the_town_of_another() -> None:
    found = words(
        xmp("<Iptc4xmpCore:Location>Main Street 7</Iptc4xmpCore:Location>"), iim((2, 90, b"Basel")),
    )  # fmt: skip
    assert (found.sublocation, found.place) == ("Main Street 7", "")


def test_an_address_is_http_or_nothing() -> None:
    for evil in ("javascript:alert(1)", "data:text/html,x", "https://a b", 'https://x"onload="y'):
        body = f"<xmpRights:WebStatement>{evil.replace('&', '&amp;')}</xmpRights:WebStatement>"
        assert read(jpeg(xmp(body)))[1].web_statement == ""


def test_an_exif_that_lies_about_its_sizes_harms_nobody() -> None:
    loop = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHII", 1, 0x112, 3, 1, 0x00060000) + struct.pack(">I", 8)
    huge = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHII", 1, 0x10E, 2, 0xFFFFFFF0, 26) + b"\0\0\0\0abc"
    for block in (loop, huge, b"Exif\0\0MM\0*", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0"):
        assert words((0xE1, block)) == PhotoMetadata()
    assert parsed.parse_blocks(blocks(jpeg((0xE1, loop)))).orientation == 6


@pytest.mark.parametrize(("kind", "form"), [(1, "BBH"), (3, "HH"), (4, "I"), (6, "bBH"), (8, "hH"), (9, "i")])
def test_an_orientation_is_understood_in_whatever_type_of_number(kind: int, form: str) -> None:
    value = struct.pack(">" + form, 6, *[0] * (len(form) - 1))
    block = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHI", 1, 0x112, kind, 1) + value + struct.pack(">I", 0)
    assert parsed.parse_blocks(blocks(jpeg((0xE1, block)))).orientation == 6


def test_a_torn_iptc_block_is_read_as_far_as_it_goes() -> None:
    block = struct.pack(">BBBH", 0x1C, 2, 5, 3) + b"abc" + struct.pack(">BBBH", 0x1C, 2, 120, 0xFFFF) + b"\0"
    assert iptc.read_iptc_texts(block)[5] == ("abc",)


def test_control_characters_and_broken_text_are_cleaned() -> None:
    assert words(exif(0x10E, b"a\x01b\x1b[31mc \xed\x8d\0")).caption == "ab[31mc í"


def test_a_caption_cannot_turn_the_direction_of_what_follows_it() -> None:
    assert words(exif(0x10E, "a\u202egnp.exe\u2066b שלום\0".encode())).caption == "agnp.exeb שלום"


def test_site_rights_fill_gaps_but_claim_nobody_else_s_picture() -> None:
    assert Rights().fill_from(RIGHTS) == RIGHTS
    assert Rights(creator="zoë example", credit="Own").fill_from(RIGHTS).credit == "Own"
    assert Rights(creator="zoë example").fill_from(RIGHTS).copyright == RIGHTS.copyright
    assert Rights(creator="Somebody Else").fill_from(RIGHTS) == Rights(creator="Somebody Else")
    assert Rights(copyright="© Somebody Else").fill_from(RIGHTS) == Rights(copyright="© Somebody Else")


PROGRAMS = REPOSITORY / "tests" / "fixtures" / "metadata"
"""Written by `tools/scripts/make_metadata_fixtures.sh`."""


@pytest.mark.parametrize("file", sorted(p.name for p in PROGRAMS.iterdir() if p.suffix not in ("", ".xmp")))
def test_every_program_s_words_are_the_same_words(file: str) -> None:
    picture = PROGRAMS / file
    sidecar = picture.with_suffix(".xmp")
    found, rights = read(picture.read_bytes(), sidecar.read_bytes() if sidecar.exists() else None)
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
def test_every_program_s_regions_lie_on_the_same_faces(file: str, size: Size) -> None:
    found, _ = read((PROGRAMS / file).read_bytes(), size=size)
    assert found.person_names == ("Max Muster", "Zoë Muster")
    assert found.face_regions == (
        FaceRegion("Max Muster", Box(0.1, 0.25, 0.4, 0.65)),
        FaceRegion("Zoë Muster", Box(0.55, 0.2, 0.85, 0.6)),
    )


def test_regions_drawn_before_the_picture_was_cropped_are_nowhere() -> None:
    found, _ = read((PROGRAMS / "faces/lightroom.jpg").read_bytes(), size=Size(24, 24))
    assert found.person_names == ("Max Muster", "Zoë Muster") and found.face_regions == ()


def test_regions_of_a_program_that_turned_them_already_stay() -> None:
    area = '<mwg-rs:Area stArea:x="0.5" stArea:y="0.25" stArea:w="0.2" stArea:h="0.1" stArea:unit="normalized"/>'
    body = (
        '<tiff:Orientation xmlns:tiff="http://ns.adobe.com/tiff/1.0/">6</tiff:Orientation>'
        '<mwg-rs:Regions xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"'
        ' xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#"'
        ' rdf:parseType="Resource"><mwg-rs:AppliedToDimensions stDim:w="40" stDim:h="60" stDim:unit="pixel"/>'
        '<mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description mwg-rs:Name="Zoë">'
        f"{area}</rdf:Description></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>"
    )
    assert read(jpeg(xmp(body)), size=Size(40, 60))[0].face_regions == (FaceRegion("Zoë", Box(0.4, 0.2, 0.6, 0.3)),)


@pytest.mark.parametrize("numbers", ["0.1,0.2,0.3", "a,b,c,d", "nan,0,1,1", "0.2,0.2,0,0", "2,2,1,1"])
def test_a_region_that_makes_no_sense_is_nowhere(numbers: str) -> None:
    body = (
        '<MP:RegionInfo xmlns:MP="http://ns.microsoft.com/photo/1.2/" xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#"'
        ' xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#" rdf:parseType="Resource"><MPRI:Regions><rdf:Bag>'
        f'<rdf:li MPReg:PersonDisplayName="Zoë" MPReg:Rectangle="{numbers}"/></rdf:Bag></MPRI:Regions></MP:RegionInfo>'
    )
    found, _ = read(jpeg(xmp(body)), size=Size(60, 40))
    assert found.person_names == ("Zoë",) and found.face_regions == ()


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def saved(format: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((60, 40)).convert("RGB").save(out, format, **options)
    return out.getvalue()


TURNED = packet('<tiff:Orientation xmlns:tiff="http://ns.adobe.com/tiff/1.0/">6</tiff:Orientation>' + title("late"))


@pytest.mark.parametrize("packed", [False, True])
def test_what_follows_the_pixels_of_a_png_is_read(packed: bool) -> None:
    """There exiftool writes XMP."""
    text = b"XML:com.adobe.xmp\0" + (b"\1\0\0\0" + zlib.compress(TURNED) if packed else b"\0\0\0\0" + TURNED)
    data = saved("PNG")
    data = data[:-12] + png_chunk(b"iTXt", text) + data[-12:]
    exam = tasks.analyze_image(data, None, None, 10**6)
    assert (exam.metadata.title, exam.size) == ("late", Size(40, 60))
    (made,) = render.render_renditions(data, [Rendition(Crop(), 40, 60, "png", 70)])
    upright = Image.open(io.BytesIO(made)).convert("L")
    assert upright.size == (40, 60)
    assert upright.getpixel((3, 30)) > 200 > 50 > upright.getpixel((36, 30))


@pytest.mark.parametrize("inside", [False, True])
def test_a_tiff_that_says_how_it_lies_in_its_xmp_is_turned_once(inside: bool) -> None:
    """Pillow understands only one of these ways to write it."""
    outside = TURNED.replace(b' xmlns:tiff="http://ns.adobe.com/tiff/1.0/"', b"")
    outside = outside.replace(b"<rdf:RDF", b'<rdf:RDF xmlns:tiff="http://ns.adobe.com/tiff/1.0/"')
    data = saved("TIFF", tiffinfo={700: TURNED if inside else outside})
    seen = decode.decode_for_analysis(data)
    assert seen.size == Size(40, 60)
    assert seen.pixels.shape == (60, 40, 3)
    assert seen.pixels[30, 3, 0] > 200 > 50 > seen.pixels[30, 36, 0]


@pytest.mark.parametrize("name", [b"icc_profile", b"exif", b"xmp", b"Raw profile type exif"])
def test_a_text_in_a_png_may_have_any_name(name: bytes) -> None:
    data = saved("PNG")
    data = data[:33] + png_chunk(b"tEXt", name + b"\0of no use") + data[33:]
    exam = tasks.analyze_image(data, None, None, 10**6)
    assert (exam.metadata, exam.size) == (PhotoMetadata(), Size(60, 40))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_to_look_at_a_picture_it_is_opened_once(format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(format)
    opens = []
    real = Image.open
    monkeypatch.setattr(Image, "open", lambda *args, **options: opens.append(1) or real(*args, **options))
    tasks.analyze_image(data, None, None, 10**6)
    assert opens == [1]
