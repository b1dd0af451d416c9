"""Which widths are made of a picture: those of one fixed grid that the places where it appears ask for.

The windows and densities below stand for what visitors use; for each, the layouts say how many pixels a browser will ask
for, and that number is rounded up to the grid. Because the grid is fixed, a photo added to a gallery leaves the files of
the others as they are, although it may change their places in the rows.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from ..values.geometry import Value
from .sizes import ALL_WINDOW_RATIOS, SlotLayout, WindowRatioRange, compute_requested_width


class Device(Value, frozen=True):
    """A window in CSS pixels, its device pixels per CSS pixel, and how often it is met (only ratios matter)."""

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
"""Common windows of 2024 to 2026 and rough shares; an estimate of ours, no survey. A phone's window is its screen less
about a hundred pixels for the browser's bars at their smallest (`vh` counts no more of them), but inside another app."""

GRID_WIDTHS_PX = (160, 200, 256, 320, 400, 512, 640, 800, 1024, 1280, 1600, 2048, 2560, 3200, 4096)
"""The widths that are made, in pixels, each about a quarter wider than the one before. On sixty photos of mixed shapes the
kit's five windows are sent 19 % of their bytes in excess (12 % with widths made to measure, which changed with every photo
that was added), for 8 % fewer encoded pixels; a ratio of 1.3 sent 20 to 27 %."""
MIN_GRID_STEP_RATIO = 1.04
"""An original this little wider than a width of the grid is made at its own width alone, not at both."""
ROUNDING_TOLERANCE_PX = 0.01
"""Pixels by which sums miss a whole number."""
MIN_DENSE_SCREEN_DPPX = 2.0
"""Device pixels per CSS pixel from which a screen is dense."""
JPEG_FALLBACK_WIDTHS_PX = (800, 1600)
"""For the browsers without AVIF: about a phone's and about a desktop's."""


def choose_widths(
    layouts: Sequence[SlotLayout],
    max_width: int,
    window_ratios: WindowRatioRange = ALL_WINDOW_RATIOS,
    *,
    larger_layouts: Sequence[SlotLayout] = (),
) -> tuple[int, ...]:
    """Return the widths to make, in pixels, ascending: all of the grid from the smallest to the largest that is asked for.

    Args:
        layouts: The places where the picture appears, or such as it typically has, so that its widths do not change with
            the pictures beside it.
        limit: Width in pixels of the original, or of the part of it that is shown: nothing is enlarged.
        windows: Only these ask.
        at_least: Places that may ask for more than *layouts* do, and then get it.
    """
    available = (*(width for width in GRID_WIDTHS_PX if width * MIN_GRID_STEP_RATIO <= max_width), max_width)
    requested = [_pick_width(available, want) for want, _, _ in _list_requests(layouts, window_ratios)]
    largest = max(
        requested + [_pick_width(available, want) for want, _, _ in _list_requests(larger_layouts, window_ratios)]
    )
    return tuple(width for width in available if min(requested) <= width <= largest)


def compute_dense_shares(
    layouts: Sequence[SlotLayout], window_ratios: WindowRatioRange = ALL_WINDOW_RATIOS
) -> dict[int, float]:
    """Return for each of `WIDTHS` how far dense screens outnumber others among those that fetch it, 0 to 1.

    0 where as many others fetch it as dense ones, or more. A dense screen shows four pixels where another shows one, so that
    what compression does to a single pixel is not seen. *layouts* and *windows* are those of `choose_widths`.
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
    """Return the width of the grid that stands for *width*, which may be an original's own: the next one up."""
    return _pick_width(GRID_WIDTHS_PX, width)


def choose_jpeg_widths(widths: Sequence[int]) -> tuple[int, ...]:
    """Return the widths, two at most, for browsers that show JPEG only, of a picture made at *widths*."""
    small, large = JPEG_FALLBACK_WIDTHS_PX[0], min(JPEG_FALLBACK_WIDTHS_PX[1], widths[-1])
    return (small, large) if large > 1.25 * small else (large,)


def _list_requests(
    layouts: Sequence[SlotLayout], window_ratios: WindowRatioRange
) -> Iterator[tuple[float, float, bool]]:
    """Yield for each window and layout the width in pixels that is asked for, how often, and whether the screen is dense."""
    for device in DEVICES:
        if window_ratios[0] < device.width / device.height <= window_ratios[1]:
            for layout in layouts:
                requested = compute_requested_width(layout, device.width, device.height, device.density)
                yield requested, device.weight, device.density >= MIN_DENSE_SCREEN_DPPX


def _pick_width(widths: Sequence[int], requested: float) -> int:
    """Return which of *widths*, ascending, a browser takes that wants *want* pixels: the first that is not less."""
    return widths[min(bisect_left(widths, requested - ROUNDING_TOLERANCE_PX), len(widths) - 1)]
