"""The wall: no orphan, no giant, no gap, whatever hangs there, and fast enough to be done at every build."""

from __future__ import annotations

import itertools
import random
import time

import pytest

from pelican_headshots.core.hung.rows import RANGES, TALLEST, TALLEST_ALONE, Piece, Place, breathe, hang

MIXED = (2 / 3, 0.8, 1.0, 1.5, 1.5, 16 / 9, 2 / 3, 2.4)


def rows_of(places: tuple[Place, ...], span: int) -> list[list[int]]:
    """The rows a browser makes of it: indices of the pictures that hang together."""
    rows: list[list[int]] = []
    left = 0
    for index, place in enumerate(places):
        if left == 0:
            rows.append([])
            left = place.counts[span]
        rows[-1].append(index)
        left -= 1
    assert left == 0, "a row was left unfinished"
    return rows


def walls() -> list[tuple[str, list[Piece]]]:
    dice = random.Random(7)
    out = []
    for count in (1, 2, 3, 7, 60, 500):
        out.append((f"{count} vertical", [Piece(2 / 3)] * count))
        out.append((f"{count} panorama", [Piece(3.2)] * count))
        out.append((f"{count} mixed", [Piece(dice.choice(MIXED)) for _ in range(count)]))
    return out


@pytest.mark.parametrize(("name", "pieces"), walls(), ids=[name for name, _ in walls()])
def test_rows_are_full_even_and_neither_giants_nor_stamps(name: str, pieces: list[Piece]) -> None:
    places = hang(pieces)
    assert len(places) == len(pieces)
    for number, span in enumerate(RANGES):
        rows = rows_of(places, number)
        heights = []
        for row in rows:
            count = len(row)
            room = span.window - (count + 1) * span.gap
            shown = [places[i].shares[number] * room / pieces[i].ratio for i in row]
            assert max(shown) - min(shown) < 1.0, "pictures of one row differ in height"
            fill = sum(places[i].shares[number] for i in row)
            assert fill <= 1.0, "a row would wrap"
            if fill < 0.999:
                assert row is rows[-1], "only the last row may be left unfilled"
                assert shown[0] == pytest.approx(span.height * TALLEST, abs=1)
            heights.append(shown[0])
        assert max(heights) <= span.height * TALLEST + 1
        if len(pieces) >= 7:
            widest = max(piece.ratio for piece in pieces)
            alone = (span.window - 2 * span.gap) / widest
            assert min(heights) > min(span.height * 0.5, alone * 0.6), "stamps"


def test_no_picture_is_left_alone_under_full_rows() -> None:
    for count in range(2, 40):
        for number in range(1, 4):
            rows = rows_of(hang([Piece(2 / 3)] * count), number)
            assert len(rows) == 1 or min(map(len, rows)) >= 2


def test_every_picture_counts_the_same() -> None:
    counts = [place.counts[2] for place in hang([Piece(2 / 3)] * 7)]
    assert sorted(counts) == [3, 3, 3, 4, 4, 4, 4]


def test_five_hundred_pictures_are_hung_in_less_than_half_a_second() -> None:
    dice = random.Random(1)
    pieces = [Piece(dice.choice(MIXED)) for _ in range(500)]
    start = time.perf_counter()
    hang(breathe(pieces, [3000] * 500))
    assert time.perf_counter() - start < 0.5


def test_the_author_sets_the_tempo() -> None:
    places = hang(
        [
            Piece(1.5),
            Piece(1.5),
            Piece(1.5, "full"),
            Piece(0.8, "pair"),
            Piece(0.8, "pair"),
            Piece(1, "pause"),
            Piece(1.5),
        ]
    )
    assert [place.group for place in places] == [0, 0, 1, 2, 2, 3, 4]
    assert places[2].shares == (1.0, 1.0, 1.0, 1.0)
    assert places[3].counts == (2, 2, 2, 2)
    assert places[5].layout == "pause"


def test_an_upright_picture_alone_is_not_taller_than_the_window() -> None:
    (place,) = hang([Piece(2 / 3, "full")])
    for span, share in zip(RANGES, place.shares, strict=True):
        assert share * span.window / (2 / 3) <= span.height * TALLEST_ALONE + 1


def test_half_a_pair_hangs_in_the_rows() -> None:
    assert [place.layout for place in hang([Piece(1.5), Piece(0.8, "pair"), Piece(1.5)])] == ["row"] * 3


def test_a_long_wall_breathes() -> None:
    dice = random.Random(3)
    pieces = [Piece(dice.choice(MIXED)) for _ in range(60)]
    out = breathe(pieces, [2400] * 60)
    full = [i for i, piece in enumerate(out) if piece.layout == "full"]
    assert 4 <= len(full) <= 6
    assert all(8 <= b - a - 1 <= 12 for a, b in itertools.pairwise(full))
    assert 60 - full[-1] > 5
    assert all(out[i].ratio >= 1.4 for i in full)
    assert not [piece for piece in breathe(pieces, [1200] * 60) if piece.layout == "full"], "too small to bleed"
    assert breathe([Piece(1.5)] * 10, [2400] * 10) == (Piece(1.5),) * 10
    told = [Piece(1.5, "full"), *pieces]
    assert breathe(told, [2400] * 61) == tuple(told), "the author's tempo is his"


@pytest.mark.parametrize("piece", [Piece(0.0), Piece(float("nan")), Piece(-1.0), Piece(1.5, "wall")])
def test_nonsense_is_refused(piece: Piece) -> None:
    with pytest.raises(ValueError, match="ratio|layout"):
        hang([piece])
