"""Watermarks: their place in a picture, their letters, and errors in the setting."""

from __future__ import annotations

import io
import re
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pelican_headshots import settings
from pelican_headshots.images import render, watermark
from pelican_headshots.pipeline import paths
from pelican_headshots.values.geometry import FULL_IMAGE_BOX, Box
from pelican_headshots.values.rendition import Crop, Rendition, Watermark

SIZE = (600, 400)
CORNERS = {"bottom right": (1, 1), "bottom left": (0, 1), "top right": (1, 0), "top left": (0, 0)}


def create_original(busy_corners: Collection[str] = ()) -> bytes:
    """Return a gray picture with noise in the *busy_corners*."""
    pixels = np.full((SIZE[1], SIZE[0], 3), 90, dtype=np.uint8)
    for name in busy_corners:
        x, y = CORNERS[name]
        noise = np.random.default_rng(3).integers(40, 140, (150, 220, 3), dtype=np.uint8)
        pixels[y * 250 : y * 250 + 150, x * 380 : x * 380 + 220] = noise
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def render_pixels(data: bytes, mark: Watermark | None, faces: tuple[Box, ...] = ()) -> NDArray[np.int_]:
    wanted = Rendition(crop=Crop(), width=600, height=400, format="png", quality=0, faces=faces, watermark=mark)
    (rendered,) = render.render_renditions(data, [wanted])
    return np.asarray(Image.open(io.BytesIO(rendered)), dtype=int)


def find_marked_corner(data: bytes, mark: Watermark, faces: tuple[Box, ...] = ()) -> str | None:
    changed = np.abs(render_pixels(data, mark, faces) - render_pixels(data, None)).max(axis=2) > 8
    if not changed.any():
        return None
    y, x = (float(axis.mean()) for axis in np.nonzero(changed))
    return next(name for name, position in CORNERS.items() if position == (int(x > 300), int(y > 200)))


def test_a_watermark_is_in_the_corner_with_the_least_detail() -> None:
    mark = Watermark(text="© Example", min_width=500)
    assert find_marked_corner(create_original(), mark) == "bottom right"
    assert find_marked_corner(create_original({"bottom right"}), mark) == "bottom left"
    assert find_marked_corner(create_original({"bottom right", "bottom left", "top right"}), mark) == "top left"


def test_a_watermark_never_covers_a_face() -> None:
    mark = Watermark(text="© Example", min_width=500)
    assert find_marked_corner(create_original(), mark, (Box(0.7, 0.7, 1.0, 1.0),)) == "bottom left"
    assert (
        find_marked_corner(create_original(), mark, (Box(0.7, 0.7, 1.0, 1.0), Box(0.0, 0.4, 0.3, 1.0))) == "top right"
    )
    assert find_marked_corner(create_original(), mark, (FULL_IMAGE_BOX,)) is None


def test_a_png_watermark_keeps_its_colors_and_its_shape() -> None:
    logo = Image.new("RGBA", (80, 40), (0, 0, 0, 0))
    logo.paste((255, 0, 0, 255), (0, 0, 40, 40))
    out = io.BytesIO()
    logo.save(out, "PNG")
    pixels = render_pixels(create_original(), Watermark(png=out.getvalue(), opacity=1.0))
    red = (pixels[..., 0] > 240) & (pixels[..., 1] < 20)
    assert 0.002 < red.mean() < 0.02


def test_the_font_has_the_letters_of_european_names_and_reports_others() -> None:
    assert watermark.find_missing_glyphs("© 2026 José Müller-Łoś, Ærø, žluťoučký kůň; ₿") == "₿"
    western = "".join(
        letter for letter in map(chr, range(0x20, 0x2200)) if re.fullmatch(paths.WATERMARK_FONT_CHARACTERS, letter)
    )
    assert len(western) > 150
    assert watermark.find_missing_glyphs(western) == ""
    plain, accented, decomposed = (
        render_pixels(create_original(), Watermark(text=text, min_width=500))
        for text in ("Jose", "José", "Jo\u00adse\u0301")
    )
    assert np.abs(plain - accented).max() > 8
    assert (accented == decomposed).all()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({}, "either"),
        ({"text": " "}, "either"),
        ({"text": "a", "picture": "b.png"}, "either"),
        ({"picture": "none.png"}, "cannot be read"),
        ({"picture": "text.png"}, "not a PNG"),
        ({"text": "© Анна"}, "characters that the typeface lacks: Ана"),
        ({"picture": "half.png"}, r"half\.png cannot be used\. The picture is damaged"),
    ],
)
def test_an_error_in_the_watermark_setting_is_explained(tmp_path: Path, setting: dict[str, str], message: str) -> None:
    (tmp_path / "text.png").write_text("text")
    Image.new("RGBA", (80, 40)).save(tmp_path / "whole.png")
    (tmp_path / "half.png").write_bytes((tmp_path / "whole.png").read_bytes()[:60])
    site_settings = settings.read({"HEADSHOTS": {"watermark": setting}})
    with pytest.raises(settings.SettingsError, match=message):
        paths.load_watermark(site_settings, tmp_path)


def test_there_is_no_watermark_by_default(tmp_path: Path) -> None:
    assert paths.load_watermark(settings.Settings(), tmp_path) is None
    assert paths.load_watermark(settings.read({"HEADSHOTS": {"watermark": {"text": "© A"}}}), tmp_path) == Watermark(
        "© A"
    )
