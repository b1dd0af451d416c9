"""Metadata survives rendering, and is found by the analysis wherever a PNG or TIFF has it."""

from __future__ import annotations

import io
import struct
import zlib
from unittest.mock import Mock

import numpy as np
import pytest
from PIL import Image

from pelican_headshots.images import decode, render
from pelican_headshots.pipeline import tasks
from pelican_headshots.values.geometry import Size
from pelican_headshots.values.photo import PhotoMetadata
from pelican_headshots.values.rendition import Crop, Rendition
from tests.support.metadata import RIGHTS, make_jpeg, packet, read_metadata, xmp_title


@pytest.mark.parametrize("format", ["avif", "avif-p3", "jpeg", "webp", "png"])
def test_rights_written_to_a_rendition_are_read_back(format: str) -> None:
    wanted = Rendition(crop=Crop(), width=60, height=40, format=format, quality=80, rights=RIGHTS)
    (rendered,) = render.render_renditions(make_jpeg(), [wanted])
    found, rights = read_metadata(rendered)
    assert rights == RIGHTS
    assert found == PhotoMetadata()


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
