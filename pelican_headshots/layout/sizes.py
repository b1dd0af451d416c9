"""How wide the theme shows each picture: the source of both the `sizes` attributes and the widths of the files.

A layout is a list of steps, widest window first. As it is exact, every browser fetches the right file before it has read the
CSS, and without a script.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

from ..values.geometry import Value
from .rows import BREAKPOINTS, MAX_ROW_RATIO

CAPPED_DENSITY_DPPX = 2.1
"""Screens with more device pixels per CSS pixel get files for two: nobody sees the third, and it costs 56 % of the bytes."""
CAPPED_DENSITY_FACTOR = 2 / 3
CAPPED_DENSITY_MAX_WINDOW_PX = 1024
"""Such screens are phones, upright or sideways, so wider windows need no entry for them."""


MIN_SIZES_RATIO = 1 / MAX_ROW_RATIO
"""Narrower pictures get the `sizes` and widths of one with this width over height, so that no file is a pixel wide."""
ROW_WIDTH_TOLERANCE_PX = 0.9
"""A file less than a pixel narrower than its place in a row is good enough: the next larger one would waste bytes."""


class CssLength(Value, frozen=True):
    """A CSS length: *vw* and *vh* are fractions of the window's width and height, *px* is added."""

    vw: float = 0.0
    vh: float = 0.0
    px: float = 0.0

    def to_px(self, window_width: float, window_height: float) -> float:
        """Return the length in CSS pixels in a window of the given size, in CSS pixels."""
        return self.vw * window_width + self.vh * window_height + self.px

    def scale(self, factor: float) -> CssLength:
        """Return the length multiplied by *factor*."""
        return CssLength(self.vw * factor, self.vh * factor, self.px * factor)

    def to_css(self) -> str:
        """Return the length as CSS, rounded down, so that a file exactly as wide as its place counts as large enough.

        Pixels are whole numbers: that makes a page of sixty pictures half a kilobyte smaller.
        """
        parts = [
            (_floor_to_hundredths(self.vw * 100), "vw"),
            (_floor_to_hundredths(self.vh * 100), "vh"),
            (math.floor(self.px + 1e-5), "px"),
        ]
        nonzero = [(_format_number(abs(n)), unit, n < 0) for n, unit in parts if n]
        if not nonzero:
            return "0px"
        if len(nonzero) == 1:
            number, unit, negative = nonzero[0]
            return f"{'-' if negative else ''}{number}{unit}"
        first = f"{'-' if nonzero[0][2] else ''}{nonzero[0][0]}{nonzero[0][1]}"
        rest = "".join(f" {'-' if negative else '+'} {number}{unit}" for number, unit, negative in nonzero[1:])
        return f"calc({first}{rest})"


class BreakpointWidth(Value, frozen=True):
    """The width in windows of at least *min_window_width* CSS pixels: the smallest (of a cover the largest) of *lengths*."""

    min_window_width: int
    lengths: tuple[CssLength, ...]
    is_cover: bool = False

    def to_px(self, window_width: float, window_height: float) -> float:
        """Return the width in CSS pixels in a window of the given width and height in CSS pixels."""
        lengths_px = [length.to_px(window_width, window_height) for length in self.lengths]
        return max(lengths_px) if self.is_cover else min(lengths_px)

    def to_css(self, factor: float = 1.0) -> str:
        """Return the width multiplied by *factor*, as CSS."""
        css_lengths = [length.scale(factor).to_css() for length in self.lengths]
        if len(css_lengths) == 1:
            return css_lengths[0]
        inside = ", ".join(
            css.removeprefix("calc(").removesuffix(")") if "calc(" in css else css for css in css_lengths
        )
        return f"{'max' if self.is_cover else 'min'}({inside})"


SlotLayout = tuple[BreakpointWidth, ...]
"""Widest window first; the last step starts at 0."""


@functools.lru_cache(maxsize=256)
def build_sizes_attribute(layout: SlotLayout) -> str:
    """Return the `sizes` attribute for *layout*."""
    entries: list[str] = []
    for step in layout:
        wide = f"(min-width:{step.min_window_width}px)" if step.min_window_width else ""
        if step.min_window_width < CAPPED_DENSITY_MAX_WINDOW_PX:
            dense = f"(min-resolution:{CAPPED_DENSITY_DPPX}dppx)"
            query = f"{wide} and {dense}" if wide else dense
            entries.append(f"{query} {step.to_css(CAPPED_DENSITY_FACTOR)}")
        entries.append(f"{wide} {step.to_css()}".strip())
    return ",".join(entries)


