"""Names in notes and people files that no photo has."""

from __future__ import annotations

import unicodedata

import pytest

from pelican_headshots.notes.unmatched import MAX_NAMES_IN_SENTENCE, describe_unmatched_names
from pelican_headshots.pages.inline_images import find_photo
from pelican_headshots.people.routing import build_gallery_folders
from pelican_headshots.values.notes import GalleryNote, Note, Notes
from tests.support.photos import photo

COMPOSED = "jörg.jpg"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)


def test_all_unmatched_names_of_a_file_are_in_one_sentence() -> None:
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


def test_a_people_file_may_name_photos_beside_it_or_from_the_photos_folder() -> None:
    paths = ["team/jane.jpg", "night/jane.jpg", "team/people.csv"]
    assert describe_unmatched_names({}, {"team/people.csv": ("jane.jpg", "night/jane.jpg")}, paths) == ()
    (sentence,) = describe_unmatched_names({}, {"people.csv": ("jane.jpg",)}, paths)
    assert sentence.startswith("people.csv names jane.jpg, but there is no such file in the photos folder.")


def test_a_long_list_of_unmatched_names_is_shortened() -> None:
    notes = {"": Notes(photos={f"{i}.jpg": Note(caption="x") for i in range(MAX_NAMES_IN_SENTENCE + 2)})}
    assert " and 2 more, but there are no such files" in describe_unmatched_names(notes, {}, [])[0]


@pytest.mark.parametrize("written", [COMPOSED, DECOMPOSED])
@pytest.mark.parametrize("on_disk", [COMPOSED, DECOMPOSED])
def test_a_name_matches_in_either_unicode_normalization(written: str, on_disk: str) -> None:
    notes = {"": Notes(GalleryNote(order=("b.jpg", written)), {written: Note(caption="Evening.")})}
    assert describe_unmatched_names(notes, {}, [on_disk, "b.jpg"]) == ()
    (folder,) = build_gallery_folders([photo("b.jpg"), photo(on_disk)], notes)
    assert [(entry.photo.path, entry.note.caption) for entry in folder.entries][1] == (on_disk, "Evening.")
    assert find_photo(f"/photos/{written}", [on_disk], "photos") == on_disk
