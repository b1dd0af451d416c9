from __future__ import annotations

import msgspec
import pytest

from pelican_headshots.notes import loader
from pelican_headshots.people import routing
from pelican_headshots.values.analysis import Analysis
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.geometry import Size
from pelican_headshots.values.notes import GalleryNote, Note, Notes
from pelican_headshots.values.photo import Photo, PhotoMetadata, PhotoRecord
from pelican_headshots.values.rendition import Rights


def photo(path: str, *, digest: str = "", looked: bool = False, date: str = "") -> Photo:
    analysis = Analysis(0, (), {}) if looked else None
    exam = PhotoRecord(Size(300, 200), analysis, PhotoMetadata(date=date), Rights(), ("#000000",) * 3)
    return Photo(path, digest or path, exam)


def hung(photos: list[Photo], notes: dict[str, Notes], **more: bool) -> list[str]:
    return [
        entry.photo.path
        for folder in routing.build_gallery_folders(photos, notes, **more)
        for entry in folder.gallery_entries
    ]


def test_a_picture_nobody_looked_at_hangs_in_its_gallery_and_says_why() -> None:
    (folder,) = routing.build_gallery_folders([photo("a/x.jpg")], {})
    assert [entry.photo.path for entry in folder.gallery_entries] == ["a/x.jpg"]
    assert folder.entries[0].classification.is_unsure
    assert "could not be analyzed" in folder.entries[0].classification.reasons[0]


def test_a_note_beats_the_machine() -> None:
    notes = {"a": Notes(photos={"x.jpg": Note(kind=PhotoKind.HEADSHOT)})}
    (folder,) = routing.build_gallery_folders([photo("a/x.jpg")], notes)
    assert folder.entries[0].classification.kind == PhotoKind.HEADSHOT
    assert folder.gallery_entries == ()


def test_a_headshot_hangs_in_its_gallery_where_a_note_or_the_settings_say_so() -> None:
    said = {"a": Notes(photos={"x.jpg": Note(kind=PhotoKind.HEADSHOT, gallery=True)})}
    assert hung([photo("a/x.jpg")], said) == ["a/x.jpg"]
    unsaid = {"a": Notes(photos={"x.jpg": Note(kind=PhotoKind.HEADSHOT)})}
    assert hung([photo("a/x.jpg")], unsaid, headshots_in_galleries=True) == ["a/x.jpg"]


def test_a_note_with_a_digest_follows_the_photograph_when_it_moves() -> None:
    notes = {"old": Notes(photos={"x.jpg": Note(digest="abc", hidden=True)})}
    assert hung([photo("new/y.jpg", digest="abcdef")], notes) == []


def test_a_note_for_other_contents_does_not_hit_a_new_file_of_the_same_name() -> None:
    notes = {"a": Notes(photos={"x.jpg": Note(digest="abc", hidden=True)})}
    assert hung([photo("a/x.jpg", digest="other")], notes) == ["a/x.jpg"]


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        (GalleryNote(), ["b 2", "b 10", "c"]),
        (GalleryNote(order=("c.jpg", "b 10.jpg")), ["c", "b 10", "b 2"]),
        (GalleryNote(order="date"), ["b 10", "b 2", "c"]),
    ],
)
def test_order_is_the_authors_else_by_name_as_people_count(note: GalleryNote, expected: list[str]) -> None:
    photos = [
        photo("a/b 10.jpg", date="2020-01-01"),
        photo("a/c.jpg"),
        photo("a/b 2.jpg", date="2021-05-05"),
    ]
    assert hung(photos, {"a": Notes(gallery=note)}) == [f"a/{name}.jpg" for name in expected]


def test_a_date_in_a_note_beats_the_cameras() -> None:
    photos = [photo("a/scan.jpg", date="2024-02-01"), photo("a/x.jpg", date="2020-01-01")]
    notes = Notes(gallery=GalleryNote(order="date"), photos={"scan.jpg": Note(date="1987")})
    assert hung(photos, {"a": notes}) == ["a/scan.jpg", "a/x.jpg"]


@pytest.mark.parametrize(
    ("folder", "title"),
    [("rome-2024", "Rome 2024"), ("june_1987", "June 1987"), ("2024-06", "2024-06"), ("", "Photographs")],
)
def test_a_gallery_is_called_as_its_folder(folder: str, title: str) -> None:
    (only,) = routing.build_gallery_folders([photo(f"{folder}/x.jpg".lstrip("/"))], {})
    assert only.title == title


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[photos."x.jpg"]\nkind = "headshoot"\n', ["headshoot", "kind"]),
        ('[photos."x.jpg"]\norder = nan\n', ["order"]),
        ("[gallery]\nposition = nan\n", ["position"]),
        ('[photos."x.jpg"]\nfocus = [2, 0]\n', ["focus"]),
        ("[gallery\n", ["not valid TOML"]),
        ('[photos."x.jpg"]\ntitel = "X"\n', ["titel"]),
    ],
)
def test_a_broken_notes_file_is_a_sentence_that_names_it(tmp_path, text: str, words: list[str]) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "notes.toml"
    path.write_text(text)
    with pytest.raises(loader.NotesError) as wrong:
        loader.read_notes(path)
    for word in [str(path), *words]:
        assert word in str(wrong.value)


def test_values_survive_the_cache() -> None:
    exam = photo("a/x.jpg", looked=True).record
    assert msgspec.json.decode(msgspec.json.encode(exam), type=PhotoRecord) == exam
