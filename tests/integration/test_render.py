"""Decoding and rendering: which files are refused, and how the renditions of the others look."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from math import cos, radians, sin
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageDraw

from pelican_headshots.images import color, decode, render, resize
from pelican_headshots.scan.file_types import UnreadableImageError
from pelican_headshots.values.geometry import Box, Size
from pelican_headshots.values.rendition import LINEAR_LIGHT_THRESHOLD, Crop, Rendition, Rights

QUARTER_COLORS = {"tl": (200, 40, 40), "tr": (40, 160, 60), "bl": (40, 60, 190), "br": (210, 200, 190)}


def create_quarters(width: int = 120, height: int = 80) -> Image.Image:
    """Return a picture of four colors, which shows every rotation and reflection."""
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    for name, x, y in (("tl", 0, 0), ("tr", width // 2, 0), ("bl", 0, height // 2), ("br", width // 2, height // 2)):
        draw.rectangle((x, y, x + width // 2 - 1, y + height // 2 - 1), fill=QUARTER_COLORS[name])
    return image


def encode_image(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def build_exif(orientation: int) -> bytes:
    return b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x112, 3, 1, orientation, 0, 0)


def uncropped_rendition(
    width: int, height: int, format: str = "png", *, rights: Rights = Rights(), linear_light: bool = False
) -> Rendition:
    return Rendition(
        crop=Crop(), width=width, height=height, format=format, quality=90, rights=rights, linear_light=linear_light
    )


def measure_color_error(data: bytes) -> int:
    """Return the largest difference of a channel in the middle of a quarter (0–255)."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    w, h = image.size
    pixels = np.asarray(image, int)
    middles = {
        "tl": (w // 4, h // 4),
        "tr": (3 * w // 4, h // 4),
        "bl": (w // 4, 3 * h // 4),
        "br": (3 * w // 4, 3 * h // 4),
    }
    return max(int(np.abs(pixels[y, x] - QUARTER_COLORS[name]).max()) for name, (x, y) in middles.items())


XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="">{}</rdf:Description></rdf:RDF></x:xmpmeta>'
)

STEPS_FROM_UPRIGHT: dict[int, list[Image.Transpose]] = {
    1: [],
    2: [Image.Transpose.FLIP_LEFT_RIGHT],
    3: [Image.Transpose.ROTATE_180],
    4: [Image.Transpose.FLIP_TOP_BOTTOM],
    5: [Image.Transpose.TRANSPOSE],
    6: [Image.Transpose.ROTATE_90],
    7: [Image.Transpose.TRANSVERSE],
    8: [Image.Transpose.ROTATE_270],
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF", "TIFF with XMP"])
def test_every_orientation_is_rendered_upright(orientation: int, format: str) -> None:
    stored = create_quarters()
    for step in STEPS_FROM_UPRIGHT[orientation]:
        stored = stored.transpose(step)
    if format == "TIFF with XMP":
        orientation_xmp = (
            f'<tiff:Orientation xmlns:tiff="http://ns.adobe.com/tiff/1.0/">{orientation}</tiff:Orientation>'
        )
        data = encode_image(stored, "TIFF", tiffinfo={700: XMP.format(orientation_xmp).encode()})
    else:
        data = encode_image(stored, format, quality=95, exif=build_exif(orientation))
    assert decode.decode_for_analysis(data).size == Size(120, 80)
    (rendered,) = render.render_renditions(data, [uncropped_rendition(120, 80)])
    assert measure_color_error(rendered) <= 6
    right_half = Rendition(crop=Crop(box=Box(0.5, 0, 1, 1)), width=60, height=80, format="png", quality=0)
    (rendered,) = render.render_renditions(data, [right_half])
    assert np.abs(np.asarray(Image.open(io.BytesIO(rendered)))[20, 30].astype(int) - QUARTER_COLORS["tr"]).max() <= 6


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_rotated_copy_has_the_same_pixels_for_analysis(orientation: int) -> None:
    picture = Image.effect_noise((300, 210), 90).convert("RGB")
    stored = picture
    for step in STEPS_FROM_UPRIGHT[orientation]:
        stored = stored.transpose(step)
    pixels = decode.decode_for_analysis(encode_image(stored, exif=build_exif(orientation)), 100).pixels
    assert np.array_equal(pixels, decode.decode_for_analysis(encode_image(picture), 100).pixels)


def test_avif_adds_no_color_cast() -> None:
    y, x = np.mgrid[0:300, 0:400]
    gradient = np.dstack([128 + 100 * np.sin(x / 71 + k) * np.cos(y / 57 - k) for k in (0.0, 1.9, 4.0)]).astype(
        np.uint8
    )
    wanted = Rendition(crop=Crop(), width=400, height=300, format="avif", quality=63)
    (rendered,) = render.render_renditions(encode_image(Image.fromarray(gradient)), [wanted])
    shift = np.asarray(Image.open(io.BytesIO(rendered)).convert("RGB"), dtype=float) - gradient
    assert np.abs(shift.mean(axis=(0, 1))).max() < 0.3


def test_a_side_too_long_for_the_format_is_reduced() -> None:
    (rendered,) = render.render_renditions(
        encode_image(Image.new("RGB", (20, 20_000))), [uncropped_rendition(20, 20_000, "webp")]
    )
    assert Image.open(io.BytesIO(rendered)).size == (16, 16_383)


def convert_to_16_bits(image: Image.Image) -> Image.Image:
    return Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)


@pytest.mark.parametrize(
    ("convert", "format"),
    [
        (lambda im: im.convert("L"), "PNG"),
        (lambda im: im.convert("LA"), "PNG"),
        (lambda im: im.convert("P"), "PNG"),
        (lambda im: im.convert("1"), "PNG"),
        (lambda im: im.convert("RGBA"), "PNG"),
        (convert_to_16_bits, "PNG"),
        (convert_to_16_bits, "TIFF"),
        (lambda im: im.convert("CMYK"), "JPEG"),
        (lambda im: im.convert("YCbCr"), "TIFF"),
        (lambda im: im.convert("P"), "GIF"),
    ],
)
@pytest.mark.parametrize("output_format", ["avif", "jpeg", "webp", "png"])
def test_every_color_mode_is_rendered_as_srgb(
    convert: Callable[[Image.Image], Image.Image], format: str, output_format: str
) -> None:
    image = convert(create_quarters())
    (rendered,) = render.render_renditions(encode_image(image, format), [uncropped_rendition(120, 80, output_format)])
    out = Image.open(io.BytesIO(rendered))
    assert out.mode == "RGB"
    assert out.info["icc_profile"] == color.build_icc_profile("sRGB")
    expected = (
        create_quarters().convert("L").convert("RGB") if image.mode in ("L", "LA", "I;16") else image.convert("RGB")
    )
    difference = np.abs(np.asarray(out.reduce(8), int) - np.asarray(expected.reduce(8), int))
    assert difference.mean() <= 3


def test_lab_colors_are_converted() -> None:
    lab = ImageCms.createProfile("LAB")
    srgb = ImageCms.createProfile("sRGB")
    image = ImageCms.applyTransform(create_quarters(), ImageCms.buildTransform(srgb, lab, "RGB", "LAB"))
    assert image is not None
    (rendered,) = render.render_renditions(encode_image(image, "TIFF"), [uncropped_rendition(120, 80)])
    assert measure_color_error(rendered) <= 4


def test_transparent_pixels_get_the_background_color_of_the_crop() -> None:
    clear = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    on_white, on_dark = (
        Rendition(crop=Crop(background_color=color_name), width=32, height=32, format="png", quality=0)
        for color_name in (None, "#101214")
    )
    white, dark = render.render_renditions(encode_image(clear), [on_white, on_dark])
    assert Image.open(io.BytesIO(white)).getpixel((9, 9)) == (255, 255, 255)
    assert Image.open(io.BytesIO(dark)).getpixel((9, 9)) == (0x10, 0x12, 0x14)


def test_the_profile_of_renditions_is_srgb_for_littlecms() -> None:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(color.build_icc_profile("sRGB")))
    assert len(color.build_icc_profile("sRGB")) < 600
    ramp = Image.fromarray(np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    converted = ImageCms.profileToProfile(ramp, profile, ImageCms.createProfile("sRGB"))
    assert converted is not None
    assert np.abs(np.asarray(converted, int) - np.asarray(ramp, int)).max() <= 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"just text\n" * 20, "a text file"),
        (b"\xff", "cut off"),
        (b"%!PS-Adobe-3.0 EPSF", "PostScript"),
        (b"PK\x03\x04" + b"\0" * 60, "ZIP"),
        (b"<!doctype html><script>alert(1)</script>", "web page"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"FUJIFILMCCD-RAW 0201", "RAW"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "RAW"),
        (b"II*\0\x10\0\0\0CR\2\0" + b"\0" * 40, "RAW"),
        (b"MM\0*\0\0\0\x08" + struct.pack(">HHHIII", 1, 0xC612, 1, 4, 0x01040000, 0), "RAW"),
    ],
)
def test_the_error_names_the_kind_of_a_file_that_is_no_picture(data: bytes, message: str) -> None:
    with pytest.raises(UnreadableImageError, match=message):
        decode.decode_for_analysis(data)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.8])
