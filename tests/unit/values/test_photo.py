"""Photos as values."""

from __future__ import annotations

import msgspec

from pelican_headshots.values.photo import PhotoRecord
from tests.support.photos import photo


def test_a_record_is_the_same_after_encoding_and_decoding() -> None:
    record = photo("a/x.jpg").record
    assert record.analysis is not None
    assert msgspec.json.decode(msgspec.json.encode(record), type=PhotoRecord) == record
