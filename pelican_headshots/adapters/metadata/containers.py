"""Where metadata lies in a picture file: the blocks of each container, unopened. Nothing here decodes pixels."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

from ...core.geometry import Value
from ..originals.formats import sniff
from ..originals.opening import opened
from . import exif

_JPEG_EXIF = b"Exif\0\0"
_JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_JPEG_XMP_MORE = b"http://ns.adobe.com/xmp/extension/\0"
_JPEG_PHOTOSHOP = b"Photoshop 3.0\0"
_JPEG_ICC = b"ICC_PROFILE\0"
_PNG_XMP = b"XML:com.adobe.xmp"
_END_OF_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""In a JPEG's picture data, 0xFF stands before zero or the number of a restart; before anything else it ends them."""
_MOST_INFLATED = 8 * 2**20
"""Bytes that the compressed texts of one file may be when inflated, all together."""
_ANY_SIZE = 2**31
"""Pixels: whoever asks for metadata has made up their mind about the picture, and none is decoded."""


class Blocks(Value, frozen=True):
    """Metadata blocks as they lie in a file; empty where there is none. *text* holds comments and PNG text chunks."""

    format: str
    exif: bytes = b""
    xmp: tuple[bytes, ...] = ()
    iptc: bytes = b""
    photoshop: bytes = b""
    text: tuple[tuple[str, bytes], ...] = ()
    icc: bool = False
    tail: int = 0
    """Bytes after the end of the picture."""
    previews: bool = False
    """Whether smaller pictures lie beside the picture (JFIF and MPF previews)."""


def blocks(data: bytes) -> Blocks:
    """The metadata blocks of a picture file. Raises UnreadablePicture where it is no picture."""
    kind = sniff(data)
    read = {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp, "TIFF": _tiff, "AVIF": _iso, "HEIF": _iso}.get(kind)
    return read(kind, data) if read else Blocks(kind)


def jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(marker, body) of a JPEG's segments up to its picture data; the last is (0xDA, everything from there on)."""
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xDA:
            yield marker, data[at:]
            return
        if marker == 0xD9:
            return
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 2
            continue
        (size,) = struct.unpack_from(">H", data, at + 2)
        if size < 2:
            return
        yield marker, data[at + 4 : at + 2 + size]
        at += 2 + size


def _jpeg(kind: str, data: bytes) -> Blocks:
    block, photoshop = b"", []
    packets: list[bytes] = []
    more: dict[bytes, dict[int, bytes]] = {}
    text: list[tuple[str, bytes]] = []
    icc = previews = False
    tail = 0
    for marker, body in jpeg_segments(data):
        if marker == 0xE1 and body.startswith(_JPEG_EXIF):
            # The first block is the camera's; later ones are left-overs of programs that did not look.
            block = block or body
        elif marker == 0xE1 and body.startswith(_JPEG_XMP):
            packets.append(body[len(_JPEG_XMP) :])
        elif marker == 0xE1 and body.startswith(_JPEG_XMP_MORE) and len(body) > len(_JPEG_XMP_MORE) + 40:
            at = len(_JPEG_XMP_MORE)
            (offset,) = struct.unpack_from(">I", body, at + 36)
            more.setdefault(body[at : at + 32], {})[offset] = body[at + 40 :]
        elif marker == 0xED and body.startswith(_JPEG_PHOTOSHOP):
            photoshop.append(body[len(_JPEG_PHOTOSHOP) :])
        elif marker == 0xE2 and body.startswith(_JPEG_ICC):
            icc = True
        elif (marker == 0xE0 and _has_preview(body)) or (marker == 0xE2 and body.startswith(b"MPF\0")):
            previews = True
        elif marker == 0xFE:
            text.append(("Comment", body))
        elif marker == 0xDA:
            tail = len(body) - _end_of_jpeg(body)
    packets += [b"".join(parts[k] for k in sorted(parts)) for parts in more.values()]
    resources = b"".join(photoshop)
    iptc = photoshop_resource(resources, 0x0404)
    return Blocks(kind, block, tuple(packets), iptc, resources, tuple(text), icc, tail, previews)


