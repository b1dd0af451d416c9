"""Pictures in, pictures out: what is decoded, refused, and how it looks once developed."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from math import cos, radians, sin

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageDraw

from pelican_headshots.images import color, decode, render, resize
from pelican_headshots.scan.file_types import UnreadableImageError
from pelican_headshots.values.geometry import Box, Size
from pelican_headshots.values.rendition import LINEAR_LIGHT_THRESHOLD, Crop, Rendition, Rights

QUARTERS = {"tl": (200, 40, 40), "tr": (40, 160, 60), "bl": (40, 60, 190), "br": (210, 200, 190)}


def quarters(width: int = 120, height: int = 80) -> Image.Image:
    """Four colours, so that every turn and mirroring shows."""
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    for name, x, y in (("tl", 0, 0), ("tr", width // 2, 0), ("bl", 0, height // 2), ("br", width // 2, height // 2)):
        draw.rectangle((x, y, x + width // 2 - 1, y + height // 2 - 1), fill=QUARTERS[name])
    return image


def saved(image: Image.Image, format: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def exif(orientation: int) -> bytes:
    return b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x112, 3, 1, orientation, 0, 0)


def whole(width: int, height: int, format: str = "png", **more: object) -> Rendition:
    return Rendition(crop=Crop(), width=width, height=height, format=format, quality=90, **more)  # type: ignore[arg-type]


def corner_error(data: bytes) -> float:
    """How far the middles of the quarters are from what they should be, in steps of 255."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    w, h = image.size
    middles = {
        "tl": (w // 4, h // 4),
        "tr": (3 * w // 4, h // 4),
        "bl": (w // 4, 3 * h // 4),
        "br": (3 * w // 4, 3 * h // 4),
    }
    return max(abs(a - b) for k, at in middles.items() for a, b in zip(image.getpixel(at), QUARTERS[k], strict=True))


XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="">{}</rdf:Description></rdf:RDF></x:xmpmeta>'
)

UNTURN: dict[int, list[Image.Transpose]] = {
    1: [],
    2: [Image.Transpose.FLIP_LEFT_RIGHT],
    3: [Image.Transpose.ROTATE_180],
    4: [Image.Transpose.FLIP_TOP_BOTTOM],
    5: [Image.Transpose.TRANSPOSE],
    6: [Image.Transpose.ROTATE_90],
    7: [Image.Transpose.TRANSVERSE],
    8: [Image.Transpose.ROTATE_270],
}


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF", "TIFF by its XMP"])
def test_every_orientation_comes_out_upright(turn: int, format: str) -> None:
    lying = quarters()
    for step in UNTURN[turn]:
        lying = lying.transpose(step)
    if format == "TIFF by its XMP":
        said = f'<tiff:Orientation xmlns:tiff="http://ns.adobe.com/tiff/1.0/">{turn}</tiff:Orientation>'
        data = saved(lying, "TIFF", tiffinfo={700: XMP.format(said).encode()})
    else:
        data = saved(lying, format, quality=95, exif=exif(turn))
    assert decode.decode_for_analysis(data).size == Size(120, 80)
    (made,) = render.render_renditions(data, [whole(120, 80)])
    assert corner_error(made) <= 6
    right_half = Rendition(crop=Crop(box=Box(0.5, 0, 1, 1)), width=60, height=80, format="png", quality=0)
    (made,) = render.render_renditions(data, [right_half])
    assert np.abs(np.asarray(Image.open(io.BytesIO(made)))[20, 30].astype(int) - QUARTERS["tr"]).max() <= 6


@pytest.mark.parametrize("turn", range(2, 9))
def test_a_turned_copy_gives_the_looking_the_same_pixels(turn: int) -> None:
    picture = Image.effect_noise((300, 210), 90).convert("RGB")
    lying = picture
    for step in UNTURN[turn]:
        lying = lying.transpose(step)
    seen = decode.decode_for_analysis(saved(lying, exif=exif(turn)), 100).pixels
    assert np.array_equal(seen, decode.decode_for_analysis(saved(picture), 100).pixels)


def test_avif_adds_no_tint() -> None:
    y, x = np.mgrid[0:300, 0:400]
    soft = np.dstack([128 + 100 * np.sin(x / 71 + k) * np.cos(y / 57 - k) for k in (0.0, 1.9, 4.0)]).astype(np.uint8)
    wanted = Rendition(crop=Crop(), width=400, height=300, format="avif", quality=63)
    (made,) = render.render_renditions(saved(Image.fromarray(soft)), [wanted])
    shift = np.asarray(Image.open(io.BytesIO(made)).convert("RGB"), dtype=float) - soft
    assert np.abs(shift.mean(axis=(0, 1))).max() < 0.3


def test_a_side_too_long_for_the_format_is_brought_down() -> None:
    (made,) = render.render_renditions(saved(Image.new("RGB", (20, 20_000))), [whole(20, 20_000, "webp")])
    assert Image.open(io.BytesIO(made)).size == (16, 16_383)


def deep(image: Image.Image) -> Image.Image:
    return Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)


@pytest.mark.parametrize(
    ("make", "format"),
    [
        (lambda im: im.convert("L"), "PNG"),
        (lambda im: im.convert("LA"), "PNG"),
        (lambda im: im.convert("P"), "PNG"),
        (lambda im: im.convert("1"), "PNG"),
        (lambda im: im.convert("RGBA"), "PNG"),
        (deep, "PNG"),
        (deep, "TIFF"),
        (lambda im: im.convert("CMYK"), "JPEG"),
        (lambda im: im.convert("YCbCr"), "TIFF"),
        (lambda im: im.convert("P"), "GIF"),
    ],
)
@pytest.mark.parametrize("wanted", ["avif", "jpeg", "webp", "png"])
def test_every_mode_becomes_srgb(make: Callable[[Image.Image], Image.Image], format: str, wanted: str) -> None:
    image = make(quarters())
    (made,) = render.render_renditions(saved(image, format), [whole(120, 80, wanted)])
    out = Image.open(io.BytesIO(made))
    assert out.mode == "RGB"
    assert out.info["icc_profile"] == color.build_icc_profile("sRGB")
    expected = quarters().convert("L").convert("RGB") if image.mode in ("L", "LA", "I;16") else image.convert("RGB")
    difference = np.abs(np.asarray(out.reduce(8), int) - np.asarray(expected.reduce(8), int))
    assert difference.mean() <= 3


def test_lab_is_read_as_lab() -> None:
    lab = ImageCms.createProfile("LAB")
    srgb = ImageCms.createProfile("sRGB")
    image = ImageCms.applyTransform(quarters(), ImageCms.buildTransform(srgb, lab, "RGB", "LAB"))
    assert image is not None
    (made,) = render.render_renditions(saved(image, "TIFF"), [whole(120, 80)])
    assert corner_error(made) <= 4


def test_transparency_lies_on_the_ground_of_the_crop() -> None:
    clear = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    on_white, on_dark = (
        Rendition(crop=Crop(background_color=ground), width=32, height=32, format="png", quality=0)
        for ground in (None, "#101214")
    )
    white, dark = render.render_renditions(saved(clear), [on_white, on_dark])
    assert Image.open(io.BytesIO(white)).getpixel((9, 9)) == (255, 255, 255)
    assert Image.open(io.BytesIO(dark)).getpixel((9, 9)) == (0x10, 0x12, 0x14)


def test_the_profile_of_derivatives_is_srgb_to_littlecms() -> None:
    ours = ImageCms.ImageCmsProfile(io.BytesIO(color.build_icc_profile("sRGB")))
    assert len(color.build_icc_profile("sRGB")) < 600
    ramp = Image.fromarray(np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    turned = ImageCms.profileToProfile(ramp, ours, ImageCms.createProfile("sRGB"))
    assert turned is not None
    assert np.abs(np.asarray(turned, int) - np.asarray(ramp, int)).max() <= 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"just words\n" * 20, "a text file"),
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
def test_what_is_no_picture_is_named_for_what_it_is(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableImageError, match=words):
        decode.decode_for_analysis(data)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.8])
