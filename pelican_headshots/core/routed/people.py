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

from ..geometry import Value
from ..said.names import composed
from ..said.names import key as spelt
from ..said.names import person as named
from ..said.notes import Rank
from ..shot import Kind
from .curate import Entry

Line = Annotated[str, Meta(max_length=300)]
Text = Annotated[str, Meta(max_length=20_000)]

NOTES, METADATA, FILE_NAME = "notes.toml", "metadata", "file name"
ON_A_FACE = 0.12
"""Share (intersection over union) from which a region lies on a face. Programs draw from brow to chin, or around the whole
head with twice the sides, which is 0.25; heads side by side share nothing."""
FACTS = ("name", "role", "department", "pronouns", "bio", "email", "phone")


class Record(Value, frozen=True):
    """One person in a people file."""

    name: Annotated[str, Meta(min_length=1, max_length=300)]
    role: Line = ""
    department: Line = ""
    order: Rank | None = None
    pronouns: Line = ""
    bio: Text = ""
    email: Annotated[str, Meta(pattern=r"^\Z|^[^@\s<>\"',;:]+@[^@\s<>\"',;:]+\.[^@\s<>\"',;:]+\Z", max_length=254)] = ""
    phone: Annotated[str, Meta(pattern=r"^[0-9 ()+./x-]*\Z", max_length=60)] = ""
    links: tuple[tuple[Line, Annotated[str, Meta(pattern=r"^https?://[^\s<>\"']+\Z", max_length=2000)]], ...] = ()
    """(label, address)."""
    photos: tuple[Line, ...] = ()
    """Their photographs, the headshot first: file names in the people file's folder, or paths below the photos folder."""


class PeopleFile(Value, frozen=True):
    """What one people file says. *name* is its own, relative to the photos folder, for telling where a fact came from."""

    folder: str
    name: str
    people: tuple[Record, ...]
    departments: tuple[str, ...] = ()
    """In the order in which they are shown; others come after, as they appear."""


class Somebody(Value, frozen=True):
    """One person, everything said and all their photographs found; the first is the headshot that stands for them."""

    facts: dict[str, str]
    links: tuple[tuple[str, str], ...]
    sources: dict[str, str]
    entries: tuple[Entry, ...]
    folder: str
    rank: tuple[float, ...]

    @property
    def headshots(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.shot.kind == Kind.HEADSHOT)


def gather(
    entries: Sequence[Entry], files: Iterable[PeopleFile] = (), *, names_from_metadata: bool = False
) -> tuple[Somebody, ...]:
    """Everybody in *entries* (all photographs, in order) and in the people *files*, in the order of a team page.

    Headshots below one top folder that bear the same name are one person's. A portrait joins a person where a note or a
    people file says whose it is. A headshot that nobody named is a person without a name; a record without a photograph
    is a person without one.
    """
    files = tuple(files)
    records = [(file, number, record) for file in files for number, record in enumerate(file.people)]
    by_photo = _by_photo(entries, records)
    found: dict[object, list[tuple[Entry, dict[str, str], dict[str, str]]]] = {}
    whose: dict[object, tuple[PeopleFile, int, Record]] = {}
    for entry in entries:
        facts, sources = _told(entry, names_from_metadata=names_from_metadata)
        record = by_photo.get(entry.photo.path)
        if record is None and (entry.shot.kind == Kind.HEADSHOT or sources.get("name") == NOTES):
            record = _by_name(facts.get("name", ""), entry.photo.folder, records)
        if entry.shot.kind != Kind.HEADSHOT and record is None and sources.get("name") != NOTES:
            continue
        key: object = entry.photo.path
        if record:
            key = (record[0].name, record[1])
            whose[key] = record
        elif name := facts.get("name", ""):
            key = (entry.photo.folder.partition("/")[0], spelt(name))
        found.setdefault(key, []).append((entry, facts, sources))
    for file, number, record_alone in records:
        found.setdefault((file.name, number), [])
        whose[(file.name, number)] = (file, number, record_alone)
    shown = [
        key for key, told in found.items() if key in whose or any(e.shot.kind == Kind.HEADSHOT for e, _, _ in told)
    ]
    return _in_order([_somebody(found[key], whose.get(key), place) for place, key in enumerate(shown)], files)


def _told(entry: Entry, *, names_from_metadata: bool) -> tuple[dict[str, str], dict[str, str]]:
    """What a photograph itself says of its person, and where: note, metadata, file name."""
    note, facts, sources = entry.note, {}, {}
    for fact in FACTS:
        said = getattr(note, fact)
        if not isinstance(said, UnsetType):
            facts[fact], sources[fact] = said, NOTES
    if "name" not in facts and names_from_metadata and (written := _written(entry)):
        facts["name"], sources["name"] = written, METADATA
    name, role = named(entry.photo.stem)
    if re.fullmatch(r"\d+", role):
        role = ""  # `jane-doe_2.jpg` is one more photograph of Jane Doe
    for fact, said in (("name", name), ("role", role)):
        if said and fact not in facts:
            facts[fact], sources[fact] = said, FILE_NAME
    return facts, sources


