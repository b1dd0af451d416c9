"""Wide-gamut photos keep their colors in every format, compared with a reference computed without LittleCMS."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from pelican_headshots.images import color, decode, render
from pelican_headshots.images.quality_presets import QUALITY_PRESETS
from pelican_headshots.values.formats import ColorSpace
from pelican_headshots.values.rendition import Crop, Rendition
from tests.support.site import REPOSITORY

Array = NDArray[np.float64]
PHOTOS = REPOSITORY / "content" / "photos"

# Primaries as xy, white as XYZ; D50 where the space is defined for it, else D65 and adapted by Bradford.
D50, D65 = (0.96420, 1.0, 0.82491), (0.95047, 1.0, 1.08883)
SPACES = {
    "Adobe RGB": (((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)), D65, 2.19921875),
    "Display P3": (((0.68, 0.32), (0.265, 0.69), (0.15, 0.06)), D65, 0.0),
    "ProPhoto": (((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001)), D50, 1.8),
    "sRGB": (((0.64, 0.33), (0.30, 0.60), (0.15, 0.06)), D65, 0.0),
}
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


def compute_d50_matrix(name: str) -> Array:
    """Return the matrix from linear RGB of a color space to XYZ under D50."""
    primaries, white, _ = SPACES[name]
    columns = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in primaries]).T
    matrix = columns * np.linalg.solve(columns, np.array(white))
    cones = np.diag((BRADFORD @ D50) / (BRADFORD @ np.array(white)))
    return np.asarray(np.linalg.inv(BRADFORD) @ cones @ BRADFORD @ matrix)


def decode_gamma(values: Array, gamma: float) -> Array:
    if gamma:
        return np.asarray(values**gamma)
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def encode_gamma(values: Array, gamma: float) -> Array:
    if gamma:
        return np.asarray(values ** (1 / gamma))
    return np.where(values <= 0.0031308, values * 12.92, 1.055 * values ** (1 / 2.4) - 0.055)


def convert(values: Array, source: str, target: str) -> Array:
    """Convert *values* (0 to 1) from one color space to another, clipped to it: relative colorimetric."""
    light = (
        decode_gamma(values, SPACES[source][2])
        @ (np.linalg.inv(compute_d50_matrix(target)) @ compute_d50_matrix(source)).T
    )
    return encode_gamma(np.clip(light, 0, 1), SPACES[target][2])


def build_profile(name: str) -> bytes:
    """Return a version 2 ICC profile of a color space."""
    matrix, gamma = compute_d50_matrix(name), SPACES[name][2]
    if gamma:
        curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    else:
        steps = np.round(decode_gamma(np.linspace(0, 1, 1024), 0) * 65535).astype(">u2")
        curve = b"curv\0\0\0\0" + struct.pack(">I", 1024) + steps.tobytes()

    def xyz(values: Array) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))

    text = b"desc\0\0\0\0" + struct.pack(">I", len(name) + 1) + name.encode() + b"\0" * (1 + 78 + -(len(name) + 91) % 4)
    tags = [(b"desc", text), (b"cprt", b"text\0\0\0\0CC0\0"), (b"wtpt", xyz(np.array(D50)))]
    tags += [(key, xyz(matrix[:, column])) for column, key in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))]
    tags += [(key, curve) for key in (b"rTRC", b"gTRC", b"bTRC")]
    at, table, bodies = 132 + 12 * len(tags), b"", b""
    for key, body in tags:
        table += key + struct.pack(">II", at + len(bodies), len(body))
        bodies += body
    head = struct.pack(
        ">I4sI4s4s4s12s4s", at + len(bodies), b"\0" * 4, 0x02400000, b"mntr", b"RGB ", b"XYZ ", b"", b"acsp"
    )
    white = struct.pack(">3i", *(round(value * 65536) for value in D50))
    return head.ljust(68, b"\0") + white.ljust(60, b"\0") + struct.pack(">I", len(tags)) + table + bodies


def convert_to_lab(values: Array, name: str = "sRGB") -> Array:
    xyz = decode_gamma(values, SPACES[name][2]) @ compute_d50_matrix(name).T / np.array(D50)
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


def compute_delta_e_2000(first: Array, second: Array) -> Array:
    """Return the CIEDE2000 differences (Sharma, Wu and Dalal 2005), all weights 1."""
    l1, a1, b1 = np.moveaxis(first, -1, 0)
    l2, a2, b2 = np.moveaxis(second, -1, 0)
    mean7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    stretch = 1.5 - 0.5 * np.sqrt(mean7 / (mean7 + 25.0**7))
    c1, c2 = np.hypot(a1 * stretch, b1), np.hypot(a2 * stretch, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1 * stretch)) % 360, np.degrees(np.arctan2(b2, a2 * stretch)) % 360
    turn = (h2 - h1 + 180) % 360 - 180
    turn = np.where(c1 * c2 == 0, 0.0, turn)
    hue = np.where(c1 * c2 == 0, h1 + h2, (h1 + turn / 2) % 360)
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2

    def cos(degrees: Array) -> Array:
        return np.asarray(np.cos(np.radians(degrees)))

    t = 1 - 0.17 * cos(hue - 30) + 0.24 * cos(2 * hue) + 0.32 * cos(3 * hue + 6) - 0.20 * cos(4 * hue - 63)
    sl = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    sc, sh = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    rt = -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2))))
    dl, dc = (l2 - l1) / sl, (c2 - c1) / sc
    return np.asarray(np.sqrt(np.maximum(dl**2 + dc**2 + (dh / sh) ** 2 + rt * dc * dh / sh, 0)))


def average_blocks(values: Array, step: int = 4) -> Array:
    """Return the means of squares of *step* pixels."""
    height, width = (side // step * step for side in values.shape[:2])
    blocks = values[:height, :width].reshape(height // step, step, width // step, step, 3)
    return np.asarray(blocks.mean(axis=(1, 3)))


def measure_difference(expected: Array, actual: Array, space: str = "sRGB") -> Array:
    """Return the color differences between the means of small squares of two pictures in one color space."""
    return compute_delta_e_2000(
        average_blocks(convert_to_lab(expected, space)), average_blocks(convert_to_lab(actual, space))
    )


def test_the_color_difference_is_right_on_published_pairs() -> None:
    """Pairs 1, 7, 16 and 24 of Sharma, Wu and Dalal's table."""
    pairs = np.array([
        [[50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485]], [[50.0, 0.0, 0.0], [50.0, -1.0, 2.0]],
        [[50.0, 2.5, 0.0], [50.0, 0.0, -2.5]], [[50.0, 2.5, 0.0], [50.0, 3.2592, 0.3350]],
    ])  # fmt: skip
    assert compute_delta_e_2000(pairs[:, 0], pairs[:, 1]) == pytest.approx([2.0425, 2.3669, 4.3065, 1.0], abs=2e-4)


