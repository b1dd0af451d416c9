"""The typefaces that come with the theme: small, licensed, and able to say what the interface says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from build_assets import fonts
from build_assets.fonts import TYPEFACES
from tests.support.site import REPOSITORY

FONTS = REPOSITORY / "theme" / "static" / "fonts"
pytestmark = pytest.mark.skipif(
    not (FONTS / "text.woff2").is_file(), reason="the fonts are made when the package is built: python -m build_assets"
)


def test_what_every_page_fetches_comes_before_a_server_waits_and_the_licence_is_there() -> None:
    files = {file.name: file.stat().st_size for file in FONTS.glob("*.woff2")}
    assert sorted(files) == ["display-more.woff2", "display.woff2", "text-more.woff2", "text.woff2"]
    for name in ("display.woff2", "text.woff2"):
        assert files[name] < 10 * 1460 - 500, "with its headers it wants another round trip"
    licence = (FONTS / "OFL.txt").read_text()
    assert licence.count("SIL OPEN FONT LICENSE Version 1.1") == 2


def test_the_stylesheet_says_which_letters_are_in_which_file() -> None:
    sheet = (FONTS.parent / "css" / "theme.css").read_text(encoding="utf-8")
    said = re.findall(r"url\(\.\./fonts/([\w-]+\.woff2)\).*unicode-range: (\S+) }", sheet)
    assert said == [(file, letters) for face in TYPEFACES for file, letters in face.files.items()]


def test_every_word_of_the_interface_can_be_set() -> None:
    ttlib = pytest.importorskip("fontTools.ttLib")
    words = REPOSITORY / "pelican_headshots" / "pages" / "locales"
    letters = set("".join(file.read_text() for file in words.glob("*.toml"))) - {"\n"} | set("←→×–…·©")
    for face in TYPEFACES:
        known = {chr(letter) for file in face.files for letter in ttlib.TTFont(FONTS / file).getBestCmap()}
        assert letters <= known, letters - known


class Fetched(Exception):
    """The packages would be fetched anew."""


def refetched(*_: object) -> None:
    raise Fetched


@pytest.mark.parametrize("file", [*(file for face in TYPEFACES for file in face.files), "OFL.txt"])
def test_a_font_that_is_not_as_it_was_made_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    root = FONTS.parents[2]
    if not (root / fonts.MANIFEST).is_file():
        pytest.skip("these fonts were made before they were vouched for: python -m build_assets")
    shutil.copytree(FONTS, tmp_path / fonts.FOLDER)
    shutil.copyfile(root / fonts.MANIFEST, tmp_path / fonts.MANIFEST)
    monkeypatch.setattr(fonts, "download_wheel", refetched)
    fonts.fill(tmp_path)
    damaged = tmp_path / fonts.FOLDER / file
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    with pytest.raises(Fetched):
        fonts.fill(tmp_path)
    damaged.unlink()
    with pytest.raises(Fetched):
        fonts.fill(tmp_path)


def test_other_letters_are_other_fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = FONTS.parents[2]
    if not (root / fonts.MANIFEST).is_file():
        pytest.skip("these fonts were made before they were vouched for: python -m build_assets")
    monkeypatch.setattr(fonts, "download_wheel", refetched)
    monkeypatch.setitem(fonts.LETTERS, "", "U+0041")
    with pytest.raises(Fetched):
        fonts.fill(root)
