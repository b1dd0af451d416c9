"""Find everything that names one person: photos, notes and entries in people files, each with its source.

Names are compared exactly after folding (`make_name_key`), and faces are never compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from ..notes.index import NoteIndex, NoteLocation
from ..notes.loader import NOTES_FILE_NAME
from ..support.filenames import humanize_name, make_name_key
from ..values.geometry import Value
from ..values.notes import Note, Notes
from ..values.photo import Photo
from .gather import SOURCE_FILE_NAME, SOURCE_METADATA, SOURCE_NOTES, PeopleFile
from .photo_names import PhotoName, list_names_in_people_files, list_photo_names, parse_name


class NamedPhoto(Value, frozen=True):
    """A photo that something gives the name of the person to."""

    path: str
    sources: tuple[str, ...]
    digest: str = ""
    """Empty if the file was not read."""
    others: tuple[str, ...] = ()
    """What tells that other people are in it too: their names, or the number of faces."""
    note: NoteLocation | None = None
    """Where the note about it is written."""

    @property
    def folder(self) -> str:
        """The folder that it lies in."""
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.rpartition("/")[2]


class ListedPerson(Value, frozen=True):
    """An entry in a people file."""

    file: str
    index: int
    name: str


class FoundPerson(Value, frozen=True):
    """Everything that names the person."""

    photos: tuple[NamedPhoto, ...]
    """Photos of the person alone."""
    group_photos: tuple[NamedPhoto, ...]
    """Photos with others."""
    lone_notes: tuple[NoteLocation, ...]
    """Where notes with the name are written that are about no photo."""
    entries: tuple[ListedPerson, ...]
    similar_paths: tuple[str, ...]
    """Photos whose path contains the name among other words: `jane-doe-and-john-roe.jpg`, `jane-doe-smith.jpg`."""
    texts: tuple[tuple[str, str], ...]
    """Path of a photo of others, and the field of its metadata that mentions the name."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return not (
            self.photos or self.group_photos or self.lone_notes or self.entries or self.similar_paths or self.texts
        )


_METADATA_TEXTS = ("title", "caption", "alt", "keywords")


def find_person(
    name: str,
    paths: Iterable[str],
    photos: Sequence[Photo],
    notes: Mapping[str, Notes],
    people_files: Sequence[PeopleFile],
) -> FoundPerson:
    """Return everything that names the person called *name*.

    Args:
        name: In any spelling of case, spaces and accents.
        paths: Every photo in the photos folder, also those that cannot be read or are ignored.
        photos: Those that were read.
        notes: Notes by folder.
        people_files: All people files.
    """
    key, paths = make_name_key(name), tuple(paths)
    by_path, index = {photo.path: photo for photo in photos}, NoteIndex(notes, photos)
    listed_names = list_names_in_people_files(people_files, paths)
    names = {
        path: _list_all_names(path, by_path.get(path), _find_note(path, by_path, index), listed_names.get(path, ()))
        for path in paths
    }
    given_keys = {each.key for given in names.values() for each in given if each.source != SOURCE_FILE_NAME}
    given_keys |= {make_name_key(person.name) for file in people_files for person in file.people}
    found = {
        path: named
        for path in paths
        if (named := _match_photo(key, path, by_path.get(path), names[path], given_keys)).sources
    }
    found |= _find_copies(found, photos)
    found = {path: replace(named, note=_find_location(path, by_path, index)) for path, named in found.items()}
    locations = {_find_location(path, by_path, index) for path in paths}
    alone = tuple(each for each in found.values() if not each.others)
    return FoundPerson(
        photos=alone,
        group_photos=tuple(each for each in found.values() if each.others),
        lone_notes=tuple(
            NoteLocation(folder, file)
            for folder, folder_notes in sorted(notes.items())
            for file, note in folder_notes.photos.items()
            if isinstance(note.name, str)
            and make_name_key(note.name) == key
            and NoteLocation(folder, file) not in locations
        ),
        entries=tuple(
            ListedPerson(file.path, number, person.name)
            for file in people_files
            for number, person in enumerate(file.people)
            if make_name_key(person.name) == key
        ),
        similar_paths=tuple(
            path for path in paths if path not in found and contains_name(path.rpartition(".")[0], key)
        ),
        texts=tuple(
            (photo.path, field)
            for photo in photos
            if photo.path not in {each.path for each in alone}
            for field in _METADATA_TEXTS
            if any(contains_name(text, key) for text in _list_metadata_texts(photo, field))
        ),
    )