def test_a_picture_that_breaks_off_is_refused(format: str, share: float) -> None:
    noise = Image.fromarray(np.random.default_rng(2).integers(0, 256, (240, 320, 3), dtype=np.uint8))
    data = saved(noise, format)
    with pytest.raises(UnreadableImageError):
        decode.decode_for_analysis(data[: int(len(data) * share)], long_side=128)


def test_a_tiff_of_32_bits_is_named_for_what_it_is() -> None:
    deep = saved(quarters(), "TIFF").replace(struct.pack("<3H", 8, 8, 8), struct.pack("<3H", 32, 32, 32))
    with pytest.raises(UnreadableImageError, match="32 bits"):
        decode.decode_for_analysis(deep)


def test_numbers_that_are_no_light_are_refused_with_their_span() -> None:
    across = np.tile(np.linspace(-0.02, 1.3, 80, dtype=np.float32), (60, 1))
    light, phase, steps = (
        saved(Image.fromarray(numbers), "TIFF") for numbers in (across, across * 6 - 3, across * 255)
    )
    assert decode.decode_for_analysis(light).pixels.std() > 50
    for data, words in ((phase, "from -3.12 to 4.8"), (steps, "from -5.1 to 331.5")):
        with pytest.raises(UnreadableImageError, match=words):
            decode.decode_for_analysis(data)
        with pytest.raises(UnreadableImageError, match=words):
            render.render_renditions(data, [whole(40, 30)])


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    data = saved(Image.new("1", (2000, 2000)))
    with pytest.raises(UnreadableImageError, match="megapixels"):
        decode.decode_for_analysis(data, max_pixels=1_000_000)
    with pytest.raises(UnreadableImageError, match="megapixels"):
        render.render_renditions(data, [whole(10, 10)], max_pixels=1_000_000)


