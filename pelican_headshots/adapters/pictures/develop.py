"""An original's bytes to the bytes of its renditions, each a function of the original and its recipe alone.

Nothing here depends on which other renditions are made in the same call: a build that was cut short and goes on with
what is missing writes the same bytes. So a width is not made from the next larger one but from the next larger of the
picture's levels, which halve from one to the next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
from PIL import Image

from ...core.formats import FORMATS, Space
from ...core.geometry import WHOLE, Box, Size
from ...core.ordered import quality
from ...core.rendition import Crop, Rendition
from ..metadata import containers
from ..originals.opening import PIXEL_LIMIT, opened
from . import backdrop, colour, light, pixels, scaling, trial, turning, watermark
from .encode import encoded

_WHITE = "#ffffff"
_BACK = {6: 8, 8: 6}
"""EXIF orientations that undo one another; all others undo themselves."""
_BLACK_AND_WHITE = {0, 255, (0, 0, 0), (255, 255, 255)}
"""In the modes L and RGB."""
_BASE = 2400
"""Upright width in pixels that the level everything common is made from has at least, where the original has it."""


def develop(data: bytes, renditions: Sequence[Rendition], pixel_limit: int = PIXEL_LIMIT) -> list[bytes]:
    """The encoded *renditions* of the original *data*, in their order.

    Raises UnreadablePicture where the original is damaged, KeyError for a format that does not exist.
    """
    made: dict[int, bytes] = {}
    kinds = [(wanted.linear, FORMATS[wanted.format].space) for wanted in renditions]
    for linear, space in dict.fromkeys(kinds):
        numbers = [number for number, kind in enumerate(kinds) if kind == (linear, space)]
        some = _developed(_Original(data, pixel_limit, linear, space), [renditions[number] for number in numbers])
        made |= {numbers[place]: each for place, each in some.items()}
    return [made[number] for number in range(len(renditions))]


def _developed(original: _Original, renditions: Sequence[Rendition]) -> dict[int, bytes]:
    """Bytes by the place of the rendition."""
    groups: dict[bytes, list[int]] = {}
    for number, wanted in enumerate(renditions):
        shape = (wanted.crop, wanted.width, wanted.height, wanted.mark, wanted.circle)
        groups.setdefault(msgspec.json.encode(shape), []).append(number)
    made: dict[int, bytes] = {}
    # The largest of those that need the finest level comes after its equals, so that the level is gone when its encoder
    # asks for the most memory.
    firsts = {members[0]: members for members in groups.values()}
    turns = sorted((original.step(renditions[n]), renditions[n].width * renditions[n].height, n) for n in firsts)
    for (_, _, number), (following, _, _) in zip(turns, [*turns[1:], turns[-1]], strict=True):
        first, members = renditions[number], firsts[number]
        image = _cut(original, first.crop, Size(first.width, first.height))
        original.forget_above(following)
        if first.mark:
            image = watermark.marked(image, first.mark, [_within(face, first.crop.box) for face in first.faces])
        if first.circle:
            image = pixels.round_cut(image)
        for number in members:
            wanted = renditions[number]
            made[number] = encoded(image, wanted.format, original.quality(wanted), wanted.rights)
    return made


def _within(face: Box, part: Box) -> Box:
    """*face*, a fraction of the whole picture, as a fraction of *part*."""
    return Box(
        (face.left - part.left) / part.width,
        (face.top - part.top) / part.height,
        (face.right - part.left) / part.width,
        (face.bottom - part.top) / part.height,
    )


class _Original:
    """The picture as it lies in the file, not yet upright and in *space*: full and at levels that halve, as needed."""

    def __init__(self, data: bytes, pixel_limit: int, linear: bool, space: Space) -> None:
        """*linear*: levels and parts are scaled in linear light.

        Not so where the whole is hardly made smaller.

        Not so where a JPEG is decoded at half its size: what that darkens is gone in the next halving. On six of the
        bench's photographs at a sixth of their width no pixel was more than 5 of 255 too dark, against 0.1 to 1.8 % of
        them without linear light, and it takes a third of the time.
        """
        self.data, self.pixel_limit, self.linear, self.space = data, pixel_limit, linear, space
        self.black_and_white = False
        """Whether it holds nothing between black and white, as one-bit drawings and dithered prints do. Its numbers are
        averaged, not its light: that gives back what was dithered, and is how other programs show it."""
        self.levels: dict[int, scaling.Pixels] = {}
        with opened(data, pixel_limit) as image:
            self.full = image.size
            # A JPEG decoded at half its size was halved as if its numbers were light.
            self.scalable = image.format == "JPEG"
            if not self.scalable:
                self.levels[0] = self._taken(image)
            written = containers.blocks(image, data)
            self.size, self.turn = pixels.way(image, written)
            self.profile = pixels.profile_in(image, written)
        self.base = max(0, min(3, int(math.log2(max(1.0, self.size.width / _BASE)))))
        self.advice: dict[tuple[str, Box | None], int] = {}

    def step(self, wanted: Rendition) -> int:
        """The level that *wanted* is made from."""
        if wanted.crop.level:
            return self.turned_from(wanted.crop, wanted.width)
        return self._step(wanted.crop.box, wanted.width)

    def turned_from(self, crop: Crop, width: int) -> int:
        """The level that a turned *crop* of *width* pixels is made from."""
        ratio = self.size.width * crop.box.width / width
        step = int(math.log2(max(1.0, ratio / turning.FINER)))
        return step if step >= self.base else 0

    def framed(self, part: Box, step: int) -> tuple[Box, Size]:
        """*part* grown to whole pixels of the level *step*, and how many those are, upright."""
        size = scaling.size_of(self.level(step))
        left, top, right, bottom = self._box(part, size)
        lying = Box(
            math.floor(left) / size[0],
            math.floor(top) / size[1],
            math.ceil(right) / size[0],
            math.ceil(bottom) / size[1],
        )
        pixels_of = (round(lying.width * size[0]), round(lying.height * size[1]))
        return lying.turned(self.turn), pixels.upright(pixels_of, self.turn)

    def _step(self, part: Box, goal: int) -> int:
        """The coarsest level that has the pixels; of the whole picture, one that is shrunk fast from there on."""
        ratio = max(1.0, self.size.width * part.width / goal)
        step = int(math.log2(ratio))
        if step < self.base:
            return 0
        if part != WHOLE:
            return step
        finer = int(math.log2(max(1.0, ratio / scaling.FAST)))
        # To shrink all of the original fast takes as long as to shrink its half slowly, and it must be decoded first.
        return max(self.base, finer or min(step, 1))

    def level(self, step: int) -> scaling.Pixels:
        """The picture at 1 / 2**step of its size.

        Decoding a JPEG at half its size takes a quarter of the time of halving it.
        """
        if step not in self.levels:
            if step == 0 or (self.scalable and step <= max(1, self.base)):
                self.levels[step] = self._decoded(step)
            else:
                self.levels[step] = self._halved(self.level(step - 1))
        return self.levels[step]

    def forget_above(self, step: int) -> None:
        """Let go of everything larger than the level *step*."""
        if any(kept < step for kept in self.levels):
            self.level(step)
            for kept in [kept for kept in self.levels if kept < step]:
                del self.levels[kept]

    def _halved(self, finer: scaling.Pixels) -> scaling.Pixels:
        if self.black_and_white:
            width, height = scaling.size_of(finer)
            return scaling.taken(scaling.averaged(finer, (math.ceil(width / 2), math.ceil(height / 2))))
        if self.linear and not isinstance(finer, Image.Image):
            return light.halved(finer)
        return scaling.halved(finer)

    def _decoded(self, step: int) -> scaling.Pixels:
        with opened(self.data, self.pixel_limit) as image:
            if step:
                image.draft(image.mode, (math.ceil(self.full[0] / 2**step), math.ceil(self.full[1] / 2**step)))
            return self._taken(image)

    def _taken(self, image: Image.Image) -> scaling.Pixels:
        image.load()
        image = colour.plain(image)
        colors = image.getcolors(2)
        self.black_and_white = colors is not None and {color for _, color in colors} <= _BLACK_AND_WHITE
        return scaling.taken(image)

    def quality(self, wanted: Rendition) -> int:
        """The preset's number for *wanted*, moved by what a trial encode of the whole picture tells."""
        numbers = FORMATS[wanted.format].numbers
        if numbers not in quality.ADVISED:
            return wanted.quality
        face = max(wanted.faces, key=lambda box: box.area, default=None)
        key = (numbers, face)
        if key not in self.advice:
            view = pixels.on_ground(self.part(WHOLE, trial.view(self.size)), _WHITE)
            told = trial.tried(view, numbers, quality.TRIED[numbers], face)
            self.advice[key] = quality.offset(numbers, *told) if told else 0
        return min(max(wanted.quality + self.advice[key], 1), 100)

    def part(self, part: Box, goal: Size, step: int | None = None) -> Image.Image:
        """*part* of the upright picture at *goal* pixels, upright and in its space, transparency kept.

        *step* names the level to take it from.
        """
        step = self._step(part, goal.width) if step is None else step
        level = self.level(step)
        size = (goal.height, goal.width) if self.turn >= 5 else (goal.width, goal.height)
        box = None if part == WHOLE else self._box(part, scaling.size_of(level))
        if (cut := scaling.cut(level, size, box)) is not None:
            small = cut
        elif self.black_and_white:
            small = scaling.averaged(level, size, box)
        elif self.linear and not isinstance(level, Image.Image) and (box or self._darkens(step, level, size)):
            small = light.resized(level, size, box)
        else:
            small = scaling.resized(level, size, box)
        return pixels.turned(colour.to_srgb(small, self.profile, self.space), self.turn)

    def _darkens(self, step: int, level: scaling.Plane, size: tuple[int, int]) -> bool:
        """Whether it shows if *level* is not made *size* in linear light. What lies beyond the first halving is small, and
        in that light already."""
        return step > 1 or scaling.ratio(level, size) >= light.DARKENS

    def _box(self, part: Box, size: tuple[int, int]) -> tuple[float, float, float, float]:
        """*part* in pixels of a level of *size*."""
        lying = part.turned(_BACK.get(self.turn, self.turn))
        return (
            max(lying.left * size[0], 0.0),
            max(lying.top * size[1], 0.0),
            min(lying.right * size[0], float(size[0])),
            min(lying.bottom * size[1], float(size[1])),
        )


