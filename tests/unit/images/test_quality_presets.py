"""The presets of quality: in each format, a higher preset looks better and costs more bytes."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from pelican_headshots.images import encode
from pelican_headshots.images.quality_presets import DENSE_QUALITY_DROP, QUALITY_PRESETS
from pelican_headshots.values.rendition import Rights

Y, X = np.mgrid[0:96, 0:128]
GRAIN = np.random.default_rng(4).normal(0, 5, (96, 128))
PHOTO = Image.fromarray(
    np.repeat((110 + 60 * np.sin(X / 26) * np.cos(Y / 18) + GRAIN).astype(np.uint8)[..., None], 3, axis=2)
)


@pytest.mark.parametrize("format", ["avif", "jpeg", "webp"])
def test_each_preset_gives_larger_files_than_the_one_below(format: str) -> None:
    sizes = [len(encode.encode(PHOTO, format, preset[format], Rights())) for preset in QUALITY_PRESETS.values()]
    assert sizes == sorted(set(sizes))


def test_files_for_dense_screens_have_a_quality_that_encoders_accept() -> None:
    assert QUALITY_PRESETS.keys() == DENSE_QUALITY_DROP.keys()
    for name, preset in QUALITY_PRESETS.items():
        assert all(preset[format] - DENSE_QUALITY_DROP[name] > 0 for format in ("avif", "jpeg", "webp"))


@pytest.mark.parametrize("size", [(1, 1), (700, 9), (40, 40)])
def test_tiny_pictures_are_encoded_in_every_format(size: tuple[int, int]) -> None:
    for format in QUALITY_PRESETS["balanced"]:
        assert encode.encode(PHOTO.resize(size), format, 57, Rights())