def contains_name(text: str, key: str) -> bool:
    """Return whether the words of the name with this *key* follow each other in *text*."""
    return bool(text) and f" {key} " in f" {make_name_key(text)} "


def find_lines(text: str, key: str) -> list[int]:
    """Return the numbers (from 1) of the lines of *text* on which the name with this *key* begins."""
    words = key.split()
    found = [(word, number) for number, line in enumerate(text.splitlines(), 1) for word in make_name_key(line).split()]
    starts = (i for i, (word, _) in enumerate(found) if word == words[0])
    return list(dict.fromkeys(found[i][1] for i in starts if [w for w, _ in found[i : i + len(words)]] == words))


def _list_metadata_texts(photo: Photo, field: str) -> tuple[str, ...]:
    value: str | tuple[str, ...] = getattr(photo.record.metadata, field)
    return (value,) if isinstance(value, str) else value


def _find_note(path: str, by_path: Mapping[str, Photo], index: NoteIndex) -> Note:
    location = _find_location(path, by_path, index)
    return index.notes[location.folder].photos[location.name] if location else Note()


def _find_location(path: str, by_path: Mapping[str, Photo], index: NoteIndex) -> NoteLocation | None:
    """Return where the note about *path* is written; without its contents, it is found by the file name alone."""
    return index.find_location(by_path[path]) if path in by_path else index.find_location_by_path(path)


def _list_all_names(
    path: str, photo: Photo | None, note: Note, listed_names: Sequence[PhotoName]
) -> tuple[PhotoName, ...]:
    """Return every name given to the photo, also that of the file name if a note replaces it: it is in addresses.

    The whole file name may be a name too: `jane_doe.jpg`.
    """
    names = dict.fromkeys(list_photo_names(path, photo, note, listed_names))
    whole = " ".join(
        word for word in make_name_key(path.rpartition("/")[2].rpartition(".")[0]).split() if word.isalpha()
    )
    in_file_name = {
        make_name_key(name): PhotoName(name, SOURCE_FILE_NAME) for name in (whole, parse_name(path)) if name
    }
    return tuple(dict.fromkeys((*names, *in_file_name.values())))


def _match_photo(
    key: str, path: str, photo: Photo | None, names: Sequence[PhotoName], given_keys: set[str]
) -> NamedPhoto:
    """Return the photo with its sources, which are empty if nothing gives it the name.

    A name in a file name counts as that of somebody else only if something else gives it to somebody: most file names are
    no names.
    """
    folder = path.rpartition("/")[0]
    sources = [_describe_source(each.source, photo) for each in names if each.key == key]
    if any(make_name_key(humanize_name(part)) == key for part in folder.split("/")):
        sources.append("folder name")
    others = [each.name for each in names if each.key != key and each.source != SOURCE_FILE_NAME]
    others += [
        each.name for each in names if each.source == SOURCE_FILE_NAME and each.key != key and each.key in given_keys
    ]
    face_count = len(photo.record.analysis.faces) if photo is not None and photo.record.analysis else 0
    is_only_in_metadata = all(each.source == SOURCE_METADATA for each in names if each.key == key)
    if not others and face_count > 1 and is_only_in_metadata and "folder name" not in sources:
        others.append(f"{face_count} faces")
    return NamedPhoto(path, tuple(dict.fromkeys(sources)), photo.digest if photo else "", tuple(dict.fromkeys(others)))


def _describe_source(source: str, photo: Photo | None) -> str:
    if source == SOURCE_METADATA and photo is not None:
        block = photo.record.metadata.sources.get("people", "")
        return f"{SOURCE_METADATA} ({block})" if block else SOURCE_METADATA
    return f"a note in {NOTES_FILE_NAME}" if source == SOURCE_NOTES else source


def _find_copies(found: Mapping[str, NamedPhoto], photos: Sequence[Photo]) -> dict[str, NamedPhoto]:
    """Return the photos with the same contents as one that was *found*: the same picture under another name."""
    first_by_digest: dict[str, NamedPhoto] = {}
    for named in found.values():
        if named.digest:
            first_by_digest.setdefault(named.digest, named)
    return {
        photo.path: NamedPhoto(photo.path, (f"the same file as {first.path}",), photo.digest, first.others)
        for photo in photos
        if photo.path not in found and (first := first_by_digest.get(photo.digest)) is not None
    }
