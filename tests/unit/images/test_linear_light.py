"""Scaling in linear light."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from pelican_headshots.images import linear_light
from tests.support.pixels import HEIGHT, WIDTH, draw_test_picture


@pytest.mark.parametrize("width", [1200, 900, 750, 480])
def test_resizing_in_linear_light_is_close_to_pillow_on_linear_values(width: int) -> None:
    size = (width, round(HEIGHT * width / WIDTH))
    pixels = draw_test_picture(3.0, grain=8.0).copy()
    pixels[::40, ::40] = 255
    encoded = np.arange(256) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    expected = np.dstack(
        [
            np.asarray(
                Image.fromarray(linear[pixels[..., n]].astype(np.float32)).resize(size, Image.Resampling.LANCZOS)
            )
            for n in range(3)
        ]
    )
    resized = linear[np.asarray(linear_light.resize_in_linear_light(pixels, size))]
    # One of 255 steps is 0.009 of linear light at the bright end.
    assert np.abs(resized - np.clip(expected, 0, 1)).mean() < 0.006
    assert abs(resized.mean() - np.clip(expected, 0, 1).mean()) < 0.001
    assert set(
        np.unique(np.asarray(linear_light.resize_in_linear_light(np.full((90, 70, 3), 255, np.uint8), (35, 45))))
    ) == {255}
