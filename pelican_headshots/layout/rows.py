"""The arrangement of a gallery: which photos appear side by side, and how large, for four ranges of window width.

Rows are computed when the site is built. Consecutive photos are broken into justified rows as a paragraph is broken into
lines (Knuth and Plass): of all ways to break them, the one with the smallest sum over the photos of `log(h / H)²` is
taken, where *h* is the height of a photo's row and *H* the wanted height. Each photo counts once, so that seven verticals
become rows of three and four and not one row of tiny pictures. The last row is part of the sum and needs no exception.
CSS only multiplies: nothing is measured in the browser, and nothing moves.

A grid and masonry have columns of one width instead. A grid's cells have one shape; in masonry each photo has its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from ..values.geometry import Value


class Breakpoint(Value, frozen=True):
    """A range of window widths and its rows. All values are in CSS pixels."""

    min_window_width: int
    """Smallest window width of the range."""
    row_height: int
    """Wanted height of a row."""
    gap: int
    """Space between photos."""
    reference_window_width: int
    """Window width for which rows are computed: about the geometric mean of the common widths in the range."""


BREAKPOINTS = (
    Breakpoint(0, 330, 4, 390),
    Breakpoint(600, 360, 6, 800),
    Breakpoint(1024, 440, 8, 1400),
    Breakpoint(1680, 560, 10, 2100),
)

MAX_ROW_HEIGHT_FACTOR = 1.75
"""A row is at most this many times as high as wanted; if too few photos are left to fill it, they are centered. On a phone
a 2:3 vertical may still take the whole width."""
MAX_SINGLE_ROW_HEIGHT_FACTOR = 2.0
"""The same for photos with the layout `full` or `pair`."""

MIN_FULL_BLEED_WIDTH_PX = 2160
"""Width in pixels that a full-bleed photo should have: three quarters of those in a laptop's window, 1440 CSS pixels at 2
device pixels each. A smaller photo with `layout = "full"` is not enlarged."""

MAX_ROW_RATIO = 10.0
"""A photo with a larger width over height, or height over width, is cropped to its middle in a row: uncropped it would be
a line thinner than a pixel beside others. Its own page shows all of it."""

COLUMN_COUNTS = (2, 2, 3, 4)
"""Columns of masonry, for the four breakpoints."""
GRID_COLUMN_COUNTS = ((2,), (2, 3), (3, 4), (4, 5))
"""Possible columns of a grid, for the four breakpoints."""
GRID_RATIOS = (4 / 5, 1.0, 3 / 2)
"""Possible shapes of a grid's cells, width over height."""
MIN_COLUMN_ITEMS = {"grid": 4, "masonry": 12}
"""Fewer photos appear in rows, because they would leave columns empty or of very different lengths."""

MAX_ROW_ENLARGEMENT = 1.3
"""CSS pixels of a photo in a row for each pixel of its file, at most, where other rows are possible."""
WIDEST_WINDOW_FACTOR = 2560 / 2100
"""The widest common window of a range over its reference: photos are larger there by this factor."""
ENLARGEMENT_COST = 150.0
"""How much more an enlarged photo costs than one in a row of the wrong height."""

UNFILLED_ROW_COST = 1e6
"""Higher than the cost of any row, so that a row that cannot be filled only occurs at the end of a group."""

BreakpointShares = tuple[float, float, float, float]
BreakpointCounts = tuple[int, int, int, int]


class RowItem(Value, frozen=True):
    """A photo or a text in a gallery."""

    ratio: float
    """Width over height."""
    layout: str = "row"
    """`row`, `full`, `pair` or `text`."""
    height_px: float = math.inf
    """Height of the file in pixels."""


class RowPlace(Value, frozen=True):
    """Where an item appears. Values for the four breakpoints begin with the narrowest."""

    group: int
    """Items of one group share a block of rows; groups follow one another down the page."""
    layout: str
    row_shares: BreakpointShares
    """Fraction of the row's width, without its gaps, that the item takes."""
    items_per_row: BreakpointCounts
    ratio: float = 1.0
    """Width over height of the visible part."""


