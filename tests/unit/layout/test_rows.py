"""The wall: no orphan, no giant, no gap, whatever hangs there, and fast enough to be done at every build."""

from __future__ import annotations

import itertools
import random
import time

import pytest

from pelican_headshots.layout.rows import (
    BREAKPOINTS,
    MAX_ROW_HEIGHT_FACTOR,
    MAX_SINGLE_ROW_HEIGHT_FACTOR,
    RowItem,
    RowPlace,
    arrange_rows,
    insert_full_bleed,
)

MIXED = (2 / 3, 0.8, 1.0, 1.5, 1.5, 16 / 9, 2 / 3, 2.4)


def rows_of(places: tuple[RowPlace, ...], span: int) -> list[list[int]]:
    """The rows a browser makes of it: indices of the pictures that hang together."""
    rows: list[list[int]] = []
    left = 0
    for index, place in enumerate(places):
        if left == 0:
            rows.append([])
            left = place.items_per_row[span]
        rows[-1].append(index)
        left -= 1
    assert left == 0, "a row was left unfinished"
    return rows


def walls() -> list[tuple[str, list[RowItem]]]:
    dice = random.Random(7)
    out = []
    for count in (1, 2, 3, 7, 60, 500):
        out.append((f"{count} vertical", [RowItem(2 / 3)] * count))
        out.append((f"{count} panorama", [RowItem(3.2)] * count))
        out.append((f"{count} mixed", [RowItem(dice.choice(MIXED)) for _ in range(count)]))
    return out


@pytest.mark.parametrize(("name", "pieces"), walls(), ids=[name for name, _ in walls()])
def test_rows_are_full_even_and_neither_giants_nor_stamps(name: str, pieces: list[RowItem]) -> None:
    places = arrange_rows(pieces)
    assert len(places) == len(pieces)
    for number, span in enumerate(BREAKPOINTS):
        rows = rows_of(places, number)
        heights = []
        for row in rows:
            count = len(row)
            room = span.reference_window_width - (count + 1) * span.gap
            shown = [places[i].row_shares[number] * room / pieces[i].ratio for i in row]
            assert max(shown) - min(shown) < 1.0, "pictures of one row differ in height"
            fill = sum(places[i].row_shares[number] for i in row)
            assert fill <= 1.0, "a row would wrap"
            if fill < 0.999:
                assert row is rows[-1], "only the last row may be left unfilled"
                assert shown[0] == pytest.approx(span.row_height * MAX_ROW_HEIGHT_FACTOR, abs=1)
            heights.append(shown[0])
        assert max(heights) <= span.row_height * MAX_ROW_HEIGHT_FACTOR + 1
        if len(pieces) >= 7:
            widest = max(piece.ratio for piece in pieces)
            alone = (span.reference_window_width - 2 * span.gap) / widest
            assert min(heights) > min(span.row_height * 0.5, alone * 0.6), "stamps"


def test_no_picture_is_left_alone_under_full_rows() -> None:
    for count in range(2, 40):
        for number in range(1, 4):
            rows = rows_of(arrange_rows([RowItem(2 / 3)] * count), number)
            assert len(rows) == 1 or min(map(len, rows)) >= 2


def test_every_picture_counts_the_same() -> None:
    counts = [place.items_per_row[2] for place in arrange_rows([RowItem(2 / 3)] * 7)]
    assert sorted(counts) == [3, 3, 3, 4, 4, 4, 4]


def test_five_hundred_pictures_are_hung_in_less_than_half_a_second() -> None:
    dice = random.Random(1)
    pieces = [RowItem(dice.choice(MIXED)) for _ in range(500)]
    start = time.perf_counter()
    arrange_rows(insert_full_bleed(pieces, [3000] * 500))
    assert time.perf_counter() - start < 0.5


def test_the_author_sets_the_tempo() -> None:
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


def test_an_upright_picture_alone_is_not_taller_than_the_window() -> None:
    (place,) = arrange_rows([RowItem(2 / 3, "full")])
    for span, share in zip(BREAKPOINTS, place.row_shares, strict=True):
        assert share * span.reference_window_width / (2 / 3) <= span.row_height * MAX_SINGLE_ROW_HEIGHT_FACTOR + 1


def test_half_a_pair_hangs_in_the_rows() -> None:
    assert [place.layout for place in arrange_rows([RowItem(1.5), RowItem(0.8, "pair"), RowItem(1.5)])] == ["row"] * 3


def test_a_long_wall_breathes() -> None:
    dice = random.Random(3)
    pieces = [RowItem(dice.choice(MIXED)) for _ in range(60)]
    out = insert_full_bleed(pieces, [2400] * 60)
    full = [i for i, piece in enumerate(out) if piece.layout == "full"]
    assert 4 <= len(full) <= 6
    assert all(8 <= b - a - 1 <= 12 for a, b in itertools.pairwise(full))
    assert 60 - full[-1] > 5
    assert all(out[i].ratio >= 1.4 for i in full)
    assert not [piece for piece in insert_full_bleed(pieces, [1200] * 60) if piece.layout == "full"], (
        "too small to bleed"
    )
    assert insert_full_bleed([RowItem(1.5)] * 10, [2400] * 10) == (RowItem(1.5),) * 10
    told = [RowItem(1.5, "full"), *pieces]
    assert insert_full_bleed(told, [2400] * 61) == tuple(told), "the author's tempo is his"


@pytest.mark.parametrize("piece", [RowItem(0.0), RowItem(float("nan")), RowItem(-1.0), RowItem(1.5, "wall")])
def test_nonsense_is_refused(piece: RowItem) -> None:
    with pytest.raises(ValueError, match="ratio|layout"):
        arrange_rows([piece])
