"""One record for each person: which photos belong to it, and which source each field is from."""

from __future__ import annotations

import pytest

from pelican_headshots.people.classified_photo import ClassifiedPhoto
from pelican_headshots.people.gather import PeopleFile, Person, PersonRecord, gather_people
from pelican_headshots.values.analysis import Analysis, Face
from pelican_headshots.values.classification import Classification, PhotoKind
from pelican_headshots.values.geometry import Box, Point, Size
from pelican_headshots.values.notes import Note
from pelican_headshots.values.photo import FaceRegion, Photo, PhotoMetadata, PhotoRecord
from pelican_headshots.values.rendition import Rights

MIDDLE, LEFT = Box(0.4, 0.3, 0.7, 0.7), Box(0.1, 0.35, 0.3, 0.6)


def build_entry(
    path: str,
    kind: PhotoKind = PhotoKind.HEADSHOT,
    note: Note = Note(),
    people: tuple[str, ...] = (),
    faces: tuple[Box, ...] = (),
    regions: tuple[FaceRegion, ...] = (),
) -> ClassifiedPhoto:
    point = Point(0.5, 0.5)
    detected = tuple(Face(box, 0.9, 0.0, 0.0, 0.0, point, point, point, point) for box in faces)
    metadata = PhotoMetadata(person_names=(*people, *(region.name for region in regions)), face_regions=regions)
    record = PhotoRecord(Size(800, 1000), Analysis(1, detected, {}), metadata, Rights(), ("#102030",) * 3)
    return ClassifiedPhoto(Photo(path, path, record), Classification(kind, 0.9, False, (), None, "normal"), note)


def build_people_file(*people: PersonRecord, folder: str = "team", departments: tuple[str, ...] = ()) -> PeopleFile:
    return PeopleFile(folder, f"{folder}/people.toml", people, departments)


def list_names(people: tuple[Person, ...]) -> list[str]:
    return [person.fields.get("name", "") for person in people]


def test_a_headshot_named_after_a_person_makes_a_record() -> None:
    (jane,) = gather_people([build_entry("team/jane-doe_head-of-print.jpg")])
    assert jane.fields == {"name": "Jane Doe", "role": "Head of print"}
    assert jane.sources == {"name": "file name", "role": "file name"}


def test_notes_overrule_the_people_file_then_metadata_then_the_file_name() -> None:
    photo = build_entry("team/jane-doe_printer.jpg", note=Note(role="Head of print"), people=("Jane D. Doe",))
    people_file = build_people_file(
        PersonRecord(name="Jane Doe", role="Printer", email="jane@example.com", photos=("jane-doe_printer.jpg",))
    )
    (jane,) = gather_people([photo], [people_file], names_from_metadata=True)
    assert (jane.fields["name"], jane.sources["name"]) == ("Jane Doe", "team/people.toml")
    assert (jane.fields["role"], jane.sources["role"]) == ("Head of print", "notes.toml")
    assert jane.sources["email"] == "team/people.toml"
    (jane,) = gather_people([photo], names_from_metadata=True)
    assert (jane.fields["name"], jane.sources["name"]) == ("Jane D. Doe", "metadata")


def test_names_in_metadata_are_used_only_if_enabled_and_unambiguous() -> None:
    (person,) = gather_people([build_entry("team/dsc_0001.jpg", people=("Jane Doe",))])
    assert person.fields == {}
    assert person.sources == {}
    (person,) = gather_people(
        [build_entry("team/dsc_0001.jpg", people=("Jane Doe", "John Roe"))], names_from_metadata=True
    )
    assert person.fields == {}


