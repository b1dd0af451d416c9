"""Who is on the headshots: records of people, gathered from notes, a people file, metadata and file names.

What a note says beats the people file, that beats the picture's metadata, and that beats the file's name. For every fact
it is kept which of them said it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Annotated

from msgspec import Meta, UnsetType

from ..support.filenames import make_name_key as spelt
from ..support.filenames import normalize_nfc
from ..support.filenames import parse_name_and_role as named
from ..values.classification import PhotoKind
from ..values.geometry import Value
from ..values.notes import Rank
from .routing import ClassifiedPhoto

ShortText = Annotated[str, Meta(max_length=300)]
LongText = Annotated[str, Meta(max_length=20_000)]

SOURCE_NOTES, SOURCE_METADATA, SOURCE_FILE_NAME = "notes.toml", "metadata", "file name"
MIN_FACE_REGION_IOU = 0.12
"""Share (intersection over union) from which a region lies on a face. Programs draw from brow to chin, or around the whole
head with twice the sides, which is 0.25; heads side by side share nothing."""
PERSON_FIELDS = ("name", "role", "department", "pronouns", "bio", "email", "phone")


class PersonRecord(Value, frozen=True):
    """One person in a people file."""

    name: Annotated[str, Meta(min_length=1, max_length=300)]
    role: ShortText = ""
    department: ShortText = ""
    order: Rank | None = None
    pronouns: ShortText = ""
    bio: LongText = ""
    email: Annotated[str, Meta(pattern=r"^\Z|^[^@\s<>\"',;:]+@[^@\s<>\"',;:]+\.[^@\s<>\"',;:]+\Z", max_length=254)] = ""
    phone: Annotated[str, Meta(pattern=r"^[0-9 ()+./x-]*\Z", max_length=60)] = ""
    links: tuple[tuple[ShortText, Annotated[str, Meta(pattern=r"^https?://[^\s<>\"']+\Z", max_length=2000)]], ...] = ()
    """(label, address)."""
    photos: tuple[ShortText, ...] = ()
    """Their photographs, the headshot first: file names in the people file's folder, or paths below the photos folder."""


class PeopleFile(Value, frozen=True):
    """What one people file says. *name* is its own, relative to the photos folder, for telling where a fact came from."""

    folder: str
    path: str
    people: tuple[PersonRecord, ...]
    departments: tuple[str, ...] = ()
    """In the order in which they are shown; others come after, as they appear."""


class Person(Value, frozen=True):
    """One person, everything said and all their photographs found; the first is the headshot that stands for them."""

    fields: dict[str, str]
    links: tuple[tuple[str, str], ...]
    sources: dict[str, str]
    entries: tuple[ClassifiedPhoto, ...]
    folder: str
    sort_key: tuple[float, ...]

    @property
    def headshots(self) -> tuple[ClassifiedPhoto, ...]:
        return tuple(entry for entry in self.entries if entry.classification.kind == PhotoKind.HEADSHOT)


def gather_people(
    entries: Sequence[ClassifiedPhoto], people_files: Iterable[PeopleFile] = (), *, names_from_metadata: bool = False
) -> tuple[Person, ...]:
    """Everybody in *entries* (all photographs, in order) and in the people *files*, in the order of a team page.

    Headshots below one top folder that bear the same name are one person's. A portrait joins a person where a note or a
    people file says whose it is. A headshot that nobody named is a person without a name; a record without a photograph
    is a person without one.
    """
    people_files = tuple(people_files)
    records = [(file, number, record) for file in people_files for number, record in enumerate(file.people)]
    by_photo = _match_records_to_photos(entries, records)
    photos_by_person: dict[object, list[tuple[ClassifiedPhoto, dict[str, str], dict[str, str]]]] = {}
    record_by_person: dict[object, tuple[PeopleFile, int, PersonRecord]] = {}
    for entry in entries:
        fields, sources = _collect_person_fields(entry, names_from_metadata=names_from_metadata)
        record = by_photo.get(entry.photo.path)
        if record is None and (entry.classification.kind == PhotoKind.HEADSHOT or sources.get("name") == SOURCE_NOTES):
            record = _find_record_by_name(fields.get("name", ""), entry.photo.folder, records)
        if entry.classification.kind != PhotoKind.HEADSHOT and record is None and sources.get("name") != SOURCE_NOTES:
            continue
        key: object = entry.photo.path
        if record:
            key = (record[0].path, record[1])
            record_by_person[key] = record
        elif name := fields.get("name", ""):
            key = (entry.photo.folder.partition("/")[0], spelt(name))
        photos_by_person.setdefault(key, []).append((entry, fields, sources))
    for file, number, record_alone in records:
        photos_by_person.setdefault((file.path, number), [])
        record_by_person[(file.path, number)] = (file, number, record_alone)
    person_keys = [
        key
        for key, photos in photos_by_person.items()
        if key in record_by_person or any(e.classification.kind == PhotoKind.HEADSHOT for e, _, _ in photos)
    ]
    return _sort_people(
        [
            _merge_person(photos_by_person[key], record_by_person.get(key), place)
            for place, key in enumerate(person_keys)
        ],
        people_files,
    )


