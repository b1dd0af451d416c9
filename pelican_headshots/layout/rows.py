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

from ..values.geometry import Value


class Breakpoint(Value, frozen=True):
    """Windows from *start* CSS pixels on: wanted row height, seam between pictures, and the window the rows are cut for.

    *window* is about the geometric mean of the widths in use within the range, as heights are judged by ratio.
    """

    min_window_width: int
    row_height: int
    gap: int
    reference_window_width: int


BREAKPOINTS = (
    Breakpoint(0, 330, 4, 390),
    Breakpoint(600, 360, 6, 800),
    Breakpoint(1024, 440, 8, 1400),
    Breakpoint(1680, 560, 10, 2100),
)

MAX_ROW_HEIGHT_FACTOR = 1.75
"""A row grows to at most this many times the height wanted; where too few pictures are left to fill it, it hangs
centred instead. On a phone this still lets a 2:3 vertical take the whole width."""
MAX_SINGLE_ROW_HEIGHT_FACTOR = 2.0
"""The same for pictures which their author set alone or as a pair."""

MIN_FULL_BLEED_WIDTH_PX = 2160
"""Pixels in width that a full-bleed picture should have: three quarters of those of a laptop's window, 1440 at two to one.
A smaller one that its author hangs so is shown no larger than it is."""

MAX_ROW_RATIO = 10.0
"""Width over height, or height over width, up to which a picture is shown whole in its row. Beyond, the row shows its
middle: whole it would be a line of less than a pixel beside others. Its own page shows all of it."""

UNFILLED_ROW_COST = 100.0
"""More than any row costs: what makes a row that cannot be filled impossible anywhere but at a group's end."""

BreakpointShares = tuple[float, float, float, float]
BreakpointCounts = tuple[int, int, int, int]


class RowItem(Value, frozen=True):
    """Something to hang: width over height, and what its author asked for (`row`, `full`, `pair` or `text`)."""

    ratio: float
    layout: str = "row"


class RowPlace(Value, frozen=True):
    """Where a piece hangs. Pieces of one *group* share a block of rows; groups follow one another down the page.

    *shares* and *counts* are for the four ranges, narrowest first: the fraction of the row's width that is left after
    its gaps, and how many pictures hang in the row. *ratio* is the width over height of what is shown there.
    """

    group: int
    layout: str
    row_shares: BreakpointShares
    items_per_row: BreakpointCounts
    ratio: float = 1.0


def arrange_rows(items: Sequence[RowItem]) -> tuple[RowPlace, ...]:
    """Hang *pieces* in their order: one place for each.

    Raises ValueError for a ratio that is not a positive number or an unknown layout.
    """
    for item in items:
        if item.layout not in ("row", "full", "pair", "text"):
            raise ValueError(f"layout {item.layout!r} is not one of row, full, pair, text")
        if item.layout != "text" and not (item.ratio > 0 and math.isfinite(item.ratio)):
            raise ValueError(f"a picture's ratio must be a positive number, not {item.ratio!r}")
    places: list[RowPlace] = []
    for number, group in enumerate(_group_items(items)):
        layout = group[0].layout
        if layout == "text":
            places.append(RowPlace(number, layout, (1.0,) * 4, (1,) * 4))
            continue
        ratios = [clamp_row_ratio(piece.ratio) for piece in group]
        per_breakpoint = [_compute_row_shares(ratios, breakpoint_spec, layout) for breakpoint_spec in BREAKPOINTS]
        for index, ratio in enumerate(ratios):
            row_shares = tuple(spots[index][0] for spots in per_breakpoint)
            items_per_row = tuple(spots[index][1] for spots in per_breakpoint)
            places.append(RowPlace(number, layout, row_shares, items_per_row, ratio))  # type: ignore[arg-type]
    return tuple(places)


def clamp_row_ratio(ratio: float) -> float:
    """Return the width over height at which a picture of *ratio* is shown in a row."""
    return min(max(ratio, 1 / MAX_ROW_RATIO), MAX_ROW_RATIO)


