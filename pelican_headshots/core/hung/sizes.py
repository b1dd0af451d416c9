"""How wide each picture of the theme is shown, as one table from which both `sizes` and the ladder of widths are made.

A layout is a list of steps, widest window first. Because it is exact, the browser fetches the right file before it has
seen a line of CSS, in every browser and without script.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..geometry import Value
from .rows import MOST_EXTREME, RANGES

DENSE = 2.1
"""Screens with more device pixels per CSS pixel are served two: nobody sees the third, and it costs 56 % of the bytes."""
DENSE_FACTOR = 2 / 3
DENSE_BELOW = 1024
"""Such screens are phones, upright or on their side; wider windows need no entry for them."""


NARROWEST = 1 / MOST_EXTREME
"""Width over height below which `sizes` and widths are those of a picture of this ratio: no file of a pixel's width."""
GRACE = 0.9
"""A file not quite a pixel narrower than its place on the wall is sufficient: the next one up would be bytes for nothing."""


class Length(Value, frozen=True):
    """A CSS length: *vw* and *vh* are fractions of the window's width and height, *px* is added."""

    vw: float = 0.0
    vh: float = 0.0
    px: float = 0.0

    def at(self, width: float, height: float) -> float:
        """In CSS pixels, in a window of *width* × *height* CSS pixels."""
        return self.vw * width + self.vh * height + self.px

    def times(self, factor: float) -> Length:
        return Length(self.vw * factor, self.vh * factor, self.px * factor)

    def css(self) -> str:
        """As CSS, never above the length itself: a file exactly as wide as its place must be found sufficient.

        In whole pixels: a page of sixty pictures is half a kilobyte lighter for it.
        """
        parts = [(_down(self.vw * 100), "vw"), (_down(self.vh * 100), "vh"), (math.floor(self.px + 1e-5), "px")]
        shown = [(_number(abs(n)), unit, n < 0) for n, unit in parts if n]
        if not shown:
            return "0px"
        if len(shown) == 1:
            number, unit, negative = shown[0]
            return f"{'-' if negative else ''}{number}{unit}"
        first = f"{'-' if shown[0][2] else ''}{shown[0][0]}{shown[0][1]}"
        rest = "".join(f" {'-' if negative else '+'} {number}{unit}" for number, unit, negative in shown[1:])
        return f"calc({first}{rest})"


class Step(Value, frozen=True):
    """Windows from *start* CSS pixels on: the smallest (or, for *cover*, the largest) of *lengths*."""

    start: int
    lengths: tuple[Length, ...]
    cover: bool = False

    def at(self, width: float, height: float) -> float:
        found = [length.at(width, height) for length in self.lengths]
        return max(found) if self.cover else min(found)

    def css(self, factor: float = 1.0) -> str:
        words = [length.times(factor).css() for length in self.lengths]
        if len(words) == 1:
            return words[0]
        inside = ", ".join(word.removeprefix("calc(").removesuffix(")") if "calc(" in word else word for word in words)
        return f"{'max' if self.cover else 'min'}({inside})"


Layout = tuple[Step, ...]
"""Widest window first; the last step starts at 0."""


def sizes(layout: Layout) -> str:
    """The `sizes` attribute for *layout*."""
    entries: list[str] = []
    for step in layout:
        wide = f"(min-width:{step.start}px)" if step.start else ""
        if step.start < DENSE_BELOW:
            dense = f"(min-resolution:{DENSE}dppx)"
            query = f"{wide} and {dense}" if wide else dense
            entries.append(f"{query} {step.css(DENSE_FACTOR)}")
        entries.append(f"{wide} {step.css()}".strip())
    return ",".join(entries)


def shown_width(layout: Layout, width: float, height: float) -> float:
    """How wide the picture is shown, in CSS pixels, in a window of *width* × *height* CSS pixels."""
    return next(step for step in layout if width >= step.start).at(width, height)