def _collect_person_fields(
    entry: ClassifiedPhoto, *, names_from_metadata: bool
) -> tuple[dict[str, str], dict[str, str]]:
    """What a photograph itself says of its person, and where: note, metadata, file name."""
    note, fields, sources = entry.note, {}, {}
    for field in PERSON_FIELDS:
        value = getattr(note, field)
        if not isinstance(value, UnsetType):
            fields[field], sources[field] = value, SOURCE_NOTES
    if "name" not in fields and names_from_metadata and (metadata_name := _find_name_in_metadata(entry)):
        fields["name"], sources["name"] = metadata_name, SOURCE_METADATA
    name, role = named(entry.photo.stem)
    if re.fullmatch(r"\d+", role):
        role = ""  # `jane-doe_2.jpg` is one more photograph of Jane Doe
    for field, value in (("name", name), ("role", role)):
        if value and field not in fields:
            fields[field], sources[field] = value, SOURCE_FILE_NAME
    return fields, sources


def _find_name_in_metadata(entry: ClassifiedPhoto) -> str:
    """The name in the metadata of the one person whom *entry* shows foremost; empty where nobody can say whose it is.

    A name with a place in the picture belongs to the face there. A name without one belongs to the only face, or to the
    only one that no place names.
    """
    metadata, analysis = entry.photo.record.metadata, entry.photo.record.analysis
    faces = [face.box for face in analysis.faces] if analysis else []
    if not faces:
        return metadata.person_names[0] if len(metadata.person_names) == 1 else ""
    name_by_face: dict[int, str] = {}
    for region in metadata.face_regions:
        nearest = max(range(len(faces)), key=lambda number: faces[number].iou(region.box))
        if faces[nearest].iou(region.box) >= MIN_FACE_REGION_IOU:
            name_by_face.setdefault(nearest, region.name)
    placed = {region.name for region in metadata.face_regions}
    unplaced = [name for name in metadata.person_names if name not in placed]
    if 0 not in name_by_face and len(name_by_face) == len(faces) - 1 and len(unplaced) == 1:
        return unplaced[0]
    return name_by_face.get(0, "")


def _match_records_to_photos(
    entries: Sequence[ClassifiedPhoto], records: Sequence[tuple[PeopleFile, int, PersonRecord]]
) -> dict[str, tuple[PeopleFile, int, PersonRecord]]:
    """Path of a photograph → the record that names it."""
    paths = {normalize_nfc(entry.photo.path): entry.photo.path for entry in entries}
    found: dict[str, tuple[PeopleFile, int, PersonRecord]] = {}
    for file, number, record in records:
        for photo in record.photos:
            beside = f"{file.folder}/{photo}" if file.folder else photo
            path = paths.get(normalize_nfc(beside)) or paths.get(normalize_nfc(photo))
            if path:
                found.setdefault(path, (file, number, record))
    return found


def _find_record_by_name(
    name: str, folder: str, records: Sequence[tuple[PeopleFile, int, PersonRecord]]
) -> tuple[PeopleFile, int, PersonRecord] | None:
    """The record of somebody called *name*, in a people file at or above *folder*."""
    for file, number, record in records:
        is_in_scope = not file.folder or folder == file.folder or folder.startswith(f"{file.folder}/")
        if is_in_scope and name and spelt(record.name) == spelt(name):
            return file, number, record
    return None


def _merge_person(
    photos: Sequence[tuple[ClassifiedPhoto, dict[str, str], dict[str, str]]],
    record: tuple[PeopleFile, int, PersonRecord] | None,
    position: int,
) -> Person:
    """One person from what their photographs say (*told*) and their *record*."""
    listed = {normalize_nfc(photo): i for i, photo in enumerate(record[2].photos)} if record else {}

    def rank(one: tuple[ClassifiedPhoto, dict[str, str], dict[str, str]]) -> tuple[bool, int]:
        path = normalize_nfc(one[0].photo.path)
        return one[0].classification.kind != PhotoKind.HEADSHOT, listed.get(
            path, listed.get(path.rpartition("/")[2], len(listed))
        )

    photos = sorted(photos, key=rank)
    fields: dict[str, str] = {}
    sources: dict[str, str] = {}
    for field in PERSON_FIELDS:
        for source in (SOURCE_NOTES, "", SOURCE_METADATA, SOURCE_FILE_NAME):
            if source:
                value = next((f[field] for _, f, s in photos if s.get(field) == source), None)
            else:
                value = (getattr(record[2], field) or None) if record else None
            if value is not None:
                fields[field], sources[field] = value, source or (record[0].path if record else "")
                break
    links = record[2].links if record else ()
    if record and links:
        sources["links"] = record[0].path
    notes = [e.note.order for e, _, _ in photos if not isinstance(e.note.order, UnsetType)]
    order = notes[0] if notes else record[2].order if record and record[2].order is not None else math.inf
    folder = photos[0][0].photo.folder if photos else record[0].folder if record else ""
    listed_at = float(record[1]) if record else math.inf
    return Person(
        fields={fact: said for fact, said in fields.items() if said},
        links=links,
        sources={fact: source for fact, source in sources.items() if fact == "links" or fields.get(fact)},
        entries=tuple(entry for entry, _, _ in photos),
        folder=folder,
        sort_key=(order, listed_at, float(position)),
    )


def _sort_people(people: Sequence[Person], files: Sequence[PeopleFile]) -> tuple[Person, ...]:
    """By department (as the people files order them, else as they first appear), then by order, then as they were found."""
    ranked = sorted(people, key=lambda who: who.sort_key)
    listed = [department for file in files for department in file.departments]
    departments = [*listed, *(person.fields.get("department", "") for person in ranked)]
    return tuple(sorted(ranked, key=lambda who: departments.index(who.fields.get("department", ""))))