def test_a_truncated_picture_is_refused(format: str, share: float) -> None:
    noise = Image.fromarray(np.random.default_rng(2).integers(0, 256, (240, 320, 3), dtype=np.uint8))
    data = encode_image(noise, format)
    with pytest.raises(UnreadableImageError):
        decode.decode_for_analysis(data[: int(len(data) * share)], long_side=128)


def test_a_tiff_with_32_bits_is_refused_by_name() -> None:
    data = encode_image(create_quarters(), "TIFF").replace(struct.pack("<3H", 8, 8, 8), struct.pack("<3H", 32, 32, 32))
    with pytest.raises(UnreadableImageError, match="32 bits"):
        decode.decode_for_analysis(data)


def test_a_tiff_whose_numbers_are_no_brightness_is_refused_with_their_range() -> None:
    ramp = np.tile(np.linspace(-0.02, 1.3, 80, dtype=np.float32), (60, 1))
    light, phase, steps = (
        encode_image(Image.fromarray(numbers), "TIFF") for numbers in (ramp, ramp * 6 - 3, ramp * 255)
    )
    assert decode.decode_for_analysis(light).pixels.std() > 50
    for data, message in ((phase, "from -3.12 to 4.8"), (steps, "from -5.1 to 331.5")):
        with pytest.raises(UnreadableImageError, match=message):
            decode.decode_for_analysis(data)
        with pytest.raises(UnreadableImageError, match=message):
            render.render_renditions(data, [uncropped_rendition(40, 30)])


