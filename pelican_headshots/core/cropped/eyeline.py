"""The eye-line lock: crops of many headshots with every pair of eyes on one line and every head the same size.

All lengths here are *head units*: 1 is the distance between the eyes of a head that looks into the lens. In those units,
and levelled, a head is the same from whatever distance it was photographed; what differs is the room each photographer
left around it. A frame is then two numbers, `Geometry`, and each photograph allows some of them and not others. The
geometry is chosen that most photographs allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import cos, inf, log, radians, sin

from ..geometry import Box, Value
from ..rendition import Crop
from .astray import compromise
from .headroom import LEVEL, MOST_LEVELLED, Sitter
from .reach import Format, Geometry, greatest_span, least_span

EYE_LINES = tuple(round(0.36 + 0.01 * i, 2) for i in range(17))
"""Heights of the eyes in the frame, from the top, among which a set's is chosen."""
SPANS = tuple(round(4.3 + 0.1 * i, 1) for i in range(43))
"""Heights of the frame, in head units, among which a set's is chosen. Crown to chin is about 3.8 of them."""
SLIDE = (0.0, 0.03, -0.03, 0.06, -0.06)
"""How far the head may stand off its place sideways, in widths of the frame, where room is lacking."""
ALIKE = 0.05
"""Heads whose sizes differ by no more than this stand together as one size. The distance of the eyes itself, by which a
head is measured, varies by as much from one adult to the next (Dodgson 2004, Variation and extrema of human interpupillary
distance)."""
STRAIGHT = 0.005
"""Eyes no further off the line than this share of the frame's height stand on it: two pixels of a card 400 high."""
NEAR_LINE = (0.0, -STRAIGHT, STRAIGHT)
EXTENDED, SIZE, OFF, TASTE = 0.1, 6.0, 3.0, 0.01
"""What a geometry is charged, in photographs that do not stand as the set does: for one with a continued backdrop; more for
one whose head is larger or smaller (by the logarithm: a third of it is two more); for one off the line, or odder still; and
for each photograph of the set, by the square of the geometry's distance from the preferred one."""


class Placed(Value, frozen=True):
    """A headshot's crop. *size* is its head against the set's (1 = the same); *line* by how much of the frame's height its
    eyes stand below (positive) the set's line; *lean* what is left of its roll in degrees."""

    crop: Crop
    size: float = 1.0
    line: float = 0.0
    lean: float = 0.0
    matted: bool = False

    @property
    def on_line(self) -> bool:
        """Whether its eyes stand as high as the others'."""
        return abs(self.line) < STRAIGHT + 0.0005

    @property
    def met(self) -> bool:
        """Whether it stands as the others do."""
        return not self.matted and abs(log(self.size)) < ALIKE + 0.001 and self.on_line and abs(self.lean) < LEVEL


def lock(sitters: Sequence[Sitter], format: Format) -> tuple[Geometry, tuple[Placed, ...]]:
    """The geometry for a set of headshots in frames of *format*, and each one's crop, in their order.

    A photograph that lacks margin is first given a geometry it can meet, together with the whole set; then its backdrop
    is continued where it is even; and if neither helps it is cut closer and stands out, which `Placed` says. Nothing is
    enlarged: a crop's pixels are the original's.
    """
    if not sitters:
        return format.preferred, ()
    geometry = _chosen(sitters, format)
    return geometry, tuple(stand(sitter, geometry, format) for sitter in sitters)


def _chosen(sitters: Sequence[Sitter], format: Format) -> Geometry:
    best, least = format.preferred, inf
    heights = {round(eyes + off, 3) for eyes in EYE_LINES for off in NEAR_LINE}
    reached = {eyes: [_reach(sitter, eyes, format) for sitter in sitters] for eyes in heights}
    for eyes in EYE_LINES:
        near = zip(*(reached[round(eyes + off, 3)] for off in NEAR_LINE), strict=True)
        reaches = [tuple(map(_joined, zip(*each, strict=True))) for each in near]
        for span in SPANS:
            off = ((eyes - format.preferred.eyes) / 0.05) ** 2 + (log(span / format.preferred.span) / 0.15) ** 2
            cost = TASTE * len(sitters) * off
            for reach, extended in reaches:
                if cost >= least:
                    break
                if (inside := _stray(span, *reach)) <= ALIKE:
                    cost += inside
                elif (beyond := _stray(span, *extended)) <= ALIKE:
                    cost += EXTENDED + beyond
                else:
                    cost += min(1 + SIZE * beyond, OFF)
            if cost < least:
                best, least = Geometry(eyes, span), cost
    return best