def load_photo(name: str) -> Array:
    with Image.open(PHOTOS / name) as image:
        small = image.convert("RGB")
        small.thumbnail((400, 400), Image.Resampling.LANCZOS)
    return np.asarray(small, dtype=float) / 255


def make_chart() -> Array:
    """Return colors from gray to the edge of the color space and beyond sRGB, without edges that a codec would blur."""
    y, x = np.mgrid[0:240, 0:360]
    waves = [0.5 + 0.48 * np.sin(x / 77 + k) * np.cos(y / 63 + 2 * k) for k in (0.0, 2.1, 4.2)]
    return np.stack(waves, axis=-1)


PICTURES: dict[str, Callable[[], Array]] = {
    "chart": make_chart,
    "window light": lambda: load_photo("night/window-light.jpg"),
    "red balloon": lambda: load_photo("daylight/red-balloon.jpg"),
}


@pytest.mark.parametrize("format", ["avif", "jpeg", "webp", "png"])
@pytest.mark.parametrize("space", ["Adobe RGB", "Display P3", "ProPhoto"])
@pytest.mark.parametrize("picture", PICTURES)
def test_wide_gamut_photos_keep_their_colors(picture: str, space: str, format: str) -> None:
    values = PICTURES[picture]()
    # A photo is in sRGB and is converted to the color space; the chart is made in it.
    values = values if picture == "chart" else convert(values, "sRGB", space)
    pixels = np.round(values * 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "TIFF", icc_profile=build_profile(space))
    height, width = pixels.shape[:2]
    quality = QUALITY_PRESETS["balanced"][format]
    wanted = Rendition(crop=Crop(), width=width, height=height, format=format, quality=quality)
    (rendered,) = render.render_renditions(out.getvalue(), [wanted])
    decoded = np.asarray(Image.open(io.BytesIO(rendered)).convert("RGB"), dtype=float) / 255
    # Single pixels are changed by every codec; a wrong color shows in the mean of a few.
    difference = measure_difference(convert(pixels / 255, space, "sRGB"), decoded)
    assert np.median(difference) <= 1
    assert np.percentile(difference, 99) <= 3


