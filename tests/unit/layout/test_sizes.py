"""`sizes` and the ladders: both from one table, so that what is said and what is made agree."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pelican_headshots.layout.rows import BREAKPOINTS, RowItem, arrange_rows
from pelican_headshots.layout.sizes import (
    ABOUT_LAYOUT,
    COVER_CROPS,
    HEAD_LAYOUT,
    BreakpointWidth,
    CssLength,
    SlotLayout,
    build_card_layout,
    build_cover_layout,
    build_prose_layout,
    build_row_layout,
    build_sizes_attribute,
    build_typical_row_layout,
    build_unenlarged_cover_layout,
    build_view_layout,
    choose_card_ratio,
    compute_displayed_width,
    compute_requested_width,
)
from pelican_headshots.layout.srcset_widths import (
    DEVICES,
    GRID_WIDTHS_PX,
    choose_jpeg_widths,
    choose_widths,
    compute_dense_shares,
    round_up_to_grid,
)


def evaluate(css: str, width: float, height: float, density: float) -> float:
    """A small reading of `sizes`, as a browser does it: the first entry whose condition holds."""
    depth, parts, start = 0, [], 0
    for i, letter in enumerate(css):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append(css[start:i])
            start = i + 1
    parts.append(css[start:])
    for part in parts:
        rest = part.strip()
        holds = True
        while match := re.match(r"\((min-width|min-resolution):([\d.]+)(?:px|dppx)\)\s*(?:and\s*)?", rest):
            holds &= (width if match[1] == "min-width" else density) >= float(match[2])
            rest = rest[match.end() :]
        if holds:
            sum_ = re.sub(r"([\d.]+)vw", lambda m: str(float(m[1]) * width / 100), rest)
            sum_ = re.sub(r"([\d.]+)vh", lambda m: str(float(m[1]) * height / 100), sum_)
            sum_ = sum_.replace("px", "").replace("calc", "")
            return float(eval(sum_, {"min": min, "max": max}))
    raise AssertionError("no entry holds")


LAYOUTS: list[SlotLayout] = [
    build_row_layout((1.0, 0.65, 0.36, 0.36), (1, 2, 3, 3)),
    build_row_layout((1.0, 1.0, 1.0, 1.0), (1, 1, 1, 1), is_full_bleed=True),
    build_view_layout(1.5),
    build_cover_layout(2.0, title_outside=True),
    build_view_layout(2 / 3),
    build_cover_layout(16 / 9),
    build_cover_layout(9 / 16),
    HEAD_LAYOUT,
    ABOUT_LAYOUT,
    build_card_layout(3),
    build_card_layout(4),
]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_string_says_what_the_table_says(layout: SlotLayout) -> None:
    for device in DEVICES:
        said = evaluate(build_sizes_attribute(layout), device.width, device.height, device.density) * device.density
        wanted = compute_requested_width(layout, device.width, device.height, device.density)
        assert wanted - 1.5 * device.density <= said <= wanted + 0.01, "whole pixels, and never more than is shown"


def test_a_row_with_its_seams_fills_the_window() -> None:
    pieces = [RowItem(1.5), RowItem(2 / 3), RowItem(1.5), RowItem(0.8), RowItem(1.5), RowItem(2 / 3)]
    places = arrange_rows(pieces)
    for number, span in enumerate(BREAKPOINTS):
        row = places[: places[0].items_per_row[number]]
        width = span.min_window_width + 300
        total = sum(compute_displayed_width(build_row_layout(p.row_shares, p.items_per_row), width, 900) for p in row)
        assert total + (len(row) + 1) * span.gap == pytest.approx(width, abs=0.5 + len(row))


def test_three_device_pixels_are_served_as_two() -> None:
    layout = build_row_layout((1.0,) * 4, (1,) * 4)
    assert compute_requested_width(layout, 390, 844, 3.0) == pytest.approx((390 - 8) * 2, abs=2)
    assert compute_requested_width(layout, 1440, 900, 3.0) == pytest.approx((1440 - 16) * 3, abs=3)


def test_small_viewport_units_never_appear() -> None:
    for layout in LAYOUTS:
        assert not re.search(r"[sd]v[wh]", build_sizes_attribute(layout))


def test_widest_window_first() -> None:
    starts = [
        int(s)
        for s in re.findall(
            r"min-width:(\d+)", build_sizes_attribute(build_row_layout((1.0, 0.65, 0.36, 0.3), (1, 2, 3, 3)))
        )
    ]
    assert starts == sorted(starts, reverse=True)


def test_lengths_read_as_css() -> None:
    assert CssLength(vw=1.0).to_css() == "100vw"
    assert CssLength(vw=0.5, px=-6).to_css() == "calc(50vw - 6px)"
    assert CssLength().to_css() == "0px"
    assert BreakpointWidth(0, (CssLength(vw=1), CssLength(vh=1.5, px=-108))).to_css() == "min(100vw, 150vh - 108px)"


@pytest.mark.parametrize("limit", [5000, 2400, 1600, 900, 400])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_widths_are_of_the_grid_never_enlarge_and_reach_from_the_least_to_the_most_that_is_asked_for(
    layout: SlotLayout, limit: int
) -> None:
    widths = choose_widths([layout], limit)
    assert set(widths) <= {*GRID_WIDTHS_PX, limit}
    assert list(widths) == sorted(set(widths))
    wants = [min(compute_requested_width(layout, d.width, d.height, d.density), limit) for d in DEVICES]
    assert widths[-1] >= max(wants) - 1
    assert len(widths) == 1 or widths[0] <= 1.3 * min(wants)
    assert set(choose_jpeg_widths(widths)) <= {800, 1600, widths[-1]}


@pytest.mark.parametrize("limit", [6000, 2560, 2048, 1600, 1050])
@pytest.mark.parametrize("ratio", [0.6, 2 / 3, 0.8, 1.0, 1.5, 16 / 9, 2.4])
def test_nobody_is_sent_more_than_two_fifths_in_excess(ratio: float, limit: int) -> None:
    layout = build_view_layout(ratio)
    widths = choose_widths([layout], limit)
    for d in DEVICES:
        want = min(compute_requested_width(layout, d.width, d.height, d.density), limit)
        sent = next(width for width in widths if width >= want - 0.01)
        assert 1 - (want / sent) ** 2 <= 0.4


def test_a_picture_on_the_wall_has_the_same_widths_whatever_appears_beside_it() -> None:
    typical = [build_typical_row_layout(1.5), build_view_layout(1.5)]
    beside_one = build_row_layout((1.0, 0.6, 0.5, 0.45), (1, 2, 2, 2))
    beside_four = build_row_layout((1.0, 0.55, 0.3, 0.22), (1, 2, 3, 5))
    assert choose_widths(typical, 2560, larger_layouts=[beside_one]) == choose_widths(
        typical, 2560, larger_layouts=[beside_four]
    )


def test_a_picture_that_fills_the_window_is_made_wide_enough_for_it() -> None:
    full = build_row_layout((1.0,) * 4, (1,) * 4, is_full_bleed=True)
    assert (
        choose_widths([build_typical_row_layout(1.5), build_view_layout(1.5)], 6000, larger_layouts=[full])[-1] >= 3200
    )


def test_an_original_hardly_wider_than_the_grid_is_made_at_its_own_width_alone() -> None:
    assert choose_widths([build_view_layout(1.5)], 1610)[-2:] == (1280, 1610)


def test_a_browser_finds_the_width_that_was_made_for_it_sufficient() -> None:
    for ratio in (0.667, 0.8, 1.421, 1.5, 1.778):
        layout = build_view_layout(ratio)
        widths = choose_widths([layout], 6000)
        for d in DEVICES:
            asked = evaluate(build_sizes_attribute(layout), d.width, d.height, d.density) * d.density
            want = compute_requested_width(layout, d.width, d.height, d.density)
            assert next(w for w in widths if w >= asked) <= next(w for w in widths if w >= want - 0.01)


def test_a_phones_crop_is_made_for_phones() -> None:
    cut = COVER_CROPS[0]
    layout = build_cover_layout(cut.ratio)
    assert choose_widths([layout], 2400, cut.window_ratios)[-1] <= 1280 < choose_widths([layout], 2400)[-1]


def test_every_window_has_one_crop_of_the_cover() -> None:
    for device in DEVICES:
        assert (
            sum(cut.window_ratios[0] < device.width / device.height <= cut.window_ratios[1] for cut in COVER_CROPS) == 1
        )


def test_two_cards_abreast_are_no_taller_than_the_window() -> None:
    for count in (1, 2, 3, 4, 5, 6):
        for width, height in ((1280, 800), (1440, 900), (1920, 1080), (2560, 1440)):
            assert (
                compute_displayed_width(build_card_layout(count), width, height) / choose_card_ratio(count)
                < 0.95 * height
            )


def test_a_tiny_picture_gets_what_it_can() -> None:
    assert choose_widths([HEAD_LAYOUT], 162) == (162,)
    assert choose_widths([HEAD_LAYOUT], 90) == (90,)


def test_the_grid_wastes_less_than_six_usual_widths() -> None:
    layout = build_row_layout((1.0, 0.65, 0.36, 0.36), (1, 2, 3, 3))
    usual = (320, 640, 960, 1280, 1920, 2400)

    def sent(widths: tuple[int, ...]) -> float:
        total = 0.0
        for d in DEVICES:
            want = compute_requested_width(layout, d.width, d.height, d.density)
            total += d.weight * next((w for w in widths if w >= want - 0.5), widths[-1]) ** 2
        return total

    assert sent(choose_widths([layout], 2400)) < 0.9 * sent(usual)


def test_density_tells_files_of_phones_from_files_of_desks() -> None:
    # As wide as the window on a phone: no desk's screen is that narrow. Wider files go to wide and to dense screens.
    found = compute_dense_shares([build_row_layout((1.0, 0.65, 0.36, 0.36), (1, 2, 3, 3))])
    assert found[round_up_to_grid(780)] > 0.5
    assert all(0 <= share <= 1 for share in found.values())
    assert found[round_up_to_grid(500)] < found[round_up_to_grid(780)]


RATIOS = st.floats(math.log(1 / 2000), math.log(2000)).map(math.exp)
PIECES = st.builds(RowItem, RATIOS, st.sampled_from(("row", "row", "row", "full", "pair")))


def assert_wide_enough(layout: SlotLayout) -> None:
    """Assert that *layout* asks for a pixel or more in every window, and that `sizes` says the same."""
    for device in DEVICES:
        shown = compute_displayed_width(layout, device.width, device.height)
        said = evaluate(build_sizes_attribute(layout), device.width, device.height, device.density)
        assert math.isfinite(shown)
        assert shown >= 1
        assert said >= 1, build_sizes_attribute(layout)
        assert (
            said * device.density <= compute_requested_width(layout, device.width, device.height, device.density) + 0.01
        )


@given(st.lists(PIECES, min_size=1, max_size=5))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_however_odd_its_neighbours_a_picture_in_a_row_is_a_pixel_wide_or_wider(pieces: list[RowItem]) -> None:
    places = arrange_rows(pieces)
    for piece, place in zip(pieces, places, strict=True):
        enlarged = max(1.0, piece.ratio / place.ratio)
        assert_wide_enough(
            build_row_layout(place.row_shares, place.items_per_row, is_full_bleed=place.layout == "full")
        )
        assert_wide_enough(
            build_row_layout(
                place.row_shares, place.items_per_row, is_full_bleed=place.layout == "full", width_factor=enlarged
            )
        )
    for number, span in enumerate(BREAKPOINTS):
        left = 0
        while left < len(places):
            row = places[left : left + places[left].items_per_row[number]]
            room = span.reference_window_width - (len(row) + 1) * span.gap
            heights = [place.row_shares[number] * room / place.ratio for place in row]
            assert sum(place.row_shares[number] for place in row) <= 1
            assert max(heights) - min(heights) < 0.5, "a row is of one height"
            left += len(row)


@given(st.lists(RATIOS, min_size=1, max_size=5), st.integers(1, 30_000))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_however_odd_a_picture_its_widths_are_pixels_that_it_has(ratios: list[float], limit: int) -> None:
    for ratio, place in zip(ratios, arrange_rows([RowItem(ratio) for ratio in ratios]), strict=True):
        row = build_row_layout(place.row_shares, place.items_per_row, width_factor=max(1.0, ratio / place.ratio))
        view = build_view_layout(ratio)
        for layout in (view, build_prose_layout(ratio), build_unenlarged_cover_layout(ratio)):
            assert_wide_enough(layout)
        for typical, actual in (
            ([build_typical_row_layout(ratio), view], row),
            ([build_prose_layout(ratio)], build_prose_layout(ratio)),
        ):
            widths = choose_widths(typical, limit, larger_layouts=[actual])
            assert widths == tuple(sorted(set(widths)))
            assert all(isinstance(width, int) and 1 <= width <= limit for width in widths)
