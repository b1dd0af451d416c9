"""Justified rows: full, of even height, with no photo alone under full rows."""

from __future__ import annotations

import itertools
import random

import pytest

from pelican_headshots.layout import rows
from pelican_headshots.layout.rows import (
    BREAKPOINTS,
    MAX_ROW_HEIGHT_FACTOR,
    MAX_SINGLE_ROW_HEIGHT_FACTOR,
    Breakpoint,
    RowItem,
    RowPlace,
    arrange_rows,
    insert_full_bleed,
)

MIXED = (2 / 3, 0.8, 1.0, 1.5, 1.5, 16 / 9, 2 / 3, 2.4)


def split_into_rows(places: tuple[RowPlace, ...], breakpoint_number: int) -> list[list[int]]:
    """Return the rows that a browser makes of *places*: indices of the photos side by side."""
    indices_by_row: list[list[int]] = []
    missing = 0
    for index, place in enumerate(places):
        if missing == 0:
            indices_by_row.append([])
            missing = place.items_per_row[breakpoint_number]
        indices_by_row[-1].append(index)
        missing -= 1
    assert missing == 0, "a row is incomplete"
    return indices_by_row


def build_galleries() -> dict[str, list[RowItem]]:
    rng = random.Random(7)
    galleries = {}
    for count in (1, 2, 3, 7, 60, 500):
        galleries[f"{count} vertical"] = [RowItem(2 / 3)] * count
        galleries[f"{count} panorama"] = [RowItem(3.2)] * count
        galleries[f"{count} mixed"] = [RowItem(rng.choice(MIXED)) for _ in range(count)]
    return galleries


@pytest.mark.parametrize("items", build_galleries().values(), ids=build_galleries())
def test_rows_are_full_and_even_and_neither_too_high_nor_too_low(items: list[RowItem]) -> None:
    places = arrange_rows(items)
    assert len(places) == len(items)
    for number, breakpoint_spec in enumerate(BREAKPOINTS):
        gallery_rows = split_into_rows(places, number)
        heights = []
        for row in gallery_rows:
            count = len(row)
            room = breakpoint_spec.reference_window_width - (count + 1) * breakpoint_spec.gap
            heights_in_row = [places[i].row_shares[number] * room / items[i].ratio for i in row]
            assert max(heights_in_row) - min(heights_in_row) < 1.0, "photos of one row differ in height"
            fill = sum(places[i].row_shares[number] for i in row)
            assert fill <= 1.0, "a row would wrap"
            if fill < 0.999:
                assert row is gallery_rows[-1], "only the last row may be left unfilled"
                assert heights_in_row[0] == pytest.approx(breakpoint_spec.row_height * MAX_ROW_HEIGHT_FACTOR, abs=1)
            heights.append(heights_in_row[0])
        assert max(heights) <= breakpoint_spec.row_height * MAX_ROW_HEIGHT_FACTOR + 1
        if len(items) >= 7:
            widest = max(item.ratio for item in items)
            panorama_height = (breakpoint_spec.reference_window_width - 2 * breakpoint_spec.gap) / widest
            assert min(heights) > min(breakpoint_spec.row_height * 0.5, panorama_height * 0.6), "photos are too small"


def test_no_photo_is_alone_under_full_rows() -> None:
    for count in range(2, 40):
        for number in range(1, 4):
            lengths = [len(row) for row in split_into_rows(arrange_rows([RowItem(2 / 3)] * count), number)]
            assert len(lengths) == 1 or min(lengths) >= 2


def test_rows_have_about_equally_many_photos() -> None:
    counts = [place.items_per_row[2] for place in arrange_rows([RowItem(2 / 3)] * 7)]
    assert sorted(counts) == [3, 3, 3, 4, 4, 4, 4]


def test_the_work_grows_with_the_number_of_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(1)
    items = [RowItem(rng.choice(MIXED)) for _ in range(500)]
    computed: list[int] = []
    compute_row_height = rows._compute_row_height

    def count_row_heights(ratio_sum: float, count: int, breakpoint_spec: Breakpoint) -> float:
        computed[-1] += 1
        return compute_row_height(ratio_sum, count, breakpoint_spec)

    monkeypatch.setattr(rows, "_compute_row_height", count_row_heights)
    for count in (250, 500):
        computed.append(0)
        arrange_rows(items[:count])
    assert 0 < computed[1] <= 2.2 * computed[0]


