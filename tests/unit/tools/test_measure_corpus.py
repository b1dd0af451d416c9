"""Altered copies of a photo, for measuring how stable its classification is."""

from __future__ import annotations

import io

from PIL import Image, ImageOps

from tools.research.measure_corpus import COPIES, make_copy


def read_color(image: Image.Image, point: tuple[int, int]) -> tuple[int, ...]:
    color = image.getpixel(point)
    assert isinstance(color, tuple)
    return color


def test_each_kind_of_copy_is_what_its_name_says() -> None:
    image = Image.new("RGB", (900, 600), (200, 30, 30))
    image.paste((30, 30, 200), (0, 0, 450, 600))
    image.save(data := io.BytesIO(), "PNG")
    copies = {kind: Image.open(io.BytesIO(make_copy(data.getvalue(), kind))) for kind in COPIES}
    assert copies["640 px"].size == (640, 427)
    assert copies["black and white"].mode == "L"
    assert copies["rotated by EXIF"].size == (600, 900)
    upright = ImageOps.exif_transpose(copies["rotated by EXIF"])
    for kind, left_is_blue in {"mirrored and saved": False, "quality 60": True, "640 px": True}.items():
        red, _, blue = read_color(copies[kind], (20, 300))
        assert (blue > red) is left_is_blue
    assert upright.size == (900, 600)
    assert read_color(upright, (20, 300))[2] > 150, "the camera's rotation is undone, not doubled"
