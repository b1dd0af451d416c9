"""The encoding quality of each picture: higher where compression would show, not higher where it would not."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from pelican_headshots.images import quality_presets, quantization, render
from pelican_headshots.values.geometry import Box
from pelican_headshots.values.rendition import Crop, Rendition


def encode_png(pixels: NDArray[np.float64]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


def create_texture(contrast: float) -> NDArray[np.float64]:
    """Return fine grain on a smooth background; encoders remove grain of low contrast."""
    y, x = np.mgrid[0:480, 0:640]
    soft = 110 + 60 * np.sin(x / 130) * np.cos(y / 90)
    grain = np.random.default_rng(4).normal(0, contrast, (480, 640))
    return np.repeat((soft + grain)[..., None], 3, axis=2)


def find_jpeg_quality(data: bytes, preset: str = "balanced", faces: tuple[Box, ...] = ()) -> int:
    """Return the quality whose quantization tables a rendered JPEG has."""
    preset_quality = quality_presets.QUALITY_PRESETS[preset]["jpeg"]
    (rendered,) = render.render_renditions(data, [Rendition(Crop(), 640, 480, "jpeg", preset_quality, faces)])
    with Image.open(io.BytesIO(rendered)) as image:
        assert isinstance(image, JpegImageFile)
        table = list(image.quantization[0])
    return next(n for n in range(1, 101) if table == list(quantization.build_quantization_tables(n)[0]))


def test_faint_grain_gets_a_higher_quality_than_a_smooth_picture() -> None:
    faint, smooth = find_jpeg_quality(encode_png(create_texture(5))), find_jpeg_quality(encode_png(create_texture(0)))
    assert faint > quality_presets.QUALITY_PRESETS["balanced"]["jpeg"] >= smooth


def test_each_preset_gives_a_higher_quality_than_the_one_below() -> None:
    data = encode_png(create_texture(5))
    light, balanced, archival = (find_jpeg_quality(data, preset) for preset in ("light", "balanced", "archival"))
    assert light < balanced < archival


def test_fine_detail_in_a_face_raises_the_quality() -> None:
    pixels = create_texture(0)
    pixels[100:260, 200:360] = create_texture(7)[100:260, 200:360]
    face = Box(200 / 640, 100 / 480, 360 / 640, 260 / 480)
    assert find_jpeg_quality(encode_png(pixels), faces=(face,)) > find_jpeg_quality(encode_png(pixels))


@pytest.mark.parametrize("shape", [(1, 1), (9, 700), (40, 40)])
def test_tiny_pictures_are_encoded(shape: tuple[int, int]) -> None:
    height, width = shape
    wanted = [Rendition(Crop(), width, height, format, 57) for format in ("avif", "jpeg", "webp")]
    assert len(render.render_renditions(encode_png(np.full((height, width, 3), 99.0)), wanted)) == 3
