"""Extract the JPEG preview that a camera stores in its RAW files.

The preview is found by the tables in the file, within fixed limits. The result is a JPEG with the orientation and text
of the RAW file, so that later steps need no support for RAW. The sensor data is not read: only the photographer can say
how to develop it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from ..metadata import containers, exif, writer
from ..scan.file_types import UnreadableImageError
from ..scan.open_image import NO_PIXEL_LIMIT, open_image
from . import color

MIN_PREVIEW_LONG_SIDE_PX = 1600
"""Longer side in pixels below which a preview is only a thumbnail and is not published."""

_NO_PREVIEW_MESSAGE = (
    f"This RAW file holds no preview of {MIN_PREVIEW_LONG_SIDE_PX} pixels or more. "
    "Develop it and save it as JPEG or TIFF."
)

_MAX_DIRECTORIES = 64
_MAX_BOXES = 4096

_SUB_IFDS_TAG = 0x14A
_JPEG_LOCATION_TAGS = ((0x201, 0x202), (0x111, 0x117))
"""Tags for the offset and length of a JPEG: those of a preview, and those of a picture stored in one strip."""
_PANASONIC_JPEG_TAG = 0x2E
"""The value of this tag is the JPEG itself."""
_XMP_TAG = 700

_TIFF_SIGNATURES = (b"II*\0", b"MM\0*", b"IIRO", b"IIRS", b"MMOR", b"IIU\0")
"""TIFF, three from Olympus, and Panasonic."""
_FUJIFILM_SIGNATURE = b"FUJIFILMCCD-RAW"
_CANON_SIGNATURE = b"ftypcrx "
_CANON_METADATA_UUID = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_CONTAINER_BOXES = (b"moov", b"trak", b"mdia", b"minf", b"stbl", _CANON_METADATA_UUID)


class _RawContents(NamedTuple):
    """The possible JPEGs, the TIFF structure and the XMP packet of a RAW file; empty where it has none."""

    jpegs: list[memoryview]
    tiff: bytes = b""
    xmp: bytes = b""


def extract_preview(data: bytes) -> bytes:
    """Return the largest JPEG in a RAW file, with the orientation and rights of the RAW file embedded.

    Raises:
        UnreadableImageError: If no JPEG has a longer side of at least `MIN_PREVIEW_LONG_SIDE_PX`.
    """
    contents = _RawContents([])
    if data.startswith(_FUJIFILM_SIGNATURE) and len(data) >= 92:
        contents = _RawContents([_slice(data, *struct.unpack_from(">II", data, 84))])
    elif data[4:12] == _CANON_SIGNATURE:
        contents = _read_canon_contents(data)
    elif data[:4] in _TIFF_SIGNATURES and len(data) >= 8:
        contents = _read_tiff_contents(data)
    largest = max(contents.jpegs, key=_read_long_side, default=memoryview(b""))
    if _read_long_side(largest) < MIN_PREVIEW_LONG_SIDE_PX:
        raise UnreadableImageError(_NO_PREVIEW_MESSAGE)
    jpeg = bytes(largest)
    if not contents.tiff:
        return jpeg
    directories = exif.read_directories(contents.tiff)
    with open_image(jpeg, NO_PIXEL_LIMIT) as image:
        own_directories = exif.read_directories(containers.get_info_bytes(image, "exif"))
        is_adobe_rgb = any(exif.is_adobe_rgb(each) for each in (directories, own_directories))
        icc_profile = color.build_icc_profile("Adobe RGB") if is_adobe_rgb else b""
        icc_profile = b"" if image.info.get("icc_profile") else icc_profile
    return writer.replace_jpeg_metadata(jpeg, directories.get("main", {}), contents.xmp, icc_profile)


def _slice(data: bytes, start: int, length: int) -> memoryview:
    """Return a part of the file, empty if it reaches past the end. Not copied: many tables may name the same bytes."""
    return memoryview(data)[start : start + length] if start + length <= len(data) else memoryview(b"")


def _read_tiff_contents(data: bytes) -> _RawContents:
    """Read a RAW file that is built like a TIFF: DNG, and those of most cameras."""
    byte_order = "<" if data[:2] == b"II" else ">"
    pending = [struct.unpack_from(byte_order + "I", data, 4)[0]]
    seen: dict[int, exif.ExifDirectory] = {}
    jpegs = []
    while pending and len(seen) < _MAX_DIRECTORIES:
        offset = pending.pop(0)
        if offset in seen or offset + 2 > len(data):
            continue
        tags, next_offset = exif.read_directory(data, byte_order, offset)
        seen[offset] = tags
        pending += [next_offset] if next_offset else []
        pending += tags[_SUB_IFDS_TAG].numbers() if _SUB_IFDS_TAG in tags else ()
        for start, length in _JPEG_LOCATION_TAGS:
            starts, lengths = (tags[tag].numbers() if tag in tags else () for tag in (start, length))
            if len(starts) == len(lengths) == 1:
                jpegs.append(_slice(data, starts[0], lengths[0]))
        if _PANASONIC_JPEG_TAG in tags:
            jpegs.append(_slice(data, tags[_PANASONIC_JPEG_TAG].offset, tags[_PANASONIC_JPEG_TAG].size))
    main_directory = next(iter(seen.values()), {})
    return _RawContents(jpegs, data, main_directory[_XMP_TAG].value if _XMP_TAG in main_directory else b"")


def _read_canon_contents(data: bytes) -> _RawContents:
    """Read a Canon CR3 file: one of its tracks is a JPEG, and some boxes contain TIFF directories."""
    jpegs: list[memoryview] = []
    tiff, packet, size = b"", b"", 0
    for name, body in _iterate_boxes(data):
        if name == b"CMT1":
            tiff = body
        elif name == _XMP_UUID:
            packet = body
        elif name == b"stsz" and len(body) >= 12:
            (size,) = struct.unpack_from(">I", body, 4)
        elif name == b"co64" and len(body) >= 16:
            jpegs.append(_slice(data, struct.unpack_from(">Q", body, 8)[0], size))
    return _RawContents(jpegs, tiff, packet)


def _iterate_boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield (name, body) of each box that contains no other boxes, in file order. A `uuid` box is named by its UUID."""
    pending = [(0, len(data))]
    for _ in range(_MAX_BOXES):
        if not pending:
            return
        at, end = pending.pop()
        if at + 8 > end:
            continue
        size, name = struct.unpack_from(">I4s", data, at)
        header_size = 8
        if size == 1 and at + 16 <= end:
            (size,), header_size = struct.unpack_from(">Q", data, at + 8), 16
        if name == b"uuid":
            name, header_size = data[at + header_size : at + header_size + 16], header_size + 16
        if size < header_size or at + size > end:
            continue
        pending.append((at + size, end))
        if name in _CONTAINER_BOXES:
            pending.append((at + header_size, at + size))
        elif name != b"mdat":
            yield name, data[at + header_size : at + size]


def _read_long_side(jpeg: memoryview) -> int:
    """Return the longer side in pixels, or 0 if this is no baseline or progressive JPEG of 8 bits.

    Sensor data is often stored as lossless JPEG, which is not a finished picture.
    """
    at = 2
    while bytes(jpeg[:3]) == b"\xff\xd8\xff" and at + 10 <= len(jpeg) and jpeg[at] == 0xFF:
        marker, size = jpeg[at + 1], struct.unpack_from(">H", jpeg, at + 2)[0]
        if marker in (0xC0, 0xC1, 0xC2):
            depth, height, width, channels = struct.unpack_from(">BHHB", jpeg, at + 4)
            return max(width, height) if depth == 8 and channels in (1, 3) else 0
        if size < 2 or marker in (0xC3, 0xD9, 0xDA):
            return 0
        at += 2 + size
    return 0