def test_the_frame_is_small_and_knows_the_whole_size_and_the_colours() -> None:
    seen = decode.decode_for_analysis(saved(quarters(1500, 1000), "JPEG", quality=90), long_side=512)
    assert seen.pixels.shape == (341, 512, 3)
    assert seen.pixels.dtype == np.uint8
    assert seen.size == decode.Size(1500, 1000)
    assert [c[0] for c in seen.colors] == ["#", "#", "#"]
    first, last = (np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)]) for c in (seen.colors[0], seen.colors[2]))
    assert np.abs(first - QUARTERS["tl"]).max() < 8
    assert np.abs(last - QUARTERS["br"]).max() < 8


def test_sizes_crops_and_order_hold_and_bytes_repeat() -> None:
    data = saved(quarters(1200, 800), "JPEG", quality=92)
    wanted = [
        whole(480, 320, "jpeg"),
        Rendition(crop=Crop(box=Box(0.5, 0.5, 1, 1)), width=300, height=200, format="webp", quality=80),
        whole(900, 600, "avif"),
        Rendition(crop=Crop(box=Box(0.0, 0.0, 0.5, 0.5)), width=900, height=600, format="jpeg", quality=80),
    ]
    made = render.render_renditions(data, wanted)
    images = [Image.open(io.BytesIO(m)) for m in made]
    assert [(i.format, i.size) for i in images] == [
        ("JPEG", (480, 320)), ("WEBP", (300, 200)), ("AVIF", (900, 600)), ("JPEG", (900, 600))
    ]  # fmt: skip
    assert corner_error(made[0]) <= 6
    assert np.abs(np.asarray(images[1].convert("RGB"), int) - QUARTERS["br"]).mean() <= 3
    assert np.abs(np.asarray(images[3].convert("RGB"), int) - QUARTERS["tl"]).mean() <= 3
    assert render.render_renditions(data, wanted) == made