def _cut(original: _Original, crop: Crop, goal: Size) -> Image.Image:
    """The pixels of *crop* at *goal*, mode RGB."""
    if not crop.level and WHOLE.holds(crop.box):
        return pixels.on_ground(original.part(crop.box, goal), crop.ground or _WHITE)
    return _levelled(original, crop, goal)


def _levelled(original: _Original, crop: Crop, goal: Size) -> Image.Image:
    """A crop that is turned, or reaches outside the picture."""
    angle = math.radians(crop.level)
    wide, tall = goal.width, goal.height
    reach_x = (abs(math.cos(angle)) * wide + abs(math.sin(angle)) * tall) / 2 / wide * crop.box.width
    reach_y = (abs(math.sin(angle)) * wide + abs(math.cos(angle)) * tall) / 2 / tall * crop.box.height
    middle = crop.box.centre
    needed = Box(middle.x - reach_x, middle.y - reach_y, middle.x + reach_x, middle.y + reach_y)
    held, step = needed.clipped(), None
    size = Size(max(1, round(held.width / crop.box.width * wide)), max(1, round(held.height / crop.box.height * tall)))
    if crop.level:
        step = original.turned_from(crop, goal.width)
        held, size = original.framed(held, step)
        size = turning.bounded(size)
    image = pixels.on_ground(original.part(held, size, step), crop.ground or _WHITE)
    across, down = size.width / held.width, size.height / held.height
    # Pixels by which the turned frame reaches past the picture on each side.
    gaps = (
        math.ceil(max(0.0, held.left - needed.left) * across),
        math.ceil(max(0.0, held.top - needed.top) * down),
        math.ceil(max(0.0, needed.right - held.right) * across),
        math.ceil(max(0.0, needed.bottom - held.bottom) * down),
    )
    if any(gaps):
        image = backdrop.continued(image, gaps, None if crop.extend else crop.ground or _WHITE)
    x = (middle.x - held.left) * across + gaps[0]
    y = (middle.y - held.top) * down + gaps[1]
    if crop.level:
        frame = (crop.box.width * across, crop.box.height * down)
        return turning.turned(image, crop.level, (x, y), frame, goal)
    left, top = round(x - wide / 2), round(y - tall / 2)
    return image.crop((left, top, left + wide, top + tall))
