"""The audit finds every leak planted in a finished site and reports none in a clean one."""

from __future__ import annotations

import io
import json
import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from pelican_headshots.cli.main import main
from pelican_headshots.images import render
from pelican_headshots.metadata.audit import LEAK_KINDS, audit
from pelican_headshots.publish.build_report import BuildReport
from pelican_headshots.values.formats import FORMATS
from pelican_headshots.values.rendition import Crop, Rendition, Rights

RIGHTS = Rights(creator="Zoë Example", copyright="© Zoë Example")
XMP = b"http://ns.adobe.com/xap/1.0/\0"
SIZE = (400, 300)


def make_jpeg() -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(SIZE).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def make_rendition(format: str, width: int = 400) -> bytes:
    wanted = Rendition(crop=Crop(), width=width, height=width * 3 // 4, format=format, quality=70, rights=RIGHTS)
    return render.render_renditions(make_jpeg(), [wanted])[0]


def add_segment(data: bytes, marker: int, body: bytes) -> bytes:
    return data[:2] + b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body + data[2:]


def add_exif(data: bytes, directories: dict[int, dict[int, object]]) -> bytes:
    block = Image.Exif()
    for ifd, entries in directories.items():
        (block.get_ifd(ifd) if ifd else block).update(entries)
    return add_segment(data, 0xE1, block.tobytes())


def make_packet(body: str) -> bytes:
    spaces = (
        'xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:aux="http://ns.adobe.com/exif/1.0/aux/"'
        ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        ' xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"'
    )
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {spaces}>{body}</rdf:Description></rdf:RDF></x:xmpmeta>'
    ).encode()


