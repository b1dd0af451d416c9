"""Where metadata lies in a picture file: the blocks that Pillow hands out, unopened, and what lies beside them."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from PIL import Image, JpegImagePlugin

from ..scan.file_types import iterate_boxes
from ..values.geometry import Value
from . import exif

_JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_JPEG_EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_JPEG_PHOTOSHOP = b"Photoshop 3.0\0"
_END_OF_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""In a JPEG's picture data, 0xFF stands before zero or the number of a restart; before anything else it ends them."""
IPTC = 0x0404
"""The number of the IPTC records among Photoshop's image resources."""


class MetadataBlocks(Value, frozen=True):
    """Metadata blocks as they lie in a file; empty where there is none."""

    exif: bytes = b""
    xmp: tuple[bytes, ...] = ()
    iptc: bytes = b""
    photoshop: bytes = b""


def read_blocks(image: Image.Image, data: bytes) -> MetadataBlocks:
    """The metadata blocks of *image*, which Pillow opened from *data*.

    Those that follow the pixels of a PNG are known only once it is decoded.
    """
    if image.format == "PNG":
        return _read_png(image)
    if image.format == "TIFF":
        main = exif.read_directories(data).get("main", {})
        packet, iptc, photoshop = (main[tag].value if tag in main else b"" for tag in (700, 33723, 34377))
    else:
        packet, iptc, photoshop, data = in_info(image, "xmp"), b"", b"", in_info(image, "exif")
    packets: tuple[bytes, ...] = (packet,) if packet else ()
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        packets = tuple(_jpeg_packets(image.applist))
        segments = (body for name, body in image.applist if name == "APP13" and body.startswith(_JPEG_PHOTOSHOP))
        photoshop = b"".join(body.removeprefix(_JPEG_PHOTOSHOP) for body in segments)
    return MetadataBlocks(data, packets, iptc or dict(iterate_photoshop_resources(photoshop)).get(IPTC, b""), photoshop)


def in_info(image: Image.Image, key: str) -> bytes:
    """What Pillow hands out as *key*, empty where it is none: a text in a PNG may have any name."""
    value = image.info.get(key)
    return value if isinstance(value, bytes) else b""


def _jpeg_packets(segments: list[tuple[str, bytes]]) -> Iterator[bytes]:
    """The XMP packets among a JPEG's *segments*, those last that were too long for one segment."""
    more: dict[bytes, dict[int, bytes]] = {}
    for name, body in segments:
        if name == "APP1" and body.startswith(_JPEG_XMP):
            yield body.removeprefix(_JPEG_XMP)
        elif name == "APP1" and body.startswith(_JPEG_EXTENDED_XMP) and len(body) > len(_JPEG_EXTENDED_XMP) + 40:
            packet, _, offset = struct.unpack_from(">32sII", body, len(_JPEG_EXTENDED_XMP))
            more.setdefault(packet, {})[offset] = body[len(_JPEG_EXTENDED_XMP) + 40 :]
    yield from (b"".join(parts[offset] for offset in sorted(parts)) for parts in more.values())


def _read_png(image: Image.Image) -> MetadataBlocks:
    texts = {str(keyword).lower(): value for keyword, value in image.info.items() if isinstance(value, str)}
    profiles = {
        name: _decode_raw_profile(texts.get(f"raw profile type {name}", ""))
        for name in ("exif", "app1", "iptc", "8bim")
    }
    exif_block = in_info(image, "exif") or profiles["exif"] or profiles["app1"]
    packet = in_info(image, "xmp") or texts.get("xml:com.adobe.xmp", "").encode()
    iptc = profiles["iptc"] or profiles["8bim"]
    iptc = dict(iterate_photoshop_resources(iptc)).get(IPTC, b"") if iptc.startswith(b"8BIM") else iptc
    return MetadataBlocks(exif_block, (packet,) if packet else (), iptc)


