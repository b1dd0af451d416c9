"""Camera, lens and exposure are read from EXIF, and published only where a setting asks for it; serial numbers never."""

from __future__ import annotations

import io

import pytest
from msgspec.structs import replace
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from pelican_headshots.metadata import exif
from pelican_headshots.values.geometry import Size
from pelican_headshots.values.photo import CameraField, PhotoMetadata, PhotoRecord, is_plausible
from pelican_headshots.values.rendition import Rights
from tests.support.metadata import read_metadata

MAKE, MODEL, BODY_SERIAL, LENS, LENS_SERIAL, OWNER = 0x10F, 0x110, 0xA431, 0xA434, 0xA435, 0xA430
EXPOSURE_TIME, APERTURE, SENSITIVITY, FOCAL_LENGTH = 0x829A, 0x829D, 0x8827, 0x920A


def read_camera_data(main: dict[int, object], details: dict[int, object] | None = None) -> PhotoMetadata:
    """Return the metadata of a JPEG with the tags *main* and those of the EXIF directory, *details*."""
    tags = Image.Exif()
    for tag, value in main.items():
        tags[tag] = value
    for tag, value in (details or {}).items():
        tags.get_ifd(0x8769)[tag] = value
    file = io.BytesIO()
    Image.new("RGB", (60, 40)).save(file, "JPEG", exif=tags)
    return read_metadata(file.getvalue())[0]


def test_camera_lens_and_exposure_are_read_as_photographers_write_them() -> None:
    found = read_camera_data(
        {MAKE: "NIKON CORPORATION", MODEL: "NIKON D850"},
        {
            LENS: "NIKKOR Z 85mm f/1.8 S",
            FOCAL_LENGTH: IFDRational(85, 1),
            APERTURE: IFDRational(28, 10),
            EXPOSURE_TIME: IFDRational(1, 200),
            SENSITIVITY: 400,
            BODY_SERIAL: "6012345",
            LENS_SERIAL: "20004711",
            OWNER: "Ada Example",
        },
    )
    assert (found.camera, found.lens) == ("NIKON D850", "NIKKOR Z 85mm f/1.8 S")
    assert found.exposure == "85 mm, f/2.8, 1/200 s, ISO 400"
    assert not any(secret in str(found) for secret in ("6012345", "20004711", "Ada"))


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("Canon", "Canon EOS R5", "Canon EOS R5"),
        ("SONY", "ILCE-7M4", "SONY ILCE-7M4"),
        ("OLYMPUS IMAGING CORP.", "E-M1", "OLYMPUS E-M1"),
        ("LEICA CAMERA AG", "LEICA Q2", "LEICA Q2"),
        ("FUJIFILM", "", "FUJIFILM"),
        ("", "X-T5", "X-T5"),
        ("<b>Evil</b>\x07", "X1", "<b>Evil</b> X1"),
        ("A" * 500, "B", "A" * 80),
    ],
)
def test_a_camera_has_its_brand_once_and_no_company_form(make: str, model: str, camera: str) -> None:
    assert read_camera_data({MAKE: make, MODEL: model}).camera == camera


@pytest.mark.parametrize(
    ("details", "exposure"),
    [
        ({EXPOSURE_TIME: IFDRational(5, 10)}, "0.5 s"),
        ({EXPOSURE_TIME: IFDRational(30, 1), APERTURE: IFDRational(95, 100)}, "f/0.95, 30 s"),
        ({EXPOSURE_TIME: IFDRational(10, 80000)}, "1/8000 s"),
        ({EXPOSURE_TIME: IFDRational(0, 1), APERTURE: IFDRational(0, 1), FOCAL_LENGTH: IFDRational(0, 1)}, ""),
        ({APERTURE: IFDRational(1, 0), SENSITIVITY: 65_535}, ""),
    ],
)
def test_an_exposure_is_as_complete_as_the_camera_wrote_it(details: dict[int, object], exposure: str) -> None:
    assert read_camera_data({}, details).exposure == exposure


@pytest.mark.parametrize("name", ["----", "0.0 mm f/0.0"])
def test_a_lens_that_the_camera_does_not_know_has_no_name(name: str) -> None:
    assert read_camera_data({}, {LENS: name}).lens == ""


def test_a_value_of_another_type_is_no_ratio() -> None:
    assert exif.ExifEntry(2, "<", b"12345678", 0, 8).ratio() is None


@pytest.mark.parametrize("published", [(), ("lens",), ("exposure", "camera")])
def test_only_the_chosen_camera_data_are_published(published: tuple[CameraField, ...]) -> None:
    whole = PhotoMetadata(camera="Canon EOS R5", lens="RF85mm", exposure="85 mm")
    shown = whole.with_camera_fields(published)
    assert {name for name in ("camera", "lens", "exposure") if getattr(shown, name)} == set(published)


@pytest.mark.parametrize(
    ("field", "value"), [("camera", "x" * 81), ("lens", "RF\x00"), ("exposure", "<script>"), ("exposure", "1 " * 40)]
)
def test_camera_data_that_the_reader_never_writes_are_implausible(field: str, value: str) -> None:
    metadata = PhotoMetadata(camera="Canon EOS R5", lens="RF85mm F1.2 L", exposure="85 mm, f/1.2, 1/200 s, ISO 100")
    record = PhotoRecord(Size(3, 2), None, metadata, Rights(), ("#000000",) * 3)
    assert is_plausible(record)
    assert not is_plausible(replace(record, metadata=replace(metadata, **{field: value})))
