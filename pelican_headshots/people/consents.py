"""Which photos and people may be shown, by the consents in notes and people files.

A photo is left out if any consent that concerns it does not allow the use: that of its note, and that of every person
whose name is given to it, whatever the source of the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from msgspec.structs import replace

from ..notes.index import NoteIndex
from ..notes.loader import NOTES_FILE_NAME
from ..support.filenames import make_name_key
from ..values.consent import Consent, ConsentUse
from ..values.geometry import Value
from ..values.notes import Notes
from ..values.photo import Photo
from .gather import PeopleFile
from .photo_names import list_names_in_people_files, list_photo_names
from .routing import is_folder_hidden

DAYS_OF_NOTICE = 30
"""A consent that ends within so many days is announced."""
_MAX_LISTED_PHOTOS = 5


class ConsentCheck(Value, frozen=True):
    """What the consents allow for one use on one day."""

    left_out: dict[str, str]
    """Path of each photo that must not be shown → a sentence."""
    people_files: tuple[PeopleFile, ...]
    """The people files without the people who must not be shown."""
    notices: tuple[str, ...]
    """A sentence for each consent that leaves something out."""
    endings: tuple[str, ...]
    """A sentence for each consent that ends soon."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """All sentences for the photographer."""
        return (*self.notices, *self.endings)


class _WrittenConsent(Value, frozen=True):
    """One consent, and where it is written."""

    consent: Consent
    subject: str
    """Whose or what consent it is, as the beginning of a sentence."""
    file: str
    paths: tuple[str, ...] = ()
    """The photos that it concerns."""


def check_consents(
    photos: Sequence[Photo],
    notes: Mapping[str, Notes],
    people_files: Sequence[PeopleFile],
    use: ConsentUse,
    day: date,
) -> ConsentCheck:
    """Return which of *photos* and of the people in *people_files* may be used for *use* on *day*.

    Hidden photos are not named, because they are not shown anyway.
    """
    written_consents = [*_list_consents_in_notes(photos, notes), *_list_consents_of_people(photos, notes, people_files)]
    left_out: dict[str, str] = {}
    notices, endings = [], []
    for written in written_consents:
        if obstacle := written.consent.find_obstacle(use, day):
            reason = f"{written.subject} {obstacle}"
            for path in written.paths:
                left_out.setdefault(path, f"{path} is left out: {reason[0].lower()}{reason[1:]}.")
            notices.append(
                f"{reason}. {_describe_paths(written.paths)} To change that, correct `consent` in {written.file}."
            )
        elif written.consent.until is not None and written.consent.until - day <= timedelta(DAYS_OF_NOTICE):
            endings.append(
                f"{written.subject} ends on {written.consent.until}. Builds after that day leave out what it is about. "
                f"If it was renewed, write the new date into {written.file}."
            )
    left_out_keys = {
        make_name_key(person.name)
        for file in people_files
        for person in file.people
        if person.consent and not person.consent.is_allowed(use, day)
    }
    kept_files = tuple(
        replace(file, people=tuple(p for p in file.people if make_name_key(p.name) not in left_out_keys))
        for file in people_files
    )
    return ConsentCheck(left_out, kept_files, tuple(notices), tuple(endings))


def _list_consents_in_notes(photos: Sequence[Photo], notes: Mapping[str, Notes]) -> list[_WrittenConsent]:
    if not any(note.consent for each in notes.values() for note in each.photos.values()):
        return []
    index = NoteIndex(notes, photos)
    written_consents = []
    for photo in photos:
        location, note = index.find_location(photo), index.get_note(photo)
        if location is None or note.consent is None or note.hidden or is_folder_hidden(notes, photo.folder):
            continue
        file = f"{location.folder}/{NOTES_FILE_NAME}".removeprefix("/")
        written_consents.append(_WrittenConsent(note.consent, f"The consent for {photo.path}", file, (photo.path,)))
    return written_consents


def _list_consents_of_people(
    photos: Sequence[Photo], notes: Mapping[str, Notes], people_files: Iterable[PeopleFile]
) -> list[_WrittenConsent]:
    people = [(file, person, person.consent) for file in people_files for person in file.people if person.consent]
    if not people:
        return []
    index = NoteIndex(notes, photos)
    listed_names = list_names_in_people_files((file for file, _, _ in people), (photo.path for photo in photos))
    paths_by_key: dict[str, list[str]] = {}
    for photo in photos:
        note = index.get_note(photo)
        if note.hidden or is_folder_hidden(notes, photo.folder):
            continue
        names = list_photo_names(photo.path, photo, note, listed_names.get(photo.path, ()))
        for key in {name.key for name in names}:
            paths_by_key.setdefault(key, []).append(photo.path)
    return [
        _WrittenConsent(
            consent,
            f"The consent of {person.name}",
            file.path,
            tuple(paths_by_key.get(make_name_key(person.name), ())),
        )
        for file, person, consent in people
    ]


def _describe_paths(paths: Sequence[str]) -> str:
    """Return a sentence about the photos and people that are left out."""
    if not paths:
        return "There is no photo that it concerns; the person is left out."
    listed = ", ".join(paths[:_MAX_LISTED_PHOTOS])
    more = f" and {len(paths) - _MAX_LISTED_PHOTOS} more" if len(paths) > _MAX_LISTED_PHOTOS else ""
    return f"Left out: {listed}{more}."
