"""Colours of wide-gamut originals, in every format, against a reference worked out without LittleCMS."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from pelican_headshots.images import color, decode, render
from pelican_headshots.images.quality_presets import QUALITY_PRESETS
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


def to_d50(name: str) -> Array:
    """Linear RGB of a space → XYZ under D50."""
    primaries, white, _ = SPACES[name]
    columns = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in primaries]).T
    matrix = columns * np.linalg.solve(columns, np.array(white))
    cones = np.diag((BRADFORD @ D50) / (BRADFORD @ np.array(white)))
    return np.asarray(np.linalg.inv(BRADFORD) @ cones @ BRADFORD @ matrix)


def linear(values: Array, gamma: float) -> Array:
    if gamma:
        return np.asarray(values**gamma)
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def curved(values: Array, gamma: float) -> Array:
    if gamma:
        return np.asarray(values ** (1 / gamma))
    return np.where(values <= 0.0031308, values * 12.92, 1.055 * values ** (1 / 2.4) - 0.055)


def between(values: Array, source: str, target: str) -> Array:
    """Values 0..1 from one space to another, clipped to it: relative colorimetric."""
    light = linear(values, SPACES[source][2]) @ (np.linalg.inv(to_d50(target)) @ to_d50(source)).T
    return curved(np.clip(light, 0, 1), SPACES[target][2])


def profile(name: str) -> bytes:
    """A version 2 ICC profile of a space."""
    matrix, gamma = to_d50(name), SPACES[name][2]
    if gamma:
        curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    else:
        steps = np.round(linear(np.linspace(0, 1, 1024), 0) * 65535).astype(">u2")
        curve = b"curv\0\0\0\0" + struct.pack(">I", 1024) + steps.tobytes()

    def xyz(values: Array) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in values))

    text = b"desc\0\0\0\0" + struct.pack(">I", len(name) + 1) + name.encode() + b"\0" * (1 + 78 + -(len(name) + 91) % 4)
    tags = [(b"desc", text), (b"cprt", b"text\0\0\0\0CC0\0"), (b"wtpt", xyz(np.array(D50)))]
    tags += [(k, xyz(matrix[:, i])) for i, k in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))]
    tags += [(k, curve) for k in (b"rTRC", b"gTRC", b"bTRC")]
    at, table, bodies = 132 + 12 * len(tags), b"", b""
    for key, body in tags:
        table += key + struct.pack(">II", at + len(bodies), len(body))
        bodies += body
    head = struct.pack(
        ">I4sI4s4s4s12s4s", at + len(bodies), b"\0" * 4, 0x02400000, b"mntr", b"RGB ", b"XYZ ", b"", b"acsp"
    )
    white = struct.pack(">3i", *(round(v * 65536) for v in D50))
    return head.ljust(68, b"\0") + white.ljust(60, b"\0") + struct.pack(">I", len(tags)) + table + bodies


def lab(values: Array, name: str = "sRGB") -> Array:
    xyz = linear(values, SPACES[name][2]) @ to_d50(name).T / np.array(D50)
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


def delta_e_2000(first: Array, second: Array) -> Array:
    """CIEDE2000 (Sharma, Wu and Dalal 2005), all weights 1."""
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


def coarse(values: Array, step: int = 4) -> Array:
    """Means over squares of *step* pixels."""
    height, width = (side // step * step for side in values.shape[:2])
    blocks = values[:height, :width].reshape(height // step, step, width // step, step, 3)
    return np.asarray(blocks.mean(axis=(1, 3)))


def test_the_measure_is_right_on_published_pairs() -> None:
    """Pairs 1, 7, 16 and 24 of Sharma, Wu and Dalal's table."""
    pairs = np.array([
        [[50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485]], [[50.0, 0.0, 0.0], [50.0, -1.0, 2.0]],
        [[50.0, 2.5, 0.0], [50.0, 0.0, -2.5]], [[50.0, 2.5, 0.0], [50.0, 3.2592, 0.3350]],
    ])  # fmt: skip
    assert delta_e_2000(pairs[:, 0], pairs[:, 1]) == pytest.approx([2.0425, 2.3669, 4.3065, 1.0], abs=2e-4)


def photograph(name: str) -> Array:
    with Image.open(PHOTOS / name) as image:
        small = image.convert("RGB")
        small.thumbnail((400, 400), Image.Resampling.LANCZOS)
    return np.asarray(small, dtype=float) / 255


def chart() -> Array:
    """Colours from grey to the edge of the space and beyond sRGB, without edges for a codec to blur."""
    y, x = np.mgrid[0:240, 0:360]
    waves = [0.5 + 0.48 * np.sin(x / 77 + k) * np.cos(y / 63 + 2 * k) for k in (0.0, 2.1, 4.2)]
    return np.stack(waves, axis=-1)