def _written(entry: Entry) -> str:
    """The name in the metadata of the one person whom *entry* shows foremost; empty where nobody can say whose it is.

    A name with a place in the picture belongs to the face there. A name without one belongs to the only face, or to the
    only one that no place names.
    """
    words, analysis = entry.photo.exam.words, entry.photo.exam.analysis
    faces = [face.box for face in analysis.faces] if analysis else []
    if not faces:
        return words.people[0] if len(words.people) == 1 else ""
    whose: dict[int, str] = {}
    for region in words.regions:
        nearest = max(range(len(faces)), key=lambda number: faces[number].overlap(region.box))
        if faces[nearest].overlap(region.box) >= ON_A_FACE:
            whose.setdefault(nearest, region.name)
    placed = {region.name for region in words.regions}
    unplaced = [name for name in words.people if name not in placed]
    if 0 not in whose and len(whose) == len(faces) - 1 and len(unplaced) == 1:
        return unplaced[0]
    return whose.get(0, "")


def _by_photo(
    entries: Sequence[Entry], records: Sequence[tuple[PeopleFile, int, Record]]
) -> dict[str, tuple[PeopleFile, int, Record]]:
    """Path of a photograph → the record that names it."""
    paths = {composed(entry.photo.path): entry.photo.path for entry in entries}
    found: dict[str, tuple[PeopleFile, int, Record]] = {}
    for file, number, record in records:
        for photo in record.photos:
            beside = f"{file.folder}/{photo}" if file.folder else photo
            path = paths.get(composed(beside)) or paths.get(composed(photo))
            if path:
                found.setdefault(path, (file, number, record))
    return found


def _by_name(
    name: str, folder: str, records: Sequence[tuple[PeopleFile, int, Record]]
) -> tuple[PeopleFile, int, Record] | None:
    """The record of somebody called *name*, in a people file at or above *folder*."""
    for file, number, record in records:
        near = not file.folder or folder == file.folder or folder.startswith(f"{file.folder}/")
        if near and name and spelt(record.name) == spelt(name):
            return file, number, record
    return None


def _somebody(
    told: Sequence[tuple[Entry, dict[str, str], dict[str, str]]],
    record: tuple[PeopleFile, int, Record] | None,
    place: int,
) -> Somebody:
    """One person from what their photographs say (*told*) and their *record*."""
    listed = {composed(photo): i for i, photo in enumerate(record[2].photos)} if record else {}

    def rank(one: tuple[Entry, dict[str, str], dict[str, str]]) -> tuple[bool, int]:
        path = composed(one[0].photo.path)
        return one[0].shot.kind != Kind.HEADSHOT, listed.get(path, listed.get(path.rpartition("/")[2], len(listed)))

    told = sorted(told, key=rank)
    facts: dict[str, str] = {}
    sources: dict[str, str] = {}
    for fact in FACTS:
        for source in (NOTES, "", METADATA, FILE_NAME):
            if source:
                said = next((f[fact] for _, f, s in told if s.get(fact) == source), None)
            else:
                said = (getattr(record[2], fact) or None) if record else None
            if said is not None:
                facts[fact], sources[fact] = said, source or (record[0].name if record else "")
                break
    links = record[2].links if record else ()
    if record and links:
        sources["links"] = record[0].name
    notes = [e.note.order for e, _, _ in told if not isinstance(e.note.order, UnsetType)]
    order = notes[0] if notes else record[2].order if record and record[2].order is not None else math.inf
    where = told[0][0].photo.folder if told else record[0].folder if record else ""
    listed_at = float(record[1]) if record else math.inf
    return Somebody(
        facts={fact: said for fact, said in facts.items() if said},
        links=links,
        sources={fact: source for fact, source in sources.items() if fact == "links" or facts.get(fact)},
        entries=tuple(entry for entry, _, _ in told),
        folder=where,
        rank=(order, listed_at, float(place)),
    )


def _in_order(everybody: Sequence[Somebody], files: Sequence[PeopleFile]) -> tuple[Somebody, ...]:
    """By department (as the people files order them, else as they first appear), then by order, then as they were found."""
    ranked = sorted(everybody, key=lambda who: who.rank)
    listed = [department for file in files for department in file.departments]
    departments = [*listed, *(who.facts.get("department", "") for who in ranked)]
    return tuple(sorted(ranked, key=lambda who: departments.index(who.facts.get("department", ""))))
