"""The audit of a finished site: every planted leak found, a clean site passed."""

from __future__ import annotations

import io
import json
import shutil
import struct
import zlib
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


def picture(seed: int = 0, **options: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(SIZE).rotate(90 * seed).convert("RGB").save(out, "JPEG", **options)
    return out.getvalue()


def derivative(format: str, width: int = 400) -> bytes:
    wanted = Rendition(crop=Crop(), width=width, height=width * 3 // 4, format=format, quality=70, rights=RIGHTS)
    return render.render_renditions(picture(), [wanted])[0]


def with_segment(data: bytes, marker: int, body: bytes) -> bytes:
    return data[:2] + b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body + data[2:]


def with_exif(data: bytes, fill: dict[int, dict[int, object]]) -> bytes:
    block = Image.Exif()
    for ifd, entries in fill.items():
        (block.get_ifd(ifd) if ifd else block).update(entries)
    return with_segment(data, 0xE1, block.tobytes())


def packet(body: str) -> bytes:
    spaces = (
        'xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:aux="http://ns.adobe.com/exif/1.0/aux/"'
        ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        ' xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"'
    )
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {spaces}>{body}</rdf:Description></rdf:RDF></x:xmpmeta>'
    ).encode()


def thumbnail(data: bytes) -> bytes:
    small = picture()
    ifd1 = struct.pack(">HHHIIHHIII", 2, 0x201, 4, 1, 44, 0x202, 4, 1, len(small), 0)
    return with_segment(data, 0xE1, b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HI", 0, 14) + ifd1 + small)


LEAKS = {
    "gps": lambda d: with_exif(d, {0x8825: {1: "N", 2: (48.0, 51.0, 30.0)}}),
    "gps in xmp": lambda d: with_segment(d, 0xE1, XMP + packet("<exif:GPSLatitude>48,51.5N</exif:GPSLatitude>")),
    "serial": lambda d: with_exif(d, {0x8769: {0xA431: "12345"}}),
    "serial in xmp": lambda d: with_segment(d, 0xE1, XMP + packet("<aux:SerialNumber>42</aux:SerialNumber>")),
    "serial in a maker note": lambda d: with_exif(d, {0x8769: {0x927C: b"maker note"}}),
    "owner": lambda d: with_exif(d, {0x8769: {0xA430: "Ann Example"}}),
    "people": lambda d: with_segment(d, 0xE1, XMP + packet("<Iptc4xmpExt:PersonInImage>A</Iptc4xmpExt:PersonInImage>")),
    "faces": lambda d: with_segment(d, 0xE1, XMP + packet("<mwg-rs:Regions rdf:parseType='Resource'/>")),
    "thumbnail": thumbnail,
    "thumbnail in mpf": lambda d: with_segment(d, 0xE2, b"MPF\0MM\0*\0\0\0\x08"),
    "hidden": lambda d: d + b"PK\x03\x04 a film behind the picture",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    output = tmp_path / "output"
    (output / "pictures").mkdir(parents=True)
    for format in FORMATS:
        (output / "pictures" / f"clean{FORMATS[format].suffix}").write_bytes(derivative(format))
    (output / "index.html").write_text("<!doctype html>")
    (output / "icon.png").write_bytes(derivative("png", 32))
    originals = tmp_path / "content" / "photos"
    originals.mkdir(parents=True)
    (originals / "sound.jpg").write_bytes(picture())
    return output


def test_a_clean_site_passes(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit(site, site.parent / "content" / "photos", 2560).leaks == ()
    assert main(["audit", str(site)]) == 0
    assert "6 pictures read, 0 leaks found" in capsys.readouterr().out


@pytest.mark.parametrize("name", LEAKS)
def test_each_planted_leak_is_found(site: Path, name: str) -> None:
    (site / "pictures" / "leak.jpg").write_bytes(LEAKS[name](derivative("jpeg")))
    found = audit(site, None, None).leaks
    assert [(f.file, f.kind) for f in found] == [("pictures/leak.jpg", name.split()[0])]
    assert main(["audit", str(site)]) == 1


def test_originals_giants_and_the_nameless_are_found(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    originals = site.parent / "content" / "photos"
    (site / "pictures" / "copied.jpg").write_bytes((originals / "sound.jpg").read_bytes())
    (site / "pictures" / "wide.jpg").write_bytes(derivative("jpeg", 390))
    (site / "raw.cr2").write_bytes(b"II*\0\x10\0\0\0CR\2\0" + b"\0" * 90)
    assert main(["audit", str(site), "--max-width", "399", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    kinds = {(f["file"], f["kind"]) for f in told["findings"]}
    assert {("pictures/copied.jpg", "original"), ("pictures/copied.jpg", "rights"), ("raw.cr2", "original")} <= kinds
    assert {f for f, kind in kinds if kind == "too-wide"} == {
        *(f"pictures/clean{FORMATS[format].suffix}" for format in FORMATS), "pictures/copied.jpg"
    }  # fmt: skip
    assert {kind for _, kind in kinds} <= set(LEAK_KINDS)


@pytest.mark.parametrize("format", ["WEBP", "AVIF", "PNG", "TIFF"])
def test_leaks_are_found_in_every_format(site: Path, format: str) -> None:
    block = Image.Exif()
    block.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.0)})
    Image.new("RGB", (90, 60)).save(site / "pictures" / "gps", format, exif=block.tobytes())
    assert [f.kind for f in audit(site).leaks] == ["gps"]


def test_a_published_sidecar_is_read(site: Path) -> None:
    (site / "leak.xmp").write_bytes(packet("<exif:GPSLatitude>48,51.5N</exif:GPSLatitude>"))
    assert [(f.file, f.kind) for f in audit(site).leaks] == [("leak.xmp", "gps")]


def test_what_is_no_folder_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(tmp_path / "nowhere")]) == 2
    assert "not a folder" in capsys.readouterr().err


def test_what_cannot_be_read_is_a_sentence(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def locked(path: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", locked)  # whoever runs the tests may be allowed everything
    assert main(["audit", str(site)]) == 2
    assert "cannot be read: Permission denied" in capsys.readouterr().err


def test_a_picture_behind_a_picture_is_found_and_named(site: Path) -> None:
    clean = derivative("jpeg")
    (site / "pictures" / "two.jpg").write_bytes(clean + clean)
    progressive = io.BytesIO()
    Image.linear_gradient("L").resize((150, 150)).save(progressive, "JPEG", progressive=True, restart_marker_blocks=4)
    (site / "pictures" / "progressive.jpg").write_bytes(progressive.getvalue())
    (found,) = audit(site).leaks
    assert (found.file, found.kind) == ("pictures/two.jpg", "hidden")
    assert f"{len(clean)} bytes" in found.description and "another picture (JPEG)" in found.description


@pytest.mark.parametrize("format", ["jpeg", "png", "webp", "avif"])
@pytest.mark.parametrize("outer", ["jpeg", "png"])
def test_a_picture_in_a_block_of_another_is_found(site: Path, outer: str, format: str) -> None:
    clean, within = derivative(outer), derivative(format, 64)
    if outer == "jpeg":
        data = with_segment(clean, 0xE9, b"Camera\0" + within)
    else:
        body = b"prVw" + within
        chunk = struct.pack(">I", len(within)) + body + struct.pack(">I", zlib.crc32(body))
        data = clean[:33] + chunk + clean[33:]
    (site / "pictures" / "leak").write_bytes(data)
    assert [(f.file, f.kind) for f in audit(site).leaks] == [("pictures/leak", "thumbnail")]


def test_thumbnails_in_heif_and_second_pages_are_found(site: Path) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.register_heif_opener()
    small = Image.linear_gradient("L").resize((120, 90)).convert("RGB")
    small.save(site / "plain.heic", "HEIF")
    small.save(site / "pages.tif", "TIFF", save_all=True, append_images=[small])
    assert [(f.file, f.kind) for f in audit(site).leaks] == [("pages.tif", "thumbnail")]
    heif = pillow_heif.from_pillow(small)
    heif.save(site / "plain.heic", thumbnails=[64])
    assert ("plain.heic", "thumbnail") in [(f.file, f.kind) for f in audit(site).leaks]


def test_a_hard_link_of_an_original_is_found_wherever_the_report_says_the_photos_are(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = site.parent / "inhalt" / "bilder"
    elsewhere.mkdir(parents=True)
    (elsewhere / "mine.jpg").write_bytes(derivative("jpeg", 390))
    (site / "pictures" / "linked.jpg").hardlink_to(elsewhere / "mine.jpg")
    shutil.rmtree(site.parent / "content")
    assert main(["audit", str(site)]) == 0
    said = capsys.readouterr().out
    assert "photos folder was not found" in said and "pictures/linked.jpg" in said and "hard links" in said
    BuildReport(elsewhere).write(site.parent / "build-report.json")
    assert main(["audit", str(site)]) == 1
    assert "pictures/linked.jpg is a hard link to the original mine.jpg" in capsys.readouterr().out
    (site / "pictures" / "again.jpg").hardlink_to(site / "pictures" / "clean.jpg")
    assert "again" not in " ".join(audit(site).hard_links)


@pytest.mark.parametrize(
    ("page", "named"),
    [
        ('<script src="http://127.0.0.1:41234/live.js"></script>', "127.0.0.1:41234"),
        ("<SCRIPT\nsrc=//localhost:8000/a.js></SCRIPT >", "localhost:8000"),
        ('<script>var a = "x";</script>\n<script>fetch("http://[::1]/told")', "[::1]"),
        ('<script type="application/ld+json">{"url": "http:\\/\\/127.0.0.1"}</script>', "127.0.0.1"),
        ('<script src="/theme/viewer.js"></script><a href="http://localhost:8000">', ""),
        ('<script src="https://localhost.example/a.js"></script><p>http://127.0.0.1/', ""),
    ],
)
def test_a_page_whose_script_names_this_machine_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], page: str, named: str
) -> None:
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "index.html").write_text(f"<!doctype html>{page}")
    assert main(["audit", str(tmp_path)]) == (1 if named else 0)
    said = capsys.readouterr().out
    assert ("team/index.html has a script with the address" in said) is bool(named)
    assert named in said


def test_a_leak_that_readers_pass_over_is_found(site: Path) -> None:
    """EXIF that the header of a WebP does not announce, and XMP behind the pixels of a PNG, the second of its kind."""
    block = Image.Exif()
    block.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.0)})
    body = block.tobytes()
    webp = derivative("webp")
    webp += b"EXIF" + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    webp = webp[:4] + struct.pack("<I", len(webp) - 8) + webp[8:]
    (site / "pictures" / "leak.webp").write_bytes(webp[:20] + bytes([webp[20] & ~8]) + webp[21:])
    png = derivative("png")
    for words in ("<exif:GPSLatitude>48,51.5N</exif:GPSLatitude>", ""):
        text = b"iTXtXML:com.adobe.xmp\0\0\0\0\0" + packet(words)
        png = png[:-12] + struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text)) + png[-12:]
    (site / "pictures" / "leak.png").write_bytes(png)
    found = [(f.file, f.kind) for f in audit(site).leaks]
    assert set(found) >= {("pictures/leak.png", "gps"), ("pictures/leak.webp", "gps")}
