"""The colors of moods in the theme's stylesheet are those whose contrast `layout/mood.py` guarantees."""

from __future__ import annotations

import re

import pytest

from pelican_headshots.layout.mood import MOODS
from tests.support.site import REPOSITORY

CSS = (REPOSITORY / "theme" / "static" / "css" / "theme.css").read_text(encoding="utf-8")


def parse_tones(css: str) -> dict[str, tuple[float, float]]:
    """Return color name → lightness and chroma."""
    found = re.findall(r"--(\w+): oklch\(([\d.]+) ([\d.]+) var\(--hue\)\)", css)
    return {name: (float(lightness), float(chroma)) for name, lightness, chroma in found}


def test_the_moods_of_the_stylesheet_have_the_tones_of_the_code() -> None:
    root = parse_tones(CSS[CSS.index(":root {") : CSS.index("@media")])
    for name, mood in MOODS.items():
        tones = dict(root)
        for selectors, body in re.findall(r"((?:\[data-mood=\w+\],? ?)+)\{([^}]*)\}", CSS):
            if f"[data-mood={name}]" in selectors and "--bg" in body:
                tones |= parse_tones(body)
        for part in ("bg", "surface", "ink", "mute", "line", "accent"):
            tone = getattr(mood, part)
            assert tones[part] == pytest.approx((tone.lightness, tone.chroma)), (name, part)
