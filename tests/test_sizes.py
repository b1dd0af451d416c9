"""`sizes` and the ladders: both from one table, so that what is said and what is made agree."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pelican_headshots.core.hung.ladder import (
    DEVICES,
    WIDTHS,
    choose_widths,
    density,
    grid_width,
    jpeg_widths,
)
from pelican_headshots.core.hung.rows import RANGES, Piece, hang
from pelican_headshots.core.hung.sizes import (
    ABOUT,
    COVER,
    HEAD,
    Layout,
    Length,
    Step,
    card_layout,
    card_ratio,
    cover_layout,
    mounted_layout,
    prose_layout,
    row_layout,
    shown_width,
    sizes,
    typical_row_layout,
    view_layout,
    wanted_width,
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


LAYOUTS: list[Layout] = [
    row_layout((1.0, 0.65, 0.36, 0.36), (1, 2, 3, 3)),
    row_layout((1.0, 1.0, 1.0, 1.0), (1, 1, 1, 1), full=True),
    view_layout(1.5),
    cover_layout(2.0, framed=True),
    view_layout(2 / 3),
    cover_layout(16 / 9),
    cover_layout(9 / 16),
    HEAD,
    ABOUT,
    card_layout(3),
    card_layout(4),
]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_string_says_what_the_table_says(layout: Layout) -> None:
    for device in DEVICES:
        said = evaluate(sizes(layout), device.width, device.height, device.density) * device.density
        wanted = wanted_width(layout, device.width, device.height, device.density)
        assert wanted - 1.5 * device.density <= said <= wanted + 0.01, "whole pixels, and never more than is shown"


def test_a_row_with_its_seams_fills_the_window() -> None:
    pieces = [Piece(1.5), Piece(2 / 3), Piece(1.5), Piece(0.8), Piece(1.5), Piece(2 / 3)]
    places = hang(pieces)
    for number, span in enumerate(RANGES):
        row = places[: places[0].counts[number]]
        width = span.start + 300
        total = sum(shown_width(row_layout(p.shares, p.counts), width, 900) for p in row)
        assert total + (len(row) + 1) * span.gap == pytest.approx(width, abs=0.5 + len(row))


def test_three_device_pixels_are_served_as_two() -> None:
    layout = row_layout((1.0,) * 4, (1,) * 4)
    assert wanted_width(layout, 390, 844, 3.0) == pytest.approx((390 - 8) * 2, abs=2)
    assert wanted_width(layout, 1440, 900, 3.0) == pytest.approx((1440 - 16) * 3, abs=3)


def test_small_viewport_units_never_appear() -> None:
    for layout in LAYOUTS:
        assert not re.search(r"[sd]v[wh]", sizes(layout))


def test_widest_window_first() -> None:
    starts = [int(s) for s in re.findall(r"min-width:(\d+)", sizes(row_layout((1.0, 0.65, 0.36, 0.3), (1, 2, 3, 3))))]
    assert starts == sorted(starts, reverse=True)


def test_lengths_read_as_css() -> None:
    assert Length(vw=1.0).css() == "100vw"
    assert Length(vw=0.5, px=-6).css() == "calc(50vw - 6px)"
    assert Length().css() == "0px"
    assert Step(0, (Length(vw=1), Length(vh=1.5, px=-108))).css() == "min(100vw, 150vh - 108px)"


@pytest.mark.parametrize("limit", [5000, 2400, 1600, 900, 400])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_widths_are_of_the_grid_never_enlarge_and_reach_from_the_least_to_the_most_that_is_asked_for(
    layout: Layout, limit: int
) -> None:
    widths = choose_widths([layout], limit)
    assert set(widths) <= {*WIDTHS, limit}
    assert list(widths) == sorted(set(widths))
    wants = [min(wanted_width(layout, d.width, d.height, d.density), limit) for d in DEVICES]
    assert widths[-1] >= max(wants) - 1
    assert len(widths) == 1 or widths[0] <= 1.3 * min(wants)
    assert set(jpeg_widths(widths)) <= {800, 1600, widths[-1]}


@pytest.mark.parametrize("limit", [6000, 2560, 2048, 1600, 1050])
@pytest.mark.parametrize("ratio", [0.6, 2 / 3, 0.8, 1.0, 1.5, 16 / 9, 2.4])
def test_nobody_is_sent_more_than_two_fifths_in_excess(ratio: float, limit: int) -> None:
    layout = view_layout(ratio)
    widths = choose_widths([layout], limit)
    for d in DEVICES:
        want = min(wanted_width(layout, d.width, d.height, d.density), limit)
        sent = next(width for width in widths if width >= want - 0.01)
        assert 1 - (want / sent) ** 2 <= 0.4


def test_a_picture_on_the_wall_has_the_same_widths_whatever_appears_beside_it() -> None:
    typical = [typical_row_layout(1.5), view_layout(1.5)]
    beside_one = row_layout((1.0, 0.6, 0.5, 0.45), (1, 2, 2, 2))
    beside_four = row_layout((1.0, 0.55, 0.3, 0.22), (1, 2, 3, 5))
    assert choose_widths(typical, 2560, at_least=[beside_one]) == choose_widths(typical, 2560, at_least=[beside_four])


def test_a_picture_that_fills_the_window_is_made_wide_enough_for_it() -> None:
    full = row_layout((1.0,) * 4, (1,) * 4, full=True)
    assert choose_widths([typical_row_layout(1.5), view_layout(1.5)], 6000, at_least=[full])[-1] >= 3200


def test_an_original_hardly_wider_than_the_grid_is_made_at_its_own_width_alone() -> None:
    assert choose_widths([view_layout(1.5)], 1610)[-2:] == (1280, 1610)


def test_a_browser_finds_the_width_that_was_made_for_it_sufficient() -> None:
    for ratio in (0.667, 0.8, 1.421, 1.5, 1.778):
        layout = view_layout(ratio)
        widths = choose_widths([layout], 6000)
        for d in DEVICES:
            asked = evaluate(sizes(layout), d.width, d.height, d.density) * d.density
            want = wanted_width(layout, d.width, d.height, d.density)
            assert next(w for w in widths if w >= asked) <= next(w for w in widths if w >= want - 0.01)


def test_a_phones_crop_is_made_for_phones() -> None:
    cut = COVER[0]
    layout = cover_layout(cut.ratio)
    assert choose_widths([layout], 2400, cut.windows)[-1] <= 1280 < choose_widths([layout], 2400)[-1]


def test_every_window_has_one_crop_of_the_cover() -> None:
    for device in DEVICES:
        assert sum(cut.windows[0] < device.width / device.height <= cut.windows[1] for cut in COVER) == 1


def test_two_cards_abreast_are_no_taller_than_the_window() -> None:
    for count in (1, 2, 3, 4, 5, 6):
        for width, height in ((1280, 800), (1440, 900), (1920, 1080), (2560, 1440)):
            assert shown_width(card_layout(count), width, height) / card_ratio(count) < 0.95 * height


def test_a_tiny_picture_gets_what_it_can() -> None:
    assert choose_widths([HEAD], 162) == (162,)
    assert choose_widths([HEAD], 90) == (90,)


def test_the_grid_wastes_less_than_six_usual_widths() -> None:
    layout = row_layout((1.0, 0.65, 0.36, 0.36), (1, 2, 3, 3))
    usual = (320, 640, 960, 1280, 1920, 2400)

    def sent(widths: tuple[int, ...]) -> float:
        total = 0.0
        for d in DEVICES:
            want = wanted_width(layout, d.width, d.height, d.density)
            total += d.weight * next((w for w in widths if w >= want - 0.5), widths[-1]) ** 2
        return total

    assert sent(choose_widths([layout], 2400)) < 0.9 * sent(usual)


def test_density_tells_files_of_phones_from_files_of_desks() -> None:
    # As wide as the window on a phone: no desk's screen is that narrow. Wider files go to wide and to dense screens.
    found = density([row_layout((1.0, 0.65, 0.36, 0.36), (1, 2, 3, 3))])
    assert found[grid_width(780)] > 0.5
    assert all(0 <= share <= 1 for share in found.values())
    assert found[grid_width(500)] < found[grid_width(780)]


RATIOS = st.floats(math.log(1 / 2000), math.log(2000)).map(math.exp)
PIECES = st.builds(Piece, RATIOS, st.sampled_from(("row", "row", "row", "full", "pair")))


def assert_wide_enough(layout: Layout) -> None:
    """Assert that *layout* asks for a pixel or more in every window, and that `sizes` says the same."""
    for device in DEVICES:
        shown = shown_width(layout, device.width, device.height)
        said = evaluate(sizes(layout), device.width, device.height, device.density)
        assert math.isfinite(shown) and shown >= 1
        assert said >= 1, sizes(layout)
        assert said * device.density <= wanted_width(layout, device.width, device.height, device.density) + 0.01


@given(st.lists(PIECES, min_size=1, max_size=5))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_however_odd_its_neighbours_a_picture_in_a_row_is_a_pixel_wide_or_wider(pieces: list[Piece]) -> None:
    places = hang(pieces)
    for piece, place in zip(pieces, places, strict=True):
        enlarged = max(1.0, piece.ratio / place.ratio)
        assert_wide_enough(row_layout(place.shares, place.counts, full=place.layout == "full"))
        assert_wide_enough(row_layout(place.shares, place.counts, full=place.layout == "full", enlarged=enlarged))
    for number, span in enumerate(RANGES):
        left = 0
        while left < len(places):
            row = places[left : left + places[left].counts[number]]
            room = span.window - (len(row) + 1) * span.gap
            heights = [place.shares[number] * room / place.ratio for place in row]
            assert sum(place.shares[number] for place in row) <= 1
            assert max(heights) - min(heights) < 0.5, "a row is of one height"
            left += len(row)


@given(st.lists(RATIOS, min_size=1, max_size=5), st.integers(1, 30_000))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_however_odd_a_picture_its_widths_are_pixels_that_it_has(ratios: list[float], limit: int) -> None:
    for ratio, place in zip(ratios, hang([Piece(ratio) for ratio in ratios]), strict=True):
        row = row_layout(place.shares, place.counts, enlarged=max(1.0, ratio / place.ratio))
        view = view_layout(ratio)
        for layout in (view, prose_layout(ratio), mounted_layout(ratio)):
            assert_wide_enough(layout)
        for typical, actual in (([typical_row_layout(ratio), view], row), ([prose_layout(ratio)], prose_layout(ratio))):
            widths = choose_widths(typical, limit, at_least=[actual])
            assert widths == tuple(sorted(set(widths)))
            assert all(isinstance(width, int) and 1 <= width <= limit for width in widths)