def arrange_rows(
    items: Sequence[RowItem], arrangement: str = "rows", grid_ratio: float | None = None
) -> tuple[RowPlace, ...]:
    """Arrange *items* in their order, and return a place for each.

    Args:
        items: Photos and texts. Those with a layout other than `row` keep it in every arrangement.
        arrangement: `rows`, `grid` or `masonry`. For the last two it is the layout of the places.
        grid_ratio: Shape of a grid's cells, width over height. Without it, the one that crops *items* least.

    Raises:
        ValueError: A ratio is not a positive number, or a layout is unknown.
    """
    for item in items:
        if item.layout not in ("row", "full", "pair", "text"):
            raise ValueError(f"layout {item.layout!r} is not one of row, full, pair, text")
        if item.layout != "text" and not (item.ratio > 0 and math.isfinite(item.ratio)):
            raise ValueError(f"a picture's ratio must be a positive number, not {item.ratio!r}")
    if arrangement == "grid" and grid_ratio is None:
        grid_ratio = choose_grid_ratio(item.ratio for item in items if item.layout == "row")
    places: list[RowPlace] = []
    for number, group in enumerate(_group_items(items)):
        layout = group[0].layout
        if layout == "text":
            places.append(RowPlace(number, layout, (1.0,) * 4, (1,) * 4))
            continue
        ratios = [clamp_row_ratio(item.ratio) for item in group]
        if arrangement != "rows" and layout == "row" and len(group) >= MIN_COLUMN_ITEMS[arrangement]:
            column_counts = COLUMN_COUNTS
            if grid_ratio is not None:
                column_counts = _choose_grid_columns(len(group))
                ratios = [grid_ratio] * len(group)
            column_shares = tuple(_floor_share(1 / count) for count in column_counts)
            places += [RowPlace(number, arrangement, column_shares, column_counts, ratio) for ratio in ratios]  # type: ignore[arg-type]
            continue
        max_heights = [item.height_px * MAX_ROW_ENLARGEMENT / WIDEST_WINDOW_FACTOR for item in group]
        per_breakpoint = [_compute_row_shares(ratios, max_heights, each, layout) for each in BREAKPOINTS]
        for index, ratio in enumerate(ratios):
            row_shares = tuple(spots[index][0] for spots in per_breakpoint)
            items_per_row = tuple(spots[index][1] for spots in per_breakpoint)
            places.append(RowPlace(number, layout, row_shares, items_per_row, ratio))  # type: ignore[arg-type]
    return tuple(places)


def choose_grid_ratio(ratios: Iterable[float]) -> float:
    """Return the shape of a grid's cells, width over height, that crops photos of these *ratios* least."""
    logs = [math.log(ratio) for ratio in ratios]
    return min(GRID_RATIOS, key=lambda cell: sum(abs(each - math.log(cell)) for each in logs))


def _choose_grid_columns(photo_count: int) -> BreakpointCounts:
    """Return the numbers of columns with which the last row of a grid has the fewest empty cells."""
    return tuple(min(counts, key=lambda count: -photo_count % count) for counts in GRID_COLUMN_COUNTS)  # type: ignore[return-value]


def clamp_row_ratio(ratio: float) -> float:
    """Return the width over height of the part of a photo that a row shows; *ratio* is that of the whole photo."""
    return min(max(ratio, 1 / MAX_ROW_RATIO), MAX_ROW_RATIO)


