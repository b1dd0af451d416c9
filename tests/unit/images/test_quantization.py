"""Quantization tables of JPEG files."""

from __future__ import annotations

from pelican_headshots.images.quantization import build_quantization_tables


def test_no_entry_of_a_table_grows_with_the_quality() -> None:
    for quality in range(1, 100):
        tables = zip(build_quantization_tables(quality), build_quantization_tables(quality + 1), strict=True)
        for table, next_table in tables:
            assert all(entry >= next_entry for entry, next_entry in zip(table, next_table, strict=True))


def test_entries_fit_into_a_byte_and_are_not_zero() -> None:
    assert max(build_quantization_tables(1)[0]) <= 255
    assert min(build_quantization_tables(100)[0]) >= 1
