"""EXIF as it lies in the file: directories of tagged values, read within bounds whatever the file claims."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import NamedTuple

_WIDTH = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_POINTERS = {0x8769: "exif", 0x8825: "gps", 0xA005: "interop"}
_MOST_ENTRIES = 4096
_MOST_DIRECTORIES = 16

ORIENTATION = 0x112


class Entry(NamedTuple):
    """One tagged value: its TIFF type, and where in the block its bytes lie, in the block's byte order."""

    kind: int
    order: str
    block: bytes
    place: int
    size: int

    @property
    def value(self) -> bytes:
        """Its bytes, copied only now: thousands of entries may name the same megabytes."""
        return self.block[self.place : self.place + self.size]

    def number(self) -> int | None:
        """The first value of an integer entry, else None."""
        return next(iter(self.numbers(1)), None)

    def numbers(self, most: int = 64) -> tuple[int, ...]:
        """The values of an integer entry, up to *most*; none of another."""
        # Cameras write signed numbers where the standard has unsigned ones; nothing that is asked for is negative.
        code = {1: "B", 3: "H", 4: "I", 6: "B", 8: "H", 9: "I", 13: "I"}.get(self.kind)
        count = min(self.size // struct.calcsize(code), most) if code else 0
        return struct.unpack_from(f"{self.order}{count}{code}", self.block, self.place) if code else ()

    def raw_text(self) -> bytes:
        """The bytes of a text entry up to its end mark."""
        return self.value.split(b"\0", 1)[0].strip()


Directory = dict[int, Entry]


def directories(block: bytes) -> dict[str, Directory]:
    """Entries by directory (`main`, `exif`, `gps`, `interop`, `thumbnail`) of an EXIF block or a whole TIFF file.

    A value that lies outside the block, an unknown type and a directory that leads back to itself are left out.
    """
    if block.startswith(b"Exif\0\0"):
        block = block[6:]
    order = {b"II": "<", b"MM": ">"}.get(block[:2], "")
    if not order or len(block) < 8:
        return {}
    found: dict[str, Directory] = {}
    pending = [("main", struct.unpack_from(order + "I", block, 4)[0])]
    seen: set[int] = set()
    while pending and len(seen) < _MOST_DIRECTORIES:
        name, offset = pending.pop()
        if offset in seen or offset + 2 > len(block):
            continue
        seen.add(offset)
        entries, following = directory(block, order, offset)
        found.setdefault(name, entries)
        for tag, target in _POINTERS.items():
            pointer = entries[tag].number() if tag in entries else None
            if pointer is not None and name in ("main", "exif"):
                pending.append((target, pointer))
        if name == "main" and following:
            pending.append(("thumbnail", following))
    return found


def directory(block: bytes, order: str, offset: int) -> tuple[Directory, int]:
    """The entries of the directory at *offset*, which lies inside *block*, and where the next one lies (0: nowhere)."""
    (count,) = struct.unpack_from(order + "H", block, offset)
    end = offset + 2 + 12 * count
    entries = dict(_entries(block, order, offset + 2, min(count, _MOST_ENTRIES)))
    following = struct.unpack_from(order + "I", block, end)[0] if end + 4 <= len(block) else 0
    return entries, following


def _entries(block: bytes, order: str, start: int, count: int) -> Iterator[tuple[int, Entry]]:
    for at in range(start, start + 12 * count, 12):
        if at + 12 > len(block):
            return
        tag, kind, number = struct.unpack_from(order + "HHI", block, at)
        size = _WIDTH.get(kind, 0) * number
        place = at + 8 if size <= 4 else struct.unpack_from(order + "I", block, at + 8)[0]
        if size and place + size <= len(block):
            yield tag, Entry(kind, order, block, place, size)


def in_adobe_rgb(block: bytes) -> bool:
    """Whether a camera set to Adobe RGB wrote it: no colour space that EXIF knows, interoperability R03 (DCF 2.0)."""
    found = directories(block)
    space, index = found.get("exif", {}).get(0xA001), found.get("interop", {}).get(1)
    return space is not None and index is not None and space.number() == 0xFFFF and index.raw_text() == b"R03"


def block(texts: Mapping[int, bytes], turn: int | None = None) -> bytes:
    """A TIFF directory of *texts* by tag and, if there is one, of the orientation *turn*; empty where there is nothing."""
    values = {tag: (2, len(text) + 1, text + b"\0") for tag, text in texts.items()}
    if turn is not None:
        values[ORIENTATION] = (3, 1, struct.pack(">H", turn))
    if not values:
        return b""
    entries, bodies = b"", b""
    place = 8 + 2 + 12 * len(values) + 4
    for tag, (kind, count, body) in sorted(values.items()):
        held = body.ljust(4, b"\0") if len(body) <= 4 else struct.pack(">I", place + len(bodies))
        entries += struct.pack(">HHI", tag, kind, count) + held
        if len(body) > 4:
            bodies += body + b"\0" * (len(body) % 2)
    return b"MM\0*\0\0\0\x08" + struct.pack(">H", len(values)) + entries + b"\0\0\0\0" + bodies
