"""Build small JPEG files with metadata, and read their metadata."""

from __future__ import annotations

import io
import struct

from PIL import Image

from pelican_headshots.metadata import containers, parsed, reader
from pelican_headshots.scan.open_image import open_image
from pelican_headshots.values.geometry import Size
from pelican_headshots.values.photo import PhotoMetadata
from pelican_headshots.values.rendition import Rights
from tests.support.site import REPOSITORY

PICTURE = Image.new("RGB", (60, 40), "#456")
FIXTURES = REPOSITORY / "tests" / "fixtures" / "metadata"
"""Photos with metadata by several programs, written by `tools/scripts/make_metadata_fixtures.sh`."""

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


def make_jpeg(*segments: tuple[int, bytes]) -> bytes:
    """Return a JPEG with *segments* (marker, body) before its picture."""
    out = io.BytesIO()
    PICTURE.save(out, "JPEG")
    data = out.getvalue()
    packed = (b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body for marker, body in segments)
    return data[:2] + b"".join(packed) + data[2:]


def packet(body: str) -> bytes:
    """Return an XMP packet with the properties in *body*."""
    return (
        '<?xpacket begin="\ufeff"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'
        ' xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"'
        ' xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/">'
        f'{body}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def xmp_segment(body: str) -> tuple[int, bytes]:
    return 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet(body)


def xmp_title(text: str) -> str:
    items = f'<rdf:li xml:lang="de">Andere</rdf:li><rdf:li xml:lang="x-default">{text}</rdf:li>'
    return f"<dc:title><rdf:Alt>{items}</rdf:Alt></dc:title>"


def iptc_segment(*fields: tuple[int, int, bytes]) -> tuple[int, bytes]:
    """Return the segment with IPTC *fields* (record, number, value)."""
    data = b"".join(struct.pack(">BBBH", 0x1C, record, number, len(value)) + value for record, number, value in fields)
    return 0xED, b"Photoshop 3.0\x008BIM" + struct.pack(">HHI", 0x0404, 0, len(data)) + data + b"\0" * (len(data) % 2)


def exif_segment(tag: int, value: bytes, kind: int = 2) -> tuple[int, bytes]:
    """Return the segment with one EXIF tag of the type *kind* (2 is ASCII)."""
    size = len(value)
    return 0xE1, b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHIII", 1, tag, kind, size, 26, 0) + value


def read_blocks(data: bytes) -> containers.MetadataBlocks:
    with open_image(data) as image:
        return containers.read_blocks(image, data)


def read_metadata(data: bytes, sidecar: bytes | None = None, size: Size | None = None) -> tuple[PhotoMetadata, Rights]:
    return reader.read(parsed.parse_blocks(read_blocks(data)), sidecar, size)


def read_photo_metadata(*segments: tuple[int, bytes], sidecar: bytes | None = None) -> PhotoMetadata:
    return read_metadata(make_jpeg(*segments), sidecar)[0]
