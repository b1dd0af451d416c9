"""Remove people from `people.toml` and `people.csv`. Everything else, comments included, stays as it is written."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import tomlkit

from ..support import atomic_files
from .people_file import (
    UTF_16_BY_BOM,
    PeopleFileError,
    find_separator,
    parse_people,
    read_people_text,
)

_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*[\"']?people[\"']?[ \t]*\]\]", re.MULTILINE)
_COMMENTS_ABOVE = re.compile(r"(?:^[ \t]*#[^\n]*\n)+\Z", re.MULTILINE)


def remove_people(
    file: Path, relative_path: str, indexes: Collection[int], columns: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Remove the people at *indexes* (from 0, in the order of `PeopleFile.people`) from the people file *file*.

    Args:
        file: The file.
        relative_path: Its path in the photos folder, for messages.
        indexes: Which people.
        columns: The setting of that name.

    Raises:
        PeopleFileError: The file cannot be read, or the entries cannot be removed without changing others. It is not
            written.
        DiskError: It cannot be written.
    """
    text, encoding = read_people_text(file, relative_path)
    people = [person for _, person in parse_people(text, relative_path, columns)]
    remaining = [person for index, person in enumerate(people) if index not in indexes]
    remove = _remove_from_toml if relative_path.endswith(".toml") else _remove_from_csv
    changed = remove(text, indexes, len(people))
    if [person for _, person in parse_people(changed, relative_path, columns)] != remaining:
        raise PeopleFileError(f"{relative_path}: the entry cannot be removed automatically. Remove it in an editor.")
    data = file.read_bytes()
    bom = next((bom for bom in (codecs.BOM_UTF8, *UTF_16_BY_BOM) if data.startswith(bom)), b"")
    atomic_files.write(file, bom + changed.encode(encoding))


def _remove_from_toml(text: str, indexes: Collection[int], count: int) -> str:
    headers = [match.start() for match in _HEADER.finditer(text)]
    if len(headers) != count:
        return _remove_from_toml_array(text, indexes)
    # Comments directly above an entry belong to it, except at the top of the file, where they are about the file.
    starts = [start if (start := len(_COMMENTS_ABOVE.sub("", text[:header]))) else header for header in headers]
    kept = text[: starts[0]]
    for index, (start, end) in enumerate(zip(starts, [*starts[1:], len(text)], strict=True)):
        if index not in indexes:
            kept += text[start:end]
        elif start == starts[-1]:
            kept = kept.rstrip("\r\n") + ("\r\n" if "\r\n" in kept else "\n") if kept.strip() else kept
    return kept


def _remove_from_toml_array(text: str, indexes: Collection[int]) -> str:
    """Remove people who are written as `people = [{name = "..."}]`."""
    document: Any = tomlkit.parse(text)
    for index in sorted(indexes, reverse=True):
        del document["people"][index]
    return tomlkit.dumps(document)


def _remove_from_csv(text: str, indexes: Collection[int], _count: int) -> str:
    """Remove the lines of rows; empty rows do not count."""
    separator, skipped_lines = find_separator(text)
    lines = list(io.StringIO(text, newline=""))
    rows = csv.reader(iter(lines[skipped_lines:]), delimiter=separator, strict=True)
    next(rows)
    removed: set[int] = set()
    index, start = 0, rows.line_num
    for row in rows:
        if any(map(str.strip, row)):
            if index in indexes:
                removed.update(range(skipped_lines + start, skipped_lines + rows.line_num))
            index += 1
        start = rows.line_num
    return "".join(line for number, line in enumerate(lines) if number not in removed)