def _decode_raw_profile(text: str) -> bytes:
    """A profile as ImageMagick writes it: its name, its length, then hexadecimal digits."""
    try:
        return bytes.fromhex(text.split(None, 2)[2])
    except (ValueError, IndexError):
        return b""


def iterate_photoshop_resources(block: bytes) -> Iterator[tuple[int, bytes]]:
    """(number, body) of the image resources in a Photoshop block."""
    at = 0
    while block[at : at + 4] == b"8BIM" and at + 12 <= len(block):
        (number,) = struct.unpack_from(">H", block, at + 4)
        name_length = 1 + block[at + 6]
        at += 6 + name_length + name_length % 2
        if at + 4 > len(block):
            return
        (size,) = struct.unpack_from(">I", block, at)
        yield number, block[at + 4 : at + 4 + size]
        at += 4 + size + size % 2


def tail(data: bytes, kind: str) -> int:
    """How many bytes of a picture file of Pillow's format *kind* follow the end of the picture."""
    end = len(data)
    if kind == "JPEG":
        end = _find_jpeg_end(data)
    elif kind == "PNG":
        end = next((after for name, _, after in chunks(data, kind) if name == b"IEND"), end)
    elif kind == "WEBP":
        end = 8 + int(struct.unpack_from("<I", data, 4)[0]) + len(data) % 2
    return max(len(data) - end, 0)


def _find_jpeg_end(data: bytes) -> int:
    """Where the picture ends, another one may follow it; the end of the file where rubbish stands before its pixels."""
    at, scanned = 2, False
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] not in (0xD8, 0xD9):
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        at += 2 + int(struct.unpack_from(">H", data, at + 2)[0])
        if marker == 0xDA:
            end = _END_OF_SCAN.search(data, at)
            at, scanned = end.start() if end else len(data), True
    if not scanned:
        return len(data)
    return min(len(data), at + 2 if data[at : at + 2] == b"\xff\xd9" else at)


def chunks(data: bytes, kind: str) -> Iterator[tuple[bytes, bytes, int]]:
    """(type, body, where it ends) of all chunks of a PNG or WebP, those too that Pillow passes over."""
    at = {"PNG": 8, "WEBP": 12}.get(kind, len(data))
    while at + 8 <= len(data):
        if kind == "PNG":
            size, name = struct.unpack_from(">I4s", data, at)
            after = at + 12 + size
        else:
            name, size = struct.unpack_from("<4sI", data, at)
            after = at + 8 + size + size % 2
        yield name, data[at + 8 : at + 8 + size], after
        at = after


def without_pixels(data: bytes, kind: str) -> bytes:
    """The PNG *data* with nothing that must be decoded before the end is read; a file of another *kind* as it is."""
    starts = [8, *(after for _, _, after in chunks(data, kind))]
    kept = (
        data[start:after]
        for start, (name, _, after) in zip(starts, chunks(data, kind), strict=False)
        if name != b"IDAT"
    )
    return data[:8] + b"".join(kept) if kind == "PNG" else data


def has_preview(image: Image.Image) -> bool:
    """Whether smaller pictures lie beside a JPEG: JFIF and MPF previews."""
    segments = image.applist if isinstance(image, JpegImagePlugin.JpegImageFile) else []
    return any(
        (name == "APP0" and body.startswith(b"JFXX\0"))
        or (name == "APP0" and body.startswith(b"JFIF\0") and len(body) > 14 and body[12] * body[13] > 0)
        or (name == "APP2" and body.startswith(b"MPF\0"))
        for name, body in segments
    )


def has_thumbnail(data: bytes) -> bool:
    """Whether an AVIF or HEIF file refers to one: in the references (`iref`) of its `meta` box."""
    references = _first_box(_first_box(data, b"meta")[4:], b"iref")[4:]
    return any(name == b"thmb" for name, _, _ in iterate_boxes(references))


def _first_box(data: bytes, wanted: bytes) -> bytes:
    return next((data[start:end] for name, start, end in iterate_boxes(data) if name == wanted), b"")