def test_a_picture_with_too_many_pixels_is_refused_before_decoding() -> None:
    data = encode_image(Image.new("1", (2000, 2000)))
    with pytest.raises(UnreadableImageError, match="megapixels"):
        decode.decode_for_analysis(data, max_pixels=1_000_000)
    with pytest.raises(UnreadableImageError, match="megapixels"):
        render.render_renditions(data, [uncropped_rendition(10, 10)], max_pixels=1_000_000)


def test_a_decoded_picture_is_small_and_has_the_original_size_and_colors() -> None:
    decoded = decode.decode_for_analysis(encode_image(create_quarters(1500, 1000), "JPEG", quality=90), long_side=512)
    assert decoded.pixels.shape == (341, 512, 3)
    assert decoded.pixels.dtype == np.uint8
    assert decoded.size == Size(1500, 1000)
    assert [c[0] for c in decoded.colors] == ["#", "#", "#"]
    first, last = (np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)]) for c in (decoded.colors[0], decoded.colors[2]))
    assert np.abs(first - QUARTER_COLORS["tl"]).max() < 8
    assert np.abs(last - QUARTER_COLORS["br"]).max() < 8


def test_renditions_have_their_sizes_crops_and_order_and_the_same_bytes_each_time() -> None:
    data = encode_image(create_quarters(1200, 800), "JPEG", quality=92)
    wanted = [
        uncropped_rendition(480, 320, "jpeg"),
        Rendition(crop=Crop(box=Box(0.5, 0.5, 1, 1)), width=300, height=200, format="webp", quality=80),
        uncropped_rendition(900, 600, "avif"),
        Rendition(crop=Crop(box=Box(0.0, 0.0, 0.5, 0.5)), width=900, height=600, format="jpeg", quality=80),
    ]
    rendered = render.render_renditions(data, wanted)
    images = [Image.open(io.BytesIO(m)) for m in rendered]
    assert [(i.format, i.size) for i in images] == [
        ("JPEG", (480, 320)), ("WEBP", (300, 200)), ("AVIF", (900, 600)), ("JPEG", (900, 600))
    ]  # fmt: skip
    assert measure_color_error(rendered[0]) <= 6
    assert np.abs(np.asarray(images[1].convert("RGB"), int) - QUARTER_COLORS["br"]).mean() <= 3
    assert np.abs(np.asarray(images[3].convert("RGB"), int) - QUARTER_COLORS["tl"]).mean() <= 3
    assert render.render_renditions(data, wanted) == rendered


