"""IPTC-IIM: the records news agencies have written into pictures since 1991."""

from __future__ import annotations

import struct

from .text import decoded

_UTF8 = b"\x1b%G"
_LATIN1 = (b"\x1b.A", b"\x1b-A")

MOST = 200
"""Values of one data set that are read. More keywords are no description but an attack on the page."""

Records = dict[tuple[int, int], list[bytes]]


def records(block: bytes) -> Records:
    """Values by (record, data set), as bytes, in their order; the first MOST of each."""
    found: Records = {}
    at = 0
    while at + 5 <= len(block) and block[at] == 0x1C:
        record, dataset, size = struct.unpack_from(">BBH", block, at + 1)
        at += 5
        if size & 0x8000:
            # An extended data set: the size field holds the length of the length.
            width = size & 0x7FFF
            if width > 4:
                break
            size = int.from_bytes(block[at : at + width], "big")
            at += width
        values = found.setdefault((record, dataset), [])
        if len(values) < MOST:
            values.append(block[at : at + size])
        at += size
    return found


def texts(found: Records, dataset: int) -> tuple[str, ...]:
    """The values of a data set of record 2, decoded by the block's own character set where it names one; not cleaned."""
    named = found.get((1, 90), [b""])[0]
    charset = "utf-8" if named == _UTF8 else "latin-1" if named in _LATIN1 else None
    values = (decoded(raw.rstrip(b"\0"), charset).strip() for raw in found.get((2, dataset), []))
    return tuple(filter(None, values))


def text(found: Records, dataset: int) -> str:
    """The first value of a data set of record 2, empty where there is none."""
    return next(iter(texts(found, dataset)), "")
