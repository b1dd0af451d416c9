"""The frame of a headshot that cannot stand as its set does: on the line first, then level, then as large as the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import product
from math import inf, log

from ..geometry import Value
from .headroom import LEVEL, Sitter
from .reach import Format, Geometry, greatest_span, least_span

OFF_LINE = tuple(round(0.14 + 0.01 * i, 2) for i in range(47))
"""Heights of the eyes in the frame among which that of a photograph that stands out is chosen."""
FARTHER = (0.0, 0.03, -0.03, 0.06, -0.06, 0.1, -0.1, 0.14, -0.14)
"""How far it may stand off its place sideways, in widths of the frame."""
TURNS = (1.0, 0.75, 0.5, 0.25, 0.0)
"""Shares of its lean by which such a photograph may be levelled: a turned frame needs more room."""
FINELY = tuple(i / 4 for i in range(-3, 4))
"""What is found among these is then looked for more closely, in fourths of a step to both sides."""
LINE, LEAN, HEAD, ASIDE, CARE = 30000.0, 10.0, 10.0, 8.0, (0.0, 2.0, 4.0, 30.0)
"""What a photograph that stands out is charged: for the square of the frame's heights it is off the line, for a degree,
for the logarithm of its head's size, for standing aside, for margins given up."""


class Frame(Value, frozen=True):
    """A frame inside the picture for a head that stands out. *turned* is the share of its lean that is levelled."""

    eyes: float
    span: float
    slide: float
    turned: float
    extend: bool
    care: int


def compromise(sitter: Sitter, geometry: Geometry, format: Format) -> Frame | None:
    """The frame inside the picture that strays least; None without any.

    The line is dearest: three hundredths of the frame off it cost as much as three degrees, a hundredth as much as a head a
    third larger.
    """
    turns: Sequence[float] = TURNS if abs(sitter.level) > LEVEL else (1.0,)
    lines = sorted(OFF_LINE, key=lambda eyes: abs(eyes - geometry.eyes))
    found = _least_astray(sitter, geometry, format, range(len(CARE)), turns, lines, FARTHER)
    if found is None:
        return None
    turns = [turned for step in FINELY if 0 <= (turned := found.turned + 0.25 * step) <= 1]
    lines = [found.eyes + 0.01 * step for step in FINELY]
    slides = [found.slide + 0.04 * step for step in FINELY]
    return _least_astray(sitter, geometry, format, (found.care,), turns, lines, slides)


def _least_astray(
    sitter: Sitter,
    geometry: Geometry,
    format: Format,
    cares: Iterable[int],
    turns: Sequence[float],
    lines: Sequence[float],
    slides: Sequence[float],
) -> Frame | None:
    best, least_cost = None, inf

    @cache  # whatever the margins are
    def greatest(eyes: float, slide: float, level: float, extend: bool) -> float:
        return greatest_span(sitter, eyes, format, slide, level, extend=extend) * (1 + 1e-6)

    for care, turned in product(cares, turns):
        level = sitter.level * turned
        leaning = sitter.leaning(level - sitter.level)
        before = CARE[care] + LEAN * abs(sitter.level - level)
        for eyes in lines:
            off = before + LINE * (eyes - geometry.eyes) ** 2
            if off >= least_cost:
                continue
            for slide in slides:
                least = least_span(leaning, eyes, format, slide, care)
                for extend in (False, True) if sitter.extendable else (False,):
                    most = greatest(eyes, slide, level, extend)
                    if least > most:
                        continue
                    span = min(max(geometry.span, least), most)
                    cost = off + HEAD * abs(log(span / geometry.span)) + ASIDE * abs(slide) + 0.2 * extend
                    if cost < least_cost:
                        best, least_cost = Frame(eyes, span, slide, turned, extend, care), cost
    return best
