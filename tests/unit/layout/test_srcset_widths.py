"""Widths of `srcset`: enough for every device, few wasted pixels."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pelican_headshots.layout.rows import RowItem, arrange_rows
from pelican_headshots.layout.sizes import (
    COVER_CROPS,
    HEAD_LAYOUT,
    SlotLayout,
    build_cover_beside_layout,
    build_cover_layout,
    build_prose_layout,
    build_row_layout,
    build_sizes_attribute,
    build_typical_row_layout,
    build_view_layout,
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
from tests.support.sizes import LAYOUTS, RATIOS, assert_at_least_a_pixel_wide, evaluate_sizes


@pytest.mark.parametrize("limit", [5000, 2400, 1600, 900, 400])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_widths_are_on_the_grid_and_cover_all_requests_without_enlarging(layout: SlotLayout, limit: int) -> None:
    widths = choose_widths([layout], limit)
    assert set(widths) <= {*GRID_WIDTHS_PX, limit}
    assert list(widths) == sorted(set(widths))
    requests = [min(compute_requested_width(layout, d.width, d.height, d.density), limit) for d in DEVICES]
    assert widths[-1] >= max(requests) - 1
    assert len(widths) == 1 or widths[0] <= 1.3 * min(requests)
    assert set(choose_jpeg_widths(widths)) <= {800, 1600, widths[-1]}


@pytest.mark.parametrize("limit", [6000, 2560, 2048, 1600, 1050])
@pytest.mark.parametrize("ratio", [0.6, 2 / 3, 0.8, 1.0, 1.5, 16 / 9, 2.4])
def test_no_device_is_sent_more_than_two_fifths_too_many_pixels(ratio: float, limit: int) -> None:
    layout = build_view_layout(ratio)
    widths = choose_widths([layout], limit)
    for d in DEVICES:
        requested = min(compute_requested_width(layout, d.width, d.height, d.density), limit)
        sent_width = next(width for width in widths if width >= requested - 0.01)
        assert 1 - (requested / sent_width) ** 2 <= 0.4


def test_a_photo_in_a_row_has_the_same_widths_whatever_is_beside_it() -> None:
    typical = [build_typical_row_layout(1.5), build_view_layout(1.5)]
    beside_one = build_row_layout((1.0, 0.6, 0.5, 0.45), (1, 2, 2, 2))
    beside_four = build_row_layout((1.0, 0.55, 0.3, 0.22), (1, 2, 3, 5))
    assert choose_widths(typical, 2560, larger_layouts=[beside_one]) == choose_widths(
        typical, 2560, larger_layouts=[beside_four]
    )


def test_a_full_bleed_photo_is_wide_enough_for_the_window() -> None:
    full = build_row_layout((1.0,) * 4, (1,) * 4, is_full_bleed=True)
    assert (
        choose_widths([build_typical_row_layout(1.5), build_view_layout(1.5)], 6000, larger_layouts=[full])[-1] >= 3200
    )


def test_an_original_hardly_wider_than_a_grid_width_replaces_it() -> None:
    assert choose_widths([build_view_layout(1.5)], 1610)[-2:] == (1280, 1610)


def test_a_browser_takes_no_wider_file_than_the_one_made_for_it() -> None:
    for ratio in (0.667, 0.8, 1.421, 1.5, 1.778):
        layout = build_view_layout(ratio)
        widths = choose_widths([layout], 6000)
        for d in DEVICES:
            asked = evaluate_sizes(build_sizes_attribute(layout), d.width, d.height, d.density) * d.density
            requested = compute_requested_width(layout, d.width, d.height, d.density)
            assert next(w for w in widths if w >= asked) <= next(w for w in widths if w >= requested - 0.01)


def test_a_crop_for_phones_has_widths_for_phones_only() -> None:
    crop = COVER_CROPS[0]
    layout = build_cover_layout(crop.ratio)
    assert choose_widths([layout], 2400, crop.window_ratios)[-1] <= 1280 < choose_widths([layout], 2400)[-1]


def test_a_tiny_photo_has_its_own_width_only() -> None:
    assert choose_widths([HEAD_LAYOUT], 162) == (162,)
    assert choose_widths([HEAD_LAYOUT], 90) == (90,)


def test_the_grid_sends_fewer_pixels_than_six_usual_widths() -> None:
    layout = build_row_layout((1.0, 0.65, 0.36, 0.36), (1, 2, 3, 3))
    usual = (320, 640, 960, 1280, 1920, 2400)

    def sum_pixels_sent(widths: tuple[int, ...]) -> float:
        total = 0.0
        for d in DEVICES:
            requested = compute_requested_width(layout, d.width, d.height, d.density)
            total += d.weight * next((w for w in widths if w >= requested - 0.5), widths[-1]) ** 2
        return total

    assert sum_pixels_sent(choose_widths([layout], 2400)) < 0.9 * sum_pixels_sent(usual)


def test_the_share_of_dense_screens_is_high_for_widths_of_phones() -> None:
    # As wide as the window of a phone: no desktop window is that narrow. Wider files go to wide and to dense screens.
    dense_shares = compute_dense_shares((build_row_layout((1.0, 0.65, 0.36, 0.36), (1, 2, 3, 3)),))
    assert dense_shares[round_up_to_grid(780)] > 0.5
    assert all(0 <= share <= 1 for share in dense_shares.values())
    assert dense_shares[round_up_to_grid(500)] < dense_shares[round_up_to_grid(780)]


@given(st.lists(RATIOS, min_size=1, max_size=5), st.integers(1, 30_000))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_widths_are_whole_pixels_that_the_photo_has_whatever_its_ratio(ratios: list[float], limit: int) -> None:
    for ratio, place in zip(ratios, arrange_rows([RowItem(ratio) for ratio in ratios]), strict=True):
        row = build_row_layout(place.row_shares, place.items_per_row, width_factor=max(1.0, ratio / place.ratio))
        view = build_view_layout(ratio)
        for layout in (view, build_prose_layout(ratio), build_cover_beside_layout(ratio)):
            assert_at_least_a_pixel_wide(layout)
        for typical, actual in (
            ([build_typical_row_layout(ratio), view], row),
            ([build_prose_layout(ratio)], build_prose_layout(ratio)),
        ):
            widths = choose_widths(typical, limit, larger_layouts=[actual])
            assert widths == tuple(sorted(set(widths)))
            assert all(isinstance(width, int) and 1 <= width <= limit for width in widths)
