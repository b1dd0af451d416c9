"""Which widths to make of a picture: those its layout will ask for, not a fixed list.

The windows and densities below stand for what visitors carry; for each the layout says how many pixels it will want. Of
all ladders with a given number of rungs the one is taken that sends the fewest pixels more than wanted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from .geometry import Value
from .sizes import Layout, wanted_width


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


def grid(limit: int) -> tuple[int, ...]:
    """All widths that may be made of an original (or crop) *limit* pixels wide; the last is *limit* itself."""
    widths: list[int] = []
    rung = float(SMALLEST)
    while rung < limit * 0.97:
        width = round(rung / 4) * 4
        widths.append(width)
        rung *= STEP
    return (*(width for width in widths if width < limit), limit)


def choose_widths(layouts: Sequence[tuple[Layout, float]], limit: int, count: int = 6) -> tuple[int, ...]:
    """The widths to make, ascending: *count* of them, or fewer of a picture too small for that.

    *layouts* are the places where this picture is shown, each with how often it is looked at there (only ratios matter);
    *limit* is the width in pixels of the original, or of the part of it that is shown: nothing is enlarged.
    """
    rungs = grid(limit)
    if len(rungs) <= count:
        return rungs
    weights = [0.0] * len(rungs)
    wanted = [0.0] * len(rungs)
    for layout, often in layouts:
        for device in DEVICES:
            want = min(wanted_width(layout, device.width, device.height, device.density), limit)
            index = next(i for i, rung in enumerate(rungs) if rung >= want - 0.5)
            weights[index] += device.weight * often
            wanted[index] += device.weight * often * want * want
    return _best(rungs, weights, wanted, count)


def _best(rungs: tuple[int, ...], weights: list[float], wanted: list[float], count: int) -> tuple[int, ...]:
    """The *count* rungs that send the fewest pixels too many; the top one holds for all above it."""
    size = len(rungs)
    sums = [0.0]
    for weight in weights:
        sums.append(sums[-1] + weight)
    top = max(i for i in range(size) if weights[i] or i == 0)
    top = max(top, count - 1)
    # cost[k][i]: wants up to rung i are served by k rungs of which the highest is i
    cost = [[math.inf] * (top + 1) for _ in range(count + 1)]
    back = [[-1] * (top + 1) for _ in range(count + 1)]
    for i in range(top + 1):
        cost[1][i] = sums[i + 1] * rungs[i] ** 2
    for k in range(2, count + 1):
        for i in range(k - 1, top + 1):
            for j in range(k - 2, i):
                total = cost[k - 1][j] + (sums[i + 1] - sums[j + 1]) * rungs[i] ** 2
                if total < cost[k][i]:
                    cost[k][i], back[k][i] = total, j
    chosen: list[int] = []
    k, i = count, top
    while k >= 1 and i >= 0:
        chosen.append(rungs[i])
        i, k = back[k][i], k - 1
    return tuple(sorted(chosen))


def jpeg_widths(widths: Sequence[int]) -> tuple[int, ...]:
    """Two of *widths* for the browsers without AVIF: about a phone's and about a desktop's."""
    if len(widths) <= 2:
        return tuple(widths)
    small = min(widths[:-1], key=lambda width: abs(math.log(width / 800)))
    large = min((w for w in widths if w > small), key=lambda width: abs(math.log(width / 1600)))
    return small, large
