"""RAW files: named with what to do, or shown by the preview in them where the settings ask for it."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from pelican_headshots.images import color, decode, raw_preview
from pelican_headshots.metadata import reader
from pelican_headshots.pipeline import tasks
from pelican_headshots.scan import files
from pelican_headshots.scan.file_types import UnreadableImageError
from pelican_headshots.values.rendition import Crop, Rendition
from tests.support.site import Site

PLACE = struct.Struct(">I")
Values = dict[int, tuple[int, int, bytes]]
"""Tag → type, count, value."""


def jpeg(width: int, height: int, **options: object) -> bytes:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), "#c81414")
    image.paste("#1414c8", (width // 2, 0, width, height))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, **options)
    return out.getvalue()


def lossless() -> bytes:
    """The head of a lossless JPEG, as sensor data is packed in: large, and no picture."""
    return b"\xff\xd8\xff\xc3" + struct.pack(">HBHHB", 11, 14, 4000, 6000, 1) + b"\1\x11\0" + b"\xff\xda" + b"\7" * 400


def tiff(order: str, directories: list[tuple[Values, list[bytes]]], magic: bytes = b"") -> bytes:
    """A RAW built as a TIFF: *directories*, the first the main one, the others below it (tag 0x14A).

    Each is (entries, data): data[0] is pointed at by whichever entry has the value b"AT", and measured by b"LONG".
    """
    code = {"<": b"II*\0", ">": b"MM\0*"}[order]
    data = bytearray((magic or code) + struct.pack(order + "I", 0))
    offsets = []
    for entries, bodies in reversed(directories):
        at, long = len(data), len(bodies[0]) if bodies else 0
        data += b"".join(bodies)
        filled: Values = {}
        for tag, (kind, count, value) in entries.items():
            if value in (b"AT", b"LONG"):
                value = struct.pack(order + "I", at if value == b"AT" else long)
            filled[tag] = (kind, count, value)
        if entries is directories[0][0] and offsets:
            filled[0x14A] = (4, len(offsets), b"".join(struct.pack(order + "I", o) for o in reversed(offsets)))
        for tag, (kind, count, value) in filled.items():
            if len(value) > 4:
                filled[tag] = (kind, count, struct.pack(order + "I", len(data)))
                data += value
        offsets.append(len(data))
        data += struct.pack(order + "H", len(filled))
        for tag, (kind, count, value) in sorted(filled.items()):
            data += struct.pack(order + "HHI", tag, kind, count) + value.ljust(4, b"\0")
        data += bytes(4)
    data[4:8] = struct.pack(order + "I", offsets[-1])
    return bytes(data)


def main(order: str, turn: int = 6) -> Values:
    return {
        0xFE: (4, 1, struct.pack(order + "I", 1)),
        0x112: (3, 1, struct.pack(order + "H", turn)),
        0x13B: (2, 4, b"Ann\0"),
        0x8298: (2, 12, b"(c) Ann Ex.\0"),
    }


JPEG_BY_OFFSET: Values = {0x201: (4, 1, b"AT"), 0x202: (4, 1, b"LONG")}
JPEG_BY_STRIP: Values = {0x103: (3, 1, b"\7\0"), 0x111: (4, 1, b"AT"), 0x117: (4, 1, b"LONG")}


def nef(order: str = "<", width: int = 1800, height: int = 1200) -> bytes:
    """As Nikon's: a thumbnail, the sensor's data, and a JPEG below the main directory."""
    return tiff(
        order,
        [
            (main(order), []),
            (dict(JPEG_BY_OFFSET), [jpeg(160, 120)]),
            (dict(JPEG_BY_STRIP), [lossless()]),
            (dict(JPEG_BY_OFFSET), [jpeg(width, height)]),
        ],
    )


def dng() -> bytes:
    """As Adobe's: the preview is a picture in one strip."""
    strip = {tag: (kind, n, v if tag != 0x103 else b"\0\7") for tag, (kind, n, v) in JPEG_BY_STRIP.items()}
    return tiff(">", [(main(">") | {0xC612: (1, 4, b"\1\4\0\0")}, []), (strip, [jpeg(2000, 1333)])])


def rw2() -> bytes:
    """As Panasonic's: the JPEG is the value of an entry."""
    picture = jpeg(1920, 1280)
    return tiff("<", [(main("<") | {0x2E: (7, len(picture), picture)}, [])], b"IIU\0")


def raf() -> bytes:
    """As Fujifilm's: a whole JPEG, its own orientation in it."""
    exif = Image.Exif()
    exif[0x112], exif[0x13B] = 6, "Ann"
    picture = jpeg(1920, 1280, exif=exif)
    head = b"FUJIFILMCCD-RAW 0201FF" + bytes(62)
    return head[:84] + struct.pack(">II", 100, len(picture)) + bytes(8) + picture


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + name + body


def cr3() -> bytes:
    """As Canon's: directories in boxes, the JPEG a track's only sample."""
    canon = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
    picture = jpeg(1960, 1300)
    tables = box(b"uuid", canon + box(b"CMT1", tiff("<", [(main("<"), [])])))

    def file(place: int) -> bytes:
        sizes = box(b"stsz", struct.pack(">III", 0, len(picture), 1))
        places = box(b"co64", struct.pack(">IIQ", 0, 1, place))
        track = box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", sizes + places))))
        return box(b"ftyp", b"crx \0\0\0\1crx isom") + box(b"moov", tables + track) + box(b"mdat", picture)

    return file(len(file(0)) - len(picture))


