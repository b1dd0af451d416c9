"""Find out who is on the headshots, from notes, people files, metadata and file names.

Notes override people files, which override the metadata of the photo, which override its file name. The source of every
field is kept.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated

from msgspec import Meta, UnsetType

from ..support.filenames import make_name_key, normalize_nfc, parse_name_and_role, slugify
from ..values.consent import Consent
from ..values.geometry import Value
from ..values.notes import PERSON_FIELDS, Rank
from .classified_photo import ClassifiedPhoto

ShortText = Annotated[str, Meta(max_length=300)]
LongText = Annotated[str, Meta(max_length=20_000)]

SOURCE_NOTES, SOURCE_METADATA, SOURCE_FILE_NAME = "notes.toml", "metadata", "file name"
MIN_FACE_REGION_IOU = 0.12
"""Smallest intersection over union at which a region belongs to a face. Programs draw regions from brow to chin, or around
the whole head with sides twice as long, which is 0.25. Regions of heads side by side do not overlap."""


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
    """Pairs of label and address."""
    photos: tuple[ShortText, ...] = ()
    """Their photos, the headshot first: file names in the people file's folder, or paths relative to the photos folder."""
    consent: Consent | None = None


class PeopleFile(Value, frozen=True):
    """The content of one people file. *folder* and *path* are relative to the photos folder."""

    folder: str
    path: str
    people: tuple[PersonRecord, ...]
    departments: tuple[str, ...] = ()
    """In the order in which they are shown; others follow in the order in which they occur."""


class Person(Value, frozen=True):
    """One person with all their fields and photos."""

    fields: dict[str, str]
    """Those of `PERSON_FIELDS` that are not empty."""
    links: tuple[tuple[str, str], ...]
    """Pairs of label and address."""
    sources: dict[str, str]
    """Field → the path of a people file, or one of the `SOURCE_` constants."""
    entries: tuple[ClassifiedPhoto, ...]
    """Their photos; the first is the headshot shown on team pages."""
    folder: str
    sort_key: tuple[float, ...]
    """Order, place in the people file, and position among all photos."""
    slug: str
    """The name in URLs, without the number that tells namesakes apart."""

    @property
    def headshots(self) -> tuple[ClassifiedPhoto, ...]:
        """The person's photos that are classified as headshots."""
        return tuple(entry for entry in self.entries if entry.is_headshot)

    @property
    def name(self) -> str:
        """The full name; empty for a headshot without a name."""
        return self.fields.get("name", "")

    @property
    def department(self) -> str:
        """The department, or empty."""
        return self.fields.get("department", "")

    @property
    def file(self) -> str:
        """The path of the headshot; empty without one."""
        return self.entries[0].photo.path if self.entries else ""

    @property
    def is_listed(self) -> bool:
        """Whether pages without `Photos:` show this person."""
        return not self.entries or any(entry.route is None or entry.route.is_listed for entry in self.entries)


def gather_people(
    entries: Sequence[ClassifiedPhoto],
    people_files: Iterable[PeopleFile] = (),
    *,
    names_from_metadata: bool = False,
    slug_replacements: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Person, ...]:
    """Return everybody on a photo or in a people file, in the order of a team page.

    Headshots with the same name in one top-level folder belong to one person. A portrait belongs to a person if it is routed
    to people's pages, or if a note or a people file says so. A headshot without a name is a person without a name; a record
    in a people file without a photo is a person without photos.

    Args:
        entries: All photos, in order.
        people_files: All people files.
        names_from_metadata: Whether names in the metadata of photos are used.
        slug_replacements: Letters that slugs write otherwise, as in `slugify`.
    """
    people_files = tuple(people_files)
    records = [(file, number, record) for file in people_files for number, record in enumerate(file.people)]
    by_photo = _match_records_to_photos(entries, records)
    photos_by_person: dict[object, list[tuple[ClassifiedPhoto, dict[str, str], dict[str, str]]]] = {}
    record_by_person: dict[object, tuple[PeopleFile, int, PersonRecord]] = {}
    for entry in entries:
        fields, sources = _collect_person_fields(entry, names_from_metadata=names_from_metadata)
        record = by_photo.get(entry.photo.path)
        if record is None and (entry.is_for_people or sources.get("name") == SOURCE_NOTES):
            record = _find_record_by_name(fields.get("name", ""), entry.photo.folder, records)
        if not entry.is_for_people and record is None and sources.get("name") != SOURCE_NOTES:
            continue
        key: object = entry.photo.path
        if record:
            key = (record[0].path, record[1])
            record_by_person[key] = record
        elif name := fields.get("name", ""):
            key = (entry.photo.folder.partition("/")[0], make_name_key(name))
        photos_by_person.setdefault(key, []).append((entry, fields, sources))
    for file, number, record_alone in records:
        photos_by_person.setdefault((file.path, number), [])
        record_by_person[(file.path, number)] = (file, number, record_alone)
    person_keys = [
        key
        for key, photos in photos_by_person.items()
        if key in record_by_person or any(entry.is_for_people for entry, _, _ in photos)
    ]
    return _sort_people(
        [
            _merge_person(photos_by_person[key], record_by_person.get(key), position, slug_replacements)
            for position, key in enumerate(person_keys)
        ],
        people_files,
    )


