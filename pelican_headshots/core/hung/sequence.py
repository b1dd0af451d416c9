"""An order for a gallery whose author gave none: from tone to tone, from near to far, and looks that meet.

Neighbours should be alike in light and colour and differ in scale, and somebody who looks out of the frame should look
towards the next picture. That is a shortest walk through all pictures; it is found by going to the nearest each time
and then turning stretches of the walk round wherever that makes it shorter.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from ..geometry import Value
from .mood import lab_of

REACH = 8
"""How many pictures a turned stretch may hold: enough for a gallery's rhythm."""
TURNED = 12.0
"""Degrees of yaw from which somebody is said to look to one side; below it the measurement is noise."""
SCALES = ("extreme close-up", "close-up", "medium close-up", "medium shot", "cowboy", "full", "")
"""From near to far; the last is a picture without people."""


class Frame(Value, frozen=True):
    """What the order is made from: three colours (`#rrggbb`), scale of shot (or empty), degrees of yaw (or 0)."""

    colours: tuple[str, str, str]
    scale: str
    yaw: float


def sequence(frames: Sequence[Frame]) -> tuple[int, ...]:
    """Indices of *frames* in the order proposed. The farthest and darkest opens: a room before the people in it."""
    if len(frames) < 3:
        return tuple(range(len(frames)))
    tones = [_tone(frame) for frame in frames]
    far = [SCALES.index(frame.scale) if frame.scale in SCALES else len(SCALES) - 1 for frame in frames]

    def step(a: int, b: int) -> float:
        cost = math.dist(tones[a], tones[b])
        cost += 0.12 if far[a] == far[b] else 0.0
        if frames[a].yaw > TURNED and frames[b].yaw < -TURNED:
            cost -= 0.08
        if frames[a].yaw < -TURNED:
            cost += 0.04
        return max(cost, 0.0)

    walk = [max(range(len(frames)), key=lambda i: (far[i], -tones[i][0], -i))]
    left = [i for i in range(len(frames)) if i != walk[0]]
    while left:
        nearest = min(left, key=lambda i: (step(walk[-1], i), i))
        walk.append(nearest)
        left.remove(nearest)
    return tuple(_shortened(walk, step))


def _shortened(walk: list[int], step: Callable[[int, int], float]) -> list[int]:
    cost: dict[tuple[int, int], float] = {}

    def between(a: int, b: int) -> float:
        if (a, b) not in cost:
            cost[a, b] = step(a, b)
        return cost[a, b]

    def length(path: Sequence[int]) -> float:
        return sum(between(a, b) for a, b in zip(path, path[1:], strict=False))

    for _ in range(3):
        better = False
        for start in range(1, len(walk) - 1):
            for end in range(start + 1, min(start + REACH, len(walk))):
                old = walk[start - 1 : end + 2]
                new = [old[0], *walk[start : end + 1][::-1], *walk[end + 1 : end + 2]]
                if length(new) < length(old) - 1e-9:
                    walk[start : end + 1] = walk[start : end + 1][::-1]
                    better = True
        if not better:
            break
    return walk


def _tone(frame: Frame) -> tuple[float, float, float]:
    """Mean OKLab of its colours; hue weighs three times, as its numbers are small beside lightness."""
    labs = [lab_of(colour) for colour in frame.colours]
    return (
        sum(lab[0] for lab in labs) / 3,
        sum(lab[1] for lab in labs),
        sum(lab[2] for lab in labs),
    )
