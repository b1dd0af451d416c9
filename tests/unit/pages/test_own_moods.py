"""Moods of the photographer's own: their colors are derived, written as CSS, and refused if text is hard to read."""

from __future__ import annotations

from pathlib import Path

import pytest

from pelican_headshots.layout.mood import (
    MIN_TEXT_CONTRAST,
    compute_contrast,
    derive_mood_colors,
    find_low_contrast,
    hex_to_oklch,
    oklch_to_hex,
)
from pelican_headshots.notes.loader import NotesError, check_moods
from pelican_headshots.pages.template_context import TemplateContext
from pelican_headshots.pages.translations import load_translations
from pelican_headshots.settings import SettingsError, read
from pelican_headshots.values.notes import GalleryNote, Notes
from tests.support.photos import compose_photos, photo

WINE = {"background": "#2a0f14", "accent": "#d9a06a"}


def make_context(folder: Path, **settings: object) -> TemplateContext:
    return TemplateContext(read({"HEADSHOTS": settings}), folder, load_translations("en"))


@pytest.mark.parametrize("color", ["#2a0f14", "#f4efe6", "#808080", "#000000", "#ffffff"])
def test_a_color_survives_oklch(color: str) -> None:
    assert oklch_to_hex(*hex_to_oklch(color)) == color


@pytest.mark.parametrize("background", ["#2a0f14", "#0b1a2b", "#000000", "#f4efe6", "#ffffff", "#10301c"])
def test_colors_derived_from_the_background_are_readable(background: str) -> None:
    colors = derive_mood_colors(background)
    assert find_low_contrast(colors) is None
    for text in (colors.ink, colors.mute, colors.accent):
        assert compute_contrast(hex_to_oklch(text), hex_to_oklch(colors.surface)) >= MIN_TEXT_CONTRAST


def test_an_own_mood_is_written_before_the_own_stylesheet(tmp_path: Path) -> None:
    (tmp_path / "my.css").write_text("p { color: red }")
    context = make_context(tmp_path, mood="wine", moods={"wine": WINE}, stylesheet="my.css")
    context.write_stylesheets(tmp_path / "static", "en")
    css = (tmp_path / "static" / "css" / "own.css").read_text()
    assert css.startswith("[data-mood=wine]{color-scheme:dark;--bg:#2a0f14;")
    assert "--accent:#d9a06a" in css
    assert css.endswith("p { color: red }")
    assert context.make_context()["page_color"]("wine", 0) == "#2a0f14"


@pytest.mark.parametrize(
    ("colors", "message"),
    [
        ({"background": "#2a0f14", "text": "#803040"}, "Make `text` lighter."),
        ({"background": "#2a0f14", "accent": "#702030"}, "Make `accent` lighter."),
        ({"background": "#6b3a44"}, "Make `background` darker."),
        ({"background": "#f4efe6", "accent": "#d9a06a"}, "Make `accent` darker."),
        ({"background": "#b0a090"}, "Make `background` lighter."),
    ],
)
def test_colors_that_are_hard_to_read_are_refused(tmp_path: Path, colors: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError, match="needs at least 4.5") as caught:
        make_context(tmp_path, moods={"wine": colors})
    assert str(caught.value).endswith(message)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"mood": "embre"}, "there is no mood 'embre'. Choose from: auto, slate"),
        ({"moods": {"paper": WINE}}, "'paper' is an included mood"),
        ({"moods": {"wine": {"background": "red"}}}, r"\['wine'\]\['background'\]"),
        ({"moods": {"Wine red": WINE}}, "moods"),
    ],
)
def test_a_mood_that_cannot_be_used_is_explained(settings: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read({"HEADSHOTS": settings})


def test_a_gallery_can_name_an_own_mood_and_no_unknown_one() -> None:
    names = read({"HEADSHOTS": {"moods": {"wine": WINE}}}).mood_names
    check_moods({"night": Notes(GalleryNote(mood="wine"))}, names)
    with pytest.raises(NotesError, match=r"night/notes.toml .* there is no mood 'vine'"):
        check_moods({"night": Notes(GalleryNote(mood="vine"))}, names)


def test_a_gallery_has_the_mood_of_the_site_unless_its_notes_name_another() -> None:
    photos = [photo("a/a.jpg"), photo("b/b.jpg")]
    portfolio, _ = compose_photos(photos, {"b": Notes(GalleryNote(mood="paper"))}, mood="ember")
    assert [(gallery.mood, gallery.hue) for gallery in portfolio.galleries] == [("ember", 45.0), ("paper", 80.0)]
