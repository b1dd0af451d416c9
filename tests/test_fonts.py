"""The typefaces that come with the theme: small, licensed, and able to say what the interface says."""

from __future__ import annotations

from pathlib import Path

import pytest

FONTS = Path(__file__).parent.parent / "theme" / "static" / "fonts"
pytestmark = pytest.mark.skipif(
    not (FONTS / "text.woff2").is_file(), reason="the fonts are made when the package is built: python -m build_assets"
)


def test_two_files_of_at_most_sixty_kilobytes_and_their_licence() -> None:
    files = sorted(FONTS.glob("*.woff2"))
    assert [file.name for file in files] == ["display.woff2", "text.woff2"]
    assert sum(file.stat().st_size for file in files) <= 60_000
    licence = (FONTS / "OFL.txt").read_text()
    assert licence.count("SIL OPEN FONT LICENSE Version 1.1") == 2


def test_every_word_of_the_interface_can_be_set() -> None:
    ttlib = pytest.importorskip("fontTools.ttLib")
    words = Path(__file__).parent.parent / "pelican_headshots" / "words"
    letters = set("".join(file.read_text() for file in words.glob("*.toml"))) - {"\n"} | set("←→×–…·©")
    for name in ("display.woff2", "text.woff2"):
        known = set(map(chr, ttlib.TTFont(FONTS / name).getBestCmap()))
        assert letters <= known, letters - known
