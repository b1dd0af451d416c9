"""Grids and masonry: columns of one width, and `sizes` that say so."""

from __future__ import annotations

import pytest

from pelican_headshots.crop.crops import compute_object_position, crop_around
from pelican_headshots.layout.rows import BREAKPOINTS, RowItem, arrange_rows, choose_grid_ratio
from pelican_headshots.layout.sizes import build_row_layout, compute_displayed_width
from pelican_headshots.values.geometry import Point, Size
from pelican_headshots.values.notes import GalleryNote, Notes
from tests.support.photos import compose_photos, photo

MIXED = [RowItem(1.5), RowItem(2 / 3), RowItem(1.5), RowItem(0.8), RowItem(1.5)] * 3


@pytest.mark.parametrize("arrangement", ["grid", "masonry"])
def test_columns_and_gaps_fill_the_window(arrangement: str) -> None:
    for place in arrange_rows(MIXED, arrangement):
        assert place.layout == arrangement
        for breakpoint_spec, count in zip(BREAKPOINTS, place.items_per_row, strict=True):
            width = breakpoint_spec.min_window_width + 300
            shown = compute_displayed_width(build_row_layout(place.row_shares, place.items_per_row), width, 900)
            assert shown * count + (count + 1) * breakpoint_spec.gap == pytest.approx(width, abs=count + 0.5)


@pytest.mark.parametrize(
    ("photo_count", "columns"), [(4, (2, 2, 4, 4)), (11, (2, 2, 3, 4)), (29, (2, 2, 3, 5)), (60, (2, 2, 3, 4))]
)
def test_a_grid_has_the_columns_that_leave_the_fewest_empty_cells(photo_count: int, columns: tuple[int, ...]) -> None:
    assert {place.items_per_row for place in arrange_rows([RowItem(1.0)] * photo_count, "grid")} == {columns}


def test_cells_of_a_grid_have_one_shape_and_masonry_keeps_each_photos_own() -> None:
    assert {place.ratio for place in arrange_rows(MIXED, "grid")} == {1.5}
    assert [place.ratio for place in arrange_rows(MIXED, "masonry")] == [item.ratio for item in MIXED]


@pytest.mark.parametrize(
    ("ratios", "cell"), [((1.5, 1.5, 2 / 3), 3 / 2), ((2 / 3, 2 / 3, 1.5), 4 / 5), ((1.0, 1.1, 1.5), 1.0)]
)
def test_the_shape_of_the_cells_is_the_one_that_crops_least(ratios: tuple[float, ...], cell: float) -> None:
    assert choose_grid_ratio(ratios) == cell


@pytest.mark.parametrize("arrangement", ["grid", "masonry"])
def test_photos_with_a_layout_of_their_own_keep_it_and_few_photos_are_in_rows(arrangement: str) -> None:
    items = [RowItem(1.5), RowItem(1.5), RowItem(1.5, "full"), RowItem(1.0, "text"), *[RowItem(1.5)] * 12]
    layouts = [place.layout for place in arrange_rows(items, arrangement)]
    assert layouts == ["row", "row", "full", "text", *[arrangement] * 12]


def test_few_photos_in_masonry_would_leave_columns_of_very_different_lengths() -> None:
    assert {place.layout for place in arrange_rows([RowItem(1.5)] * 11, "masonry")} == {"row"}
    assert {place.layout for place in arrange_rows([RowItem(1.5)] * 4, "grid")} == {"grid"}


@pytest.mark.parametrize("point", [Point(0.1, 0.5), Point(0.5, 0.5), Point(0.95, 0.2)])
@pytest.mark.parametrize("ratio", [0.8, 1.0, 2.5])
def test_css_shows_the_crop(point: Point, ratio: float) -> None:
    crop = crop_around((), Size(1500, 1000), ratio, point)
    position = compute_object_position(crop)
    for start, length, fraction in (
        (crop.box.left, crop.box.width, position.x),
        (crop.box.top, crop.box.height, position.y),
    ):
        assert fraction * (1 - length) == pytest.approx(start, abs=1e-5)


def test_a_grid_has_no_full_bleed_photo_that_nobody_asked_for() -> None:
    photos = [photo(f"a/{number:02}.jpg") for number in range(40)]
    layouts = {
        arrangement: {
            item.layout
            for item in compose_photos(photos, {"a": Notes(GalleryNote(arrangement=arrangement))})[0]
            .galleries[0]
            .pages[0]
            .items
        }
        for arrangement in ("rows", "grid")
    }
    assert layouts == {"rows": {"cover", "row", "full"}, "grid": {"cover", "grid"}}
