"""The order proposed for a gallery: every picture once, from tone to tone, and looks that meet."""

from __future__ import annotations

import random
import time

from pelican_headshots.layout.mood import hex_to_oklab
from pelican_headshots.layout.photo_order import OrderingTraits, propose_order


def grey(level: int, scale: str = "full", yaw: float = 0.0) -> OrderingTraits:
    colour = f"#{level:02x}{level:02x}{level:02x}"
    return OrderingTraits((colour, colour, colour), scale, yaw)


def test_every_picture_hangs_once() -> None:
    dice = random.Random(2)
    frames = [grey(dice.randrange(256), dice.choice(("full", "close-up", ""))) for _ in range(60)]
    assert sorted(propose_order(frames)) == list(range(60))
    assert propose_order([]) == ()
    assert propose_order(frames[:2]) == (0, 1)


def test_light_passes_from_picture_to_picture() -> None:
    dice = random.Random(4)
    frames = [grey(dice.randrange(256)) for _ in range(40)]

    def jumps(order: tuple[int, ...]) -> float:
        tones = [hex_to_oklab(frames[i].colors[0])[0] for i in order]
        return sum(abs(a - b) for a, b in zip(tones, tones[1:], strict=False))

    assert jumps(propose_order(frames)) < jumps(tuple(range(40))) / 4


def test_a_room_opens_before_the_people_in_it() -> None:
    frames = [grey(60, "close-up"), grey(60, "medium shot"), grey(50, ""), grey(70, "full")]
    assert propose_order(frames)[0] == 2


def test_scales_take_turns() -> None:
    frames = [grey(60, ""), grey(60, "full"), grey(60, "full"), grey(60, "close-up"), grey(60, "close-up")]
    scales = [frames[i].shot_scale for i in propose_order(frames)]
    assert all(a != b for a, b in zip(scales, scales[1:], strict=False))


def test_looks_meet() -> None:
    frames = [grey(10, ""), grey(60, "full", -30.0), grey(60, "close-up", 30.0)]
    assert propose_order(frames) == (0, 2, 1)


def test_it_is_the_same_every_time_and_quick() -> None:
    dice = random.Random(9)
    frames = [grey(dice.randrange(256), dice.choice(("full", "close-up"))) for _ in range(500)]
    start = time.perf_counter()
    first = propose_order(frames)
    assert time.perf_counter() - start < 1.0
    assert first == propose_order(frames)
