"""Notes decide before metadata, and folders before the settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from pelican_headshots.notes.loader import NotesError, read_notes
from pelican_headshots.notes.selector import SHOWN_BY_NOTE, PhotoSelector
from pelican_headshots.people.routing import build_gallery_folders
from pelican_headshots.settings import SettingsError, read
from pelican_headshots.values.notes import GalleryNote, Note, Notes
from pelican_headshots.values.photo import Photo
from pelican_headshots.values.selection import Decisions, Selection
from tests.support.photos import photo

SITE = Selection(min_rating=3, exclude=("private",))


def choose(selector: PhotoSelector, path: str, rating: int) -> bool:
    return selector.choose(photo(path), Decisions(rating)).is_shown


def test_a_note_shows_a_photo_whatever_its_metadata_says() -> None:
    for note in (Note(hidden=False), Note(hidden=False, digest=photo("a/x.jpg").digest)):
        selector = PhotoSelector(SITE, {"a": Notes(photos={"x.jpg": note})})
        for decisions in (Decisions(-1), Decisions(2), Decisions(5, keywords=("private",))):
            assert selector.choose(photo("a/x.jpg"), decisions) == SHOWN_BY_NOTE
        assert not selector.needs_decisions(photo("a/x.jpg"))
        assert not choose(selector, "a/y.jpg", 2)


def test_a_note_about_something_else_shows_nothing() -> None:
    selector = PhotoSelector(SITE, {"a": Notes(photos={"x.jpg": Note(caption="A caption")})})
    assert not choose(selector, "a/x.jpg", 2)


def test_a_note_hides_a_photo_whatever_its_metadata_says() -> None:
    notes = {"a": Notes(photos={"x.jpg": Note(hidden=True), "y.jpg": Note(hidden=False)})}
    folders = build_gallery_folders([photo("a/x.jpg"), photo("a/y.jpg")], notes)
    assert [entry.photo.path for entry in folders[0].entries] == ["a/y.jpg"]


def test_a_folder_selects_for_itself_and_the_folders_in_it() -> None:
    notes = {
        "a": Notes(GalleryNote(select=Selection(min_rating=5))),
        "a/b": Notes(GalleryNote(select=Selection(keywords=()))),
        "c": Notes(GalleryNote(select=Selection(min_rating=0))),
    }
    selector = PhotoSelector(SITE, notes)
    shown = {path: choose(selector, path, 4) for path in ("x.jpg", "a/x.jpg", "a/b/d/x.jpg", "ab/x.jpg", "c/d/x.jpg")}
    assert shown == {"x.jpg": True, "a/x.jpg": False, "a/b/d/x.jpg": False, "ab/x.jpg": True, "c/d/x.jpg": True}
    assert not selector.choose(photo("c/x.jpg"), Decisions(5, keywords=("private",))).is_shown
    everywhere = PhotoSelector(notes={"": Notes(GalleryNote(select=Selection(min_rating=2)))})
    assert [choose(everywhere, path, 1) for path in ("x.jpg", "a/b/x.jpg")] == [False, False]


def test_metadata_is_only_read_first_where_something_is_asked_for() -> None:
    assert not PhotoSelector().needs_decisions(photo("a/x.jpg"))
    assert PhotoSelector(SITE).needs_decisions(photo("a/x.jpg"))


def rated(path: str, rating: int) -> Photo:
    each = photo(path)
    return replace(each, record=replace(each.record, decisions=Decisions(rating)))


def test_the_best_rating_comes_first_and_equal_ones_are_sorted_by_name() -> None:
    photos = [rated("10.jpg", 3), rated("9.jpg", 3), rated("a.jpg", 5), rated("b.jpg", 0), rated("c.jpg", -1)]
    notes = {"": Notes(GalleryNote(order="rating"), {"c.jpg": Note(hidden=False), "b.jpg": Note(order=1)})}
    (folder,) = build_gallery_folders(photos, notes)
    assert [entry.photo.path for entry in folder.entries] == ["b.jpg", "a.jpg", "9.jpg", "10.jpg", "c.jpg"]


def test_the_setting_and_the_note_are_written_alike(tmp_path: Path) -> None:
    path = tmp_path / "notes.toml"
    path.write_text('[gallery]\nselect = {min_rating = 3, keywords = ["portfolio"], exclude = ["private"]}\n')
    select = {"min_rating": 3, "keywords": ["portfolio"], "exclude": ["private"]}
    assert read({"HEADSHOTS": {"select": select}}).select == read_notes(path).gallery.select
    for wrong, sentence in (
        ("{min_rating = 6}", "min_rating: Expected a number <= 5."),
        ('{keywords = "portfolio"}', "Expected a list"),
        ('{keywords = [""]}', "keywords[0]: Expected a text"),
        ("{rating = 3}", "there is no 'rating'. Did you mean 'min_rating'?"),
    ):
        path.write_text(f"[gallery]\nselect = {wrong}\n")
        with pytest.raises(NotesError, match="gallery.select") as error:
            read_notes(path)
        assert sentence in str(error.value)
    with pytest.raises(SettingsError, match=r"HEADSHOTS\['select'\]\['min_rating'\]"):
        read({"HEADSHOTS": {"select": {"min_rating": -1}}})