KINDS: dict[str, Callable[[], bytes]] = {
    "nef": nef, "big-endian": lambda: nef(">"), "dng": dng, "rw2": rw2, "raf": raf, "cr3": cr3,
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_the_largest_preview_upright_and_with_its_words(kind: str) -> None:
    found = raw_preview.extract_preview(KINDS[kind]())
    frame = decode.decode_for_analysis(found)
    assert frame.size.height > frame.size.width >= 1200  # turned by orientation 6
    seen = frame.pixels
    assert seen[20, 100, 0] > 150 > seen[-20, 100, 0]  # what lay left is above
    assert reader.read(frame.metadata)[1].creator == "Ann"


def test_a_camera_set_to_adobe_rgb_is_believed() -> None:
    """The directory of EXIF (0x8769) lies below the main one here, and that of interoperability below it."""
    order = "<"
    plain = nef(order)
    assert Image.open(io.BytesIO(raw_preview.extract_preview(plain))).info.get("icc_profile") is None
    interop = len(plain)
    data = plain + struct.pack("<HHHI4sI", 1, 1, 2, 4, b"R03\0", 0)
    exif = len(data)
    data += struct.pack("<HHHIHHHHIII", 2, 0xA001, 3, 1, 0xFFFF, 0, 0xA005, 4, 1, interop, 0)
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    entries = data[start + 2 : start + 2 + 12 * count] + struct.pack("<HHII", 0x8769, 4, 1, exif)
    moved = len(data)
    data += struct.pack("<H", count + 1) + entries + bytes(4)
    data = data[:4] + struct.pack("<I", moved) + data[8:]
    assert Image.open(io.BytesIO(raw_preview.extract_preview(data))).info["icc_profile"] == color.build_icc_profile(
        "Adobe RGB"
    )


def test_a_small_preview_is_none() -> None:
    with pytest.raises(UnreadableImageError, match="no preview of 1600 pixels or more"):
        raw_preview.extract_preview(nef(width=1024, height=768))


@pytest.mark.parametrize("kind", KINDS)
def test_files_that_break_off_are_refused(kind: str) -> None:
    whole = KINDS[kind]()
    for length in {0, 3, 8, 12, 90, 95, 150, len(whole) // 3, len(whole) // 2}:
        with pytest.raises(UnreadableImageError):
            decode.decode_for_analysis(raw_preview.extract_preview(whole[:length]))


@pytest.mark.parametrize("kind", KINDS)
def test_flipped_bytes_end_in_a_picture_or_a_sentence(kind: str) -> None:
    whole = KINDS[kind]()
    for place in [*range(0, 260), *range(len(whole) - 260, len(whole))]:
        for value in (0, 255):
            hurt = whole[:place] + bytes([value]) + whole[place + 1 :]
            with suppress(UnreadableImageError):
                assert raw_preview.extract_preview(hurt).startswith(b"\xff\xd8")


def test_a_directory_that_leads_to_itself_comes_to_an_end() -> None:
    entry = struct.pack("<HHII", 0x14A, 4, 1, 8)
    with pytest.raises(UnreadableImageError):
        raw_preview.extract_preview(b"II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 8))


def test_the_walk_names_raw_files_or_takes_them(tmp_path: Path) -> None:
    (tmp_path / "a.nef").write_bytes(b"x")
    (tmp_path / "b.nef").write_bytes(b"x")
    (tmp_path / "b.jpg").write_bytes(b"x")
    named = {found.path: found for found in files.scan_folder(tmp_path)}
    assert "raw_previews" in named["a.nef"].unusable_reason
    taken = {found.path: found for found in files.scan_folder(tmp_path, use_raw_previews=True)}
    assert taken["a.nef"].is_usable and taken["a.nef"].is_raw
    assert taken["b.nef"].ignored_reason
    assert not taken["b.jpg"].is_raw


def test_it_is_examined_and_developed_like_any_other() -> None:
    data = nef()
    exam = tasks.analyze_image(data, None, None, 10**8, True)
    assert (exam.size.width, exam.size.height, exam.rights.creator) == (1200, 1800, "Ann")
    (made,) = tasks.render_image(data, [Rendition(Crop(), 400, 600, "jpeg", 80, rights=exam.rights)], 10**8, True)
    assert Image.open(io.BytesIO(made)).size == (400, 600)


def test_a_site_shows_raw_files_where_the_setting_asks(site: Site, demo_photos: Path) -> None:
    site.add(demo_photos / "night" / "half-light.jpg", "night/half-light.jpg")
    (site.photos / "night" / "d.nef").write_bytes(nef())
    named = site.build()
    assert named.report["night/d.nef"]["status"] == "skipped"
    assert "raw_previews" in named.report["night/d.nef"]["message"]
    site.settings = {"raw_previews": True, "formats": ["jpeg"]}
    shown = site.build()
    assert shown.report["night/d.nef"]["status"] == "built", shown.log
    made = Image.open(max(shown.report["night/d.nef"]["outputs"], key=lambda name: Path(name).stat().st_size))
    assert made.height > made.width
    assert not list(shown.output.rglob("*.nef"))