def compute_displayed_width(layout: SlotLayout, window_width: float, window_height: float) -> float:
    """Return how wide the picture is shown, in CSS pixels, in a window of the given size, in CSS pixels."""
    return next(step for step in layout if window_width >= step.min_window_width).to_px(window_width, window_height)


def compute_requested_width(layout: SlotLayout, window_width: float, window_height: float, density: float) -> float:
    """Return the file width in pixels that a browser asks for; *density* is device pixels per CSS pixel."""
    dense = (
        density >= CAPPED_DENSITY_DPPX
        and next(s for s in layout if window_width >= s.min_window_width).min_window_width
        < CAPPED_DENSITY_MAX_WINDOW_PX
    )
    return (
        compute_displayed_width(layout, window_width, window_height)
        * density
        * (CAPPED_DENSITY_FACTOR if dense else 1.0)
    )


def build_row_layout(
    row_shares: Sequence[float], items_per_row: Sequence[int], *, is_full_bleed: bool = False, width_factor: float = 1.0
) -> SlotLayout:
    """Return the layout of a picture in a gallery's rows.

    Args:
        row_shares: From `rows.arrange_rows`.
        items_per_row: From `rows.arrange_rows`.
        is_full_bleed: Whether the picture reaches the edges of the window.
        width_factor: Width of the whole picture over that of its place, if the place shows only its middle.
    """
    steps: list[BreakpointWidth] = []
    for breakpoint_spec, share, count in zip(BREAKPOINTS, row_shares, items_per_row, strict=True):
        gaps = 0 if is_full_bleed else (count + 1) * breakpoint_spec.gap
        steps.append(
            BreakpointWidth(
                breakpoint_spec.min_window_width,
                (
                    CssLength(vw=share, px=-gaps * share - (ROW_WIDTH_TOLERANCE_PX if gaps else 0.0)).scale(
                        width_factor
                    ),
                ),
            )
        )
    merged: list[BreakpointWidth] = []
    for step in steps:
        if not merged or merged[-1].lengths != step.lengths:
            merged.append(step)
    return tuple(reversed(merged))


def build_typical_row_layout(ratio: float) -> SlotLayout:
    """Return the layout of a picture in a row of exactly the wanted height; *ratio* is its width over height.

    The files for a gallery are made for this layout, so that they depend on the picture's shape only and not on the pictures
    beside it.
    """
    return tuple(
        BreakpointWidth(
            breakpoint_spec.min_window_width,
            (CssLength(vw=min(1.0, ratio * breakpoint_spec.row_height / breakpoint_spec.reference_window_width)),),
        )
        for breakpoint_spec in reversed(BREAKPOINTS)
    )


def build_view_layout(ratio: float) -> SlotLayout:
    """Return the layout of the whole picture on its own page, as large as the window allows between header and title.

    *ratio* is width over height; header and title take 160 px. The viewer shows it slightly larger, with `sizes` of its own.
    """
    ratio = max(ratio, MIN_SIZES_RATIO)
    return (BreakpointWidth(0, (CssLength(vw=1.0), CssLength(vh=ratio, px=-160 * ratio))),)


def build_prose_layout(ratio: float) -> SlotLayout:
    """Return the layout of a photo in an article: at most 960 px wide and 90 % of the window high.

    *ratio* is width over height.
    """
    max_lengths = (CssLength(px=960), CssLength(vh=0.9 * max(ratio, MIN_SIZES_RATIO)))
    return (
        BreakpointWidth(1600, (CssLength(vw=1.0, px=-128), *max_lengths)),
        BreakpointWidth(500, (CssLength(vw=0.92), *max_lengths)),
        BreakpointWidth(0, (CssLength(vw=1.0, px=-40), *max_lengths)),
    )