FIXTURES = {"chart": chart, "window light": lambda: photograph("night/window-light.jpg"),
            "red balloon": lambda: photograph("daylight/red-balloon.jpg")}  # fmt: skip


@pytest.mark.parametrize("format", ["avif", "jpeg", "webp", "png"])
@pytest.mark.parametrize("space", ["Adobe RGB", "Display P3", "ProPhoto"])
@pytest.mark.parametrize("fixture", FIXTURES)
def test_wide_gamut_originals_keep_their_colours(fixture: str, space: str, format: str) -> None:
    drawn = FIXTURES[fixture]()
    # A photograph is sRGB to begin with and is brought into the space; the chart is made in it.
    wide = drawn if fixture == "chart" else between(drawn, "sRGB", space)
    held = np.round(wide * 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(held).save(out, "TIFF", icc_profile=profile(space))
    height, width = held.shape[:2]
    quality = QUALITY_PRESETS["balanced"][format]
    wanted = Rendition(crop=Crop(), width=width, height=height, format=format, quality=quality)
    (made,) = render.render_renditions(out.getvalue(), [wanted])
    seen = np.asarray(Image.open(io.BytesIO(made)).convert("RGB"), dtype=float) / 255
    # What a codec does to single grains of a photograph is noise; a wrong colour shows in the mean of a few pixels.
    far = delta_e_2000(coarse(lab(between(held / 255, space, "sRGB"))), coarse(lab(seen)))
    assert np.median(far) <= 1
    assert np.percentile(far, 99) <= 3


def tiff(values: Array, space: str) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.round(values * 255).astype(np.uint8)).save(out, "TIFF", icc_profile=profile(space))
    return out.getvalue()


@pytest.mark.parametrize("space", ["Display P3", "ProPhoto", "Adobe RGB"])
def test_display_p3_keeps_the_colours_that_srgb_lacks(space: str) -> None:
    drawn = chart()
    wanted = Rendition(Crop(), drawn.shape[1], drawn.shape[0], "avif-p3", QUALITY_PRESETS["balanced"]["avif"])
    (made,) = render.render_renditions(tiff(drawn, space), [wanted])
    image = Image.open(io.BytesIO(made))
    assert image.info["icc_profile"] == color.build_icc_profile("Display P3")
    seen = np.asarray(image.convert("RGB"), dtype=float) / 255
    truth = coarse(lab(between(drawn, space, "Display P3"), "Display P3"))
    far = delta_e_2000(truth, coarse(lab(seen, "Display P3")))
    assert np.median(far) <= 1
    assert np.percentile(far, 99) <= 3
    narrow = delta_e_2000(truth, coarse(lab(between(drawn, space, "sRGB"))))
    assert np.percentile(narrow, 99) > 3  # or there would be nothing to keep


@pytest.mark.parametrize("space", ["sRGB", "Display P3", "Adobe RGB"])
def test_the_profiles_are_what_the_primaries_say(space: Any) -> None:
    written = color.build_icc_profile(space)
    assert len(written) < 600
    turned = ImageCms.ImageCmsProfile(io.BytesIO(written)).profile
    primaries = [turned.red_colorant[0], turned.green_colorant[0], turned.blue_colorant[0]]
    assert np.abs(np.array(primaries).T - to_d50(space)).max() < 2e-4


def test_which_pictures_have_such_colours_is_seen_in_their_pixels() -> None:
    assert decode.decode_for_analysis(tiff(chart(), "Display P3")).wide_gamut_share > 0.05
    assert decode.decode_for_analysis(tiff(between(chart(), "sRGB", "Display P3"), "Display P3")).wide_gamut_share == 0
    assert decode.decode_for_analysis(tiff(chart(), "sRGB")).wide_gamut_share == 0


def test_a_camera_set_to_adobe_rgb_is_believed_without_a_profile() -> None:
    drawn = chart()
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0xA001: 0xFFFF, 0xA005: {1: "R03", 2: b"0100"}})
    out = io.BytesIO()
    Image.fromarray(np.round(drawn * 255).astype(np.uint8)).save(out, "JPEG", quality=97, subsampling=0, exif=exif)
    seen = decode.decode_for_analysis(out.getvalue()).pixels / 255
    far = delta_e_2000(coarse(lab(between(drawn, "Adobe RGB", "sRGB"))), coarse(lab(seen)))
    assert np.percentile(far, 99) <= 3
    assert decode.decode_for_analysis(out.getvalue()).wide_gamut_share > 0.02
