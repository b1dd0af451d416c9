"""A logo is published as it is; icons come from a picture or from initials; what cannot be used ends in a sentence."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from pelican_headshots.publish.logo_and_icons import ICON_SIZES_PX, SiteIcons, load_logo
from pelican_headshots.settings import Settings, SettingsError

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300.5 100"><path d="M0 0"/></svg>'


def make_png(width: int, height: int, color: str = "#802040") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), color).save(file, "PNG")
    return file.getvalue()


def open_icon(folder: Path, icons: SiteIcons, name: str) -> Image.Image:
    with Image.open(folder / icons.files[name]) as icon:
        return icon.convert("RGBA")


def test_a_logo_has_the_proportions_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_bytes(SVG)
    (tmp_path / "logo.png").write_bytes(make_png(640, 160))
    svg, png = (load_logo(Settings(logo=f"logo.{kind}"), tmp_path) for kind in ("svg", "png"))
    assert svg is not None
    assert png is not None
    assert (svg.file, svg.width, svg.data) == ("logo.svg", 300, SVG)
    assert (png.file, png.width) == ("logo.png", 400)
    assert load_logo(Settings(), tmp_path) is None


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg width='3'></svg>", b"<svg viewBox='0 0 0 9'/>", b"\x89PNG\r\n\x1a\n" + b"\0" * 20, b"\xff\xd8\xff"],
)
def test_a_logo_without_proportions_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "logo.svg").write_bytes(data)
    with pytest.raises(SettingsError, match="viewBox"):
        load_logo(Settings(logo="logo.svg"), tmp_path)


@pytest.mark.parametrize(
    ("data", "phrase"),
    [(None, "cannot be read"), (b"GIF89a", "must be a PNG or JPEG"), (make_png(400, 100), "only 100 pixels")],
)
def test_an_icon_that_cannot_be_used_is_refused(tmp_path: Path, data: bytes | None, phrase: str) -> None:
    if data is not None:
        (tmp_path / "icon.png").write_bytes(data)
    with pytest.raises(SettingsError, match=phrase):
        SiteIcons(Settings(icon="icon.png"), "Ada", tmp_path)


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Ada Example", "AE"), ("The Plaster Studio & Friends", "TPS"), ("kontrast", "K"), ("«Œil» 24", "Œ2"), ("—", "")],
)
def test_initials_are_the_first_letters_of_up_to_three_words(tmp_path: Path, name: str, initials: str) -> None:
    assert SiteIcons(Settings(), name, tmp_path).initials == initials


@pytest.mark.parametrize("name", ["Ada Example", "Ж", ""])
def test_icons_with_initials_have_every_size_and_round_corners_only_in_tabs(tmp_path: Path, name: str) -> None:
    icons = SiteIcons(Settings(mood="paper"), name, tmp_path)
    icons.write(tmp_path, tmp_path)
    assert {open_icon(tmp_path, icons, each).size for each in icons.files} == {
        (px, px) for px in ICON_SIZES_PX.values()
    }
    corners = {each: open_icon(tmp_path, icons, each).getpixel((0, 0)) for each in icons.files}
    background = (*bytes.fromhex(icons.background[1:]), 255)
    assert corners["apple"] == corners["maskable"] == background
    assert corners["tab"] == corners["large"] == (0, 0, 0, 0)
    colors = open_icon(tmp_path, icons, "large").getcolors(1 << 20)
    assert colors is not None
    assert (*bytes.fromhex(icons.ink[1:]), 255) in {color for _, color in colors}, "nothing is drawn"


def test_a_maskable_icon_keeps_the_picture_inside_the_circle_of_phones(tmp_path: Path) -> None:
    picture = Image.new("RGB", (600, 400), "#ffffff")
    picture.paste("#204080", (150, 50, 450, 350))
    picture.save(tmp_path / "icon.png")
    icons = SiteIcons(Settings(icon="icon.png"), "Ada", tmp_path)
    icons.write(tmp_path, tmp_path)
    apple, maskable = (open_icon(tmp_path, icons, name) for name in ("apple", "maskable"))
    assert apple.getpixel((90, 90)) == maskable.getpixel((256, 256)) == (0x20, 0x40, 0x80, 255)
    assert maskable.getpixel((20, 256)) == (255, 255, 255, 255)


def test_the_manifest_lies_beside_its_icons_and_starts_at_the_home_page(tmp_path: Path) -> None:
    static_folder = tmp_path / "theme"
    icons = SiteIcons(Settings(), 'Ada "Œ"', tmp_path)
    icons.write(static_folder, tmp_path)
    manifest = json.loads((static_folder / icons.manifest).read_text(encoding="utf-8"))
    assert manifest["name"] == 'Ada "Œ"'
    assert manifest["start_url"] == "../../"
    assert [icon["purpose"] for icon in manifest["icons"]] == ["any", "any", "maskable"]
    assert all((static_folder / "icons" / icon["src"]).is_file() for icon in manifest["icons"])


def test_icons_that_are_there_are_not_drawn_again(tmp_path: Path) -> None:
    icons = SiteIcons(Settings(), "Ada", tmp_path)
    icons.write(tmp_path, tmp_path)
    (tmp_path / icons.files["tab"]).write_bytes(b"kept")
    icons.write(tmp_path, tmp_path)
    assert (tmp_path / icons.files["tab"]).read_bytes() == b"kept"
    assert SiteIcons(Settings(), "Bea", tmp_path).files["tab"] != icons.files["tab"]


def test_a_picture_whose_icons_are_in_the_site_is_not_decoded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("RGB", (300, 300), "#804020").save(tmp_path / "icon.png")
    static_folder = tmp_path / "output" / "theme"
    SiteIcons(Settings(icon="icon.png"), "Ada", tmp_path, static_folder).write(static_folder, tmp_path / "output")
    checked: list[str] = []
    monkeypatch.setattr(
        "pelican_headshots.publish.logo_and_icons._check_icon_picture", lambda name, _data: checked.append(name)
    )
    SiteIcons(Settings(icon="icon.png"), "Ada", tmp_path, static_folder)
    assert checked == []
    SiteIcons(Settings(icon="icon.png"), "Ada", tmp_path, tmp_path / "elsewhere")
    assert checked == ["icon.png"]