def _stray(span: float, least: float, most: float) -> float:
    """How much larger or smaller a head comes out (0.1 is a tenth) than in a frame of *span*, where frames may have from
    *least* to *most*; without bound if there is none."""
    return abs(log(min(max(span, least), most) / span)) if least <= most else inf


Reach = tuple[float, float]
"""Least and greatest span of the frames that a photograph allows."""


def _reach(sitter: Sitter, eyes: float, format: Format) -> tuple[Reach, Reach]:
    """What it allows with the eyes at *eyes*: inside the picture, and with the backdrop continued."""
    inside = _anywhere(sitter, eyes, format, extend=False)
    return inside, _anywhere(sitter, eyes, format, extend=True) if sitter.extendable else inside


def _joined(reaches: Sequence[Reach]) -> Reach:
    """All frames between those that neighbouring places of the eyes allow."""
    some = [reach for reach in reaches if reach[0] <= reach[1]]
    return (min(low for low, _ in some), max(high for _, high in some)) if some else (inf, 0.0)


def _anywhere(sitter: Sitter, eyes: float, format: Format, *, extend: bool) -> Reach:
    return _joined(
        [
            (
                least_span(sitter, eyes, format, slide),
                greatest_span(sitter, eyes, format, slide, sitter.level, extend=extend),
            )
            for slide in SLIDE
        ]
    )


def stand(sitter: Sitter, geometry: Geometry, format: Format) -> Placed:
    """The set's geometry if the picture allows it; else the frame that differs least from it."""
    for extend, off in product((False, True) if sitter.extendable else (False,), NEAR_LINE):
        eyes, span = geometry.eyes + off, geometry.span
        least = {slide: least_span(sitter, eyes, format, slide) for slide in SLIDE}
        most = {slide: greatest_span(sitter, eyes, format, slide, sitter.level, extend=extend) for slide in SLIDE}
        slide = min(SLIDE, key=lambda slide: _stray(span, least[slide], most[slide]))
        if _stray(span, least[slide], most[slide]) <= ALIKE:
            span = min(max(span, least[slide]), most[slide])
            return _made(sitter, eyes, span, slide, sitter.level, format, geometry, extend=extend)
    found = compromise(sitter, geometry, format)
    if found is None:
        return _matted(sitter, geometry, format)
    level = sitter.level * found.turned
    return _made(sitter, found.eyes, found.span, found.slide, level, format, geometry, extend=found.extend)


def obstacle(sitter: Sitter, geometry: Geometry, format: Format) -> str:
    """What keeps a photograph from standing as its set does, as the end of a sentence."""
    if abs(sitter.leftover) >= LEVEL:
        return f"its head leans by more than the {MOST_LEVELLED:.0f} degrees that are levelled"
    if sitter.cut_above:
        return "the photograph itself cuts the hair"
    if least_span(sitter, geometry.eyes, format) > geometry.span * (1 + ALIKE):
        return "its hair reaches beyond the set's frame"
    if sitter.room_above < geometry.eyes * geometry.span / (1 + ALIKE):
        return "there is too little room above the head, and no even backdrop to continue"
    return "there is too little room below or beside the head"


def _matted(sitter: Sitter, geometry: Geometry, format: Format) -> Placed:
    """A head that fills its picture in the wrong shape: all of it on the line, with the picture's colour around it."""
    span = max(geometry.span, least_span(sitter.leaning(-sitter.level), geometry.eyes, format))
    made = _made(sitter, geometry.eyes, span, 0.0, 0.0, format, geometry, extend=False)
    crop = Crop(made.crop.box, 0.0, False, sitter.ground)
    return Placed(crop, made.size, made.line, sitter.leftover - sitter.level, matted=True)


def _made(
    sitter: Sitter,
    eyes: float,
    span: float,
    slide: float,
    level: float,
    format: Format,
    geometry: Geometry,
    *,
    extend: bool,
) -> Placed:
    tall, wide = span, span * format.ratio
    across = 0.5 + sitter.aside + slide
    # The frame's middle seen from the eyes: level in the frame, turned back in the picture.
    vx, vy = (0.5 - across) * wide, (0.5 - eyes) * tall
    c, s = cos(radians(level)), sin(radians(level))
    x, y = sitter.x + c * vx + s * vy, sitter.y - s * vx + c * vy
    box = Box(
        (x - wide / 2) / sitter.width,
        (y - tall / 2) / sitter.height,
        (x + wide / 2) / sitter.width,
        (y + tall / 2) / sitter.height,
    )
    crop = Crop(Box(*(round(edge, 6) for edge in (box.left, box.top, box.right, box.bottom))), round(level, 2), extend)
    return Placed(crop, geometry.span / span, eyes - geometry.eyes, sitter.leftover + level - sitter.level)
