"""Finding everything that names a person, and nothing that names somebody else."""

from __future__ import annotations

from msgspec.structs import replace

from pelican_headshots.notes.index import NoteLocation
from pelican_headshots.people.gather import PeopleFile, PersonRecord
from pelican_headshots.people.person_search import FoundPerson, find_lines, find_person
from pelican_headshots.values.analysis import Analysis, Face
from pelican_headshots.values.geometry import Box, Point
from pelican_headshots.values.notes import Note, Notes
from pelican_headshots.values.photo import Photo, PhotoMetadata
from tests.support.photos import photo


def with_metadata(path: str, metadata: PhotoMetadata, faces: int = 1) -> Photo:
    point = Point(0.5, 0.5)
    face = Face(Box(0.4, 0.3, 0.7, 0.7), 0.9, 0.0, 0.0, 0.0, point, point, point, point)
    plain = photo(path)
    return replace(
        plain, record=replace(plain.record, metadata=metadata, analysis=Analysis(faces, (face,) * faces, {}))
    )


def find(
    *photos: Photo,
    notes: dict[str, Notes] | None = None,
    people: tuple[PersonRecord, ...] = (),
    more: tuple[str, ...] = (),
) -> FoundPerson:
    files = (PeopleFile("team", "team/people.toml", people),)
    return find_person("jane  DOÉ", [*(each.path for each in photos), *more], photos, notes or {}, files)


def sources(found: FoundPerson) -> dict[str, tuple[str, ...]]:
    return {each.path: each.sources for each in found.photos}


def test_each_source_of_a_name_is_named() -> None:
    found = find(
        photo("team/jane-doe_head-of-print.jpg"),
        photo("team/dsc_1.jpg"),
        photo("night/dsc_2.jpg"),
        with_metadata("night/dsc_3.jpg", PhotoMetadata(person_names=("Jane Doe",), sources={"people": "sidecar"})),
        photo("models/jane-doe/dsc_4.jpg"),
        photo("night/2024-Jane_Doe.jpg"),
        photo("night/jane-doe-2.jpg"),
        notes={"night": Notes(photos={"dsc_2.jpg": Note(name="Jane Doe")})},
        people=(PersonRecord(name="Jane Doe", photos=("dsc_1.jpg",)),),
        more=("night/jane-doe_broken.jpg",),
    )
    assert sources(found) == {
        "team/jane-doe_head-of-print.jpg": ("file name",),
        "team/dsc_1.jpg": ("team/people.toml",),
        "night/dsc_2.jpg": ("a note in notes.toml",),
        "night/dsc_3.jpg": ("metadata (sidecar)",),
        "models/jane-doe/dsc_4.jpg": ("folder name",),
        "night/2024-Jane_Doe.jpg": ("file name",),
        "night/jane-doe-2.jpg": ("file name",),
        "night/jane-doe_broken.jpg": ("file name",),
    }
    assert [(entry.file, entry.index) for entry in found.entries] == [("team/people.toml", 0)]
    assert found.photos[2].note == NoteLocation("night", "dsc_2.jpg")


def test_photos_with_others_are_a_group() -> None:
    both = PhotoMetadata(person_names=("Jane Doe", "John Roe"))
    found = find(
        with_metadata("a/dsc_1.jpg", both, faces=2),
        with_metadata("a/dsc_2.jpg", PhotoMetadata(person_names=("Jane Doe",)), faces=2),
        with_metadata("a/jane-doe.jpg", PhotoMetadata(), faces=2),
        with_metadata("a/john-roe.jpg", PhotoMetadata(person_names=("Jane Doe",))),
        with_metadata("a/rocking-chair.jpg", PhotoMetadata(person_names=("Jane Doe",))),
        with_metadata("a/dsc_3.jpg", PhotoMetadata(person_names=("John Roe",))),
    )
    assert {each.path: each.others for each in found.group_photos} == {
        "a/dsc_1.jpg": ("John Roe",),
        "a/dsc_2.jpg": ("2 faces",),
        "a/john-roe.jpg": ("John Roe",),
    }
    assert set(sources(found)) == {"a/jane-doe.jpg", "a/rocking-chair.jpg"}


def test_longer_names_are_only_named_as_similar() -> None:
    found = find(photo("a/jane-doe-smith.jpg"), photo("a/anna-jane-doe.jpg"), photo("a/jane-does.jpg"))
    assert not found.photos
    assert not found.group_photos
    assert found.similar_paths == ("a/jane-doe-smith.jpg", "a/anna-jane-doe.jpg")


def test_a_copy_under_another_name_is_found_by_its_contents() -> None:
    original = photo("team/jane-doe.jpg")
    found = find(original, replace(original, path="night/dsc_9.jpg"))
    assert sources(found)["night/dsc_9.jpg"] == ("the same file as team/jane-doe.jpg",)


def test_notes_about_no_photo_and_captions_in_metadata_are_found() -> None:
    notes = {"a": Notes(photos={"gone.jpg": Note(name="Jane Doe"), "b.jpg": Note(name="John Roe")})}
    captioned = with_metadata("a/c.jpg", PhotoMetadata(caption="With Jane Doe.", keywords=("jane", "doe")))
    found = find(captioned, notes=notes)
    assert found.lone_notes == (NoteLocation("a", "gone.jpg"),)
    assert found.texts == (("a/c.jpg", "caption"),)
    assert not find(photo("a/c.jpg")).lone_notes
    assert find(photo("a/c.jpg")).is_empty


def test_a_name_is_found_in_texts_also_across_lines() -> None:
    text = "Jane\nJane\nDoe and jane-doe_2.jpg\nJane A. Doe\nJanet Doe\nDoe, Jane\n{Jané   DOE}"
    assert find_lines(text, "jane doe") == [2, 3, 7]
