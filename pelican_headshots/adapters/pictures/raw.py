"""The finished JPEG that a camera puts into its RAW files: found by their own tables, within bounds.

What comes out is a JPEG file that carries the RAW's orientation and words, so that nothing after this need know of RAW
files. The sensor's data is not read: how it is to be developed only the photographer can say.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from ..metadata import exif
from ..originals.formats import UnreadablePicture
from ..originals.opening import ANY_SIZE, opened
from . import colour

LEAST = 1600
"""Pixels of the longer side below which a preview is a thumbnail, not a picture to show anybody."""

_NONE = f"This RAW file holds no preview of {LEAST} pixels or more. Develop it and save it as JPEG or TIFF."

_MOST_DIRECTORIES = 64
_MOST_BOXES = 4096
_LONGEST_TEXT = 4096
_LONGEST_SEGMENT = 65_533

_SUBDIRECTORIES = 0x14A
_PLACES = ((0x201, 0x202), (0x111, 0x117))
"""Tags of where a JPEG lies and how long it is: a preview's, and those of a picture in one strip."""
_PANASONIC = 0x2E
"""Whose value is the JPEG itself."""
_TEXTS = (0x10E, 0x132, 0x13B, 0x8298)
"""ImageDescription, DateTime, Artist, Copyright."""
_XMP = 700
_JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\0"

_TIFF = (b"II*\0", b"MM\0*", b"IIRO", b"IIRS", b"MMOR", b"IIU\0")
"""TIFF itself, Olympus's three and Panasonic's."""
_FUJIFILM = b"FUJIFILMCCD-RAW"
_CANON = b"ftypcrx "
_CANON_TABLES = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_NESTS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", _CANON_TABLES)


class _Found(NamedTuple):
    """What may be JPEGs, the RAW's first directory, and its XMP packet."""

    jpegs: list[memoryview]
    main: exif.Directory
    xmp: bytes = b""


def preview(data: bytes) -> bytes:
    """The largest JPEG in the RAW file *data*, as a file that says which way up it is and whose.

    Raises UnreadablePicture where none is LEAST pixels long.
    """
    found = _Found([], {})
    if data.startswith(_FUJIFILM) and len(data) >= 92:
        found = _Found([_part(data, *struct.unpack_from(">II", data, 84))], {})
    elif data[4:12] == _CANON:
        found = _in_boxes(data)
    elif data[:4] in _TIFF and len(data) >= 8:
        found = _in_directories(data)
    largest = max(found.jpegs, key=_long_side, default=memoryview(b""))
    if _long_side(largest) < LEAST:
        raise UnreadablePicture(_NONE)
    best = bytes(largest)
    if not found.main:
        return best
    with opened(best, ANY_SIZE) as image:
        adobe = exif.in_adobe_rgb(data) or exif.in_adobe_rgb(image.info.get("exif", b""))
        adobe = adobe and not image.info.get("icc_profile")
    return _dressed(best, found, adobe)


def _part(data: bytes, start: int, length: int) -> memoryview:
    """Nothing, where that reaches past the end of the file. Not copied: many tables may name the same megabytes."""
    return memoryview(data)[start : start + length] if start + length <= len(data) else memoryview(b"")


def _in_directories(data: bytes) -> _Found:
    """RAW files that are built as a TIFF: DNG, and those of most cameras."""
    order = "<" if data[:2] == b"II" else ">"
    pending = [struct.unpack_from(order + "I", data, 4)[0]]
    seen: dict[int, exif.Directory] = {}
    jpegs = []
    while pending and len(seen) < _MOST_DIRECTORIES:
        offset = pending.pop(0)
        if offset in seen or offset + 2 > len(data):
            continue
        tags, following = exif.directory(data, order, offset)
        seen[offset] = tags
        pending += [following] if following else []
        pending += tags[_SUBDIRECTORIES].numbers() if _SUBDIRECTORIES in tags else ()
        for start, length in _PLACES:
            starts, lengths = (tags[tag].numbers() if tag in tags else () for tag in (start, length))
            if len(starts) == len(lengths) == 1:
                jpegs.append(_part(data, starts[0], lengths[0]))
        if _PANASONIC in tags:
            jpegs.append(_part(data, tags[_PANASONIC].place, tags[_PANASONIC].size))
    main = next(iter(seen.values()), {})
    return _Found(jpegs, main, main[_XMP].value if _XMP in main else b"")


def _in_boxes(data: bytes) -> _Found:
    """Canon's CR3: tracks, of which one is a JPEG, and boxes that hold directories."""
    jpegs: list[memoryview] = []
    main: exif.Directory = {}
    packet, size = b"", 0
    for name, body in _boxes(data):
        if name == b"CMT1":
            main = exif.directories(body).get("main", {})
        elif name == _XMP_BOX:
            packet = body
        elif name == b"stsz" and len(body) >= 12:
            (size,) = struct.unpack_from(">I", body, 4)
        elif name == b"co64" and len(body) >= 16:
            jpegs.append(_part(data, struct.unpack_from(">Q", body, 8)[0], size))
    return _Found(jpegs, main, packet)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(name, body) of the boxes that hold no others, in order; a `uuid` box goes by its sixteen bytes."""
    pending = [(0, len(data))]
    for _ in range(_MOST_BOXES):
        if not pending:
            return
        at, end = pending.pop()
        if at + 8 > end:
            continue
        size, name = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1 and at + 16 <= end:
            (size,), head = struct.unpack_from(">Q", data, at + 8), 16
        if name == b"uuid":
            name, head = data[at + head : at + head + 16], head + 16
        if size < head or at + size > end:
            continue
        pending.append((at + size, end))
        if name in _NESTS:
            pending.append((at + head, at + size))
        elif name != b"mdat":
            yield name, data[at + head : at + size]


def _long_side(jpeg: memoryview) -> int:
    """In pixels; 0 where it is no ordinary JPEG. Sensor data is often one of the lossless kind: no picture yet."""
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


def _dressed(jpeg: bytes, found: _Found, adobe: bool) -> bytes:
    """*jpeg* with the RAW's orientation and words in place of its own; with a profile if it is in *adobe* RGB."""
    texts = {tag: found.main[tag].raw_text()[:_LONGEST_TEXT] for tag in _TEXTS if tag in found.main}
    turn = found.main.get(exif.ORIENTATION)
    block = exif.block({tag: text for tag, text in texts.items() if text}, (turn.number() if turn else None) or 1)
    segments = [b"Exif\0\0" + block]
    if found.xmp and len(_JPEG_XMP + found.xmp) <= _LONGEST_SEGMENT:
        segments.append(_JPEG_XMP + found.xmp)
    written = b"".join(b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body for body in segments)
    if adobe:
        body = b"ICC_PROFILE\0\1\1" + colour.profile_of("Adobe RGB")
        written += b"\xff\xe2" + struct.pack(">H", len(body) + 2) + body
    at = 2
    kept = []
    while jpeg[at : at + 1] == b"\xff" and 0xE0 <= jpeg[at + 1] <= 0xEF:
        size = 2 + struct.unpack_from(">H", jpeg, at + 2)[0]
        if jpeg[at + 1] != 0xE1:
            kept.append(jpeg[at : at + size])
        at += size
    return b"".join((jpeg[:2], written, *kept, jpeg[at:]))
