"""AVIF is encoded with SVT-AV1 where its wheel is installed, else with libaom, and looks the same."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import AvifImagePlugin, Image

from pelican_headshots.images import avif, versions
from pelican_headshots.images.avif import Metadata

TONES = np.linspace(0, 255, 96)
PHOTO = Image.fromarray(
    np.dstack([np.add.outer(TONES, TONES) / 2, np.outer(TONES, TONES) / 255, np.tile(TONES, (96, 1))]).astype(np.uint8)
)


@pytest.fixture
def _without_svt(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(avif, "find_spec", lambda name: None)
    for cached in (avif.load_svt_encoder, avif._choose_encoder, versions.get_loaded_versions):
        cached.cache_clear()
    yield
    for cached in (avif.load_svt_encoder, avif._choose_encoder, versions.get_loaded_versions):
        cached.cache_clear()


def decode(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def measure_mean_error(data: bytes) -> np.ndarray:
    difference = np.asarray(decode(data).convert("RGB"), float) - np.asarray(PHOTO, float)
    return np.asarray(difference.mean(axis=(0, 1)))


def test_the_installed_wheel_has_svt_av1() -> None:
    assert avif.load_svt_encoder() is not None
    assert versions.SVT_PACKAGE in versions.get_loaded_versions()


def test_an_avif_has_the_colors_of_the_picture_and_only_the_metadata_that_is_asked_for() -> None:
    image = PHOTO.copy()
    image.info = {"exif": b"II*\0private", "xmp": b"private"}
    data = avif.encode_avif(image, 60, Metadata(xmp=b"<rights/>"))
    assert decode(data).info["xmp"] == b"<rights/>"
    assert b"private" not in data
    assert np.abs(measure_mean_error(data)).max() < 0.35


@pytest.mark.usefixtures("_without_svt")
def test_without_svt_av1_libaom_encodes_and_the_name_of_the_recipe_says_so() -> None:
    data = avif.encode_avif(PHOTO, 60, Metadata())
    assert decode(data).size == PHOTO.size
    assert np.abs(measure_mean_error(data)).max() < 0.35
    assert versions.SVT_PACKAGE not in versions.get_loaded_versions()
    assert versions.get_loaded_versions() != versions.get_installed_versions()


def test_the_same_pixels_give_the_same_bytes() -> None:
    assert avif.encode_avif(PHOTO, 50, Metadata()) == avif.encode_avif(PHOTO.copy(), 50, Metadata())


@pytest.mark.parametrize(
    "size", [(1, 1), (2, 3), (17, 1), (4, 4), (5, 8704), (5, 8705), (16_385, 5), (33, 63), (65, 64)]
)
def test_odd_tiny_and_very_long_pictures_keep_their_size(size: tuple[int, int]) -> None:
    assert decode(avif.encode_avif(PHOTO.resize(size), 50, Metadata())).size == size


def test_encoding_prints_nothing_and_pillow_keeps_its_own_reader_and_writer_of_avif() -> None:
    program = (
        "from PIL import AvifImagePlugin, Image;"
        "from pelican_headshots.images import avif;"
        "avif.encode_avif(Image.new('RGB', (64, 64)), 50, avif.Metadata());"
        "assert Image.SAVE['AVIF'] is AvifImagePlugin._save;"
        "assert Image.OPEN['AVIF'][0] is AvifImagePlugin.AvifImageFile"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert Image.OPEN["AVIF"][0] is AvifImagePlugin.AvifImageFile


@pytest.mark.skipif(not hasattr(os, "sched_getscheduler"), reason="this system has no real-time priorities")
def test_encoding_as_root_gives_no_real_time_priority_and_stays_root() -> None:
    user = os.geteuid()
    avif.encode_avif(PHOTO, 50, Metadata())
    assert os.sched_getscheduler(0) == os.SCHED_OTHER
    assert os.geteuid() == user
