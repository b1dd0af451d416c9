"""Which names are given to a photo, and by which source: notes, people files, metadata and file names.

Names are compared exactly after folding (`make_name_key`); faces are never compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import UnsetType

from ..support.filenames import make_name_key, normalize_nfc, parse_name_and_role
from ..values.geometry import Value
from ..values.notes import Note
from ..values.photo import Photo
from .gather import SOURCE_FILE_NAME, SOURCE_METADATA, SOURCE_NOTES, PeopleFile, find_listed_paths


class PhotoName(Value, frozen=True):
    """A name that *source* gives to a photo: the path of a people file, or one of the `SOURCE_` constants."""

    name: str
    source: str

    @property
    def key(self) -> str:
        """The name as it is compared."""
        return make_name_key(self.name)


def list_photo_names(
    path: str, photo: Photo | None, note: Note, listed_names: Sequence[PhotoName] = ()
) -> tuple[PhotoName, ...]:
    """Return every name that is given to the photo *path*.

    Args:
        path: The file, relative to the photos folder.
        photo: What is known of it; None if it could not be read.
        note: The note about it. A name there replaces the one in the file name.
        listed_names: The names that people files give to it, from `list_names_in_people_files`.
    """
    names = list(listed_names)
    if not isinstance(note.name, UnsetType):
        names += [PhotoName(note.name, SOURCE_NOTES)] if note.name else []
    elif name := parse_name(path):
        names.append(PhotoName(name, SOURCE_FILE_NAME))
    if photo is not None:
        names += [PhotoName(name, SOURCE_METADATA) for name in photo.record.metadata.person_names]
    return tuple(names)


def parse_name(path: str) -> str:
    """Return the name in a file name; numbers around it (`jane-doe-2`, `2024-jane-doe_printer`) do not count."""
    stem = path.rpartition("/")[2].rpartition(".")[0]
    name, separator, role = stem.partition("_")
    words = [word for word in make_name_key(name).split() if not word.isdecimal()]
    return parse_name_and_role(stem)[0] or parse_name_and_role(f"{' '.join(words)}{separator}{role}")[0]


def list_names_in_people_files(
    people_files: Iterable[PeopleFile], paths: Iterable[str]
) -> Mapping[str, tuple[PhotoName, ...]]:
    """Return path → the names of those in whose entry a people file lists this photo."""
    names: dict[str, tuple[PhotoName, ...]] = {}
    existing_paths = {normalize_nfc(path): path for path in paths}
    for file in people_files:
        for person in file.people:
            for path in find_listed_paths(file, person.photos, existing_paths):
                names[path] = (*names.get(path, ()), PhotoName(person.name, file.path))
    return names
