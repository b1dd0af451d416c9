"""What notes and people files say about photographs that are not there: a name misspelt, or a file renamed since."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from ..support.filenames import normalize_nfc
from ..values.notes import Notes

MAX_NAMES_IN_SENTENCE = 5
"""Names in one sentence."""


def describe_unmatched_names(
    notes: Mapping[str, Notes], photos_by_people_file: Mapping[str, Iterable[str]], paths: Iterable[str]
) -> tuple[str, ...]:
    """A sentence for each notes file or people file that names photographs which do not lie where it says.

    *notes* are by folder, *people* are the photographs that each people file names, by the file's path; *paths* is
    everything in the photos folder, as all of these relative to it. Names that are known by their contents are no
    strays: the photograph may come back.
    """
    existing_paths = {normalize_nfc(path) for path in paths}
    sentences = []
    for folder, folder_notes in notes.items():
        gallery_note = folder_notes.gallery
        named = [gallery_note.cover] if gallery_note.cover else []
        named += (
            [name for name in gallery_note.order if name not in gallery_note.contents]
            if isinstance(gallery_note.order, tuple)
            else []
        )
        named += [name for name, note in folder_notes.photos.items() if not note.digest]
        sentences.append(_describe_missing_names(_join_path(folder, "notes.toml"), folder, named, existing_paths))
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
    one = len(missing) == 1
    return (
        f"{file} names {', '.join(listed_names)}{more}, and no such {'file lies' if one else 'files lie'} {where}. "
        f"Correct {'the name' if one else 'the names'}, or take {'it' if one else 'them'} out."
    )


def _suggest_name(name: str, names_in_folder: list[str]) -> str:
    alike = {each.casefold(): each for each in sorted(names_in_folder)}
    near = difflib.get_close_matches(normalize_nfc(name).casefold(), alike, n=1, cutoff=0.8)
    return f" (did you mean {alike[near[0]]}?)" if near else ""


def _join_path(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