def _collect_person_fields(
    entry: ClassifiedPhoto, *, names_from_metadata: bool
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the person fields from a photo's note, metadata and file name, and the source of each field."""
    note, fields, sources = entry.note, {}, {}
    for field in PERSON_FIELDS:
        value = getattr(note, field)
        if not isinstance(value, UnsetType):
            fields[field], sources[field] = value, SOURCE_NOTES
    if "name" not in fields and names_from_metadata and (metadata_name := _find_name_in_metadata(entry)):
        fields["name"], sources["name"] = metadata_name, SOURCE_METADATA
    name, role = parse_name_and_role(entry.photo.stem)
    if re.fullmatch(r"\d+", role):
        role = ""  # `jane-doe_2.jpg` is another photo of Jane Doe
    for field, value in (("name", name), ("role", role)):
        if value and field not in fields:
            fields[field], sources[field] = value, SOURCE_FILE_NAME
    return fields, sources


def _find_name_in_metadata(entry: ClassifiedPhoto) -> str:
    """Return the name of the main person in *entry* from its metadata; empty if it is not certain whose name it is.

    A name with a region belongs to the face there. A name without a region belongs to the only face, or to the only face
    without a named region.
    """
    metadata, analysis = entry.photo.record.metadata, entry.photo.record.analysis
    faces = [face.box for face in analysis.faces] if analysis else []
    if not faces:
        return metadata.person_names[0] if len(metadata.person_names) == 1 else ""
    name_by_face: dict[int, str] = {}
    for region in metadata.face_regions:
        nearest = max(range(len(faces)), key=lambda index: faces[index].iou(region.box))
        if faces[nearest].iou(region.box) >= MIN_FACE_REGION_IOU:
            name_by_face.setdefault(nearest, region.name)
    names_with_region = {region.name for region in metadata.face_regions}
    names_without_region = [name for name in metadata.person_names if name not in names_with_region]
    if 0 not in name_by_face and len(name_by_face) == len(faces) - 1 and len(names_without_region) == 1:
        return names_without_region[0]
    return name_by_face.get(0, "")


def find_named_paths(entries: Sequence[ClassifiedPhoto], people_files: Iterable[PeopleFile]) -> set[str]:
    """Return the paths of the photos whose person a note or a people file names.

    A file name counts if a people file has a person of that name, and not otherwise.
    """
    records = [(file, number, record) for file in people_files for number, record in enumerate(file.people)]
    listed = _match_records_to_photos(entries, records)
    named = set()
    for entry in entries:
        note_name = entry.note.name
        if not isinstance(note_name, UnsetType):
            is_named = bool(note_name)
        elif records:
            name, _ = parse_name_and_role(entry.photo.stem)
            is_named = entry.photo.path in listed or bool(_find_record_by_name(name, entry.photo.folder, records))
        else:
            is_named = False
        if is_named:
            named.add(entry.photo.path)
    return named


def _match_records_to_photos(
    entries: Sequence[ClassifiedPhoto], records: Sequence[tuple[PeopleFile, int, PersonRecord]]
) -> dict[str, tuple[PeopleFile, int, PersonRecord]]:
    """Return for each path of a photo the record that names it."""
    paths = {normalize_nfc(entry.photo.path): entry.photo.path for entry in entries}
    found: dict[str, tuple[PeopleFile, int, PersonRecord]] = {}
    for file, number, record in records:
        for path in find_listed_paths(file, record.photos, paths):
            found.setdefault(path, (file, number, record))
    return found


def find_listed_paths(file: PeopleFile, photos: Iterable[str], existing_paths: Mapping[str, str]) -> Iterator[str]:
    """Yield the path of each of *photos* that exists, as *file* lists them: beside it, else in the photos folder."""
    for photo in photos:
        beside = f"{file.folder}/{photo}" if file.folder else photo
        path = existing_paths.get(normalize_nfc(beside)) or existing_paths.get(normalize_nfc(photo))
        if path:
            yield path


def _find_record_by_name(
    name: str, folder: str, records: Sequence[tuple[PeopleFile, int, PersonRecord]]
) -> tuple[PeopleFile, int, PersonRecord] | None:
    """Return the record of the person called *name* in a people file in *folder* or above it."""
    for file, number, record in records:
        is_in_scope = not file.folder or folder == file.folder or folder.startswith(f"{file.folder}/")
        if is_in_scope and name and make_name_key(record.name) == make_name_key(name):
            return file, number, record
    return None


def _merge_person(
    photos: Sequence[tuple[ClassifiedPhoto, dict[str, str], dict[str, str]]],
    record: tuple[PeopleFile, int, PersonRecord] | None,
    position: int,
    slug_replacements: Mapping[str, str],
) -> Person:
    """Return one person from their photos, with the fields and sources of each, and their record."""
    listed = {normalize_nfc(photo): i for i, photo in enumerate(record[2].photos)} if record else {}

    def rank(photo: tuple[ClassifiedPhoto, dict[str, str], dict[str, str]]) -> tuple[bool, int]:
        path = normalize_nfc(photo[0].photo.path)
        return not photo[0].is_headshot, listed.get(path, listed.get(path.rpartition("/")[2], len(listed)))

    photos = sorted(photos, key=rank)
    fields: dict[str, str] = {}
    sources: dict[str, str] = {}
    for field in PERSON_FIELDS:
        for source in (SOURCE_NOTES, "", SOURCE_METADATA, SOURCE_FILE_NAME):
            if source:
                value = next(
                    (
                        photo_fields[field]
                        for _, photo_fields, photo_sources in photos
                        if photo_sources.get(field) == source
                    ),
                    None,
                )
            else:
                value = (getattr(record[2], field) or None) if record else None
            if value is not None:
                fields[field], sources[field] = value, source or (record[0].path if record else "")
                break
    links = record[2].links if record else ()
    if record and links:
        sources["links"] = record[0].path
    orders = [entry.note.order for entry, _, _ in photos if not isinstance(entry.note.order, UnsetType)]
    order = orders[0] if orders else record[2].order if record and record[2].order is not None else math.inf
    folder = photos[0][0].photo.folder if photos else record[0].folder if record else ""
    listed_at = float(record[1]) if record else math.inf
    return Person(
        fields={field: value for field, value in fields.items() if value},
        links=links,
        sources={field: source for field, source in sources.items() if field == "links" or fields.get(field)},
        entries=tuple(entry for entry, _, _ in photos),
        folder=folder,
        sort_key=(order, listed_at, float(position)),
        slug=slugify(fields.get("name") or photos[0][0].photo.stem, replacements=slug_replacements),
    )


def _sort_people(people: Sequence[Person], files: Sequence[PeopleFile]) -> tuple[Person, ...]:
    """Sort by department (in the order of the people files, else as they first occur), then by `sort_key`."""
    ranked = sorted(people, key=lambda person: person.sort_key)
    listed = [department for file in files for department in file.departments]
    departments = [*listed, *(person.fields.get("department", "") for person in ranked)]
    return tuple(sorted(ranked, key=lambda person: departments.index(person.fields.get("department", ""))))
