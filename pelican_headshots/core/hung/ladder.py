"""Which widths to make of a picture: those its layouts will ask for, not a fixed list, and no more than it takes.

The windows and densities below stand for what visitors carry; for each the layouts say how many pixels it will want. Of
all ladders with a given number of rungs the one is taken that sends least in vain, each visitor's surplus being judged
by what that visitor was sent: 50 kB too many are nothing to a wide screen and half of what a phone came for. Rungs are
added until nobody is sent much in vain.
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

STEP = 1.06
"""Widths are kept to a grid of this ratio, so that a picture added to a gallery leaves the files of most others as they
are, at the cost of at most 6 % in width."""
SMALLEST = 160
ROUNDING = 0.01
"""Pixels by which sums miss a whole number."""
TWICE = 2.0
"""Device pixels per CSS pixel from which a screen is dense."""
GROWTH = 1.8
"""An AVIF's bytes grow with about this power of its width: the median over 89 ladders of real photographs."""

MOST = 9
"""Widths of one picture: each is encoded, in each format."""
VAIN = 0.12
"""Of the pixels that visitors are sent, the share in vain at which a ladder has rungs enough: on average of them all."""
VAIN_FIRST = 0.03
"""The same for what fills the first screen: a visitor waits for every byte of it."""
VAIN_ALONE = 0.3
"""The same for each single visitor of a steady place. On a wall the neighbours' small ones make up for it."""


def grid(limit: int) -> tuple[int, ...]:
    """All widths that may be made of an original (or crop) *limit* pixels wide; the last is *limit* itself."""
    widths: list[int] = []
    rung = float(SMALLEST)
    while rung < limit * 0.97:
        width = round(rung / 4) * 4
        widths.append(width)
        rung *= STEP
    return (*(width for width in widths if width < limit), limit)


class Shown(Value, frozen=True):
    """A place where a picture is shown: its *layout*, and how *often* it is looked at there (only ratios matter).

    A *steady* place is as wide whatever hangs beside it, so widths may be made for it to the pixel; on a wall they are
    kept to the grid.
    """

    layout: Layout
    often: float = 1.0
    steady: bool = True


class _Ask(Value, frozen=True):
    """So many pixels in width are wanted, so *often*."""

    width: float
    often: float
    steady: bool


@recalled(tuple[int, ...])
def choose_widths(
    shown: Sequence[Shown], limit: int, windows: Windows = ALL_WINDOWS, vain: float = VAIN
) -> tuple[int, ...]:
    """The widths to make, ascending: the fewest, up to `MOST`, with which no visitor is sent much in *vain*.

    *limit* is the width in pixels of the original, or of the part of it that is shown: nothing is enlarged. Only
    *windows* ask for it.
    """
    asks = _asks(shown, limit, windows)
    widths: tuple[int, ...] = ()
    for widths in _ladders(asks, limit):
        if len(widths) >= MOST or _enough(asks, widths, vain):
            break
    return widths


def _asks(shown: Sequence[Shown], limit: int, windows: Windows) -> list[_Ask]:
    return [
        _Ask(
            min(wanted_width(place.layout, device.width, device.height, device.density), limit),
            device.weight * place.often,
            place.steady,
        )
        for place in shown
        for device in _devices(windows)
    ]


def _devices(windows: Windows) -> Iterator[Device]:
    return (device for device in DEVICES if windows[0] < device.width / device.height <= windows[1])


def _rung(widths: Sequence[int], want: float) -> int:
    """Which of *widths*, ascending, is served where *want* pixels are wanted: the first that is not less."""
    return min(bisect_left(widths, want - ROUNDING), len(widths) - 1)


def _enough(asks: Sequence[_Ask], widths: Sequence[int], most: float) -> bool:
    total = often = 0.0
    for ask in asks:
        vain = 1 - (ask.width / widths[_rung(widths, ask.width)]) ** 2
        if ask.steady and vain > VAIN_ALONE:
            return False
        total += ask.often * vain
        often += ask.often
    return total <= most * often


def _ladders(asks: Sequence[_Ask], limit: int) -> Iterator[tuple[int, ...]]:
    """The best ladder of one rung, of two, and so on: with the smallest sum of everybody's surplus.

    A surplus is the share of the bytes that were sent in vain; cubed, so that one visitor's large one counts for more
    than the small ones of many.
    """
    rungs = sorted({*grid(limit), *(math.ceil(ask.width - ROUNDING) for ask in asks if ask.steady)})
    grouped: dict[int, list[float]] = {}
    for ask in asks:
        size = ask.width**GROWTH
        sums = grouped.setdefault(rungs[_rung(rungs, ask.width)], [0.0] * 4)
        for power in range(4):
            sums[power] += ask.often * size**power
    widths = sorted(grouped)
    none, once, twice, thrice = ([0.0, *accumulate(grouped[width][power] for width in widths)] for power in range(4))
    # surplus[i][j]: of all who ask for widths[j] to widths[i], served by the last of these. (1 - x)³ is multiplied out.
    surplus: list[list[float]] = []
    for i, width in enumerate(widths):
        size = width**GROWTH
        n, a, b, c = none[i + 1], once[i + 1] / size, twice[i + 1] / size**2, thrice[i + 1] / size**3
        surplus.append(
            [
                (n - none[j]) - 3 * (a - once[j] / size) + 3 * (b - twice[j] / size**2) - (c - thrice[j] / size**3)
                for j in range(i + 1)
            ]
        )
    cost = [row[0] for row in surplus]
    back: list[list[int]] = []
    for rung in range(len(widths)):
        if rung:
            below, cost = cost, [math.inf] * len(widths)
            back.append([-1] * len(widths))
            for i in range(rung, len(widths)):
                cost[i], back[-1][i] = min((below[j] + surplus[i][j + 1], j) for j in range(rung - 1, i))
        chosen = [len(widths) - 1]
        for steps in reversed(back):
            chosen.append(steps[chosen[-1]])
        yield tuple(widths[i] for i in reversed(chosen))


@recalled(dict[int, float])
def density(shown: Sequence[Shown], widths: Sequence[int], windows: Windows = ALL_WINDOWS) -> dict[int, float]:
    """Width → how far dense screens outnumber others among those that fetch the file of that width.

    1 where only dense screens do, 0 where as many others do, or more. A dense screen shows four pixels where another shows
    one, so that what compression does to a single pixel is not seen. *shown* and *windows* as for `choose_widths`;
    *widths* are the ladder it made, ascending.
    """
    everybody, dense = dict.fromkeys(widths, 0.0), dict.fromkeys(widths, 0.0)
    for place in shown:
        for device in _devices(windows):
            rung = widths[_rung(widths, wanted_width(place.layout, device.width, device.height, device.density))]
            everybody[rung] += device.weight * place.often
            dense[rung] += device.weight * place.often * (device.density >= TWICE)
    return {width: max(0.0, 2 * dense[width] / everybody[width] - 1) if everybody[width] else 0.0 for width in widths}


def jpeg_widths(widths: Sequence[int]) -> tuple[int, ...]:
    """Two of *widths* for the browsers without AVIF: about a phone's and about a desktop's."""
    if len(widths) <= 2:
        return tuple(widths)
    small = min(widths[:-1], key=lambda width: abs(math.log(width / 800)))
    large = min((w for w in widths if w > small), key=lambda width: abs(math.log(width / 1600)))
    return small, large
