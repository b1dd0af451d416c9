"""Names in notes and people files that match no photo: misspelled, or of a file that was renamed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from ..support.filenames import normalize_nfc
from ..values.notes import Notes

MAX_NAMES_IN_SENTENCE = 5


def describe_unmatched_names(
    notes: Mapping[str, Notes], photos_by_people_file: Mapping[str, Iterable[str]], paths: Iterable[str]
) -> tuple[str, ...]:
    """Return a sentence for each notes file or people file that names photos which do not exist.

    Names with a digest do not count: the photo may come back. All paths are relative to the photos folder.

    Args:
        notes: Notes by folder.
        photos_by_people_file: The photos that each people file names, by the path of that file.
        paths: All files in the photos folder.
    """
    existing_paths = {normalize_nfc(path) for path in paths}
    sentences = []
    for folder, folder_notes in notes.items():
        gallery_note = folder_notes.gallery
        names = [gallery_note.cover] if gallery_note.cover else []
        names += (
            [name for name in gallery_note.order if name not in gallery_note.contents]
            if isinstance(gallery_note.order, tuple)
            else []
        )
        names += [name for name, note in folder_notes.photos.items() if not note.digest]
        sentences.append(_describe_missing_names(_join_path(folder, "notes.toml"), folder, names, existing_paths))
    for file, photos in photos_by_people_file.items():
        folder = file.rpartition("/")[0]
        sentences.append(
            _describe_missing_names(
                file, folder, [name for name in photos if normalize_nfc(name) not in existing_paths], existing_paths
            )
        )
    return tuple(filter(None, sentences))


def _describe_missing_names(file: str, folder: str, names: Iterable[str], existing_paths: set[str]) -> str:
    missing = [name for name in dict.fromkeys(names) if normalize_nfc(_join_path(folder, name)) not in existing_paths]
    if not missing:
        return ""
    names_in_folder = [
        path.rpartition("/")[2] for path in existing_paths if path.rpartition("/")[0] == normalize_nfc(folder)
    ]
    listed_names = [name + _suggest_name(name, names_in_folder) for name in missing[:MAX_NAMES_IN_SENTENCE]]
    more = f" and {len(missing) - MAX_NAMES_IN_SENTENCE} more" if len(missing) > MAX_NAMES_IN_SENTENCE else ""
    where = f"in {folder}" if folder else "in the photos folder"
    if len(missing) == 1:
        return f"{file} names {listed_names[0]}, but there is no such file {where}. Correct the name, or remove it."
    names_in_sentence = f"{', '.join(listed_names)}{more}"
    return f"{file} names {names_in_sentence}, but there are no such files {where}. Correct the names, or remove them."


def _suggest_name(name: str, names_in_folder: list[str]) -> str:
    names_by_casefold = {existing.casefold(): existing for existing in sorted(names_in_folder)}
    matches = difflib.get_close_matches(normalize_nfc(name).casefold(), names_by_casefold, n=1, cutoff=0.8)
    return f" (did you mean {names_by_casefold[matches[0]]}?)" if matches else ""


def _join_path(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