def _end_of_jpeg(body: bytes) -> int:
    """Where the picture ends whose first scan begins *body*; another one may follow it."""
    at = 0
    while at + 4 <= len(body) and body[at] == 0xFF and body[at + 1] not in (0xD8, 0xD9):
        marker = body[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        at += 2 + int(struct.unpack_from(">H", body, at + 2)[0])
        if marker == 0xDA:
            end = _END_OF_SCAN.search(body, at)
            at = end.start() if end else len(body)
    return min(len(body), at + 2 if body[at : at + 2] == b"\xff\xd9" else at)


def _has_preview(app0: bytes) -> bool:
    return app0.startswith(b"JFXX\0") or (app0.startswith(b"JFIF\0") and len(app0) > 14 and app0[12] * app0[13] > 0)


def photoshop_resource(block: bytes, wanted: int) -> bytes:
    """One image resource of a Photoshop block (0x0404 is IPTC), empty where it holds none."""
    for number, body in photoshop_resources(block):
        if number == wanted:
            return body
    return b""


def photoshop_resources(block: bytes) -> Iterator[tuple[int, bytes]]:
    """(number, body) of the image resources in a Photoshop block."""
    at = 0
    while block[at : at + 4] == b"8BIM" and at + 12 <= len(block):
        (number,) = struct.unpack_from(">H", block, at + 4)
        name = 1 + block[at + 6]
        at += 6 + name + name % 2
        if at + 4 > len(block):
            return
        (size,) = struct.unpack_from(">I", block, at)
        yield number, block[at + 4 : at + 4 + size]
        at += 4 + size + size % 2


class _Inflating:
    """Inflates the compressed texts of one file; whatever does not fit into what is left to it is empty."""

    def __init__(self) -> None:
        self._left = _MOST_INFLATED

    def __call__(self, packed: bytes) -> bytes:
        inflater = zlib.decompressobj()
        try:
            plain = inflater.decompress(packed, self._left) if self._left else b""
        except zlib.error:
            return b""
        if not inflater.eof:
            return b""
        self._left -= len(plain)
        return plain


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(type, body) of a PNG's chunks."""
    at = 8
    while at + 12 <= len(data):
        (size,) = struct.unpack_from(">I", data, at)
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        at += 12 + size


def _png(kind: str, data: bytes) -> Blocks:
    block, packets, text, icc, iptc = b"", [], [], False, b""
    used, inflate = 8, _Inflating()
    for name, body in png_chunks(data):
        used += 12 + len(body)
        key, _, rest = body.partition(b"\0")
        if name == b"eXIf":
            block = block or body
        elif name == b"iCCP":
            icc = True
        elif name in (b"tEXt", b"zTXt", b"iTXt"):
            value = _png_text(name, rest, inflate)
            if key == _PNG_XMP:
                packets.append(value)
            elif key.lower() in (b"raw profile type exif", b"raw profile type app1"):
                block = block or _raw_profile(value)
            elif key.lower() in (b"raw profile type iptc", b"raw profile type 8bim"):
                iptc = iptc or _raw_profile(value)
            else:
                text.append((key.decode("latin-1"), value))
        elif name == b"IEND":
            break
    iptc = photoshop_resource(iptc, 0x0404) if iptc.startswith(b"8BIM") else iptc
    return Blocks(kind, block, tuple(packets), iptc, b"", tuple(text), icc, max(len(data) - used, 0))


def _png_text(name: bytes, rest: bytes, inflate: _Inflating) -> bytes:
    if name == b"tEXt":
        return rest.decode("latin-1").encode()
    if name == b"zTXt":
        return inflate(rest[1:]).decode("latin-1").encode()
    packed = rest[:1] == b"\1"
    value = rest[2:].split(b"\0", 2)[-1]
    return inflate(value) if packed else value


def _raw_profile(value: bytes) -> bytes:
    """A profile as ImageMagick writes it: its name, its length, then hexadecimal digits."""
    words = value.split(None, 2)
    if len(words) < 3:
        return b""
    try:
        return bytes.fromhex(words[2].decode("ascii", "replace"))
    except ValueError:
        return b""


def _webp(kind: str, data: bytes) -> Blocks:
    block, packets, icc = b"", [], False
    at, end = 12, min(len(data), 8 + struct.unpack_from("<I", data, 4)[0])
    while at + 8 <= end:
        name = data[at : at + 4]
        (size,) = struct.unpack_from("<I", data, at + 4)
        body = data[at + 8 : at + 8 + size]
        if name == b"EXIF":
            block = block or body
        elif name == b"XMP ":
            packets.append(body)
        elif name == b"ICCP":
            icc = True
        at += 8 + size + size % 2
    return Blocks(kind, block, tuple(packets), icc=icc, tail=max(len(data) - end - len(data) % 2, 0))


def _tiff(kind: str, data: bytes) -> Blocks:
    main = exif.directories(data).get("main", {})
    photoshop = main[34377].value if 34377 in main else b""
    iptc = main[33723].value if 33723 in main else photoshop_resource(photoshop, 0x0404)
    packets = (main[700].value,) if 700 in main else ()
    return Blocks(kind, data, packets, iptc, photoshop, icc=34675 in main)


def has_thumbnail(data: bytes) -> bool:
    """Whether an AVIF or HEIF file refers to one: in the references (`iref`) of its `meta` box."""
    meta = next((body for name, body in _boxes(data) if name == b"meta"), b"")
    references = next((body for name, body in _boxes(meta[4:]) if name == b"iref"), b"")
    return any(name == b"thmb" for name, _ in _boxes(references[4:]))


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(type, body) of the boxes of an ISO media file, or of those within one."""
    at = 0
    while at + 8 <= len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1 and at + 16 <= len(data):
            (size,), head = struct.unpack_from(">Q", data, at + 8), 16
        size = size or len(data) - at
        if size < head:
            return
        yield name, data[at + head : at + size]
        at += size


def _iso(kind: str, data: bytes) -> Blocks:
    with opened(data, _ANY_SIZE) as image:
        block = image.info.get("exif") or b""
        packet = image.info.get("xmp") or b""
        return Blocks(kind, block, (packet,) if packet else (), icc="icc_profile" in image.info)
