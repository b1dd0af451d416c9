"""The order proposed for a gallery: each photo once, in small steps of tone."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import pytest

from pelican_headshots.layout.mood import hex_to_oklab
from pelican_headshots.layout.photo_order import OrderingTraits, propose_order


def build_gray(level: int, scale: str = "full", yaw: float = 0.0) -> OrderingTraits:
    color = f"#{level:02x}{level:02x}{level:02x}"
    return OrderingTraits((color, color, color), scale, yaw)


def test_every_photo_appears_once() -> None:
    rng = random.Random(2)
    photos = [build_gray(rng.randrange(256), rng.choice(("full", "close-up", ""))) for _ in range(60)]
    assert sorted(propose_order(photos)) == list(range(60))
    assert propose_order([]) == ()
    assert propose_order(photos[:2]) == (0, 1)


def test_lightness_changes_in_small_steps() -> None:
    rng = random.Random(4)
    photos = [build_gray(rng.randrange(256)) for _ in range(40)]

    def sum_lightness_steps(order: tuple[int, ...]) -> float:
        tones = [hex_to_oklab(photos[i].colors[0])[0] for i in order]
        return sum(abs(a - b) for a, b in zip(tones, tones[1:], strict=False))

    assert sum_lightness_steps(propose_order(photos)) < sum_lightness_steps(tuple(range(40))) / 4


def test_the_order_begins_with_a_photo_without_people() -> None:
    photos = [build_gray(60, "close-up"), build_gray(60, "medium shot"), build_gray(50, ""), build_gray(70, "full")]
    assert propose_order(photos)[0] == 2


def test_neighbors_differ_in_shot_scale() -> None:
    photos = [
        build_gray(60, ""),
        build_gray(60, "full"),
        build_gray(60, "full"),
        build_gray(60, "close-up"),
        build_gray(60, "close-up"),
    ]
    scales = [photos[i].shot_scale for i in propose_order(photos)]
    assert all(a != b for a, b in zip(scales, scales[1:], strict=False))


def test_people_on_neighboring_photos_look_at_each_other() -> None:
    photos = [build_gray(10, ""), build_gray(60, "full", -30.0), build_gray(60, "close-up", 30.0)]
    assert propose_order(photos) == (0, 2, 1)


def test_the_proposed_order_is_the_same_every_time() -> None:
    rng = random.Random(9)
    photos = [build_gray(rng.randrange(256), rng.choice(("full", "close-up"))) for _ in range(200)]
    assert propose_order(photos) == propose_order(photos)


def test_the_work_grows_with_the_square_of_the_number_of_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(9)
    photos = [build_gray(rng.randrange(256), rng.choice(("full", "close-up"))) for _ in range(200)]
    measured: list[int] = []
    compute_distance = math.dist

    def count_distances(one: Sequence[float], other: Sequence[float]) -> float:
        measured[-1] += 1
        return compute_distance(one, other)

    monkeypatch.setattr(math, "dist", count_distances)
    for count in (100, 200):
        measured.append(0)
        propose_order(photos[:count])
    assert 0 < measured[1] <= 4.4 * measured[0]
