"""Each picture finds its own quality: those that take badly to compression go up, easy ones do not get more."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from pelican_headshots.images import quality_presets, quantization, render
from pelican_headshots.values.geometry import Box
from pelican_headshots.values.rendition import Crop, Rendition


def saved(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


def texture(contrast: float) -> np.ndarray:
    """Fine grain on a soft ground; low contrast is what encoders wipe away."""
    y, x = np.mgrid[0:480, 0:640]
    soft = 110 + 60 * np.sin(x / 130) * np.cos(y / 90)
    grain = np.random.default_rng(4).normal(0, contrast, (480, 640))
    return np.repeat((soft + grain)[..., None], 3, axis=2)


def jpeg_quality(data: bytes, preset: str = "balanced", faces: tuple[Box, ...] = ()) -> int:
    """The number whose tables a developed JPEG carries."""
    number = quality_presets.QUALITY_PRESETS[preset]["jpeg"]
    (made,) = render.render_renditions(data, [Rendition(Crop(), 640, 480, "jpeg", number, faces)])
    held = Image.open(io.BytesIO(made)).quantization[0]
    return next(n for n in range(1, 101) if list(held) == list(quantization.build_quantization_tables(n)[0]))


def test_pictures_differ_in_what_they_need() -> None:
    faint, plain = jpeg_quality(saved(texture(5))), jpeg_quality(saved(texture(0)))
    assert faint > quality_presets.QUALITY_PRESETS["balanced"]["jpeg"] >= plain


def test_the_presets_stand_apart_for_every_picture() -> None:
    data = saved(texture(5))
    light, balanced, archival = (jpeg_quality(data, preset) for preset in ("light", "balanced", "archival"))
    assert light < balanced < archival


def test_a_delicate_face_lifts_the_quality() -> None:
    pixels = texture(0)
    pixels[100:260, 200:360] = texture(7)[100:260, 200:360]
    face = Box(200 / 640, 100 / 480, 360 / 640, 260 / 480)
    assert jpeg_quality(saved(pixels), faces=(face,)) > jpeg_quality(saved(pixels))


@pytest.mark.parametrize("shape", [(1, 1), (9, 700), (40, 40)])
def test_tiny_pictures_are_simply_encoded(shape: tuple[int, int]) -> None:
    height, width = shape
    wanted = [Rendition(Crop(), width, height, format, 57) for format in ("avif", "jpeg", "webp")]
    assert len(render.render_renditions(saved(np.full((height, width, 3), 99)), wanted)) == 3


def test_finer_numbers_have_finer_tables() -> None:
    for coarse, fine in zip(range(1, 100), range(2, 101), strict=True):
        tables = map(quantization.build_quantization_tables, (coarse, fine))
        for coarse_table, fine_table in zip(*tables, strict=True):
            assert all(a >= b for a, b in zip(coarse_table, fine_table, strict=True))
    assert max(quantization.build_quantization_tables(1)[0]) <= 255
    assert min(quantization.build_quantization_tables(100)[0]) >= 1
