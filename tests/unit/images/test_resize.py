"""Fast scaling looks as Lanczos does, whatever the ratio, and keeps light, edges and the middle where they are."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from pelican_headshots.images import linear_light, resize
from pelican_headshots.images.resize import PixelArray

WIDTH, HEIGHT = 1500, 1000


def picture(finest: float, grain: float = 0.0) -> PixelArray:
    """Rings that get finer outwards, down to *finest* pixels, brighter to the right; with *grain*."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    far = np.hypot(x - WIDTH / 2, y - HEIGHT / 2)
    rings = 60 * np.cos(np.pi * far**2 / (finest * np.hypot(WIDTH, HEIGHT)))
    noise = np.random.default_rng(7).normal(0, grain, (HEIGHT, WIDTH)) if grain else 0.0
    planes = [90 + 70 * x / WIDTH + weight * rings + noise for weight in (1.0, 0.7, 0.4)]
    return np.clip(np.dstack(planes), 0, 255).astype(np.uint8)


def lanczos(pixels: PixelArray, size: tuple[int, int]) -> np.ndarray:
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS), dtype=float)


@pytest.mark.parametrize("width", [1350, 1200, 1000, 800, 640, 480])
def test_it_looks_as_lanczos(width: int) -> None:
    size = (width, round(HEIGHT * width / WIDTH))
    for pixels in (picture(3.0, grain=8.0), picture(8.0)):
        made = np.asarray(resize.resize(pixels, size), dtype=float)
        wanted = lanczos(pixels, size)
        assert np.abs(made - wanted).mean() < 1.0
        assert abs(made.mean() - wanted.mean()) < 0.05
        # No aliases where Lanczos has none: what is too fine is grey, not coarse rings.
        assert made.std() == pytest.approx(wanted.std(), rel=0.02)


def test_halving_is_lanczos() -> None:
    pixels = picture(3.0, grain=8.0)
    half = resize.halve(pixels)
    assert not isinstance(half, Image.Image)
    assert np.abs(half - lanczos(pixels, (750, 500))).mean() < 0.5
    assert resize.get_pixel_size(resize.halve(pixels[:-1, :-1])) == (750, 500)


def test_nothing_moves() -> None:
    pixels = np.zeros((HEIGHT, WIDTH), np.uint8)
    pixels[400:600, 300:1200] = 255
    for size in ((750, 500), (600, 400), (500, 333)):
        made = np.asarray(resize.resize(pixels, size), dtype=float)
        assert made[size[1] // 2, :].sum() / 255 * WIDTH / size[0] == pytest.approx(900, abs=2)
        assert (made * np.arange(size[0])).sum() / made.sum() == pytest.approx((size[0] - 1) / 2, abs=0.05)
    assert set(np.unique(np.asarray(resize.resize(np.full((90, 70, 3), 137, np.uint8), (35, 45))))) == {137}


def test_small_ratios_parts_and_other_modes_are_pillows() -> None:
    pixels = picture(3.0)
    assert np.array_equal(np.asarray(resize.resize(pixels, (1380, 920))), lanczos(pixels, (1380, 920)))
    box = (100.5, 20.25, 1400.0, 900.0)
    part = Image.fromarray(pixels).resize((300, 203), Image.Resampling.LANCZOS, box)
    assert resize.resize(pixels, (300, 203), box).tobytes() == part.tobytes()
    clear = Image.fromarray(pixels).convert("RGBA")
    assert resize.to_array_or_image(clear) is clear
    assert resize.resize(clear, (300, 200)).mode == "RGBA"
    grey = Image.fromarray(pixels).convert("L")
    assert np.array_equal(np.asarray(resize.to_array_or_image(grey)), np.asarray(grey))


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 9, 3), (2, 40_000, 3), (7, 1)])
def test_odd_shapes(shape: tuple[int, ...]) -> None:
    pixels = np.full(shape, 200, np.uint8)
    half = resize.halve(pixels)
    assert resize.get_pixel_size(half) == ((shape[1] + 1) // 2, (shape[0] + 1) // 2)
    assert set(np.unique(np.asarray(half))) == {200}


@pytest.mark.parametrize("width", [1200, 900, 750, 480])
def test_linear_light_is_scaled_as_pillow_scales_light(width: int) -> None:
    size = (width, round(HEIGHT * width / WIDTH))
    pixels = picture(3.0, grain=8.0)
    pixels[::40, ::40] = 255
    step = np.arange(256) / 255
    linear = np.where(step <= 0.04045, step / 12.92, ((step + 0.055) / 1.055) ** 2.4)
    wanted = np.dstack(
        [
            np.asarray(
                Image.fromarray(linear[pixels[..., n]].astype(np.float32)).resize(size, Image.Resampling.LANCZOS)
            )
            for n in range(3)
        ]
    )
    made = linear[np.asarray(linear_light.resize_in_linear_light(pixels, size))]
    # A step of 255 is 0.009 of light where it is brightest.
    assert np.abs(made - np.clip(wanted, 0, 1)).mean() < 0.006
    assert abs(made.mean() - np.clip(wanted, 0, 1).mean()) < 0.001
    assert set(
        np.unique(np.asarray(linear_light.resize_in_linear_light(np.full((90, 70, 3), 255, np.uint8), (35, 45))))
    ) == {255}
