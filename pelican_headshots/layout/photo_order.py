"""Propose an order for a gallery, from tone, shot scale and gaze.

Neighbors should be alike in light and color but differ in shot scale, and people who look to one side should look towards
the next photo. This is a shortest path through all photos. It is approximated by going to the nearest photo each time
and then reversing parts of the path where that makes it shorter.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from ..values.geometry import Value
from .mood import hex_to_oklab

MAX_REVERSED_PHOTOS = 8
"""Largest number of photos in a reversed part of the path."""
MIN_LOOKING_ASIDE_DEGREES = 12.0
"""A face with more degrees of yaw looks to one side; below that the measurement is noise."""
SHOT_SCALES_NEAR_TO_FAR = ("extreme close-up", "close-up", "medium close-up", "medium shot", "cowboy", "full", "")
"""The last is a photo without people."""


class OrderingTraits(Value, frozen=True):
    """What the order depends on: three colors (`#rrggbb`), shot scale (or empty), and degrees of yaw (or 0)."""

    colors: tuple[str, str, str]
    shot_scale: str
    yaw: float


def propose_order(photos: Sequence[OrderingTraits]) -> tuple[int, ...]:
    """Return the indices of *photos* in the proposed order. It begins with the darkest of the most distant shots."""
    if len(photos) < 3:
        return tuple(range(len(photos)))
    mean_colors = [_compute_mean_color(photo) for photo in photos]
    distance_ranks = [
        SHOT_SCALES_NEAR_TO_FAR.index(photo.shot_scale)
        if photo.shot_scale in SHOT_SCALES_NEAR_TO_FAR
        else len(SHOT_SCALES_NEAR_TO_FAR) - 1
        for photo in photos
    ]

    def compute_step_cost(a: int, b: int) -> float:
        cost = math.dist(mean_colors[a], mean_colors[b])
        cost += 0.12 if distance_ranks[a] == distance_ranks[b] else 0.0
        if photos[a].yaw > MIN_LOOKING_ASIDE_DEGREES and photos[b].yaw < -MIN_LOOKING_ASIDE_DEGREES:
            cost -= 0.08
        if photos[a].yaw < -MIN_LOOKING_ASIDE_DEGREES:
            cost += 0.04
        return max(cost, 0.0)

    order = [max(range(len(photos)), key=lambda i: (distance_ranks[i], -mean_colors[i][0], -i))]
    remaining = [i for i in range(len(photos)) if i != order[0]]
    while remaining:
        nearest = min(remaining, key=lambda i: (compute_step_cost(order[-1], i), i))
        order.append(nearest)
        remaining.remove(nearest)
    return tuple(_shorten_by_reversal(order, compute_step_cost))


def _shorten_by_reversal(order: list[int], compute_step_cost: Callable[[int, int], float]) -> list[int]:
    cost: dict[tuple[int, int], float] = {}

    def cached_cost(a: int, b: int) -> float:
        if (a, b) not in cost:
            cost[a, b] = compute_step_cost(a, b)
        return cost[a, b]

    def path_cost(path: Sequence[int]) -> float:
        return sum(cached_cost(a, b) for a, b in zip(path, path[1:], strict=False))

    for _ in range(3):
        improved = False
        for start in range(1, len(order) - 1):
            for end in range(start + 1, min(start + MAX_REVERSED_PHOTOS, len(order))):
                old = order[start - 1 : end + 2]
                new = [old[0], *order[start : end + 1][::-1], *order[end + 1 : end + 2]]
                if path_cost(new) < path_cost(old) - 1e-9:
                    order[start : end + 1] = order[start : end + 1][::-1]
                    improved = True
        if not improved:
            break
    return order


def _compute_mean_color(photo: OrderingTraits) -> tuple[float, float, float]:
    """Return the mean lightness of the colors, and the sums of OKLab a and b: small numbers that so count three times."""
    labs = [hex_to_oklab(color) for color in photo.colors]
    return (
        sum(lab[0] for lab in labs) / 3,
        sum(lab[1] for lab in labs),
        sum(lab[2] for lab in labs),
    )
