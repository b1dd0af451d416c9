"""Which photo goes to which gallery, and in which order."""

from __future__ import annotations

import pytest

from pelican_headshots.people import routing
from pelican_headshots.values.analysis import Analysis
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.geometry import Size
from pelican_headshots.values.notes import GalleryNote, Note, Notes
from pelican_headshots.values.photo import Photo, PhotoMetadata, PhotoRecord
from pelican_headshots.values.rendition import Rights


def build_photo(path: str, *, digest: str = "", analyzed: bool = False, date: str = "") -> Photo:
    analysis = Analysis(0, (), {}) if analyzed else None
    record = PhotoRecord(Size(300, 200), analysis, PhotoMetadata(date=date), Rights(), ("#000000",) * 3)
    return Photo(path, digest or path, record)


def list_gallery_photos(
    photos: list[Photo], notes: dict[str, Notes], *, headshots_in_galleries: bool = False
) -> list[str]:
    return [
        entry.photo.path
        for folder in routing.build_gallery_folders(photos, notes, headshots_in_galleries=headshots_in_galleries)
        for entry in folder.gallery_entries
    ]


def test_a_photo_without_analysis_is_in_its_gallery_and_needs_checking() -> None:
    (folder,) = routing.build_gallery_folders([build_photo("a/x.jpg")], {})
    assert [entry.photo.path for entry in folder.gallery_entries] == ["a/x.jpg"]
    assert folder.entries[0].classification.is_unsure
    assert "could not be analyzed" in folder.entries[0].classification.reasons[0]


def test_a_note_overrules_the_classification() -> None:
    notes = {"a": Notes(photos={"x.jpg": Note(kind=PhotoKind.HEADSHOT)})}
    (folder,) = routing.build_gallery_folders([build_photo("a/x.jpg")], notes)
    assert folder.entries[0].classification.kind == PhotoKind.HEADSHOT
    assert folder.gallery_entries == ()


def test_a_headshot_is_in_its_gallery_if_a_note_or_the_settings_say_so() -> None:
    with_note = {"a": Notes(photos={"x.jpg": Note(kind=PhotoKind.HEADSHOT, gallery=True)})}
    assert list_gallery_photos([build_photo("a/x.jpg")], with_note) == ["a/x.jpg"]
    without_note = {"a": Notes(photos={"x.jpg": Note(kind=PhotoKind.HEADSHOT)})}
    assert list_gallery_photos([build_photo("a/x.jpg")], without_note, headshots_in_galleries=True) == ["a/x.jpg"]


def test_a_note_with_a_digest_follows_a_moved_photo() -> None:
    notes = {"old": Notes(photos={"x.jpg": Note(digest="abc", hidden=True)})}
    assert list_gallery_photos([build_photo("new/y.jpg", digest="abcdef")], notes) == []


def test_a_note_with_another_digest_is_not_used_for_a_new_file_of_the_same_name() -> None:
    notes = {"a": Notes(photos={"x.jpg": Note(digest="abc", hidden=True)})}
    assert list_gallery_photos([build_photo("a/x.jpg", digest="other")], notes) == ["a/x.jpg"]


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        (GalleryNote(), ["b 2", "b 10", "c"]),
        (GalleryNote(order=("c.jpg", "b 10.jpg")), ["c", "b 10", "b 2"]),
        (GalleryNote(order="date"), ["b 10", "b 2", "c"]),
    ],
)
def test_the_order_is_that_of_the_notes_else_by_names_with_numbers_in_order(
    note: GalleryNote, expected: list[str]
) -> None:
    photos = [
        build_photo("a/b 10.jpg", date="2020-01-01"),
        build_photo("a/c.jpg"),
        build_photo("a/b 2.jpg", date="2021-05-05"),
    ]
    assert list_gallery_photos(photos, {"a": Notes(gallery=note)}) == [f"a/{name}.jpg" for name in expected]


def test_a_date_in_a_note_overrules_that_of_the_camera() -> None:
    photos = [build_photo("a/scan.jpg", date="2024-02-01"), build_photo("a/x.jpg", date="2020-01-01")]
    notes = Notes(gallery=GalleryNote(order="date"), photos={"scan.jpg": Note(date="1987")})
    assert list_gallery_photos(photos, {"a": notes}) == ["a/scan.jpg", "a/x.jpg"]


@pytest.mark.parametrize(
    ("folder", "title"),
    [("rome-2024", "Rome 2024"), ("june_1987", "June 1987"), ("2024-06", "2024-06"), ("", "Photos")],
)
def test_a_gallery_is_titled_by_its_folder(folder: str, title: str) -> None:
    (gallery,) = routing.build_gallery_folders([build_photo(f"{folder}/x.jpg".lstrip("/"))], {})
    assert gallery.title == title