TEASER_RATIO = 4 / 3
TEASER_LAYOUT: SlotLayout = (
    BreakpointWidth(1600, (CssLength(px=384),)),
    BreakpointWidth(700, (CssLength(vw=0.24),)),
    BreakpointWidth(500, (CssLength(vw=0.92),)),
    BreakpointWidth(0, (CssLength(vw=1.0, px=-40),)),
)
"""The first photo of an article, beside its title in a list of articles."""


WindowRatioRange = tuple[float, float]
"""Windows whose width over height is above the first number and at most the second."""
ALL_WINDOW_RATIOS: WindowRatioRange = (0.0, math.inf)


class ArtDirectedCrop(Value, frozen=True):
    """One crop of an art-directed slot, for windows of one shape."""

    media_query: str
    """Matches the windows; empty for all that no query before it matched."""
    window_shape: str
    """`phone`, `tall` or `wide`."""
    ratio: float
    """Width over height of the crop."""
    window_ratios: WindowRatioRange
    min_width_px: int
    """A crop with fewer pixels in width looks soft in these windows."""


MAX_COVER_ENLARGEMENT = 1.3
"""CSS pixels of a cover for each pixel of its file, at most; on a screen with one device pixel per CSS pixel it still looks
sharp at arm's length."""
DESKTOP_WINDOW_PX, LARGE_WINDOW_PX = 1920, 2560
"""Widths of wide windows: a cover too small for the second, but not for the first, fills windows up to the first."""
MIN_DESKTOP_COVER_WIDTH_PX = math.ceil(DESKTOP_WINDOW_PX / MAX_COVER_ENLARGEMENT)

COVER_CROPS = (
    ArtDirectedCrop("(max-aspect-ratio: 5/8)", "phone", 9 / 16, (0.0, 5 / 8), 720),
    ArtDirectedCrop("(max-aspect-ratio: 1/1)", "tall", 3 / 4, (5 / 8, 1.0), 1152),
    ArtDirectedCrop("", "wide", 16 / 9, (1.0, math.inf), math.ceil(LARGE_WINDOW_PX / MAX_COVER_ENLARGEMENT)),
)
"""Crops for a cover, which fills the window. A phone's crop on an upright tablet would have half the possible sharpness.

The minimum widths are three quarters of what a phone of 390 × 844 with 2 device pixels per CSS pixel and a tablet of
768 × 1024 ask for, and for wide windows what `MAX_COVER_ENLARGEMENT` allows. With fewer pixels the title is beside the
whole photo in a wide window, and below it in an upright one.
"""
SOCIAL_IMAGE_SIZE_PX = (1200, 630)


TITLE_OUTSIDE_RATIO = 4 / 5
"""Width over height of a cover in an upright window whose text would hide a face. The text is then below the cover."""
MIN_COVER_SHARE = 0.5
"""Share of a landscape photo's width that such a cover shows at least."""
MIN_WHOLE_COVER_RATIO = 10 / 13
"""The same for a whole photo: a narrower one would fill the window, with the text below it."""


def build_cover_layout(ratio: float, *, title_outside: bool = False) -> SlotLayout:
    """Return the layout of a cover that fills the window or, with *title_outside*, only its width.

    *ratio* is width over height.
    """
    return (
        BreakpointWidth(
            0, (CssLength(vw=1.0),) if title_outside else (CssLength(vw=1.0), CssLength(vh=ratio)), is_cover=True
        ),
    )


def build_cover_beside_layout(ratio: float) -> SlotLayout:
    """Return the layout of a whole photo beside its title: at most 66 % of the window wide.

    It is as high as fits below the header of 96 px. *ratio* is width over height.
    """
    ratio = max(ratio, MIN_SIZES_RATIO)
    return (BreakpointWidth(0, (CssLength(vw=0.66), CssLength(vh=ratio, px=-96 * ratio))),)


def _build_column_layout(table: Sequence[tuple[int, int, CssLength, CssLength]]) -> SlotLayout:
    """Return the layout of one column; rows of *table* are window width, number of columns, padding on each side, gap."""
    steps = []
    for start, count, padding, gap in table:
        steps.append(
            BreakpointWidth(
                start,
                (
                    CssLength(
                        vw=(1 - 2 * padding.vw - (count - 1) * gap.vw) / count,
                        px=-(2 * padding.px + (count - 1) * gap.px) / count,
                    ),
                ),
            )
        )
    return tuple(sorted(steps, key=lambda step: -step.min_window_width))


