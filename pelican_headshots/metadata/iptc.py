"""Read IPTC-IIM records, the metadata format of news agencies since 1991."""

from __future__ import annotations

import struct

from .text import decode_text

_UTF8_ESCAPE = b"\x1b%G"
_LATIN1_ESCAPES = (b"\x1b.A", b"\x1b-A")

MAX_IPTC_VALUES = 200
"""The most values of one data set that are read. More keywords than this would only bloat the page."""

_DATASETS = (5, 25, 55, 60, 80, 90, 92, 95, 101, 105, 110, 116, 120)
"""Title, keywords, date, time, by-line, city, sublocation, state, country, headline, credit, copyright, caption."""

IptcRecords = dict[tuple[int, int], list[bytes]]
IptcTexts = dict[int, tuple[str, ...]]
"""Data set of record 2 → its values, not cleaned. Data sets without values are left out."""


def read_iptc_records(block: bytes) -> IptcRecords:
    """Return the values by (record, data set), as bytes in file order; at most `MAX_IPTC_VALUES` of each."""
    records_by_number: IptcRecords = {}
    at = 0
    while at + 5 <= len(block) and block[at] == 0x1C:
        record, dataset, size = struct.unpack_from(">BBH", block, at + 1)
        at += 5
        if size & 0x8000:
            # An extended data set: the size field contains the number of bytes of the actual size.
            width = size & 0x7FFF
            if width > 4:
                break
            size = int.from_bytes(block[at : at + width], "big")
            at += width
        values = records_by_number.setdefault((record, dataset), [])
        if len(values) < MAX_IPTC_VALUES:
            values.append(block[at : at + size])
        at += size
    return records_by_number


def read_iptc_texts(block: bytes) -> IptcTexts:
    """Return the values of the data sets that are read, decoded with the character set that the block names."""
    records = read_iptc_records(block)
    charset_escape = records.get((1, 90), [b""])[0]
    charset = "utf-8" if charset_escape == _UTF8_ESCAPE else "latin-1" if charset_escape in _LATIN1_ESCAPES else None
    texts = {
        dataset: tuple(
            filter(None, (decode_text(raw.rstrip(b"\0"), charset).strip() for raw in records.get((2, dataset), [])))
        )
        for dataset in _DATASETS
    }
    return {dataset: values for dataset, values in texts.items() if values}
