"""Get the metadata blocks of a picture file from Pillow, unparsed, and find other data in the file."""

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
"""The end of a JPEG's picture data: 0xFF followed by anything but zero or a restart marker."""
IPTC_RESOURCE_ID = 0x0404
"""The Photoshop image resource that contains the IPTC records."""


class MetadataBlocks(Value, frozen=True):
    """The unparsed metadata blocks of a file; empty if the file has none."""

    exif: bytes = b""
    xmp: tuple[bytes, ...] = ()
    iptc: bytes = b""
    photoshop: bytes = b""


def read_blocks(image: Image.Image, data: bytes) -> MetadataBlocks:
    """Return the metadata blocks of *image*, which Pillow opened from *data*.

    Blocks after the pixels of a PNG are only included if the picture has been decoded.
    """
    if image.format == "PNG":
        return _read_png(image)
    if image.format == "TIFF":
        main = exif.read_directories(data).get("main", {})
        packet, iptc, photoshop = (main[tag].value if tag in main else b"" for tag in (700, 33723, 34377))
    else:
        packet, iptc, photoshop, data = get_info_bytes(image, "xmp"), b"", b"", get_info_bytes(image, "exif")
    packets: tuple[bytes, ...] = (packet,) if packet else ()
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        packets = tuple(_iterate_jpeg_packets(image.applist))
        segments = (body for name, body in image.applist if name == "APP13" and body.startswith(_JPEG_PHOTOSHOP))
        photoshop = b"".join(body.removeprefix(_JPEG_PHOTOSHOP) for body in segments)
    iptc = iptc or dict(iterate_photoshop_resources(photoshop)).get(IPTC_RESOURCE_ID, b"")
    return MetadataBlocks(data, packets, iptc, photoshop)


def get_info_bytes(image: Image.Image, key: str) -> bytes:
    """Return Pillow's `info[key]` if it is bytes, else empty. A text in a PNG can have any key, also `exif`."""
    value = image.info.get(key)
    return value if isinstance(value, bytes) else b""


def _iterate_jpeg_packets(segments: list[tuple[str, bytes]]) -> Iterator[bytes]:
    """Yield the XMP packets in a JPEG's *segments*. Packets split into several segments (extended XMP) come last."""
    extended: dict[bytes, dict[int, bytes]] = {}
    for name, body in segments:
        if name == "APP1" and body.startswith(_JPEG_XMP):
            yield body.removeprefix(_JPEG_XMP)
        elif name == "APP1" and body.startswith(_JPEG_EXTENDED_XMP) and len(body) > len(_JPEG_EXTENDED_XMP) + 40:
            packet, _, offset = struct.unpack_from(">32sII", body, len(_JPEG_EXTENDED_XMP))
            extended.setdefault(packet, {})[offset] = body[len(_JPEG_EXTENDED_XMP) + 40 :]
    yield from (b"".join(parts[offset] for offset in sorted(parts)) for parts in extended.values())


def _read_png(image: Image.Image) -> MetadataBlocks:
    texts = {str(keyword).lower(): value for keyword, value in image.info.items() if isinstance(value, str)}
    profiles = {
        name: _decode_raw_profile(texts.get(f"raw profile type {name}", ""))
        for name in ("exif", "app1", "iptc", "8bim")
    }
    exif_block = get_info_bytes(image, "exif") or profiles["exif"] or profiles["app1"]
    packet = get_info_bytes(image, "xmp") or texts.get("xml:com.adobe.xmp", "").encode()
    iptc = profiles["iptc"] or profiles["8bim"]
    iptc = dict(iterate_photoshop_resources(iptc)).get(IPTC_RESOURCE_ID, b"") if iptc.startswith(b"8BIM") else iptc
    return MetadataBlocks(exif_block, (packet,) if packet else (), iptc)


def _decode_raw_profile(text: str) -> bytes:
    """Return the bytes of a profile as ImageMagick writes it: its name, its length, then hexadecimal digits."""
    try:
        return bytes.fromhex(text.split(None, 2)[2])
    except (ValueError, IndexError):
        return b""


def iterate_photoshop_resources(block: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (id, body) for each image resource in a Photoshop block."""
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


def count_trailing_bytes(data: bytes, kind: str) -> int:
    """Return the number of bytes after the end of the picture, in a file of Pillow's format *kind*."""
    end = len(data)
    if kind == "JPEG":
        end = _find_jpeg_end(data)
    elif kind == "PNG":
        end = next((after for name, _, after in iterate_chunks(data, kind) if name == b"IEND"), end)
    elif kind == "WEBP":
        end = 8 + int(struct.unpack_from("<I", data, 4)[0]) + len(data) % 2
    return max(len(data) - end, 0)


def _find_jpeg_end(data: bytes) -> int:
    """Return the offset where the first picture ends, or the file size if there is invalid data before its pixels."""
    at, has_pixels = 2, False
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] not in (0xD8, 0xD9):
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        at += 2 + int(struct.unpack_from(">H", data, at + 2)[0])
        if marker == 0xDA:
            end = _END_OF_SCAN.search(data, at)
            at, has_pixels = end.start() if end else len(data), True
    if not has_pixels:
        return len(data)
    return min(len(data), at + 2 if data[at : at + 2] == b"\xff\xd9" else at)


def iterate_chunks(data: bytes, kind: str) -> Iterator[tuple[bytes, bytes, int]]:
    """Yield (type, body, end offset) for every chunk of a PNG or WebP, including those that Pillow ignores."""
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


def strip_pixel_data(data: bytes, kind: str) -> bytes:
    """Return a PNG without its pixels, so that Pillow reads the chunks after them; other formats unchanged."""
    starts = [8, *(after for _, _, after in iterate_chunks(data, kind))]
    kept = (
        data[start:after]
        for start, (name, _, after) in zip(starts, iterate_chunks(data, kind), strict=False)
        if name != b"IDAT"
    )
    return data[:8] + b"".join(kept) if kind == "PNG" else data


def has_preview(image: Image.Image) -> bool:
    """Return whether a JPEG contains a JFIF or MPF preview."""
    segments = image.applist if isinstance(image, JpegImagePlugin.JpegImageFile) else []
    return any(
        (name == "APP0" and body.startswith(b"JFXX\0"))
        or (name == "APP0" and body.startswith(b"JFIF\0") and len(body) > 14 and body[12] * body[13] > 0)
        or (name == "APP2" and body.startswith(b"MPF\0"))
        for name, body in segments
    )


def has_thumbnail(data: bytes) -> bool:
    """Return whether an AVIF or HEIF file has a thumbnail, by the references (`iref`) in its `meta` box."""
    references = _find_box(_find_box(data, b"meta")[4:], b"iref")[4:]
    return any(name == b"thmb" for name, _, _ in iterate_boxes(references))


def _find_box(data: bytes, wanted: bytes) -> bytes:
    return next((data[start:end] for name, start, end in iterate_boxes(data) if name == wanted), b"")