def wanted_width(layout: Layout, width: float, height: float, density: float) -> float:
    """How many pixels wide a file the browser will look for, by the rules above."""
    dense = density >= DENSE and next(s for s in layout if width >= s.start).start < DENSE_BELOW
    return shown_width(layout, width, height) * density * (DENSE_FACTOR if dense else 1.0)


def row_layout(shares: Sequence[float], counts: Sequence[int], *, full: bool = False, enlarged: float = 1.0) -> Layout:
    """A picture on the wall: *shares* and *counts* as `rows.hang` gives them; *full* bleeds to the window's edge.

    *enlarged* is the picture's width over that of its place, where the place shows only its middle.
    """
    steps: list[Step] = []
    for span, share, count in zip(RANGES, shares, counts, strict=True):
        gaps = 0 if full else (count + 1) * span.gap
        steps.append(Step(span.start, (Length(vw=share, px=-gaps * share - (GRACE if gaps else 0.0)).times(enlarged),)))
    merged: list[Step] = []
    for step in steps:
        if not merged or merged[-1].lengths != step.lengths:
            merged.append(step)
    return tuple(reversed(merged))


def typical_row_layout(ratio: float) -> Layout:
    """A picture in a row of just the height that is wanted, *ratio* being its width over height.

    What is made of a picture on the wall follows from this layout, and so from its own shape alone.
    """
    return tuple(
        Step(span.start, (Length(vw=min(1.0, ratio * span.height / span.window)),)) for span in reversed(RANGES)
    )


def view_layout(ratio: float) -> Layout:
    """The whole picture on its own page: as large as the window allows between the header and the title.

    *ratio* is width over height; header and title take 160 px. The viewer shows it a little larger, with `sizes` of its own.
    """
    ratio = max(ratio, NARROWEST)
    return (Step(0, (Length(vw=1.0), Length(vh=ratio, px=-160 * ratio))),)


def prose_layout(ratio: float) -> Layout:
    """A photograph in an article: at most 960 px wide and nine tenths of the window high. *ratio* is width over height."""
    most = (Length(px=960), Length(vh=0.9 * max(ratio, NARROWEST)))
    return (
        Step(1600, (Length(vw=1.0, px=-128), *most)),
        Step(500, (Length(vw=0.92), *most)),
        Step(0, (Length(vw=1.0, px=-40), *most)),
    )


TEASER_RATIO = 4 / 3
TEASER: Layout = (
    Step(1600, (Length(px=384),)),
    Step(700, (Length(vw=0.24),)),
    Step(500, (Length(vw=0.92),)),
    Step(0, (Length(vw=1.0, px=-40),)),
)
"""An article's first photograph, beside its title in a list of articles."""


Windows = tuple[float, float]
"""Those whose width over height is above the first number, and at most the second."""
ALL_WINDOWS: Windows = (0.0, math.inf)


class Cut(Value, frozen=True):
    """One crop of an art-directed slot, *ratio* wide over high, for windows of this *shape* (a name of `FRAMED`).

    *media* lets *windows* through (empty: all that are left). With fewer than *least* pixels in width it looks soft there.
    """

    media: str
    shape: str
    ratio: float
    windows: Windows
    least: int


COVER = (
    Cut("(max-aspect-ratio: 5/8)", "phone", 9 / 16, (0.0, 5 / 8), 720),
    Cut("(max-aspect-ratio: 1/1)", "tall", 3 / 4, (5 / 8, 1.0), 1152),
    Cut("", "wide", 16 / 9, (1.0, math.inf), 2048),
)
"""The cover fills the window. A phone's crop on an upright tablet would be half the sharpness the original has to give.

The least pixels are three quarters of what is asked for by a phone of 390 × 844 at two pixels to one and by a tablet of
768 × 1024. Of a wide window they are what many photographs are exported at for the web: at 1440 × 900 that is 1.3 pixels for
each of CSS. With fewer it hangs mounted.
"""
SOCIAL = (1200, 630)