def insert_full_bleed(
    items: Sequence[RowItem], widths: Sequence[int], *, min_interval: int = 8, max_interval: int = 12
) -> tuple[RowItem, ...]:
    """Give a long wall its breaths where the author asked for no tempo: a full-bleed picture every *low* to *high*.

    *widths* are the originals' widths in pixels. Only wide pictures large enough for a wide window are taken, the widest
    within reach first. Pieces that already carry a tempo, and short walls, come back as they are.
    """
    result = list(items)
    if any(piece.layout != "row" for piece in items):
        return tuple(result)
    interval_start = 0
    while len(result) - interval_start > min_interval + 4:
        eligible = range(interval_start + min_interval, min(interval_start + max_interval, len(result) - 6) + 1)
        wide = [i for i in eligible if 1.4 <= result[i].ratio <= 2.8 and widths[i] >= MIN_FULL_BLEED_WIDTH_PX]
        if wide:
            chosen = max(wide, key=lambda i: (result[i].ratio, -i))
            result[chosen] = RowItem(result[chosen].ratio, "full")
            interval_start = chosen + 1
        else:
            interval_start += max_interval
    return tuple(result)


def _group_items(items: Sequence[RowItem]) -> list[list[RowItem]]:
    """Runs of rows; pairs by two; everything else alone. A pair's half without its fellow hangs in the rows."""
    groups: list[list[RowItem]] = []
    index = 0
    while index < len(items):
        item = items[index]
        if item.layout == "pair" and index + 1 < len(items) and items[index + 1].layout == "pair":
            groups.append([item, items[index + 1]])
            index += 2
            continue
        row = RowItem(item.ratio) if item.layout == "pair" else item
        if row.layout == "row" and groups and groups[-1][0].layout == "row":
            groups[-1].append(row)
        else:
            groups.append([row])
        index += 1
    return groups


def _compute_row_shares(ratios: Sequence[float], breakpoint_spec: Breakpoint, layout: str) -> list[tuple[float, int]]:
    """For each picture of a group: its share of its row, and how many hang there."""
    alone = layout != "row"
    max_height = breakpoint_spec.row_height * (MAX_SINGLE_ROW_HEIGHT_FACTOR if alone else MAX_ROW_HEIGHT_FACTOR)
    if layout == "full":
        fill = 1.0 if ratios[0] >= 1.2 else min(1.0, max_height * ratios[0] / breakpoint_spec.reference_window_width)
        return [(_floor_share(fill), 1)]
    is_single_row = layout == "pair" and (breakpoint_spec.min_window_width > 0 or max(ratios) < 1.0)
    rows = [len(ratios)] if is_single_row else _break_into_rows(ratios, breakpoint_spec)
    result: list[tuple[float, int]] = []
    start = 0
    for count in rows:
        row = ratios[start : start + count]
        fill = min(1.0, max_height / _compute_row_height(sum(row), count, breakpoint_spec))
        result.extend((_floor_share(ratio / sum(row) * fill), count) for ratio in row)
        start += count
    return result


def _compute_row_height(ratio_sum: float, count: int, breakpoint_spec: Breakpoint) -> float:
    """Height in CSS pixels of a full row of *count* pictures whose ratios sum to *ratio_sum*."""
    return (breakpoint_spec.reference_window_width - (count + 1) * breakpoint_spec.gap) / ratio_sum


def _break_into_rows(ratios: Sequence[float], breakpoint_spec: Breakpoint) -> list[int]:
    """How many pictures hang in each row.

    Rows that come out above the tallest stay half empty, which is only possible in a group's last row: anywhere else the
    next picture would slip into it.
    """
    total = len(ratios)
    best = [math.inf] * total + [0.0]
    row_lengths = [1] * total
    for start in range(total - 1, -1, -1):
        ratio_sum = 0.0
        for end in range(start, total):
            ratio_sum += ratios[end]
            count = end - start + 1
            height = _compute_row_height(ratio_sum, count, breakpoint_spec)
            cost = count * math.log(height / breakpoint_spec.row_height) ** 2 + best[end + 1]
            if height > breakpoint_spec.row_height * MAX_ROW_HEIGHT_FACTOR and end + 1 < total:
                cost += UNFILLED_ROW_COST
            if cost < best[start]:
                best[start], row_lengths[start] = cost, count
            if height < breakpoint_spec.row_height / 4 and count > 1:
                break
    rows: list[int] = []
    position = 0
    while position < total:
        rows.append(row_lengths[position])
        position += row_lengths[position]
    return rows


def _floor_share(share: float) -> float:
    """Five decimals, never up: a row whose shares summed to more than 1 would wrap."""
    return math.floor(share * 1e5) / 1e5
