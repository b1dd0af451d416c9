"""Reading `people.toml` and `people.csv`: who works here."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from ...core.geometry import Value
from ...core.routed.people import PeopleFile, Record
from ...core.trouble import Trouble
from ...core.validation import explain
from ..metadata.text import plain
from ..originals.files import Found, shown
from .written_toml import understood

NAMES = ("people.toml", "people.csv")
LIMIT = 4 << 20
"""Bytes."""
MOST = 5000
"""People in one file."""
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAID_SEPARATOR = re.compile(r'"?sep=([,;|\t])"?(?:\r\n|\r|\n)', re.IGNORECASE)
"""A first line by which Excel tells its own kind how the columns are parted."""
COLUMNS = ("name", "role", "department", "order", "pronouns", "bio", "email", "phone", "links", "photo")

_CALLED = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}


class BadPeople(Trouble):
    """A people file that cannot be understood; the sentence names the file, the place and what to do."""


class _Written(Value, frozen=True):
    """A person as people.toml says it: links as a table, one photo or several."""

    name: str = ""
    role: str = ""
    department: str = ""
    order: float | None = None
    pronouns: str = ""
    bio: str = ""
    email: str = ""
    phone: str = ""
    links: dict[str, str] = {}
    photo: str = ""
    photos: tuple[str, ...] = ()


class _Toml(Value, frozen=True):
    people: tuple[_Written, ...] = ()
    departments: tuple[str, ...] = ()


def read_all(originals: Path, found: Iterable[Found]) -> tuple[PeopleFile, ...]:
    """Every people file below *originals*, by path. Raises BadPeople."""
    paths = sorted(each.path for each in found if each.name in NAMES)
    return tuple(read(originals / path, path) for path in paths)


def read(file: Path, path: str) -> PeopleFile:
    """The people in *file*, which lies at *path* below the photos folder. Raises BadPeople."""
    name = shown(path)
    if file.is_symlink() or not file.is_file():
        raise BadPeople(f"{name} is not a file. Remove it, or put the people themselves there.")
    try:
        if file.stat().st_size > LIMIT:
            raise BadPeople(f"{name} is larger than {LIMIT >> 20} MB, too large for a list of people. Is it one?")
        text = _decoded(file.read_bytes())
    except OSError as wrong:
        raise BadPeople(f"{name} cannot be read: {wrong.strerror}. Look at its permissions.") from wrong
    except UnicodeDecodeError as wrong:
        raise BadPeople(
            f"{name} is neither UTF-8 nor UTF-16 text. Save it as UTF-8; in Excel that is the type 'CSV UTF-8'."
        ) from wrong
    written, departments = _from_toml(text, name) if path.endswith(".toml") else (_from_csv(text, name), ())
    if len(written) > MOST:
        raise BadPeople(f"{name} lists {len(written)} people; more than {MOST} do not fit onto pages.")
    people = tuple(_record(one, f"{name}, {where}") for where, one in written)
    return PeopleFile(path.rpartition("/")[0], path, people, tuple(map(plain, departments)))


def _decoded(data: bytes) -> str:
    """UTF-8, or UTF-16 that says so at its beginning: Excel's "Unicode text". Raises UnicodeDecodeError."""
    return data.decode("utf-16" if data.startswith(_UTF_16) else "utf-8-sig")


def _from_toml(text: str, name: str) -> tuple[list[tuple[str, _Written]], tuple[str, ...]]:
    found = understood(text, name, _Toml, BadPeople)
    return [(f"person {i}", one) for i, one in enumerate(found.people, 1)], found.departments


def _from_csv(text: str, name: str) -> list[tuple[str, _Written]]:
    """The first line names the columns; separators are commas, semicolons or tabs, as the spreadsheet wrote them.

    A line before it may say what parts them (`sep=;`).
    """
    said_separator = _SAID_SEPARATOR.match(text)
    table = text[said_separator.end() :] if said_separator else text
    above = 1 if said_separator else 0
    separator = said_separator[1] if said_separator else max(",;\t", key=table.split("\n", 1)[0].count)
    people: list[tuple[str, _Written]] = []
    try:
        rows = csv.reader(io.StringIO(table, newline=""), delimiter=separator, strict=True)
        columns = [column.strip().casefold() for column in next(rows, [])]
        unknown = [column for column in columns if column and column not in COLUMNS]
        if unknown or "name" not in columns:
            what = f"has a column {unknown[0]!r}" if unknown else "has no column 'name'"
            raise BadPeople(f"{name} {what}. Its first line may name: {', '.join(COLUMNS)}.")
        for row in rows:
            if any(map(str.strip, row[len(columns) :])):
                raise BadPeople(
                    f"{name}, line {rows.line_num + above} has more columns than the first line names. Put quotation marks "
                    f"around a text with {_CALLED[separator]} in it."
                )
            said = {key: value.strip() for key, value in zip(columns, row, strict=False) if key and value.strip()}
            if said:
                where = f"line {rows.line_num + above}"
                people.append((where, _from_row(said, f"{name}, {where}")))
    except csv.Error as wrong:
        raise BadPeople(f"{name} is not a valid CSV file: {wrong}. Save it anew from the spreadsheet.") from wrong
    return people


def _from_row(said: dict[str, str], where: str) -> _Written:
    row: dict[str, Any] = dict(said)
    if "order" in row:
        try:
            row["order"] = float(row["order"].replace(",", "."))
        except ValueError:
            raise BadPeople(f"{where}: the order {row['order']!r} is not a number.") from None
    row["photos"] = tuple(photo.strip() for photo in row.pop("photo", "").split(";") if photo.strip())
    links = {}
    for link in filter(None, map(str.strip, row.pop("links", "").split(";"))):
        label, _, address = link.rpartition(" ")
        links[label.strip(" :") or re.sub(r"^https?://(www\.)?([^/]+).*", r"\2", address)] = address
    row["links"] = links
    return msgspec.convert(row, _Written)


def _record(one: _Written, where: str) -> Record:
    """Checked as the person who keeps the list would want it: one sentence for the first thing that is wrong."""
    given = {
        **{field: _line(getattr(one, field)) for field in COLUMNS[:3] + COLUMNS[4:8]},
        "order": one.order,
        "links": tuple((_line(label), _line(address)) for label, address in one.links.items()),
        "photos": ((one.photo,) if one.photo else ()) + one.photos,
    }
    try:
        return msgspec.convert(given, Record)
    except msgspec.ValidationError as wrong:
        path = explain(wrong, given, Record, {}).path
        raise BadPeople(_advice(str(path[0]) if path else "", given, where)) from wrong


def _line(text: str) -> str:
    """*text* without characters that no page and no card can bear; one that is too long stays so, and is refused."""
    return plain(text, len(text))


def _advice(field: str, given: dict[str, Any], where: str) -> str:
    if field == "name":
        return f"{where} has no name, or one of more than 300 letters. Everybody in the list needs a name."
    if field == "email":
        return f"{where}: {given['email'][:80]!r} is not an e-mail address."
    if field == "phone":
        return f"{where}: the phone number {given['phone']!r} may hold digits, spaces and + ( ) - . / only."
    if field == "links":
        return f"{where}: a link does not begin with http:// or https://, or has a space in it."
    if field == "order":
        return f"{where}: the order {given['order']} is not a number that others can come before and after."
    return f"{where}: {field or 'something'} is too long."