# The page's padding is clamp(1.25rem, 4vw, 4rem): 20 px below 500, 4vw up to 1600, 64 px above.
_NARROW_PADDING, _MEDIUM_PADDING, _WIDE_PADDING = CssLength(px=20), CssLength(vw=0.04), CssLength(px=64)


MAX_CARD_HEIGHT_PX = 1000
"""A card beside others, cut from a photo of 1200 × 800 pixels, is then enlarged by 1.25 at most."""


def build_card_layout(count: int) -> SlotLayout:
    """Return the layout of a gallery's card among *count*: one column on a phone, then two, then up to three."""
    columns = count_card_columns(count)
    gaps = {500: CssLength(px=6), 1024: CssLength(px=8), 1680: CssLength(px=10)}
    widest, *others = _build_column_layout(
        [
            (0, 1, CssLength(px=4), CssLength()),
            (600, min(2, columns), CssLength(px=6), gaps[500]),
            (1024, columns, CssLength(px=8), gaps[1024]),
            (1680, columns, CssLength(px=10), gaps[1680]),
        ]
    )
    if columns > 1:
        max_width = CssLength(px=MAX_CARD_HEIGHT_PX * choose_card_ratio(count))
        widest = BreakpointWidth(widest.min_window_width, (*widest.lengths, max_width))
    return widest, *others


def count_card_columns(count: int) -> int:
    """Return the number of columns for *count* cards in a wide window."""
    return {1: 1, 2: 2, 4: 2}.get(count, 3)


def choose_card_ratio(count: int) -> float:
    """Return a card's width over height: with fewer columns cards are flatter, or they would be taller than the window."""
    return {1: 2.0, 2: 1.0, 3: 4 / 5}[count_card_columns(count)]


HEAD_LAYOUT: SlotLayout = _build_column_layout(
    [
        (0, 2, _NARROW_PADDING, CssLength(px=12)),
        (500, 2, _MEDIUM_PADDING, CssLength(vw=0.02)),
        (700, 3, _MEDIUM_PADDING, CssLength(vw=0.02)),
        (1100, 4, _MEDIUM_PADDING, CssLength(vw=0.02)),
        (1600, 4, _WIDE_PADDING, CssLength(px=32)),
        (1800, 6, _WIDE_PADDING, CssLength(px=32)),
    ]
)
"""A headshot on a team page: 2, 3, 4 or 6 columns."""
SMALL_TEAM_HEAD_LAYOUT: SlotLayout = HEAD_LAYOUT[1:]
"""The same on a site with few people: never more than 4 columns, or they would fill half of a large window."""

_ABOUT_MAX_WIDTH = CssLength(vh=0.72, px=-100)
"""A photo of 4:5 is at most as high as nine tenths of the window less 125 px: with the header and the links to other people
it fits into a window of 1440 × 900 or larger."""
_NARROW_ABOUT_MAX_WIDTH = CssLength(vh=0.6)
ABOUT_LAYOUT: SlotLayout = (
    BreakpointWidth(1600, (CssLength(vw=0.42, px=-64), _ABOUT_MAX_WIDTH)),
    BreakpointWidth(900, (CssLength(vw=0.38), _ABOUT_MAX_WIDTH)),
    BreakpointWidth(500, (CssLength(vw=0.92), _NARROW_ABOUT_MAX_WIDTH)),
    BreakpointWidth(0, (CssLength(vw=1.0, px=-40), _NARROW_ABOUT_MAX_WIDTH)),
)
"""The large photo of one person on about and person pages."""

CONTACT_LAYOUT: SlotLayout = (
    BreakpointWidth(900, (CssLength(vw=0.38),)),
    BreakpointWidth(500, (CssLength(vw=0.92),)),
    BreakpointWidth(0, (CssLength(vw=1.0, px=-40),)),
)
"""The home page's photo, beside the text of the contact page."""

SQUARE_LAYOUT: SlotLayout = (BreakpointWidth(0, (CssLength(px=96),)),)
"""A small square: for vCards, and for templates that show one beside a name."""


def _floor_to_hundredths(value: float) -> float:
    """Round down to two decimals; 0.00001 is added first because binary fractions are not exact."""
    return math.floor(value * 100 + 1e-5) / 100


def _format_number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