def test_a_rendition_is_the_same_whichever_others_are_made_with_it() -> None:
    data = encode_image(create_quarters(1000, 4900), "JPEG", quality=90, exif=build_exif(6))
    wanted = [uncropped_rendition(w, w * 10 // 49, "jpeg") for w in (160, 480, 800, 1600)]
    wanted.append(
        Rendition(
            crop=Crop(box=Box(0.3, 0.2, 0.6, 0.4), rotation_degrees=2), width=900, height=900, format="jpeg", quality=80
        )
    )
    together = render.render_renditions(data, wanted)
    assert [render.render_renditions(data, [one])[0] for one in wanted] == together


def test_a_rotation_is_clockwise_around_the_center_of_the_crop() -> None:
    image = Image.new("RGB", (800, 600), "#808080")
    draw = ImageDraw.Draw(image)
    # A line that descends by 10 degrees to the left: rotated clockwise by 10 it is horizontal.
    draw.line([(100, 300 + 52.9), (700, 300 - 52.9)], fill="#ffffff", width=4)
    crop = Crop(box=Box(0.25, 0.25, 0.75, 0.75), rotation_degrees=10.0)
    (rendered,) = render.render_renditions(
        encode_image(image), [Rendition(crop=crop, width=400, height=300, format="png", quality=0)]
    )
    rows = np.asarray(Image.open(io.BytesIO(rendered)).convert("L"), int).argmax(axis=0)
    assert np.ptp(rows) <= 4
    assert abs(rows.mean() - 150) <= 3


def render_gray(image: Image.Image, crop: Crop, side: int) -> NDArray[np.int_]:
    wanted = Rendition(crop=crop, width=side, height=side, format="png", quality=0)
    (rendered,) = render.render_renditions(encode_image(image), [wanted])
    return np.asarray(Image.open(io.BytesIO(rendered)).convert("L"), int)


def test_a_rotation_keeps_the_brightness_of_fine_detail() -> None:
    rows, columns = np.indices((800, 800))
    # Alternately black and white: half the light. An average of sRGB numbers would be 128, a fifth of the light.
    image = Image.fromarray(((rows // 2 + columns // 2) % 2 * 255).astype(np.uint8)).convert("RGB")
    rendered = render_gray(image, Crop(box=Box(0.25, 0.25, 0.75, 0.75), rotation_degrees=6.0), 200)
    assert (((rendered / 255 + 0.055) / 1.055) ** 2.4).mean() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("with_opencv", [True, False])
def test_a_rotation_keeps_an_edge_sharp(with_opencv: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not with_opencv:
        monkeypatch.setattr(resize, "load_opencv", lambda: None)
    image = Image.new("RGB", (1200, 1200), "#202020")
    ImageDraw.Draw(image).polygon([(600, -600), (2400, -600), (2400, 1800), (600, 1800)], fill="#d0d0d0")
    for degrees in (0.0, 8.0):
        tilted = image.rotate(degrees, Image.Resampling.BICUBIC, fillcolor="#808080") if degrees else image
        rendered = render_gray(tilted, Crop(box=Box(0.3, 0.3, 0.7, 0.7), rotation_degrees=degrees), 240)
        row = rendered[120]
        assert ((row > 0x40) & (row < 0xB0)).sum() <= 1, degrees


def test_a_rotation_looks_the_same_without_opencv(monkeypatch: pytest.MonkeyPatch) -> None:
    image, crop = create_quarters(900, 900), Crop(box=Box(0.2, 0.2, 0.8, 0.8), rotation_degrees=7.0)
    rendered = render_gray(image, crop, 200)
    monkeypatch.setattr(resize, "load_opencv", lambda: None)
    # The cubic filters differ a little at edges; with an offset of half a pixel the difference would be 25.
    assert np.abs(render_gray(image, crop, 200) - rendered).max() <= 12


@pytest.mark.parametrize("with_opencv", [True, False])
def test_no_corner_outside_a_rotated_picture_is_in_the_crop(with_opencv: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not with_opencv:
        monkeypatch.setattr(resize, "load_opencv", lambda: None)
    wide = cos(radians(9)) + sin(radians(9))
    box = Box(0.5 - 0.5 / wide, 0.5 - 0.5 / wide, 0.5 + 0.5 / wide, 0.5 + 0.5 / wide)
    for side in (97, 240, 1000):
        assert (
            render_gray(Image.new("RGB", (900, 900), "#ffffff"), Crop(box=box, rotation_degrees=9.0), side).min() == 255
        )


def test_an_extended_background_continues_the_picture_and_a_background_color_is_plain() -> None:
    gradient = np.linspace(60, 120, 400)[None, :].repeat(400, axis=0)
    image = Image.fromarray(np.dstack([gradient, gradient, gradient + 10]).astype(np.uint8))
    box = Box(-0.25, -0.25, 1.25, 1.0)
    wanted = [
        Rendition(Crop(box=box, extend_backdrop=True), 600, 500, "png", 0),
        Rendition(Crop(box=box, background_color="#0a0b0c"), 600, 500, "png", 0),
    ]
    extended, plain = (
        np.asarray(Image.open(io.BytesIO(m)), int) for m in render.render_renditions(encode_image(image), wanted)
    )
    assert extended.shape == plain.shape == (500, 600, 3)
    assert np.abs(extended[10:90, 110:490] - extended[100:101, 110:490]).max() <= 4
    assert np.abs(np.diff(extended[:, 80:120, 0], axis=1)).max() <= 4
    assert (plain[0:90, 0:90] == (10, 11, 12)).all()
    assert np.abs(plain[300, 300] - extended[300, 300]).max() <= 1


@pytest.mark.parametrize("format", ["avif", "jpeg", "webp", "png"])
def test_a_rendition_has_the_rights_and_no_other_metadata(format: str) -> None:
    secret = Image.Exif()
    secret[0x10E] = "SECRET description"
    secret.get_ifd(0x8825)[29] = "2020:02:02"
    secret.get_ifd(0x8769)[0xA431] = "SECRET-SERIAL"
    data = encode_image(create_quarters(), "JPEG", exif=secret.tobytes(), comment=b"SECRET comment")
    rights = Rights(creator="Zoë Example", copyright="© 2026 Zoë Example", web_statement="https://example.org/l")
    with_rights, without = render.render_renditions(
        data, [uncropped_rendition(120, 80, format, rights=rights), uncropped_rendition(120, 80, format)]
    )
    assert b"SECRET" not in with_rights
    assert "Zoë Example".encode() in with_rights
    assert b"https://example.org/l" in with_rights
    assert not Image.open(io.BytesIO(without)).getexif()
    assert "xmp" not in Image.open(io.BytesIO(without)).info


def test_bright_points_on_a_dark_background_keep_their_brightness_in_linear_light() -> None:
    stars = np.full((800, 1200, 3), 8, dtype=np.uint8)
    stars[::4, ::4] = 250
    data = encode_image(Image.fromarray(stars))
    assert decode.decode_for_analysis(data).highlight_loss > LINEAR_LIGHT_THRESHOLD
    assert decode.decode_for_analysis(encode_image(create_quarters(1200, 800))).highlight_loss < LINEAR_LIGHT_THRESHOLD
    plain, linear = render.render_renditions(
        data, [uncropped_rendition(300, 200), uncropped_rendition(300, 200, linear_light=True)]
    )
    brightness = [np.asarray(Image.open(io.BytesIO(rendered)), dtype=float).mean() for rendered in (plain, linear)]
    # A sixteenth of the light of 250 is 71 in sRGB; a sixteenth of the number is about 23.
    assert brightness[1] == pytest.approx(71, abs=2)
    assert brightness[0] < 30
    assert render.render_renditions(data, [uncropped_rendition(300, 200, linear_light=True)]) == [linear]


def test_scaling_in_linear_light_keeps_colors_and_shape() -> None:
    data = encode_image(create_quarters(1300, 900), "JPEG", quality=95, exif=build_exif(6))
    wanted = [uncropped_rendition(400, 578, linear_light=linear) for linear in (False, True)]
    before, after = (np.asarray(Image.open(io.BytesIO(m)), dtype=float) for m in render.render_renditions(data, wanted))
    assert before.shape == after.shape
    assert np.abs(before - after).mean() < 1


def create_drawing(width: int, height: int, background: int) -> Image.Image:
    """Return lines and ellipses one pixel wide, with one bit for each pixel."""
    image = Image.new("1", (width, height), background)
    draw = ImageDraw.Draw(image)
    for x, y, right, bottom in np.random.default_rng(1).random((150, 4)) * (width, height, width, height):
        draw.line((x, y, right, bottom), fill=1 - background)
        draw.ellipse((min(x, right), min(y, bottom), max(x, right), max(y, bottom)), outline=1 - background)
    return image


@pytest.mark.parametrize("linear", [False, True])
@pytest.mark.parametrize("background", [0, 1])
@pytest.mark.parametrize("size", [(600, 400), (1024, 768)])
@pytest.mark.parametrize("mode", ["1", "P"])
def test_a_one_bit_drawing_keeps_its_brightness(
    size: tuple[int, int], background: int, linear: bool, mode: str
) -> None:
    drawing = create_drawing(*size, background)
    height = round(512 * size[1] / size[0])
    data = encode_image(drawing.convert(mode))
    for rendered in render.render_renditions(
        data, [uncropped_rendition(512, height, name, linear_light=linear) for name in ("avif", "png")]
    ):
        tiles = [
            np.asarray(image.convert("RGB").resize((4, 4), Image.Resampling.BOX), dtype=float)
            for image in (drawing, Image.open(io.BytesIO(rendered)))
        ]
        assert np.abs(tiles[1] - tiles[0]).mean() < 2


def test_a_dithered_picture_has_the_brightness_of_its_source() -> None:
    ramp = Image.fromarray(np.tile(np.linspace(0, 255, 900).astype(np.uint8), (600, 1)))
    (rendered,) = render.render_renditions(
        encode_image(ramp.convert("1")), [uncropped_rendition(300, 200, linear_light=True)]
    )
    brightness = np.asarray(Image.open(io.BytesIO(rendered)).convert("L"), dtype=float).mean(axis=0)
    wanted = np.asarray(ramp.resize((300, 200)), dtype=float).mean(axis=0)
    assert np.abs(brightness - wanted).mean() < 3