def make_tiff(values: Array, space: str) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.round(values * 255).astype(np.uint8)).save(out, "TIFF", icc_profile=build_profile(space))
    return out.getvalue()


@pytest.mark.parametrize("space", ["Display P3", "ProPhoto", "Adobe RGB"])
def test_display_p3_renditions_keep_colors_outside_srgb(space: str) -> None:
    chart = make_chart()
    wanted = Rendition(Crop(), chart.shape[1], chart.shape[0], "avif-p3", QUALITY_PRESETS["balanced"]["avif"])
    (rendered,) = render.render_renditions(make_tiff(chart, space), [wanted])
    image = Image.open(io.BytesIO(rendered))
    assert image.info["icc_profile"] == color.build_icc_profile("Display P3")
    decoded = np.asarray(image.convert("RGB"), dtype=float) / 255
    expected = convert(chart, space, "Display P3")
    difference = measure_difference(expected, decoded, "Display P3")
    assert np.median(difference) <= 1
    assert np.percentile(difference, 99) <= 3
    in_srgb = average_blocks(convert_to_lab(convert(chart, space, "sRGB")))
    srgb_difference = compute_delta_e_2000(average_blocks(convert_to_lab(expected, "Display P3")), in_srgb)
    assert np.percentile(srgb_difference, 99) > 3  # else the chart would have no colors outside sRGB


@pytest.mark.parametrize("space", ["sRGB", "Display P3", "Adobe RGB"])
def test_each_icc_profile_has_the_primaries_of_its_color_space(space: Literal[ColorSpace, "Adobe RGB"]) -> None:
    profile = color.build_icc_profile(space)
    assert len(profile) < 600
    parsed = ImageCms.ImageCmsProfile(io.BytesIO(profile)).profile
    colorants = (parsed.red_colorant, parsed.green_colorant, parsed.blue_colorant)
    primaries = [colorant[0] for colorant in colorants if colorant is not None]
    assert np.abs(np.array(primaries).T - compute_d50_matrix(space)).max() < 2e-4


def test_colors_outside_srgb_are_found_in_the_pixels_and_not_assumed_from_the_profile() -> None:
    chart = make_chart()
    wide_gamut = make_tiff(chart, "Display P3")
    within_srgb = make_tiff(convert(chart, "sRGB", "Display P3"), "Display P3")
    assert decode.decode_for_analysis(wide_gamut).wide_gamut_share > 0.05
    assert decode.decode_for_analysis(within_srgb).wide_gamut_share == 0
    assert decode.decode_for_analysis(make_tiff(chart, "sRGB")).wide_gamut_share == 0


def test_exif_that_declares_adobe_rgb_replaces_a_missing_profile() -> None:
    chart = make_chart()
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0xA001: 0xFFFF, 0xA005: {1: "R03", 2: b"0100"}})
    out = io.BytesIO()
    Image.fromarray(np.round(chart * 255).astype(np.uint8)).save(out, "JPEG", quality=97, subsampling=0, exif=exif)
    decoded = decode.decode_for_analysis(out.getvalue()).pixels / 255
    difference = measure_difference(convert(chart, "Adobe RGB", "sRGB"), decoded)
    assert np.percentile(difference, 99) <= 3
    assert decode.decode_for_analysis(out.getvalue()).wide_gamut_share > 0.02
