"""RAW files: left out with an explanation, or shown by their embedded preview where the setting asks for it."""

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

Entries = dict[int, tuple[int, int, bytes]]
"""Tag → type, count, value."""
OFFSET, LENGTH = b"AT", b"LONG"


def encode_jpeg(width: int, height: int, exif: Image.Exif | None = None) -> bytes:
    """Return a JPEG that is red on the left and blue on the right."""
    image = Image.new("RGB", (width, height), "#c81414")
    image.paste("#1414c8", (width // 2, 0, width, height))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, exif=exif or Image.Exif())
    return out.getvalue()


def build_lossless_jpeg_head() -> bytes:
    """Return the head of a lossless JPEG, the format of sensor data: it names a large size, but is no picture."""
    return b"\xff\xd8\xff\xc3" + struct.pack(">HBHHB", 11, 14, 4000, 6000, 1) + b"\1\x11\0" + b"\xff\xda" + b"\7" * 400


def build_tiff(order: str, directories: list[tuple[Entries, bytes]], magic: bytes = b"") -> bytes:
    """Return a RAW file with the structure of a TIFF.

    Args:
        order: "<" for little-endian, ">" for big-endian.
        directories: The entries and the data of each directory. The first is the main one, the others are below it
            (tag 0x14A). An entry with the value `OFFSET` or `LENGTH` gets the position or the length of the data.
        magic: The first four bytes, instead of those of TIFF.
    """
    code = {"<": b"II*\0", ">": b"MM\0*"}[order]
    data = bytearray((magic or code) + struct.pack(order + "I", 0))
    offsets: list[int] = []
    for entries, body in reversed(directories):
        body_offset = len(data)
        data += body
        filled: Entries = {}
        for tag, (kind, count, value) in entries.items():
            if value in (OFFSET, LENGTH):
                value = struct.pack(order + "I", body_offset if value == OFFSET else len(body))
            filled[tag] = (kind, count, value)
        if entries is directories[0][0] and offsets:
            filled[0x14A] = (
                4,
                len(offsets),
                b"".join(struct.pack(order + "I", offset) for offset in reversed(offsets)),
            )
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


def build_main_directory(order: str) -> Entries:
    return {
        0xFE: (4, 1, struct.pack(order + "I", 1)),
        0x112: (3, 1, struct.pack(order + "H", 6)),
        0x13B: (2, 4, b"Ann\0"),
        0x8298: (2, 12, b"(c) Ann Ex.\0"),
    }


JPEG_BY_OFFSET: Entries = {0x201: (4, 1, OFFSET), 0x202: (4, 1, LENGTH)}
JPEG_BY_STRIP: Entries = {0x103: (3, 1, b"\7\0"), 0x111: (4, 1, OFFSET), 0x117: (4, 1, LENGTH)}


def build_nef(order: str = "<", width: int = 1800, height: int = 1200) -> bytes:
    """Return a file as of Nikon: a thumbnail, the sensor's data, and a JPEG below the main directory."""
    return build_tiff(
        order,
        [
            (build_main_directory(order), b""),
            (dict(JPEG_BY_OFFSET), encode_jpeg(160, 120)),
            (dict(JPEG_BY_STRIP), build_lossless_jpeg_head()),
            (dict(JPEG_BY_OFFSET), encode_jpeg(width, height)),
        ],
    )


def build_dng() -> bytes:
    """Return a file as of Adobe: the preview is a picture in one strip."""
    strip = {tag: (kind, n, v if tag != 0x103 else b"\0\7") for tag, (kind, n, v) in JPEG_BY_STRIP.items()}
    return build_tiff(
        ">", [(build_main_directory(">") | {0xC612: (1, 4, b"\1\4\0\0")}, b""), (strip, encode_jpeg(2000, 1333))]
    )


def build_rw2() -> bytes:
    """Return a file as of Panasonic: the JPEG is the value of an entry."""
    picture = encode_jpeg(1920, 1280)
    return build_tiff("<", [(build_main_directory("<") | {0x2E: (7, len(picture), picture)}, b"")], b"IIU\0")


def build_raf() -> bytes:
    """Return a file as of Fujifilm: a complete JPEG with an orientation of its own."""
    exif = Image.Exif()
    exif[0x112], exif[0x13B] = 6, "Ann"
    picture = encode_jpeg(1920, 1280, exif=exif)
    head = b"FUJIFILMCCD-RAW 0201FF" + bytes(62)
    return head[:84] + struct.pack(">II", 100, len(picture)) + bytes(8) + picture


def build_box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + name + body


def build_cr3() -> bytes:
    """Return a file as of Canon: directories in boxes, the JPEG a track's only sample."""
    canon = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
    picture = encode_jpeg(1960, 1300)
    tables = build_box(b"uuid", canon + build_box(b"CMT1", build_tiff("<", [(build_main_directory("<"), b"")])))

    def build_file(offset: int) -> bytes:
        sizes = build_box(b"stsz", struct.pack(">III", 0, len(picture), 1))
        offsets = build_box(b"co64", struct.pack(">IIQ", 0, 1, offset))
        track = build_box(b"trak", build_box(b"mdia", build_box(b"minf", build_box(b"stbl", sizes + offsets))))
        return (
            build_box(b"ftyp", b"crx \0\0\0\1crx isom")
            + build_box(b"moov", tables + track)
            + build_box(b"mdat", picture)
        )

    return build_file(len(build_file(0)) - len(picture))


BUILDERS: dict[str, Callable[[], bytes]] = {
    "nef": build_nef,
    "big-endian": lambda: build_nef(">"),
    "dng": build_dng,
    "rw2": build_rw2,
    "raf": build_raf,
    "cr3": build_cr3,
}


@pytest.mark.parametrize("kind", BUILDERS)
def test_the_largest_preview_is_upright_and_has_the_metadata_of_the_file(kind: str) -> None:
    frame = decode.decode_for_analysis(raw_preview.extract_preview(BUILDERS[kind]()))
    assert frame.size.height > frame.size.width >= 1200  # rotated by orientation 6
    assert frame.pixels[20, 100, 0] > 150 > frame.pixels[-20, 100, 0]  # the left side is now at the top
    assert reader.read(frame.metadata)[1].creator == "Ann"


def test_a_preview_of_a_camera_set_to_adobe_rgb_gets_that_profile() -> None:
    """The interoperability directory is below that of EXIF (0x8769), which is below the main one."""
    order = "<"
    plain = build_nef(order)
    assert Image.open(io.BytesIO(raw_preview.extract_preview(plain))).info.get("icc_profile") is None
    interop_offset = len(plain)
    data = plain + struct.pack("<HHHI4sI", 1, 1, 2, 4, b"R03\0", 0)
    exif_offset = len(data)
    data += struct.pack("<HHHIHHHHIII", 2, 0xA001, 3, 1, 0xFFFF, 0, 0xA005, 4, 1, interop_offset, 0)
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    entries = data[start + 2 : start + 2 + 12 * count] + struct.pack("<HHII", 0x8769, 4, 1, exif_offset)
    main_offset = len(data)
    data += struct.pack("<H", count + 1) + entries + bytes(4)
    data = data[:4] + struct.pack("<I", main_offset) + data[8:]
    assert Image.open(io.BytesIO(raw_preview.extract_preview(data))).info["icc_profile"] == color.build_icc_profile(
        "Adobe RGB"
    )


def test_a_small_preview_is_not_used() -> None:
    with pytest.raises(UnreadableImageError, match="no preview of 1600 pixels or more"):
        raw_preview.extract_preview(build_nef(width=1024, height=768))


@pytest.mark.parametrize("kind", BUILDERS)
def test_a_truncated_file_is_refused(kind: str) -> None:
    data = BUILDERS[kind]()
    for length in {0, 3, 8, 12, 90, 95, 150, len(data) // 3, len(data) // 2}:
        with pytest.raises(UnreadableImageError):
            decode.decode_for_analysis(raw_preview.extract_preview(data[:length]))


@pytest.mark.parametrize("kind", BUILDERS)
def test_a_damaged_byte_gives_a_jpeg_or_an_explained_error(kind: str) -> None:
    data = BUILDERS[kind]()
    for position in [*range(0, 260), *range(len(data) - 260, len(data))]:
        for value in (0, 255):
            damaged = data[:position] + bytes([value]) + data[position + 1 :]
            with suppress(UnreadableImageError):
                assert raw_preview.extract_preview(damaged).startswith(b"\xff\xd8")


def test_a_directory_that_points_to_itself_is_refused() -> None:
    entry = struct.pack("<HHII", 0x14A, 4, 1, 8)
    with pytest.raises(UnreadableImageError):
        raw_preview.extract_preview(b"II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 8))


def test_a_scan_uses_raw_files_only_with_the_setting_and_only_without_a_jpeg(tmp_path: Path) -> None:
    (tmp_path / "a.nef").write_bytes(b"x")
    (tmp_path / "b.nef").write_bytes(b"x")
    (tmp_path / "b.jpg").write_bytes(b"x")
    without_setting = {found.path: found for found in files.scan_folder(tmp_path)}
    assert "raw_previews" in without_setting["a.nef"].unusable_reason
    with_setting = {found.path: found for found in files.scan_folder(tmp_path, use_raw_previews=True)}
    assert with_setting["a.nef"].is_usable
    assert with_setting["a.nef"].is_raw
    assert with_setting["b.nef"].ignored_reason
    assert not with_setting["b.jpg"].is_raw


def test_a_preview_is_analyzed_and_rendered_like_any_photo() -> None:
    data = build_nef()
    record = tasks.analyze_image(data, None, None, 10**8, True)
    assert (record.size.width, record.size.height, record.rights.creator) == (1200, 1800, "Ann")
    (rendered,) = tasks.render_image(data, [Rendition(Crop(), 400, 600, "jpeg", 80, rights=record.rights)], 10**8, True)
    assert Image.open(io.BytesIO(rendered)).size == (400, 600)


@pytest.mark.slow
def test_a_site_shows_raw_files_only_with_the_setting(site: Site, demo_photos: Path) -> None:
    site.add(demo_photos / "night" / "half-light.jpg", "night/half-light.jpg")
    (site.photos / "night" / "d.nef").write_bytes(build_nef())
    without_setting = site.build()
    assert without_setting.report["night/d.nef"]["status"] == "skipped"
    assert "raw_previews" in without_setting.report["night/d.nef"]["message"]
    site.settings = {"raw_previews": True, "formats": ["jpeg"]}
    with_setting = site.build()
    assert with_setting.report["night/d.nef"]["status"] == "built", with_setting.log
    largest = Image.open(max(with_setting.report["night/d.nef"]["outputs"], key=lambda name: Path(name).stat().st_size))
    assert largest.height > largest.width
    assert not list(with_setting.output.rglob("*.nef"))