def add_exif_thumbnail(data: bytes) -> bytes:
    small = make_jpeg()
    ifd1 = struct.pack(">HHHIIHHIII", 2, 0x201, 4, 1, 44, 0x202, 4, 1, len(small), 0)
    return add_segment(data, 0xE1, b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HI", 0, 14) + ifd1 + small)


LEAKS: dict[str, Callable[[bytes], bytes]] = {
    "gps": lambda data: add_exif(data, {0x8825: {1: "N", 2: (48.0, 51.0, 30.0)}}),
    "gps in xmp": lambda data: add_segment(
        data, 0xE1, XMP + make_packet("<exif:GPSLatitude>48,51.5N</exif:GPSLatitude>")
    ),
    "serial": lambda data: add_exif(data, {0x8769: {0xA431: "12345"}}),
    "serial in xmp": lambda data: add_segment(data, 0xE1, XMP + make_packet("<aux:SerialNumber>42</aux:SerialNumber>")),
    "serial in a maker note": lambda data: add_exif(data, {0x8769: {0x927C: b"maker note"}}),
    "owner": lambda data: add_exif(data, {0x8769: {0xA430: "Ann Example"}}),
    "people": lambda data: add_segment(
        data, 0xE1, XMP + make_packet("<Iptc4xmpExt:PersonInImage>A</Iptc4xmpExt:PersonInImage>")
    ),
    "faces": lambda data: add_segment(data, 0xE1, XMP + make_packet("<mwg-rs:Regions rdf:parseType='Resource'/>")),
    "thumbnail": add_exif_thumbnail,
    "thumbnail in mpf": lambda data: add_segment(data, 0xE2, b"MPF\0MM\0*\0\0\0\x08"),
    "hidden": lambda data: data + b"PK\x03\x04 a film behind the picture",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    output = tmp_path / "output"
    (output / "pictures").mkdir(parents=True)
    for format in FORMATS:
        (output / "pictures" / f"clean{FORMATS[format].suffix}").write_bytes(make_rendition(format))
    (output / "index.html").write_text("<!doctype html>")
    (output / "icon.png").write_bytes(make_rendition("png", 32))
    originals = tmp_path / "content" / "photos"
    originals.mkdir(parents=True)
    (originals / "original.jpg").write_bytes(make_jpeg())
    return output


def test_a_clean_site_passes_the_audit(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit(site, site.parent / "content" / "photos", 2560).leaks == ()
    assert main(["audit", str(site)]) == 0
    assert "6 pictures read, 0 leaks found" in capsys.readouterr().out


@pytest.mark.parametrize("name", LEAKS)
def test_each_planted_leak_is_found(site: Path, name: str) -> None:
    (site / "pictures" / "leak.jpg").write_bytes(LEAKS[name](make_rendition("jpeg")))
    leaks = audit(site, None, None).leaks
    assert [(leak.file, leak.kind) for leak in leaks] == [("pictures/leak.jpg", name.split()[0])]
    assert main(["audit", str(site)]) == 1


def test_originals_and_pictures_that_are_too_wide_or_without_rights_are_found(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    originals = site.parent / "content" / "photos"
    (site / "pictures" / "copied.jpg").write_bytes((originals / "original.jpg").read_bytes())
    (site / "pictures" / "wide.jpg").write_bytes(make_rendition("jpeg", 390))
    (site / "raw.cr2").write_bytes(b"II*\0\x10\0\0\0CR\2\0" + b"\0" * 90)
    assert main(["audit", str(site), "--max-width", "399", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    kinds = {(finding["file"], finding["kind"]) for finding in report["findings"]}
    assert {("pictures/copied.jpg", "original"), ("pictures/copied.jpg", "rights"), ("raw.cr2", "original")} <= kinds
    assert {file for file, kind in kinds if kind == "too-wide"} == {
        *(f"pictures/clean{FORMATS[format].suffix}" for format in FORMATS), "pictures/copied.jpg"
    }  # fmt: skip
    assert {kind for _, kind in kinds} <= set(LEAK_KINDS)


@pytest.mark.parametrize("format", ["WEBP", "AVIF", "PNG", "TIFF"])
def test_leaks_are_found_in_every_format(site: Path, format: str) -> None:
    block = Image.Exif()
    block.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.0)})
    Image.new("RGB", (90, 60)).save(site / "pictures" / "gps", format, exif=block.tobytes())
    assert [leak.kind for leak in audit(site).leaks] == ["gps"]


def test_a_leak_in_a_published_sidecar_is_found(site: Path) -> None:
    (site / "leak.xmp").write_bytes(make_packet("<exif:GPSLatitude>48,51.5N</exif:GPSLatitude>"))
    assert [(leak.file, leak.kind) for leak in audit(site).leaks] == [("leak.xmp", "gps")]


def test_a_path_that_is_no_folder_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(tmp_path / "nowhere")]) == 2
    assert "not a folder" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_an_error(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def deny_access(path: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", deny_access)  # root may read everything, whatever the permissions
    assert main(["audit", str(site)]) == 2
    assert "cannot be read: Permission denied" in capsys.readouterr().err


def test_a_second_picture_after_the_end_of_a_picture_is_found(site: Path) -> None:
    clean = make_rendition("jpeg")
    (site / "pictures" / "two.jpg").write_bytes(clean + clean)
    progressive = io.BytesIO()
    Image.linear_gradient("L").resize((150, 150)).save(progressive, "JPEG", progressive=True, restart_marker_blocks=4)
    (site / "pictures" / "progressive.jpg").write_bytes(progressive.getvalue())
    (leak,) = audit(site).leaks
    assert (leak.file, leak.kind) == ("pictures/two.jpg", "hidden")
    assert f"{len(clean)} bytes" in leak.description
    assert "another picture (JPEG)" in leak.description


@pytest.mark.parametrize("format", ["jpeg", "png", "webp", "avif"])
@pytest.mark.parametrize("outer", ["jpeg", "png"])
def test_a_picture_inside_a_metadata_block_of_another_is_found(site: Path, outer: str, format: str) -> None:
    clean, embedded = make_rendition(outer), make_rendition(format, 64)
    if outer == "jpeg":
        data = add_segment(clean, 0xE9, b"Camera\0" + embedded)
    else:
        body = b"prVw" + embedded
        chunk = struct.pack(">I", len(embedded)) + body + struct.pack(">I", zlib.crc32(body))
        data = clean[:33] + chunk + clean[33:]
    (site / "pictures" / "leak").write_bytes(data)
    assert [(leak.file, leak.kind) for leak in audit(site).leaks] == [("pictures/leak", "thumbnail")]


def test_thumbnails_in_heif_and_second_pages_are_found(site: Path) -> None:
    pillow_heif = pytest.importorskip("pillow_heif", reason="needs pillow-heif: pip install pelican-headshots[heif]")
    pillow_heif.register_heif_opener()
    small = Image.linear_gradient("L").resize((120, 90)).convert("RGB")
    small.save(site / "plain.heic", "HEIF")
    small.save(site / "pages.tif", "TIFF", save_all=True, append_images=[small])
    assert [(leak.file, leak.kind) for leak in audit(site).leaks] == [("pages.tif", "thumbnail")]
    heif = pillow_heif.from_pillow(small)
    heif.save(site / "plain.heic", thumbnails=[64])
    assert ("plain.heic", "thumbnail") in [(leak.file, leak.kind) for leak in audit(site).leaks]


def test_a_hard_link_to_an_original_is_found_in_the_photos_folder_that_the_build_report_names(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = site.parent / "inhalt" / "bilder"
    photos.mkdir(parents=True)
    (photos / "mine.jpg").write_bytes(make_rendition("jpeg", 390))
    (site / "pictures" / "linked.jpg").hardlink_to(photos / "mine.jpg")
    shutil.rmtree(site.parent / "content")
    assert main(["audit", str(site)]) == 0
    printed = capsys.readouterr().out
    assert "photos folder was not found" in printed
    assert "pictures/linked.jpg" in printed
    assert "hard links" in printed
    BuildReport(photos).write(site.parent / "build-report.json")
    assert main(["audit", str(site)]) == 1
    assert "pictures/linked.jpg is a hard link to the original mine.jpg" in capsys.readouterr().out
    (site / "pictures" / "again.jpg").hardlink_to(site / "pictures" / "clean.jpg")
    assert "again" not in " ".join(audit(site).hard_links)


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ('<script src="http://127.0.0.1:41234/live.js"></script>', "127.0.0.1:41234"),
        ("<SCRIPT\nsrc=//localhost:8000/a.js></SCRIPT >", "localhost:8000"),
        ('<script>var a = "x";</script>\n<script>fetch("http://[::1]/data")', "[::1]"),
        ('<script type="application/ld+json">{"url": "http:\\/\\/127.0.0.1"}</script>', "127.0.0.1"),
        ('<script src="/theme/viewer.js"></script><a href="http://localhost:8000">', ""),
        ('<script src="https://localhost.example/a.js"></script><p>http://127.0.0.1/', ""),
    ],
)
def test_a_page_whose_script_contains_an_address_of_this_machine_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], page: str, address: str
) -> None:
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "index.html").write_text(f"<!doctype html>{page}")
    assert main(["audit", str(tmp_path)]) == (1 if address else 0)
    printed = capsys.readouterr().out
    assert ("team/index.html has a script with the address" in printed) is bool(address)
    assert address in printed


def test_metadata_that_common_readers_ignore_is_audited(site: Path) -> None:
    """EXIF that the header of a WebP does not announce, and the first of two XMP packets after the pixels of a PNG."""
    block = Image.Exif()
    block.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.0)})
    body = block.tobytes()
    webp = make_rendition("webp")
    webp += b"EXIF" + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    webp = webp[:4] + struct.pack("<I", len(webp) - 8) + webp[8:]
    (site / "pictures" / "leak.webp").write_bytes(webp[:20] + bytes([webp[20] & ~8]) + webp[21:])
    png = make_rendition("png")
    for properties in ("<exif:GPSLatitude>48,51.5N</exif:GPSLatitude>", ""):
        text = b"iTXtXML:com.adobe.xmp\0\0\0\0\0" + make_packet(properties)
        png = png[:-12] + struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text)) + png[-12:]
    (site / "pictures" / "leak.png").write_bytes(png)
    leaks = [(leak.file, leak.kind) for leak in audit(site).leaks]
    assert set(leaks) >= {("pictures/leak.png", "gps"), ("pictures/leak.webp", "gps")}