def test_a_rendition_is_the_same_whichever_others_are_made_with_it() -> None:
    data = saved(quarters(1000, 4900), "JPEG", quality=90, exif=exif(6))
    wanted = [whole(w, w * 10 // 49, "jpeg") for w in (160, 480, 800, 1600)]
    wanted.append(
        Rendition(
            crop=Crop(box=Box(0.3, 0.2, 0.6, 0.4), rotation_degrees=2), width=900, height=900, format="jpeg", quality=80
        )
    )
    together = render.render_renditions(data, wanted)
    assert [render.render_renditions(data, [one])[0] for one in wanted] == together


def test_a_level_turns_the_picture_clockwise_about_the_middle_of_its_box() -> None:
    image = Image.new("RGB", (800, 600), "#808080")
    draw = ImageDraw.Draw(image)
    # A line that falls by 10 degrees to the left: turned clockwise by 10 it lies level.
    draw.line([(100, 300 + 52.9), (700, 300 - 52.9)], fill="#ffffff", width=4)
    level = Crop(box=Box(0.25, 0.25, 0.75, 0.75), rotation_degrees=10.0)
    (made,) = render.render_renditions(
        saved(image), [Rendition(crop=level, width=400, height=300, format="png", quality=0)]
    )
    rows = np.asarray(Image.open(io.BytesIO(made)).convert("L"), int).argmax(axis=0)
    assert np.ptp(rows) <= 4
    assert abs(rows.mean() - 150) <= 3


def levelled(image: Image.Image, crop: Crop, side: int) -> NDArray[np.int_]:
    wanted = Rendition(crop=crop, width=side, height=side, format="png", quality=0)
    (made,) = render.render_renditions(saved(image), [wanted])
    return np.asarray(Image.open(io.BytesIO(made)).convert("L"), int)


def test_turning_keeps_the_light_of_fine_detail() -> None:
    rows, columns = np.indices((800, 800))
    # Black and white in turn: from afar half the light. As numbers they would come out as step 128, a fifth of it.
    image = Image.fromarray(((rows // 2 + columns // 2) % 2 * 255).astype(np.uint8)).convert("RGB")
    made = levelled(image, Crop(box=Box(0.25, 0.25, 0.75, 0.75), rotation_degrees=6.0), 200)
    assert (((made / 255 + 0.055) / 1.055) ** 2.4).mean() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("with_opencv", [True, False])
def test_turning_keeps_an_edge_sharp(with_opencv: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not with_opencv:
        monkeypatch.setattr(resize, "load_opencv", lambda: None)
    image = Image.new("RGB", (1200, 1200), "#202020")
    ImageDraw.Draw(image).polygon([(600, -600), (2400, -600), (2400, 1800), (600, 1800)], fill="#d0d0d0")
    for level in (0.0, 8.0):
        lying = image.rotate(level, Image.Resampling.BICUBIC, fillcolor="#808080") if level else image
        made = levelled(lying, Crop(box=Box(0.3, 0.3, 0.7, 0.7), rotation_degrees=level), 240)
        across = made[120]
        assert ((across > 0x40) & (across < 0xB0)).sum() <= 1, level


def test_turning_is_the_same_without_opencv(monkeypatch: pytest.MonkeyPatch) -> None:
    image, crop = quarters(900, 900), Crop(box=Box(0.2, 0.2, 0.8, 0.8), rotation_degrees=7.0)
    made = levelled(image, crop, 200)
    monkeypatch.setattr(resize, "load_opencv", lambda: None)
    # Their cubics differ a little at edges; half a pixel apart, it would be 25.
    assert np.abs(levelled(image, crop, 200) - made).max() <= 12


@pytest.mark.parametrize("with_opencv", [True, False])
def test_no_corner_of_a_turned_picture_comes_into_the_frame(with_opencv: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not with_opencv:
        monkeypatch.setattr(resize, "load_opencv", lambda: None)
    wide = cos(radians(9)) + sin(radians(9))
    box = Box(0.5 - 0.5 / wide, 0.5 - 0.5 / wide, 0.5 + 0.5 / wide, 0.5 + 0.5 / wide)
    for side in (97, 240, 1000):
        assert levelled(Image.new("RGB", (900, 900), "#ffffff"), Crop(box=box, rotation_degrees=9.0), side).min() == 255


def test_a_backdrop_is_continued_and_a_ground_is_plain() -> None:
    fall = np.linspace(60, 120, 400)[None, :].repeat(400, axis=0)
    image = Image.fromarray(np.dstack([fall, fall, fall + 10]).astype(np.uint8))
    box = Box(-0.25, -0.25, 1.25, 1.0)
    goal = {"width": 600, "height": 500, "format": "png", "quality": 0}
    wanted = [
        Rendition(crop=Crop(box=box, extend_backdrop=True), **goal),
        Rendition(crop=Crop(box=box, background_color="#0a0b0c"), **goal),
    ]
    extended, plain = (
        np.asarray(Image.open(io.BytesIO(m)), int) for m in render.render_renditions(saved(image), wanted)
    )
    assert extended.shape == plain.shape == (500, 600, 3)
    assert np.abs(extended[10:90, 110:490] - extended[100:101, 110:490]).max() <= 4
    assert np.abs(np.diff(extended[:, 80:120, 0], axis=1)).max() <= 4
    assert (plain[0:90, 0:90] == (10, 11, 12)).all()
    assert np.abs(plain[300, 300] - extended[300, 300]).max() <= 1


@pytest.mark.parametrize("format", ["avif", "jpeg", "webp", "png"])
def test_nothing_but_the_rights_travels(format: str) -> None:
    secret = Image.Exif()
    secret[0x10E] = "SECRET description"
    secret.get_ifd(0x8825)[29] = "2020:02:02"
    secret.get_ifd(0x8769)[0xA431] = "SECRET-SERIAL"
    data = saved(quarters(), "JPEG", exif=secret.tobytes(), comment=b"SECRET comment")
    rights = Rights(creator="Zoë Example", copyright="© 2026 Zoë Example", web_statement="https://example.org/l")
    with_rights, without = render.render_renditions(
        data, [whole(120, 80, format, rights=rights), whole(120, 80, format)]
    )
    assert b"SECRET" not in with_rights
    assert "Zoë Example".encode() in with_rights
    assert b"https://example.org/l" in with_rights
    assert not Image.open(io.BytesIO(without)).getexif()
    assert "xmp" not in Image.open(io.BytesIO(without)).info


def test_bright_points_on_dark_ground_keep_their_light() -> None:
    stars = np.full((800, 1200, 3), 8, dtype=np.uint8)
    stars[::4, ::4] = 250
    data = saved(Image.fromarray(stars))
    assert decode.decode_for_analysis(data).highlight_loss > LINEAR_LIGHT_THRESHOLD
    assert decode.decode_for_analysis(saved(quarters(1200, 800))).highlight_loss < LINEAR_LIGHT_THRESHOLD
    plain, linear = render.render_renditions(data, [whole(300, 200), whole(300, 200, linear_light=True)])
    seen = [np.asarray(Image.open(io.BytesIO(made)), dtype=float).mean() for made in (plain, linear)]
    # A sixteenth of the light of 250: 71 in sRGB. A sixteenth of the number: 23.
    assert seen[1] == pytest.approx(71, abs=2)
    assert seen[0] < 30
    assert render.render_renditions(data, [whole(300, 200, linear_light=True)]) == [linear]


def test_scaling_in_linear_light_keeps_colours_and_shape() -> None:
    data = saved(quarters(1300, 900), "JPEG", quality=95, exif=exif(6))
    wanted = [whole(400, 578, linear_light=linear) for linear in (False, True)]
    before, after = (np.asarray(Image.open(io.BytesIO(m)), dtype=float) for m in render.render_renditions(data, wanted))
    assert before.shape == after.shape
    assert np.abs(before - after).mean() < 1


def drawing(width: int, height: int, ground: int) -> Image.Image:
    """Lines and ellipses one pixel wide, with one bit for each pixel."""
    image = Image.new("1", (width, height), ground)
    draw = ImageDraw.Draw(image)
    for x, y, right, bottom in np.random.default_rng(1).random((150, 4)) * (width, height, width, height):
        draw.line((x, y, right, bottom), fill=1 - ground)
        draw.ellipse((min(x, right), min(y, bottom), max(x, right), max(y, bottom)), outline=1 - ground)
    return image


@pytest.mark.parametrize("linear", [False, True])
@pytest.mark.parametrize("ground", [0, 1])
@pytest.mark.parametrize("size", [(600, 400), (1024, 768)])
@pytest.mark.parametrize("mode", ["1", "P"])
def test_a_one_bit_drawing_is_as_light_as_it_was(size: tuple[int, int], ground: int, linear: bool, mode: str) -> None:
    given = drawing(*size, ground)
    height = round(512 * size[1] / size[0])
    data = saved(given.convert(mode))
    for made in render.render_renditions(
        data, [whole(512, height, name, linear_light=linear) for name in ("avif", "png")]
    ):
        tiles = [
            np.asarray(image.convert("RGB").resize((4, 4), Image.Resampling.BOX), dtype=float)
            for image in (given, Image.open(io.BytesIO(made)))
        ]
        assert np.abs(tiles[1] - tiles[0]).mean() < 2


def test_a_dithered_print_is_as_light_as_what_was_dithered() -> None:
    ramp = Image.fromarray(np.tile(np.linspace(0, 255, 900).astype(np.uint8), (600, 1)))
    (made,) = render.render_renditions(saved(ramp.convert("1")), [whole(300, 200, linear_light=True)])
    seen = np.asarray(Image.open(io.BytesIO(made)).convert("L"), dtype=float).mean(axis=0)
    wanted = np.asarray(ramp.resize((300, 200)), dtype=float).mean(axis=0)
    assert np.abs(seen - wanted).mean() < 3
