"""Which widths to make of a picture: those its layout will ask for, not a fixed list.

The windows and densities below stand for what visitors carry; for each the layout says how many pixels it will want. Of
all ladders with a given number of rungs the one is taken that sends least in vain, each visitor's surplus being judged
by what that visitor wanted: 50 kB too many are nothing to a wide screen and half of what a phone came for.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate

from ..geometry import Value
from ..recalled import recalled
from .sizes import ALL_WINDOWS, Layout, Windows, wanted_width


class Device(Value, frozen=True):
    """A window in CSS pixels, its device pixels per CSS pixel, and how often it is met (only ratios matter)."""

    width: int
    height: int
    density: float
    weight: float


DEVICES = (
    Device(360, 800, 3.0, 8),
    Device(375, 667, 2.0, 3),
    Device(375, 812, 3.0, 4),
    Device(384, 832, 2.8125, 3),
    Device(390, 844, 3.0, 9),
    Device(393, 852, 3.0, 9),
    Device(412, 915, 2.625, 9),
    Device(430, 932, 3.0, 6),
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
"""Common windows of 2024 to 2026 and rough shares; an estimate of ours, no survey. The ladder is not sensitive to it."""

STEP = 1.06
"""Widths are kept to a grid of this ratio, so that a picture added to a gallery leaves the files of most others as they
are, at the cost of at most 6 % in width."""
SMALLEST = 160
TWICE = 2.0
"""Device pixels per CSS pixel from which a screen is dense."""
GROWTH = 1.8
"""An AVIF's bytes grow with about this power of its width: the median over 89 ladders of real photographs."""


def grid(limit: int) -> tuple[int, ...]:
    """All widths that may be made of an original (or crop) *limit* pixels wide; the last is *limit* itself."""
    widths: list[int] = []
    rung = float(SMALLEST)
    while rung < limit * 0.97:
        width = round(rung / 4) * 4
        widths.append(width)
        rung *= STEP
    return (*(width for width in widths if width < limit), limit)


@recalled(tuple[int, ...])
def choose_widths(
    layouts: Sequence[tuple[Layout, float]], limit: int, count: int = 6, windows: Windows = ALL_WINDOWS
) -> tuple[int, ...]:
    """The widths to make, ascending: *count* of them, or fewer of a picture too small for that.

    *layouts* are the places where this picture is shown, each with how often it is looked at there (only ratios matter);
    *limit* is the width in pixels of the original, or of the part of it that is shown: nothing is enlarged. Only
    *windows* ask for it.
    """
    rungs = grid(limit)
    asked: dict[int, float] = {}
    for layout, often in layouts:
        for device in _devices(windows):
            want = min(wanted_width(layout, device.width, device.height, device.density), limit)
            rung = rungs[bisect_left(rungs, want)]
            asked[rung] = asked.get(rung, 0.0) + device.weight * often / want**GROWTH
    return _best(sorted(asked.items()), count)


def _devices(windows: Windows) -> Iterator[Device]:
    return (device for device in DEVICES if windows[0] < device.width / device.height <= windows[1])


def _best(asked: Sequence[tuple[int, float]], count: int) -> tuple[int, ...]:
    """Of (width, how much it is asked for), ascending, the *count* widths that send the least in vain."""
    widths = [width for width, _ in asked]
    if len(widths) <= count:
        return tuple(widths)
    sums = [0.0, *accumulate(often for _, often in asked)]
    # cost[i]: everything asked for up to widths[i] is served by the rungs so far, of which widths[i] is the highest
    cost = [sums[i + 1] * width**GROWTH for i, width in enumerate(widths)]
    back: list[list[int]] = []
    for rung in range(1, count):
        below, cost = cost, [math.inf] * len(widths)
        back.append([-1] * len(widths))
        for i in range(rung, len(widths)):
            size = widths[i] ** GROWTH
            cost[i], back[-1][i] = min((below[j] + (sums[i + 1] - sums[j + 1]) * size, j) for j in range(rung - 1, i))
    chosen = [len(widths) - 1]
    for steps in reversed(back):
        chosen.append(steps[chosen[-1]])
    return tuple(widths[i] for i in reversed(chosen))


@recalled(dict[int, float])
def density(
    layouts: Sequence[tuple[Layout, float]], widths: Sequence[int], windows: Windows = ALL_WINDOWS
) -> dict[int, float]:
    """Width → how far dense screens outnumber others among those that fetch the file of that width.

    1 where only dense screens do, 0 where as many others do, or more. A dense screen shows four pixels where another shows
    one, so that what compression does to a single pixel is not seen. *layouts* and *windows* as for `choose_widths`;
    *widths* are the ladder it made, ascending.
    """
    everybody, dense = dict.fromkeys(widths, 0.0), dict.fromkeys(widths, 0.0)
    for layout, often in layouts:
        for device in _devices(windows):
            want = wanted_width(layout, device.width, device.height, device.density)
            rung = widths[min(bisect_left(widths, want), len(widths) - 1)]
            everybody[rung] += device.weight * often
            dense[rung] += device.weight * often * (device.density >= TWICE)
    return {width: max(0.0, 2 * dense[width] / everybody[width] - 1) if everybody[width] else 0.0 for width in widths}


def jpeg_widths(widths: Sequence[int]) -> tuple[int, ...]:
    """Two of *widths* for the browsers without AVIF: about a phone's and about a desktop's."""
    if len(widths) <= 2:
        return tuple(widths)
    small = min(widths[:-1], key=lambda width: abs(math.log(width / 800)))
    large = min((w for w in widths if w > small), key=lambda width: abs(math.log(width / 1600)))
    return small, large
