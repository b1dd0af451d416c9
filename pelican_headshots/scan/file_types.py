"""Detect the format of a file from its first bytes, never from its name. Nothing is decoded here."""

from __future__ import annotations

import struct
from collections.abc import Iterator


class UnreadableImageError(Exception):
    """A picture that cannot be read. Its text is a sentence for the photographer, without the file name."""


EXPORT_ADVICE = "Export it as JPEG, TIFF, PNG, WebP or AVIF."

_NON_PHOTO_SIGNATURES = (
    (b"8BPS", "a Photoshop file"),
    (b"%!PS", "a PostScript file"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript file"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"BM", "a Windows bitmap"),
    (b"\x01\xda", "an SGI picture"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL picture"),
)
_RAW_SIGNATURES = (
    (b"FUJIFILMCCD-RAW", "Fujifilm"),
    (b"IIRO", "Olympus"),
    (b"IIRS", "Olympus"),
    (b"MMOR", "Olympus"),
    (b"IIU\x00", "Panasonic"),
    (b"FOVb", "Sigma"),
    (b"\x00MRM", "Minolta"),
)
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


def sniff_format(data: bytes) -> str:
    """Return Pillow's name for the format of *data*: JPEG, PNG, WEBP, AVIF, HEIF, TIFF or GIF.

    Raises:
        UnreadableImageError: It is another format; the message says which.
    """
    if not data:
        raise UnreadableImageError("The file is empty. Copy it again from the card or the archive.")
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF"
    if data[4:8] == b"ftyp":
        return _sniff_iso_media(data)
    for magic, maker in _RAW_SIGNATURES:
        if data.startswith(magic):
            raise _make_raw_error(f"a RAW file from a {maker} camera")
    if data[:4] in (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"):
        if data[8:10] == b"CR" or _is_raw_tiff(data):
            raise _make_raw_error("a RAW file")
        return "TIFF"
    raise UnreadableImageError(f"This is {_describe_content(data)}, not a photo. {EXPORT_ADVICE}")


def _make_raw_error(description: str) -> UnreadableImageError:
    return UnreadableImageError(f"This is {description}, which only the photographer can develop. {EXPORT_ADVICE}")


def _describe_content(data: bytes) -> str:
    for magic, name in _NON_PHOTO_SIGNATURES:
        if data.startswith(magic):
            return name
    beginning = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in beginning:
        return "an SVG drawing"
    if beginning.startswith((b"<!doctype html", b"<html")):
        return "a web page"
    if data.startswith(b"\xff"):
        return "a JPEG that is cut off after its beginning"
    if not any(byte < 9 for byte in data[:1024]) and beginning.decode("utf-8", "ignore").strip():
        return "a text file"
    return "an unknown type of file"


def iterate_boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the boxes of an ISO media file, or of the contents of one box.

    Yields:
        (type, start, end): where the contents of the box start and end, as its header claims; the end can be outside
        *data*. A box that ends before it starts is the last one.
    """
    at = 0
    while at + 8 <= len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        start = at + 8
        if size == 1 and at + 16 <= len(data):
            (size,), start = struct.unpack_from(">Q", data, at + 8), at + 16
        at = at + size if size else len(data)
        yield name, start, at
        if at < start:
            return


def is_truncated(data: bytes) -> bool:
    """Return whether an AVIF or HEIF file is cut off inside a box. Decoders would fill the missing part with gray."""
    return any(not start <= end <= len(data) for _, start, end in iterate_boxes(data))


def _sniff_iso_media(data: bytes) -> str:
    size = min(struct.unpack(">I", data[:4])[0], 256, len(data))
    brands = {data[8:12]} | {data[i : i + 4] for i in range(16, size - 3, 4)}
    if brands & {b"avif", b"avis"}:
        return "AVIF"
    if b"crx " in brands:
        raise _make_raw_error("a RAW file from a Canon camera")
    if brands & _HEIF_BRANDS:
        return "HEIF"
    raise UnreadableImageError(f"This is a video or an unknown type of file, not a photo. {EXPORT_ADVICE}")


def _is_raw_tiff(data: bytes) -> bool:
    """Return whether a TIFF contains sensor data (DNG, NEF, ARW, PEF...). A TIFF reader would only see its thumbnail."""
    tags = dict(_read_first_directory(data))
    dng_version, subfile, photometric = tags.get(0xC612), tags.get(0xFE), tags.get(0x106)
    return dng_version is not None or photometric in (32803, 34892) or (subfile == 1 and 0x14A in tags)


def _read_first_directory(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield (tag, first value) for the integer entries in the first directory of a TIFF."""
    byte_order = "<" if data[:2] == b"II" else ">"
    try:
        (offset,) = struct.unpack_from(byte_order + "I", data, 4)
        (count,) = struct.unpack_from(byte_order + "H", data, offset)
        for entry in range(offset + 2, offset + 2 + 12 * count, 12):
            tag, type_code = struct.unpack_from(byte_order + "HH", data, entry)
            yield tag, struct.unpack_from(byte_order + ("H" if type_code == 3 else "I"), data, entry + 8)[0]
    except struct.error:
        return
