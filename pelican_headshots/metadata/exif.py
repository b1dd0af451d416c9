"""Read and write EXIF blocks: directories of tagged values. Reading never leaves the block, whatever its offsets say."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import NamedTuple

_TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_POINTER_TAGS = {0x8769: "exif", 0x8825: "gps", 0xA005: "interop"}
_MAX_ENTRIES = 4096
_MAX_DIRECTORIES = 16

ORIENTATION_TAG = 0x112


class ExifEntry(NamedTuple):
    """One tagged value: its TIFF type and the position of its bytes in the block."""

    type_code: int
    byte_order: str
    block: bytes
    offset: int
    size: int

    @property
    def value(self) -> bytes:
        """The bytes of the value. They are copied only here, because thousands of entries can share the same megabytes."""
        return self.block[self.offset : self.offset + self.size]

    def number(self) -> int | None:
        """Return the first value of an integer entry, None for other types."""
        return next(iter(self.numbers(1)), None)

    def numbers(self, max_count: int = 64) -> tuple[int, ...]:
        """Return at most *max_count* values of an integer entry; none for other types."""
        # Cameras write signed types where the standard has unsigned ones. No value that is read here can be negative.
        code = {1: "B", 3: "H", 4: "I", 6: "B", 8: "H", 9: "I", 13: "I"}.get(self.type_code)
        count = min(self.size // struct.calcsize(code), max_count) if code else 0
        return struct.unpack_from(f"{self.byte_order}{count}{code}", self.block, self.offset) if code else ()

    def ratio(self) -> float | None:
        """Return the first value of a rational entry, None for other types and for a denominator of 0."""
        code = {5: "2I", 10: "2i"}.get(self.type_code)
        if not code:
            return None
        numerator, denominator = struct.unpack_from(self.byte_order + code, self.block, self.offset)
        return numerator / denominator if denominator else None

    def raw_text(self) -> bytes:
        """Return the bytes of a text entry up to the first NUL."""
        return self.value.split(b"\0", 1)[0].strip()


ExifDirectory = dict[int, ExifEntry]


def read_directories(block: bytes) -> dict[str, ExifDirectory]:
    """Return the directories of an EXIF block or a whole TIFF file: `main`, `exif`, `gps`, `interop`, `thumbnail`.

    Values outside the block, values of unknown types and directories that link back to themselves are skipped.
    """
    if block.startswith(b"Exif\0\0"):
        block = block[6:]
    byte_order = {b"II": "<", b"MM": ">"}.get(block[:2], "")
    if not byte_order or len(block) < 8:
        return {}
    found: dict[str, ExifDirectory] = {}
    pending = [("main", struct.unpack_from(byte_order + "I", block, 4)[0])]
    seen: set[int] = set()
    while pending and len(seen) < _MAX_DIRECTORIES:
        name, offset = pending.pop()
        if offset in seen or offset + 2 > len(block):
            continue
        seen.add(offset)
        entries, next_offset = read_directory(block, byte_order, offset)
        found.setdefault(name, entries)
        for tag, target in _POINTER_TAGS.items():
            pointer = entries[tag].number() if tag in entries else None
            if pointer is not None and name in ("main", "exif"):
                pending.append((target, pointer))
        if name == "main" and next_offset:
            pending.append(("thumbnail", next_offset))
    return found


def read_directory(block: bytes, byte_order: str, offset: int) -> tuple[ExifDirectory, int]:
    """Return the entries of the directory at *offset* and the offset of the next directory (0 for none).

    *offset* must be inside *block*.
    """
    (count,) = struct.unpack_from(byte_order + "H", block, offset)
    end = offset + 2 + 12 * count
    entries = dict(_iterate_entries(block, byte_order, offset + 2, min(count, _MAX_ENTRIES)))
    next_offset = struct.unpack_from(byte_order + "I", block, end)[0] if end + 4 <= len(block) else 0
    return entries, next_offset


def _iterate_entries(block: bytes, byte_order: str, start: int, count: int) -> Iterator[tuple[int, ExifEntry]]:
    for at in range(start, start + 12 * count, 12):
        if at + 12 > len(block):
            return
        tag, type_code, value_count = struct.unpack_from(byte_order + "HHI", block, at)
        size = _TYPE_SIZES.get(type_code, 0) * value_count
        offset = at + 8 if size <= 4 else struct.unpack_from(byte_order + "I", block, at + 8)[0]
        if size and offset + size <= len(block):
            yield tag, ExifEntry(type_code, byte_order, block, offset, size)


def is_adobe_rgb(directories: Mapping[str, ExifDirectory]) -> bool:
    """Return whether the EXIF says Adobe RGB: color space "uncalibrated" and interoperability index R03 (DCF 2.0)."""
    space, index = directories.get("exif", {}).get(0xA001), directories.get("interop", {}).get(1)
    return space is not None and index is not None and space.number() == 0xFFFF and index.raw_text() == b"R03"


def build_exif_block(texts: Mapping[int, bytes], orientation: int | None = None) -> bytes:
    """Return an EXIF block with *texts* (tag → bytes) and the *orientation* (1 to 8); empty if there is neither."""
    values = {tag: (2, len(text) + 1, text + b"\0") for tag, text in texts.items()}
    if orientation is not None:
        values[ORIENTATION_TAG] = (3, 1, struct.pack(">H", orientation))
    if not values:
        return b""
    entries, bodies = b"", b""
    data_start = 8 + 2 + 12 * len(values) + 4
    for tag, (type_code, count, body) in sorted(values.items()):
        value_field = body.ljust(4, b"\0") if len(body) <= 4 else struct.pack(">I", data_start + len(bodies))
        entries += struct.pack(">HHI", tag, type_code, count) + value_field
        if len(body) > 4:
            bodies += body + b"\0" * (len(body) % 2)
    return b"MM\0*\0\0\0\x08" + struct.pack(">H", len(values)) + entries + b"\0\0\0\0" + bodies
