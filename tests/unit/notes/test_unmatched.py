"""Names in notes and people files that no photograph bears."""

from __future__ import annotations

import unicodedata

import pytest

from pelican_headshots.notes.unmatched import MAX_NAMES_IN_SENTENCE, describe_unmatched_names
from pelican_headshots.pages.inline_images import find_photo
from pelican_headshots.people.routing import build_gallery_folders
from pelican_headshots.values.geometry import Size
from pelican_headshots.values.notes import GalleryNote, Note, Notes
from pelican_headshots.values.photo import Photo, PhotoMetadata, PhotoRecord
from pelican_headshots.values.rendition import Rights

AS_TYPED = "jörg.jpg"
AS_ON_A_DISK = unicodedata.normalize("NFD", AS_TYPED)


def photo(path: str) -> Photo:
    return Photo(
        path, f"digest of {path}", PhotoRecord(Size(800, 600), None, PhotoMetadata(), Rights(), ("#102030",) * 3)
    )


def test_what_notes_name_and_nobody_finds_is_said_in_one_sentence() -> None:
    notes = {
        "night": Notes(
            GalleryNote(cover="lamp.jpg", order=("lamp.jpg", "a.jpg", "known.jpg"), contents={"known.jpg": "abc"}),
            {"A.JPG": Note(caption="x"), "gone.jpg": Note(digest="abc"), "a.jpg": Note(caption="y")},
        ),
    }
    (sentence,) = describe_unmatched_names(notes, {}, ["night/a.jpg", "night/notes.toml"])
    assert sentence == (
        "night/notes.toml names lamp.jpg, A.JPG (did you mean a.jpg?), but there are no such files in night. "
        "Correct the names, or remove them."
    )


def test_a_people_file_may_name_photographs_beside_it_or_below_the_photos_folder() -> None:
    paths = ["team/jane.jpg", "night/jane.jpg", "team/people.csv"]
    assert describe_unmatched_names({}, {"team/people.csv": ("jane.jpg", "night/jane.jpg")}, paths) == ()
    (sentence,) = describe_unmatched_names({}, {"people.csv": ("jane.jpg",)}, paths)
    assert sentence.startswith("people.csv names jane.jpg, but there is no such file in the photos folder.")


def test_many_names_are_not_all_listed() -> None:
    notes = {"": Notes(photos={f"{i}.jpg": Note(caption="x") for i in range(MAX_NAMES_IN_SENTENCE + 2)})}
    assert " and 2 more, but there are no such files" in describe_unmatched_names(notes, {}, [])[0]


@pytest.mark.parametrize("written", [AS_TYPED, AS_ON_A_DISK])
@pytest.mark.parametrize("lying", [AS_TYPED, AS_ON_A_DISK])
def test_an_umlaut_is_the_same_however_the_disk_spells_it(written: str, lying: str) -> None:
    notes = {"": Notes(GalleryNote(order=("b.jpg", written)), {written: Note(caption="Evening.")})}
    assert describe_unmatched_names(notes, {}, [lying, "b.jpg"]) == ()
    (folder,) = build_gallery_folders([photo("b.jpg"), photo(lying)], notes)
    assert [(entry.photo.path, entry.note.caption) for entry in folder.entries][1] == (lying, "Evening.")
    assert find_photo(f"/photos/{written}", [lying], "photos") == lying
