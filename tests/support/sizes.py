"""Slot layouts, and the `sizes` attribute as a browser reads it."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from types import CodeType

from hypothesis import strategies as st

from pelican_headshots.layout.sizes import (
    ABOUT_LAYOUT,
    HEAD_LAYOUT,
    SlotLayout,
    build_card_layout,
    build_cover_layout,
    build_row_layout,
    build_sizes_attribute,
    build_view_layout,
    compute_displayed_width,
    compute_requested_width,
)
from pelican_headshots.layout.srcset_widths import DEVICES


@dataclass(frozen=True)
class SizesEntry:
    """One entry of a `sizes` attribute: if all conditions hold, the expression is the width."""

    conditions: tuple[tuple[str, float], ...]
    expression: CodeType


@functools.cache
def parse_sizes(css: str) -> tuple[SizesEntry, ...]:
    depth, parts, start = 0, [], 0
    for i, letter in enumerate(css):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append(css[start:i])
            start = i + 1
    parts.append(css[start:])
    entries = []
    for part in parts:
        rest = part.strip()
        conditions = []
        while match := re.match(r"\((min-width|min-resolution):([\d.]+)(?:px|dppx)\)\s*(?:and\s*)?", rest):
            conditions.append((match[1], float(match[2])))
            rest = rest[match.end() :]
        rest = re.sub(r"([\d.]+)(v[wh])", r"(\1*\2)", rest).replace("px", "").replace("calc", "")
        entries.append(SizesEntry(tuple(conditions), compile(rest, css, "eval")))
    return tuple(entries)


def evaluate_sizes(css: str, width: float, height: float, density: float) -> float:
    """Return the width in CSS pixels by a `sizes` attribute, as a browser does: by the first entry that holds."""
    window = {"min-width": width, "min-resolution": density}
    for entry in parse_sizes(css):
        if all(window[feature] >= limit for feature, limit in entry.conditions):
            return float(eval(entry.expression, {"min": min, "max": max, "vw": width / 100, "vh": height / 100}))
    raise AssertionError("no entry holds")


LAYOUTS: list[SlotLayout] = [
    build_row_layout((1.0, 0.65, 0.36, 0.36), (1, 2, 3, 3)),
    build_row_layout((1.0, 1.0, 1.0, 1.0), (1, 1, 1, 1), is_full_bleed=True),
    build_view_layout(1.5),
    build_cover_layout(2.0, title_outside=True),
    build_view_layout(2 / 3),
    build_cover_layout(16 / 9),
    build_cover_layout(9 / 16),
    HEAD_LAYOUT,
    ABOUT_LAYOUT,
    build_card_layout(3),
    build_card_layout(4),
]


RATIOS = st.floats(math.log(1 / 2000), math.log(2000)).map(math.exp)


def assert_at_least_a_pixel_wide(layout: SlotLayout) -> None:
    """Assert that *layout* asks for a pixel or more in every window, and that `sizes` says the same."""
    sizes = build_sizes_attribute(layout)
    for device in DEVICES:
        displayed = compute_displayed_width(layout, device.width, device.height)
        asked = evaluate_sizes(sizes, device.width, device.height, device.density)
        requested = compute_requested_width(layout, device.width, device.height, device.density)
        assert math.isfinite(displayed)
        assert displayed >= 1
        assert asked >= 1, sizes
        assert asked * device.density <= requested + 0.01
