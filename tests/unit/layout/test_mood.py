"""Moods: text is readable in any hue, and the hue follows the cover."""

from __future__ import annotations

import pytest

from pelican_headshots.layout.mood import (
    MOODS,
    OklchTone,
    choose_hue,
    compute_contrast,
    compute_shared_hue,
    is_pale,
    oklch_to_hex,
)


@pytest.mark.parametrize("name", MOODS)
@pytest.mark.parametrize("background", ["bg", "surface"])
@pytest.mark.parametrize("text", ["ink", "mute", "accent"])
def test_text_is_readable_in_every_hue(name: str, background: str, text: str) -> None:
    mood = MOODS[name]
    for hue in range(360):
        assert compute_contrast((getattr(mood, text), hue), (getattr(mood, background), hue)) >= 4.5


def test_backgrounds_are_a_little_lighter_than_black_and_almost_gray() -> None:
    for mood in MOODS.values():
        assert mood.bg.chroma <= 0.012
        assert mood.bg.lightness > 0.1


def test_black_on_white_has_the_highest_contrast() -> None:
    assert compute_contrast((OklchTone(1.0, 0.0), 0), (OklchTone(0.0, 0.0), 0)) == pytest.approx(21.0, abs=0.05)
    assert oklch_to_hex(OklchTone(1.0, 0.0), 0) == "#ffffff"


@pytest.mark.parametrize(
    ("colors", "low", "high"),
    [
        (("#c0392b", "#a03020", "#802010"), 15, 45),
        (("#2060c0", "#1040a0", "#203080"), 245, 275),
        (("#208030", "#306020", "#105010"), 130, 155),
    ],
)
def test_the_hue_follows_the_cover(colors: tuple[str, ...], low: float, high: float) -> None:
    assert low < compute_shared_hue(colors) < high


def test_grays_have_no_hue_and_get_a_warm_one() -> None:
    assert compute_shared_hue(("#808080", "#101010", "#f0f0f0")) == 55.0


def test_only_light_photos_are_pale() -> None:
    assert is_pale(("#797169", "#a5a49f", "#a9a8a5"))
    assert not is_pale(("#2c190a", "#50361f", "#361f0d"))
    assert not is_pale(())


def test_a_named_mood_has_its_own_hue_whatever_the_photos() -> None:
    blue = ("#2060c0", "#1040a0", "#203080")
    assert choose_hue("ember", blue) == 45.0
    assert choose_hue("auto", blue) == compute_shared_hue(blue)
