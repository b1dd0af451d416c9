"""Fast scaling: like Lanczos at any ratio, without a shift, and without a change of brightness."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pelican_headshots.images import resize
from pelican_headshots.images.resize import PixelArray
from tests.support.pixels import HEIGHT, WIDTH, draw_test_picture


def resize_by_pillow(pixels: PixelArray, size: tuple[int, int]) -> NDArray[np.float64]:
    resized = Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS)
    return np.asarray(resized, dtype=np.float64)


@pytest.mark.parametrize("width", [1350, 1200, 1000, 800, 640, 480])
def test_resizing_is_close_to_lanczos(width: int) -> None:
    size = (width, round(HEIGHT * width / WIDTH))
    for pixels in (draw_test_picture(3.0, grain=8.0), draw_test_picture(8.0)):
        resized = np.asarray(resize.resize(pixels, size), dtype=float)
        expected = resize_by_pillow(pixels, size)
        assert np.abs(resized - expected).mean() < 1.0
        assert abs(resized.mean() - expected.mean()) < 0.05
        # No aliasing where Lanczos has none: rings that are too fine become gray, not coarser rings.
        assert resized.std() == pytest.approx(expected.std(), rel=0.02)


def test_halving_is_close_to_lanczos() -> None:
    pixels = draw_test_picture(3.0, grain=8.0)
    halved = resize.halve(pixels)
    assert not isinstance(halved, Image.Image)
    assert np.abs(halved - resize_by_pillow(pixels, (750, 500))).mean() < 0.5
    assert resize.get_pixel_size(resize.halve(pixels[:-1, :-1])) == (750, 500)


def test_resizing_shifts_nothing_and_keeps_plain_colors() -> None:
    pixels = np.zeros((HEIGHT, WIDTH), np.uint8)
    pixels[400:600, 300:1200] = 255
    for size in ((750, 500), (600, 400), (500, 333)):
        resized = np.asarray(resize.resize(pixels, size), dtype=float)
        assert resized[size[1] // 2, :].sum() / 255 * WIDTH / size[0] == pytest.approx(900, abs=2)
        assert (resized * np.arange(size[0])).sum() / resized.sum() == pytest.approx((size[0] - 1) / 2, abs=0.05)
    assert set(np.unique(np.asarray(resize.resize(np.full((90, 70, 3), 137, np.uint8), (35, 45))))) == {137}


def test_small_ratios_boxes_and_other_modes_are_left_to_pillow() -> None:
    pixels = draw_test_picture(3.0)
    assert np.array_equal(np.asarray(resize.resize(pixels, (1380, 920))), resize_by_pillow(pixels, (1380, 920)))
    box = (100.5, 20.25, 1400.0, 900.0)
    part = Image.fromarray(pixels).resize((300, 203), Image.Resampling.LANCZOS, box)
    assert resize.resize(pixels, (300, 203), box).tobytes() == part.tobytes()
    transparent = Image.fromarray(pixels).convert("RGBA")
    assert resize.to_array_or_image(transparent) is transparent
    assert resize.resize(transparent, (300, 200)).mode == "RGBA"
    gray = Image.fromarray(pixels).convert("L")
    assert np.array_equal(np.asarray(resize.to_array_or_image(gray)), np.asarray(gray))


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 9, 3), (2, 40_000, 3), (7, 1)])
def test_odd_sizes_are_halved_by_rounding_up(shape: tuple[int, ...]) -> None:
    pixels = np.full(shape, 200, np.uint8)
    halved = resize.halve(pixels)
    assert resize.get_pixel_size(halved) == ((shape[1] + 1) // 2, (shape[0] + 1) // 2)
    assert set(np.unique(np.asarray(halved))) == {200}