@pytest.mark.parametrize(
    ("names_in_metadata", "faces", "regions", "name"),
    [
        ((), (MIDDLE, LEFT), {"John Roe": LEFT, "Jane Doe": MIDDLE}, "Jane Doe"),
        ((), (MIDDLE,), {"Jane Doe": Box(0.3, 0.1, 0.8, 0.8)}, "Jane Doe"),  # around the whole head
        ((), (MIDDLE, LEFT), {"John Roe": LEFT}, ""),
        ((), (MIDDLE,), {"John Roe": LEFT}, ""),  # a face that was not detected
        (("Jane Doe",), (MIDDLE, LEFT), {"John Roe": LEFT}, "Jane Doe"),
        (("Jane Doe",), (MIDDLE, LEFT, Box(0.8, 0.4, 0.9, 0.5)), {"John Roe": LEFT}, ""),
        (("Jane Doe",), (MIDDLE, LEFT), {}, ""),
        (("Jane Doe",), (MIDDLE,), {}, "Jane Doe"),
    ],
)
def test_a_name_in_metadata_belongs_to_the_face_of_its_region(
    names_in_metadata: tuple[str, ...], faces: tuple[Box, ...], regions: dict[str, Box], name: str
) -> None:
    places = tuple(FaceRegion(person, box) for person, box in regions.items())
    photo = build_entry("team/dsc_0001.jpg", people=names_in_metadata, faces=faces, regions=places)
    (person,) = gather_people([photo], names_from_metadata=True)
    assert person.fields.get("name", "") == name
    (person,) = gather_people([photo])
    assert person.fields == {}


def test_photos_with_one_name_in_one_folder_are_one_person() -> None:
    people = gather_people(
        [
            build_entry("team/jane-doe_2.jpg"),
            build_entry("team/jane-doe_printer.jpg"),
            build_entry("clients/jane-doe_baker.jpg"),
            build_entry("night/lamp.jpg", PhotoKind.PORTRAIT),
        ],
        [build_people_file(PersonRecord(name="Jane Doe", photos=("jane-doe_printer.jpg", "night/lamp.jpg")))],
    )
    assert list_names(people) == ["Jane Doe", "Jane Doe"]
    assert [e.photo.path for e in people[0].entries] == [
        "team/jane-doe_printer.jpg",
        "team/jane-doe_2.jpg",
        "night/lamp.jpg",
    ]
    assert [e.photo.path for e in people[1].entries] == ["clients/jane-doe_baker.jpg"]


def test_people_with_names_in_other_scripts_are_distinguished() -> None:
    people_file = build_people_file(
        PersonRecord(name="Анна Иванова", role="Фотограф"), PersonRecord(name="Борис Петров", role="Печатник")
    )
    photos = [
        build_entry("team/борис-петров.jpg"),
        build_entry("team/анна-иванова.jpg"),
        build_entry("team/мария-ким.jpg"),
    ]
    summary = [
        (person.fields["name"], person.fields.get("role"), len(person.entries))
        for person in gather_people(photos, [people_file])
    ]
    assert summary == [("Анна Иванова", "Фотограф", 1), ("Борис Петров", "Печатник", 1), ("Мария Ким", None, 1)]


def test_a_record_without_a_photo_and_a_headshot_without_a_name_both_appear() -> None:
    people = gather_people([build_entry("team/dsc_0001.jpg")], [build_people_file(PersonRecord(name="Jane Doe"))])
    assert list_names(people) == ["Jane Doe", ""]
    assert (people[0].entries, people[0].folder) == ((), "team")


def test_a_portrait_alone_makes_no_person_even_with_a_name() -> None:
    photos = [
        build_entry("night/jane-doe.jpg", PhotoKind.PORTRAIT),
        build_entry("night/two.jpg", PhotoKind.PORTRAIT, Note(name="John Roe")),
    ]
    assert gather_people(photos) == ()


def test_people_are_sorted_by_department_then_order_then_as_listed() -> None:
    people_file = build_people_file(
        PersonRecord(name="A", department="Print"),
        PersonRecord(name="B", department="Office", order=2),
        PersonRecord(name="C", department="Office", order=1),
        PersonRecord(name="D"),
        departments=("Office", "Print"),
    )
    assert list_names(gather_people([], [people_file])) == ["C", "B", "A", "D"]
