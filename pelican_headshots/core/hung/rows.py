"""The wall: which photographs hang side by side, and how large, for four ranges of window width.

Rows are settled while the site is built. Consecutive pictures are broken into justified rows as a paragraph is broken
into lines (Knuth and Plass): over all ways to break them, the one with the smallest sum over the pictures of
`log(h / H)²` is taken, with *h* the height a picture's row would have and *H* the height wanted. Each picture counts
once, so that seven verticals become three and four rather than one row of stamps; the last row is part of the sum and
needs no exception.
CSS only multiplies: nothing is measured in the browser and nothing moves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..geometry import Value


class Range(Value, frozen=True):
    """Windows from *start* CSS pixels on: wanted row height, seam between pictures, and the window the rows are cut for.

    *window* is about the geometric mean of the widths in use within the range, as heights are judged by ratio.
    """

    start: int
    height: int
    gap: int
    window: int


RANGES = (
    Range(0, 330, 4, 390),
    Range(600, 360, 6, 800),
    Range(1024, 440, 8, 1400),
    Range(1680, 560, 10, 2100),
)

TALLEST = 1.75
"""A row grows to at most this many times the height wanted; where too few pictures are left to fill it, it hangs
centred instead. On a phone this still lets a 2:3 vertical take the whole width."""
TALLEST_ALONE = 2.0
"""The same for pictures which their author set alone or as a pair."""

BREATH = 2160
"""Pixels in width that a full-bleed picture should have: three quarters of those of a laptop's window, 1440 at two to one.
A smaller one that its author hangs so is shown no larger than it is."""

MOST_EXTREME = 10.0
"""Width over height, or height over width, up to which a picture is shown whole in its row. Beyond, the row shows its
middle: whole it would be a line of less than a pixel beside others. Its own page shows all of it."""

HALF_EMPTY = 100.0
"""More than any row costs: what makes a row that cannot be filled impossible anywhere but at a group's end."""

Four = tuple[float, float, float, float]
FourCounts = tuple[int, int, int, int]


class Piece(Value, frozen=True):
    """Something to hang: width over height, and what its author asked for (`row`, `full`, `pair` or `pause`)."""

    ratio: float
    layout: str = "row"


class Place(Value, frozen=True):
    """Where a piece hangs. Pieces of one *group* share a block of rows; groups follow one another down the page.

    *shares* and *counts* are for the four ranges, narrowest first: the fraction of the row's width that is left after
    its gaps, and how many pictures hang in the row. *ratio* is the width over height of what is shown there.
    """

    group: int
    layout: str
    shares: Four
    counts: FourCounts
    ratio: float = 1.0


def hang(pieces: Sequence[Piece]) -> tuple[Place, ...]:
    """Hang *pieces* in their order: one place for each.

    Raises ValueError for a ratio that is not a positive number or an unknown layout.
    """
    for piece in pieces:
        if piece.layout not in ("row", "full", "pair", "pause"):
            raise ValueError(f"layout {piece.layout!r} is not one of row, full, pair, pause")
        if piece.layout != "pause" and not (piece.ratio > 0 and math.isfinite(piece.ratio)):
            raise ValueError(f"a picture's ratio must be a positive number, not {piece.ratio!r}")
    places: list[Place] = []
    for number, group in enumerate(_groups(pieces)):
        layout = group[0].layout
        if layout == "pause":
            places.append(Place(number, layout, (1.0,) * 4, (1,) * 4))
            continue
        ratios = [shown_ratio(piece.ratio) for piece in group]
        per_range = [_shares(ratios, span, layout) for span in RANGES]
        for index, ratio in enumerate(ratios):
            shares = tuple(spots[index][0] for spots in per_range)
            counts = tuple(spots[index][1] for spots in per_range)
            places.append(Place(number, layout, shares, counts, ratio))  # type: ignore[arg-type]
    return tuple(places)


def shown_ratio(ratio: float) -> float:
    """Return the width over height at which a picture of *ratio* is shown in a row."""
    return min(max(ratio, 1 / MOST_EXTREME), MOST_EXTREME)


