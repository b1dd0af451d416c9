"""Which widths are made of a picture: those of a fixed grid that the places where it appears ask for.

The windows and densities below represent what visitors use. For each, the layouts tell how many pixels a browser asks for,
and that number is rounded up to the grid. As the grid is fixed, adding a photo to a gallery does not change the files of
the others, although it may change their places in the rows.
"""

from __future__ import annotations

import functools
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from ..values.geometry import Value
from .sizes import ALL_WINDOW_RATIOS, SlotLayout, WindowRatioRange, compute_requested_width


class Device(Value, frozen=True):
    """A window in CSS pixels, its device pixels per CSS pixel, and how common it is (only ratios matter)."""

    width: int
    height: int
    density: float
    weight: float


DEVICES = (
    Device(360, 724, 3.0, 8),
    Device(375, 627, 2.0, 3),
    Device(375, 713, 3.0, 4),
    Device(384, 756, 2.8125, 3),
    Device(390, 745, 3.0, 8),
    Device(390, 844, 3.0, 1),
    Device(393, 743, 3.0, 9),
    Device(412, 839, 2.625, 9),
    Device(430, 823, 3.0, 6),
    Device(768, 1024, 2.0, 4),
    Device(820, 1180, 2.0, 3),
    Device(1024, 1366, 2.0, 2),
    Device(1180, 820, 2.0, 2),
    Device(1280, 720, 1.0, 2),
    Device(1280, 720, 1.5, 2),
    Device(1366, 768, 1.0, 4),
    Device(1440, 900, 1.0, 4),
    Device(1440, 900, 2.0, 5),
    Device(1512, 982, 2.0, 4),
    Device(1536, 864, 1.25, 5),
    Device(1728, 1117, 2.0, 3),
    Device(1920, 1080, 1.0, 8),
    Device(2560, 1440, 1.0, 4),
    Device(2560, 1440, 1.5, 1),
    Device(1920, 1080, 2.0, 1),
)
"""Common windows of 2024 to 2026 with rough weights: our estimate, not a survey. A phone's window is its screen minus about
100 pixels for the smallest browser bars, the ones that `vh` leaves out; inside another app it is the whole screen."""

GRID_WIDTHS_PX = (160, 200, 256, 320, 400, 512, 640, 800, 1024, 1280, 1600, 2048, 2560, 3200, 4096)
"""The widths that are made, in pixels, each about a quarter wider than the one before. For sixty photos of mixed shapes in
five windows, 19 % of the bytes sent are wasted. Widths computed for each gallery wasted 12 %, but changed with every added
photo; the grid encodes 8 % fewer pixels than those. Steps of 1.3 wasted 20 to 27 %."""
MIN_GRID_STEP_RATIO = 1.04
"""If an original is wider than a width of the grid by less than this factor, only its own width is made."""
ROUNDING_TOLERANCE_PX = 0.01
"""Pixels by which a computed width may miss a whole number."""
MIN_DENSE_SCREEN_DPPX = 2.0
"""Device pixels per CSS pixel from which a screen counts as dense."""
JPEG_FALLBACK_WIDTHS_PX = (800, 1600)
"""For browsers without AVIF: about the needs of a phone and of a desktop."""


def choose_widths(
    layouts: Sequence[SlotLayout],
    max_width: int,
    window_ratios: WindowRatioRange = ALL_WINDOW_RATIOS,
    *,
    larger_layouts: Sequence[SlotLayout] = (),
) -> tuple[int, ...]:
    """Return the widths to make, in pixels, ascending: those of the grid from the smallest to the largest one requested.

    Args:
        layouts: The places where the picture appears, or typical ones, so that its widths do not depend on the pictures
            beside it.
        max_width: Width in pixels of the original, or of the visible part of it: nothing is enlarged.
        window_ratios: Only windows of these shapes count.
        larger_layouts: More places; they may add larger widths but no smaller ones.
    """
    available = (*(width for width in GRID_WIDTHS_PX if width * MIN_GRID_STEP_RATIO <= max_width), max_width)
    requested = [want for want, _, _ in _list_requests(layouts, window_ratios)]
    smallest = _pick_width(available, min(requested))
    requested += [want for want, _, _ in _list_requests(larger_layouts, window_ratios)]
    largest = _pick_width(available, max(requested))
    return tuple(width for width in available if smallest <= width <= largest)


@functools.lru_cache(maxsize=256)
def compute_dense_shares(
    layouts: tuple[SlotLayout, ...], window_ratios: WindowRatioRange = ALL_WINDOW_RATIOS
) -> Mapping[int, float]:
    """Return for each width of the grid by how much dense screens outnumber others among those that fetch it, 0 to 1.

    0 means that at least as many other screens fetch it. A dense screen shows four pixels where another shows one, so what
    compression does to a single pixel is not visible. *layouts* and *window_ratios* are those of `choose_widths`.
    """
    all_screens, dense_screens = dict.fromkeys(GRID_WIDTHS_PX, 0.0), dict.fromkeys(GRID_WIDTHS_PX, 0.0)
    for want, weight, is_dense in _list_requests(layouts, window_ratios):
        width = _pick_width(GRID_WIDTHS_PX, want)
        all_screens[width] += weight
        dense_screens[width] += weight * is_dense
    return {
        width: max(0.0, 2 * dense_screens[width] / all_screens[width] - 1)
        for width in GRID_WIDTHS_PX
        if all_screens[width]
    }


def round_up_to_grid(width: int) -> int:
    """Return the next width of the grid that is not below *width*, which may be an original's own."""
    return _pick_width(GRID_WIDTHS_PX, width)


def choose_jpeg_widths(widths: Sequence[int]) -> tuple[int, ...]:
    """Return at most two widths in JPEG, for browsers without AVIF, of a picture made at *widths*."""
    small, large = JPEG_FALLBACK_WIDTHS_PX[0], min(JPEG_FALLBACK_WIDTHS_PX[1], widths[-1])
    return (small, large) if large > 1.25 * small else (large,)


def _list_requests(
    layouts: Sequence[SlotLayout], window_ratios: WindowRatioRange
) -> Iterator[tuple[float, float, bool]]:
    """Yield for each layout and window the requested width in pixels, its weight, and whether the screen is dense."""
    for layout in layouts:
        yield from _list_requests_of_layout(layout, window_ratios)


@functools.lru_cache(maxsize=256)
def _list_requests_of_layout(
    layout: SlotLayout, window_ratios: WindowRatioRange
) -> tuple[tuple[float, float, bool], ...]:
    """Return what `_list_requests` yields for one layout. Most photos of a site have one of a few shapes."""
    return tuple(
        (
            compute_requested_width(layout, device.width, device.height, device.density),
            device.weight,
            device.density >= MIN_DENSE_SCREEN_DPPX,
        )
        for device in DEVICES
        if window_ratios[0] < device.width / device.height <= window_ratios[1]
    )


def _pick_width(widths: Sequence[int], requested: float) -> int:
    """Return the first of *widths* (ascending) that is not below *requested*, or the last: the one a browser takes."""
    return widths[min(bisect_left(widths, requested - ROUNDING_TOLERANCE_PX), len(widths) - 1)]
