"""Fonts of the theme: small, licensed, complete, and made again if they are damaged."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

from build_assets import fonts
from build_assets.fonts import TYPEFACES
from tests.support.site import REPOSITORY

FONTS = REPOSITORY / "theme" / "static" / "fonts"
pytestmark = pytest.mark.skipif(
    not (FONTS / "text.woff2").is_file(), reason="the fonts are made when the package is built: python -m build_assets"
)


def test_fonts_of_every_page_fit_the_first_round_trip_and_have_their_license() -> None:
    files = {file.name: file.stat().st_size for file in FONTS.glob("*.woff2")}
    assert sorted(files) == ["display-more.woff2", "display.woff2", "text-more.woff2", "text.woff2"]
    for name in ("display.woff2", "text.woff2"):
        assert files[name] < 10 * 1460 - 500, "with its headers it needs a second round trip"
    license_text = (FONTS / "OFL.txt").read_text()
    assert license_text.count("SIL OPEN FONT LICENSE Version 1.1") == 2


def test_the_stylesheet_declares_the_letters_of_each_file() -> None:
    sheet = (FONTS.parent / "css" / "theme.css").read_text(encoding="utf-8")
    declared = re.findall(r"url\(\.\./fonts/([\w-]+\.woff2)\).*unicode-range: (\S+) }", sheet)
    assert declared == [(file, letters) for face in TYPEFACES for file, letters in face.files.items()]


def test_the_fonts_have_all_letters_of_the_interface() -> None:
    ttlib = pytest.importorskip("fontTools.ttLib", reason="needs requirements/build.txt")
    locales = REPOSITORY / "pelican_headshots" / "pages" / "locales"
    letters = set("".join(file.read_text() for file in locales.glob("*.toml"))) - {"\n"} | set("←→×–…·©")
    for face in TYPEFACES:
        available = {chr(letter) for file in face.files for letter in ttlib.TTFont(FONTS / file).getBestCmap()}
        assert letters <= available, letters - available


class DownloadError(Exception):
    """Raised instead of a download."""


def refuse_download(*_: object) -> NoReturn:
    raise DownloadError


@pytest.mark.parametrize("file", [*(file for face in TYPEFACES for file in face.files), "OFL.txt"])
def test_a_changed_or_missing_font_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    root = FONTS.parents[2]
    if not (root / fonts.MANIFEST).is_file():
        pytest.skip("these fonts have no manifest: python -m build_assets")
    shutil.copytree(FONTS, tmp_path / fonts.FOLDER)
    shutil.copyfile(root / fonts.MANIFEST, tmp_path / fonts.MANIFEST)
    monkeypatch.setattr(fonts, "download_wheel", refuse_download)
    fonts.fill(tmp_path)
    damaged = tmp_path / fonts.FOLDER / file
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    with pytest.raises(DownloadError):
        fonts.fill(tmp_path)
    damaged.unlink()
    with pytest.raises(DownloadError):
        fonts.fill(tmp_path)


def test_fonts_are_made_again_for_other_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    root = FONTS.parents[2]
    if not (root / fonts.MANIFEST).is_file():
        pytest.skip("these fonts have no manifest: python -m build_assets")
    monkeypatch.setattr(fonts, "download_wheel", refuse_download)
    monkeypatch.setitem(fonts.LETTERS, "", "U+0041")
    with pytest.raises(DownloadError):
        fonts.fill(root)