def breathe(pieces: Sequence[Piece], widths: Sequence[int], *, low: int = 8, high: int = 12) -> tuple[Piece, ...]:
    """Give a long wall its breaths where the author asked for no tempo: a full-bleed picture every *low* to *high*.

    *widths* are the originals' widths in pixels. Only wide pictures large enough for a wide window are taken, the widest
    within reach first. Pieces that already carry a tempo, and short walls, come back as they are.
    """
    out = list(pieces)
    if any(piece.layout != "row" for piece in pieces):
        return tuple(out)
    since = 0
    while len(out) - since > low + 4:
        reach = range(since + low, min(since + high, len(out) - 6) + 1)
        wide = [i for i in reach if 1.4 <= out[i].ratio <= 2.8 and widths[i] >= BREATH]
        if wide:
            chosen = max(wide, key=lambda i: (out[i].ratio, -i))
            out[chosen] = Piece(out[chosen].ratio, "full")
            since = chosen + 1
        else:
            since += high
    return tuple(out)


def _groups(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Runs of rows; pairs by two; everything else alone. A pair's half without its fellow hangs in the rows."""
    groups: list[list[Piece]] = []
    index = 0
    while index < len(pieces):
        piece = pieces[index]
        if piece.layout == "pair" and index + 1 < len(pieces) and pieces[index + 1].layout == "pair":
            groups.append([piece, pieces[index + 1]])
            index += 2
            continue
        row = Piece(piece.ratio) if piece.layout == "pair" else piece
        if row.layout == "row" and groups and groups[-1][0].layout == "row":
            groups[-1].append(row)
        else:
            groups.append([row])
        index += 1
    return groups


def _shares(ratios: Sequence[float], span: Range, layout: str) -> list[tuple[float, int]]:
    """For each picture of a group: its share of its row, and how many hang there."""
    alone = layout != "row"
    tallest = span.height * (TALLEST_ALONE if alone else TALLEST)
    if layout == "full":
        fill = 1.0 if ratios[0] >= 1.2 else min(1.0, tallest * ratios[0] / span.window)
        return [(_floor(fill), 1)]
    together = layout == "pair" and (span.start > 0 or max(ratios) < 1.0)
    rows = [len(ratios)] if together else _partition(ratios, span)
    out: list[tuple[float, int]] = []
    start = 0
    for count in rows:
        row = ratios[start : start + count]
        fill = min(1.0, tallest / _height(sum(row), count, span))
        out.extend((_floor(ratio / sum(row) * fill), count) for ratio in row)
        start += count
    return out


def _height(ratio_sum: float, count: int, span: Range) -> float:
    """Height in CSS pixels of a full row of *count* pictures whose ratios sum to *ratio_sum*."""
    return (span.window - (count + 1) * span.gap) / ratio_sum


def _partition(ratios: Sequence[float], span: Range) -> list[int]:
    """How many pictures hang in each row.

    Rows that come out above the tallest stay half empty, which is only possible in a group's last row: anywhere else the
    next picture would slip into it.
    """
    total = len(ratios)
    best = [math.inf] * total + [0.0]
    step = [1] * total
    for start in range(total - 1, -1, -1):
        ratio_sum = 0.0
        for end in range(start, total):
            ratio_sum += ratios[end]
            count = end - start + 1
            height = _height(ratio_sum, count, span)
            cost = count * math.log(height / span.height) ** 2 + best[end + 1]
            if height > span.height * TALLEST and end + 1 < total:
                cost += HALF_EMPTY
            if cost < best[start]:
                best[start], step[start] = cost, count
            if height < span.height / 4 and count > 1:
                break
    rows: list[int] = []
    position = 0
    while position < total:
        rows.append(step[position])
        position += step[position]
    return rows


def _floor(share: float) -> float:
    """Five decimals, never up: a row whose shares summed to more than 1 would wrap."""
    return math.floor(share * 1e5) / 1e5