def test_the_photographer_sets_the_layout_rhythm() -> None:
    places = arrange_rows(
        [
            RowItem(1.5),
            RowItem(1.5),
            RowItem(1.5, "full"),
            RowItem(0.8, "pair"),
            RowItem(0.8, "pair"),
            RowItem(1, "text"),
            RowItem(1.5),
        ]
    )
    assert [place.group for place in places] == [0, 0, 1, 2, 2, 3, 4]
    assert places[2].row_shares == (1.0, 1.0, 1.0, 1.0)
    assert places[3].items_per_row == (2, 2, 2, 2)
    assert places[5].layout == "text"


def test_an_upright_photo_in_a_row_of_its_own_is_not_higher_than_the_window() -> None:
    (place,) = arrange_rows([RowItem(2 / 3, "full")])
    for breakpoint_spec, share in zip(BREAKPOINTS, place.row_shares, strict=True):
        assert (
            share * breakpoint_spec.reference_window_width / (2 / 3)
            <= breakpoint_spec.row_height * MAX_SINGLE_ROW_HEIGHT_FACTOR + 1
        )


def test_half_a_pair_is_in_an_ordinary_row() -> None:
    assert [place.layout for place in arrange_rows([RowItem(1.5), RowItem(0.8, "pair"), RowItem(1.5)])] == ["row"] * 3


def test_a_long_gallery_gets_a_full_bleed_photo_every_8_to_12_photos() -> None:
    rng = random.Random(3)
    items = [RowItem(rng.choice(MIXED)) for _ in range(60)]
    arranged = insert_full_bleed(items, [2400] * 60)
    full = [i for i, item in enumerate(arranged) if item.layout == "full"]
    assert 4 <= len(full) <= 6
    assert all(8 <= b - a - 1 <= 12 for a, b in itertools.pairwise(full))
    assert 60 - full[-1] > 5
    assert all(arranged[i].ratio >= 1.4 for i in full)
    assert not [item for item in insert_full_bleed(items, [1200] * 60) if item.layout == "full"], (
        "too small for the whole window"
    )
    assert insert_full_bleed([RowItem(1.5)] * 10, [2400] * 10) == (RowItem(1.5),) * 10
    with_own_layout = [RowItem(1.5, "full"), *items]
    assert insert_full_bleed(with_own_layout, [2400] * 61) == tuple(with_own_layout), (
        "the photographer's own layout rhythm is kept"
    )


@pytest.mark.parametrize("item", [RowItem(0.0), RowItem(float("nan")), RowItem(-1.0), RowItem(1.5, "mosaic")])
def test_impossible_ratios_and_unknown_layouts_are_refused(item: RowItem) -> None:
    with pytest.raises(ValueError, match="ratio|layout"):
        arrange_rows([item])


@pytest.mark.parametrize("count", [1, 2, 3, 12, 45, 150])
def test_small_photos_are_hardly_enlarged(count: int) -> None:
    rng = random.Random(count)
    widths_and_ratios = [
        (rng.choice([700, 700, 1200, 1600]), rng.choice([0.8, 1.0, 1.5, 1.5, 16 / 9])) for _ in range(count)
    ]
    items = [RowItem(ratio, height_px=round(width / ratio)) for width, ratio in widths_and_ratios]
    places = arrange_rows(items)
    for number, window_width in enumerate((430, 1023, 1679, 2560)):
        gap = BREAKPOINTS[number].gap
        for item, place in zip(items, places, strict=True):
            room = window_width - (place.items_per_row[number] + 1) * gap
            shown_height = place.row_shares[number] * room / item.ratio
            assert shown_height <= item.height_px * 1.4, (number, item, shown_height)
    for number in range(4):
        for row in split_into_rows(places, number)[:-1]:
            assert sum(places[i].row_shares[number] for i in row) > 0.999, "a row is not full"