def insert_full_bleed(
    items: Sequence[RowItem], widths: Sequence[int], *, min_interval: int = 8, max_interval: int = 12
) -> tuple[RowItem, ...]:
    """Give a long gallery without its own layout rhythm a full-bleed photo every 8 to 12 photos.

    Only landscape photos that are large enough for a wide window are used, and of those within reach the widest. A gallery
    that is short, or in which any item has a layout of its own, is returned unchanged.

    Args:
        items: The items of the gallery.
        widths: Widths of the originals, in pixels.
        min_interval: Smallest number of photos between two full-bleed ones.
        max_interval: Largest such number, if there is a suitable photo.
    """
    result = list(items)
    if any(item.layout != "row" for item in items):
        return tuple(result)
    interval_start = 0
    while len(result) - interval_start > min_interval + 4:
        eligible = range(interval_start + min_interval, min(interval_start + max_interval, len(result) - 6) + 1)
        wide = [i for i in eligible if 1.4 <= result[i].ratio <= 2.8 and widths[i] >= MIN_FULL_BLEED_WIDTH_PX]
        if wide:
            chosen = max(wide, key=lambda i: (result[i].ratio, -i))
            result[chosen] = replace(result[chosen], layout="full")
            interval_start = chosen + 1
        else:
            interval_start += max_interval
    return tuple(result)


def _group_items(items: Sequence[RowItem]) -> list[list[RowItem]]:
    """Group consecutive `row` items, and pairs by two; others are alone. A `pair` without a partner counts as `row`."""
    groups: list[list[RowItem]] = []
    index = 0
    while index < len(items):
        item = items[index]
        if item.layout == "pair" and index + 1 < len(items) and items[index + 1].layout == "pair":
            groups.append([item, items[index + 1]])
            index += 2
            continue
        row = replace(item, layout="row") if item.layout == "pair" else item
        if row.layout == "row" and groups and groups[-1][0].layout == "row":
            groups[-1].append(row)
        else:
            groups.append([row])
        index += 1
    return groups


def _compute_row_shares(
    ratios: Sequence[float], max_heights: Sequence[float], breakpoint_spec: Breakpoint, layout: str
) -> list[tuple[float, int]]:
    """Return for each photo of a group its share of its row, and how many photos the row has."""
    alone = layout != "row"
    max_height = breakpoint_spec.row_height * (MAX_SINGLE_ROW_HEIGHT_FACTOR if alone else MAX_ROW_HEIGHT_FACTOR)
    if layout == "full":
        fill = 1.0 if ratios[0] >= 1.2 else min(1.0, max_height * ratios[0] / breakpoint_spec.reference_window_width)
        return [(_floor_share(fill), 1)]
    is_single_row = layout == "pair" and (breakpoint_spec.min_window_width > 0 or max(ratios) < 1.0)
    rows = [len(ratios)] if is_single_row else _break_into_rows(ratios, max_heights, breakpoint_spec)
    if len(rows) == 1:
        max_height = min(max_height, *max_heights)
    result: list[tuple[float, int]] = []
    start = 0
    for count in rows:
        row = ratios[start : start + count]
        fill = min(1.0, max_height / _compute_row_height(sum(row), count, breakpoint_spec))
        result.extend((_floor_share(ratio / sum(row) * fill), count) for ratio in row)
        start += count
    return result


def _compute_row_height(ratio_sum: float, count: int, breakpoint_spec: Breakpoint) -> float:
    """Return the height in CSS pixels of a full row of *count* photos whose ratios add up to *ratio_sum*."""
    return (breakpoint_spec.reference_window_width - (count + 1) * breakpoint_spec.gap) / ratio_sum


def _break_into_rows(ratios: Sequence[float], max_heights: Sequence[float], breakpoint_spec: Breakpoint) -> list[int]:
    """Return how many photos each row has.

    Rows higher than the *max_heights* of their photos, where these would be enlarged too much, are avoided if possible.
    A row that would be too high is not filled, which is only possible at the end of a group: anywhere else the browser would
    move the next photo into it.
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
            enlarged = [height / most for most in max_heights[start : end + 1] if height > most]
            cost += ENLARGEMENT_COST * sum(math.log(each) ** 2 for each in enlarged)
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
    """Round down to five decimals: a row whose shares add up to more than 1 would wrap."""
    return math.floor(share * 1e5) / 1e5