FRAMED = {"wide": 2.0, "tall": 4 / 5, "phone": 4 / 5}
"""Width over height of a cover on which no words may stand, as they would hide a face: it hangs between them."""


def cover_layout(ratio: float, *, framed: bool = False) -> Layout:
    """A crop of *ratio* (width over height) that covers the window or, *framed*, only spans it."""
    return (Step(0, (Length(vw=1.0),) if framed else (Length(vw=1.0), Length(vh=ratio)), cover=True),)


def mounted_layout(ratio: float) -> Layout:
    """A whole photograph, width over height *ratio*, as a cover that is not enlarged: seven tenths of the window high."""
    ratio = max(ratio, NARROWEST)
    return (
        Step(1600, (Length(vw=1.0, px=-128), Length(vh=0.7 * ratio))),
        Step(500, (Length(vw=0.92), Length(vh=0.7 * ratio))),
        Step(0, (Length(vw=1.0, px=-40), Length(vh=0.7 * ratio))),
    )


def _columns(table: Sequence[tuple[int, int, Length, Length]]) -> Layout:
    """(from, columns, padding on each side, gap): the width of one column."""
    steps = []
    for start, count, pad, gap in table:
        steps.append(
            Step(
                start,
                (
                    Length(
                        vw=(1 - 2 * pad.vw - (count - 1) * gap.vw) / count,
                        px=-(2 * pad.px + (count - 1) * gap.px) / count,
                    ),
                ),
            )
        )
    return tuple(sorted(steps, key=lambda step: -step.start))


# The page's padding is clamp(1.25rem, 4vw, 4rem): 20 px below 500, 4vw up to 1600, 64 px above.
_NARROW, _MIDDLE, _WIDE = Length(px=20), Length(vw=0.04), Length(px=64)


def card_layout(count: int) -> Layout:
    """A gallery's card among *count*: one column on a phone, then two, then three where that leaves no lonely card."""
    many = card_columns(count)
    gaps = {500: Length(px=6), 1024: Length(px=8), 1680: Length(px=10)}
    return _columns(
        [
            (0, 1, Length(px=4), Length()),
            (600, min(2, many), Length(px=6), gaps[500]),
            (1024, many, Length(px=8), gaps[1024]),
            (1680, many, Length(px=10), gaps[1680]),
        ]
    )


def card_columns(count: int) -> int:
    """How many columns *count* cards hang in on a wide window."""
    return {1: 1, 2: 2, 4: 2}.get(count, 3)


def card_ratio(count: int) -> float:
    """A card's width over height among *count*: the fewer abreast the lower, or they would be taller than the window."""
    return {1: 2.0, 2: 1.0, 3: 4 / 5}[card_columns(count)]


HEAD: Layout = _columns(
    [
        (0, 2, _NARROW, Length(px=12)),
        (500, 2, _MIDDLE, Length(vw=0.02)),
        (700, 3, _MIDDLE, Length(vw=0.02)),
        (1100, 4, _MIDDLE, Length(vw=0.02)),
        (1600, 4, _WIDE, Length(px=32)),
        (1800, 6, _WIDE, Length(px=32)),
    ]
)
"""A head on a team page: 2, 3, 4 or 6 columns."""

ABOUT: Layout = (
    Step(1600, (Length(vw=0.42, px=-64),)),
    Step(900, (Length(vw=0.38),)),
    Step(500, (Length(vw=0.92),)),
    Step(0, (Length(vw=1.0, px=-40),)),
)
"""One person large: on about and person pages."""

CONTACT: Layout = (
    Step(900, (Length(vw=0.38),)),
    Step(500, (Length(vw=0.92),)),
    Step(0, (Length(vw=1.0, px=-40),)),
)
"""The home page's photograph, beside the words of the contact page."""

SQUARE: Layout = (Step(0, (Length(px=96),)),)
"""A small square beside a name."""


def _down(value: float) -> float:
    """Two decimals, towards minus infinity; the hundred-thousandth forgives binary fractions."""
    return math.floor(value * 100 + 1e-5) / 100


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
