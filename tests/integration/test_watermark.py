"""A watermark: where it sits, where it does not, and what a wrong one is told."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pelican_headshots import settings
from pelican_headshots.images import render, watermark
from pelican_headshots.pipeline import paths
from pelican_headshots.values.geometry import FULL_IMAGE_BOX, Box
from pelican_headshots.values.rendition import Crop, Rendition, Watermark

SIZE = (600, 400)
CORNERS = {"bottom right": (1, 1), "bottom left": (0, 1), "top right": (1, 0), "top left": (0, 0)}


def original(busy: set[str] | None = None) -> bytes:
    """Grey, with noise in the *busy* corners."""
    pixels = np.full((SIZE[1], SIZE[0], 3), 90, dtype=np.uint8)
    for name in busy or ():
        x, y = CORNERS[name]
        noise = np.random.default_rng(3).integers(40, 140, (150, 220, 3), dtype=np.uint8)
        pixels[y * 250 : y * 250 + 150, x * 380 : x * 380 + 220] = noise
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def developed(data: bytes, mark: Watermark | None, faces: tuple[Box, ...] = ()) -> np.ndarray:
    wanted = Rendition(crop=Crop(), width=600, height=400, format="png", quality=0, faces=faces, watermark=mark)
    (made,) = render.render_renditions(data, [wanted])
    return np.asarray(Image.open(io.BytesIO(made)), dtype=int)


def corner_of_change(data: bytes, mark: Watermark, faces: tuple[Box, ...] = ()) -> str | None:
    changed = np.abs(developed(data, mark, faces) - developed(data, None)).max(axis=2) > 8
    if not changed.any():
        return None
    y, x = (float(axis.mean()) for axis in np.nonzero(changed))
    return next(n for n, at in CORNERS.items() if at == (int(x > 300), int(y > 200)))


def test_it_goes_to_the_quietest_corner() -> None:
    mark = Watermark(text="© Example", min_width=500)
    assert corner_of_change(original(), mark) == "bottom right"
    assert corner_of_change(original({"bottom right"}), mark) == "bottom left"
    assert corner_of_change(original({"bottom right", "bottom left", "top right"}), mark) == "top left"


def test_it_never_lies_on_a_face() -> None:
    mark = Watermark(text="© Example", min_width=500)
    assert corner_of_change(original(), mark, (Box(0.7, 0.7, 1.0, 1.0),)) == "bottom left"
    assert corner_of_change(original(), mark, (Box(0.7, 0.7, 1.0, 1.0), Box(0.0, 0.4, 0.3, 1.0))) == "top right"
    assert corner_of_change(original(), mark, (FULL_IMAGE_BOX,)) is None


def test_a_png_keeps_its_colours_and_its_shape() -> None:
    stamp = Image.new("RGBA", (80, 40), (0, 0, 0, 0))
    stamp.paste((255, 0, 0, 255), (0, 0, 40, 40))
    out = io.BytesIO()
    stamp.save(out, "PNG")
    made = developed(original(), Watermark(png=out.getvalue(), opacity=1.0))
    red = (made[..., 0] > 240) & (made[..., 1] < 20)
    assert 0.002 < red.mean() < 0.02


def test_no_letter_of_a_european_name_is_an_empty_box() -> None:
    assert watermark.find_missing_glyphs("© 2026 José Müller-Łoś, Ærø, žluťoučký kůň; ₿") == "₿"
    western = "".join(
        letter for letter in map(chr, range(0x20, 0x2200)) if re.fullmatch(paths.WATERMARK_FONT_CHARACTERS, letter)
    )
    assert len(western) > 150 and watermark.find_missing_glyphs(western) == ""
    plain, accented, in_two = (
        developed(original(), Watermark(text=text, min_width=500)) for text in ("Jose", "José", "Jo\u00adse\u0301")
    )
    assert np.abs(plain - accented).max() > 8 and (accented == in_two).all()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "either"),
        ({"text": " "}, "either"),
        ({"text": "a", "picture": "b.png"}, "either"),
        ({"picture": "none.png"}, "cannot be read"),
        ({"picture": "words.png"}, "not a PNG"),
        ({"text": "© Анна"}, "characters that the typeface lacks: Ана"),
        ({"picture": "half.png"}, r"half\.png cannot be used\. The picture is damaged"),
    ],
)
def test_a_wrong_watermark_is_told(tmp_path: Path, given: dict[str, str], told: str) -> None:
    (tmp_path / "words.png").write_text("words")
    Image.new("RGBA", (80, 40)).save(tmp_path / "whole.png")
    (tmp_path / "half.png").write_bytes((tmp_path / "whole.png").read_bytes()[:60])
    chosen = settings.read({"HEADSHOTS": {"watermark": given}})
    with pytest.raises(settings.SettingsError, match=told):
        paths.load_watermark(chosen, tmp_path)


def test_no_watermark_is_the_default(tmp_path: Path) -> None:
    assert paths.load_watermark(settings.Settings(), tmp_path) is None
    assert paths.load_watermark(settings.read({"HEADSHOTS": {"watermark": {"text": "© A"}}}), tmp_path) == Watermark(
        "© A"
    )
