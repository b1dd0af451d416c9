"""What notes and people files say about photographs that are not there: a name misspelt, or a file renamed since."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from .names import composed
from .notes import Notes

MOST = 5
"""Names in one sentence."""


def strays(notes: Mapping[str, Notes], people: Mapping[str, Iterable[str]], paths: Iterable[str]) -> tuple[str, ...]:
    """A sentence for each notes file or people file that names photographs which do not lie where it says.

    *notes* are by folder, *people* are the photographs that each people file names, by the file's path; *paths* is
    everything in the photos folder, as all of these relative to it. Names that are known by their contents are no
    strays: the photograph may come back.
    """
    there = {composed(path) for path in paths}
    sentences = []
    for folder, written in notes.items():
        about = written.gallery
        named = [about.cover] if about.cover else []
        named += [name for name in about.order if name not in about.contents] if isinstance(about.order, tuple) else []
        named += [name for name, note in written.photos.items() if not note.digest]
        sentences.append(_sentence(_beside(folder, "notes.toml"), folder, named, there))
    for file, photos in people.items():
        folder = file.rpartition("/")[0]
        sentences.append(_sentence(file, folder, [name for name in photos if composed(name) not in there], there))
    return tuple(filter(None, sentences))


def _sentence(file: str, folder: str, named: Iterable[str], there: set[str]) -> str:
    missing = [name for name in dict.fromkeys(named) if composed(_beside(folder, name)) not in there]
    if not missing:
        return ""
    beside = [path.rpartition("/")[2] for path in there if path.rpartition("/")[0] == composed(folder)]
    told = [name + _meant(name, beside) for name in missing[:MOST]]
    more = f" and {len(missing) - MOST} more" if len(missing) > MOST else ""
    where = f"in {folder}" if folder else "in the photos folder"
    one = len(missing) == 1
    return (
        f"{file} names {', '.join(told)}{more}, and no such {'file lies' if one else 'files lie'} {where}. "
        f"Correct {'the name' if one else 'the names'}, or take {'it' if one else 'them'} out."
    )


def _meant(name: str, beside: list[str]) -> str:
    alike = {each.casefold(): each for each in sorted(beside)}
    near = difflib.get_close_matches(composed(name).casefold(), alike, n=1, cutoff=0.8)
    return f" (did you mean {alike[near[0]]}?)" if near else ""


def _beside(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
