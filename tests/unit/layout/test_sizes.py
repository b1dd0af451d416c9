"""Displayed widths of slots: the `sizes` attribute says what the table says, and no picture vanishes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pelican_headshots.layout.rows import BREAKPOINTS, RowItem, arrange_rows
from pelican_headshots.layout.sizes import (
    COVER_CROPS,
    BreakpointWidth,
    CssLength,
    SlotLayout,
    build_card_layout,
    build_row_layout,
    build_sizes_attribute,
    choose_card_ratio,
    compute_displayed_width,
    compute_requested_width,
)
from pelican_headshots.layout.srcset_widths import DEVICES
from tests.support.sizes import LAYOUTS, RATIOS, assert_at_least_a_pixel_wide, evaluate_sizes


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_sizes_attribute_says_what_the_table_says(layout: SlotLayout) -> None:
    for device in DEVICES:
        asked = (
            evaluate_sizes(build_sizes_attribute(layout), device.width, device.height, device.density) * device.density
        )
        requested = compute_requested_width(layout, device.width, device.height, device.density)
        assert requested - 1.5 * device.density <= asked <= requested + 0.01, "whole pixels, never more than displayed"


def test_a_row_and_its_gaps_fill_the_window() -> None:
    items = [RowItem(1.5), RowItem(2 / 3), RowItem(1.5), RowItem(0.8), RowItem(1.5), RowItem(2 / 3)]
    places = arrange_rows(items)
    for number, breakpoint_spec in enumerate(BREAKPOINTS):
        row = places[: places[0].items_per_row[number]]
        width = breakpoint_spec.min_window_width + 300
        total = sum(compute_displayed_width(build_row_layout(p.row_shares, p.items_per_row), width, 900) for p in row)
        assert total + (len(row) + 1) * breakpoint_spec.gap == pytest.approx(width, abs=0.5 + len(row))


def test_phones_with_three_device_pixels_are_sent_two() -> None:
    layout = build_row_layout((1.0,) * 4, (1,) * 4)
    assert compute_requested_width(layout, 390, 844, 3.0) == pytest.approx((390 - 8) * 2, abs=2)
    assert compute_requested_width(layout, 1440, 900, 3.0) == pytest.approx((1440 - 16) * 3, abs=3)


def test_small_and_dynamic_viewport_units_are_not_used() -> None:
    for layout in LAYOUTS:
        assert not re.search(r"[sd]v[wh]", build_sizes_attribute(layout))


def test_entries_for_wider_windows_come_first() -> None:
    starts = [
        int(s)
        for s in re.findall(
            r"min-width:(\d+)", build_sizes_attribute(build_row_layout((1.0, 0.65, 0.36, 0.3), (1, 2, 3, 3)))
        )
    ]
    assert starts == sorted(starts, reverse=True)


def test_lengths_are_written_as_css() -> None:
    assert CssLength(vw=1.0).to_css() == "100vw"
    assert CssLength(vw=0.5, px=-6).to_css() == "calc(50vw - 6px)"
    assert CssLength().to_css() == "0px"
    assert BreakpointWidth(0, (CssLength(vw=1), CssLength(vh=1.5, px=-108))).to_css() == "min(100vw, 150vh - 108px)"


def test_every_window_has_exactly_one_crop_of_the_cover() -> None:
    for device in DEVICES:
        assert (
            sum(crop.window_ratios[0] < device.width / device.height <= crop.window_ratios[1] for crop in COVER_CROPS)
            == 1
        )


def test_cards_are_not_higher_than_the_window() -> None:
    for count in (1, 2, 3, 4, 5, 6):
        for width, height in ((1280, 800), (1440, 900), (1920, 1080), (2560, 1440)):
            assert (
                compute_displayed_width(build_card_layout(count), width, height) / choose_card_ratio(count)
                < 0.95 * height
            )


ITEMS = st.builds(RowItem, RATIOS, st.sampled_from(("row", "row", "row", "full", "pair")))


@given(st.lists(ITEMS, min_size=1, max_size=5))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_a_photo_in_a_row_is_at_least_a_pixel_wide_whatever_its_neighbors(items: list[RowItem]) -> None:
    places = arrange_rows(items)
    for item, place in zip(items, places, strict=True):
        is_full_bleed = place.layout == "full"
        for factor in {1.0, max(1.0, item.ratio / place.ratio)}:
            assert_at_least_a_pixel_wide(
                build_row_layout(
                    place.row_shares, place.items_per_row, is_full_bleed=is_full_bleed, width_factor=factor
                )
            )
    for number, breakpoint_spec in enumerate(BREAKPOINTS):
        left = 0
        while left < len(places):
            row = places[left : left + places[left].items_per_row[number]]
            room = breakpoint_spec.reference_window_width - (len(row) + 1) * breakpoint_spec.gap
            heights = [place.row_shares[number] * room / place.ratio for place in row]
            assert sum(place.row_shares[number] for place in row) <= 1
            assert max(heights) - min(heights) < 0.5, "a row is of one height"
            left += len(row)
