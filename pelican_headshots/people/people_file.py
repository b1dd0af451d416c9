"""Read `people.toml` and `people.csv`: lists of people with their roles, addresses and photos."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

import msgspec

from ..metadata.text import to_plain_text
from ..scan.files import ScannedFile, escape_for_terminal
from ..support.errors import HeadshotsError
from ..support.toml import parse_toml
from ..support.validation import explain_validation_error
from ..values.consent import Consent, ConsentUse
from ..values.geometry import Value
from .csv_columns import UnknownColumnError, check_columns, find_columns, join_name
from .gather import PeopleFile, PersonRecord

PEOPLE_FILE_NAMES = ("people.toml", "people.csv")
MAX_PEOPLE_FILE_BYTES = 4 << 20
MAX_PEOPLE_PER_FILE = 5000
UTF_16_BY_BOM = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_EXCEL_SEPARATOR_LINE = re.compile(r'"?sep=([,;|\t])"?(?:\r\n|\r|\n)', re.IGNORECASE)
"""The first line of some CSV files; it tells Excel which character separates the columns."""
_WRONG_ACCENT = re.compile(r"[^\W\d_](?:[„ƒ‡ˆ‰‹]|[”‚†]\w|[ŠŽŸ](?=[a-z]))")
"""What many accents of DOS (`J„ger`) and of old Macs (`JŠger`) are in Windows-1252. No text has these after a letter."""
CSV_COLUMNS = ("name", "role", "department", "order", "pronouns", "bio", "email", "phone", "links", "photo") + (
    "consent_until",
    "consent_uses",
)

_SEPARATOR_NAMES = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}


class PeopleFileError(HeadshotsError):
    """A people file that cannot be used; the message names the file and the place and says what to do."""


class PersonInput(Value, frozen=True):
    """A person as in people.toml: links are a table, and there may be one photo or several."""

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
    consent: Consent | None = None


class _PeopleToml(Value, frozen=True):
    people: tuple[PersonInput, ...] = ()
    departments: tuple[str, ...] = ()


def read_all_people_files(
    originals_folder: Path, scanned_files: Iterable[ScannedFile], columns: Mapping[str, str]
) -> tuple[PeopleFile, ...]:
    """Read all people files in the photos folder, by path; *columns* is the setting of that name.

    Raises:
        PeopleFileError: A file cannot be used.
        SettingsError: *columns* cannot be used.
    """
    check_columns(columns, CSV_COLUMNS)
    paths = sorted(file.path for file in scanned_files if file.name in PEOPLE_FILE_NAMES)
    return tuple(read_people_file(originals_folder / path, path, columns) for path in paths)


def read_people_file(file: Path, relative_path: str, columns: Mapping[str, str] = MappingProxyType({})) -> PeopleFile:
    """Read the people file *file*.

    Args:
        file: The file.
        relative_path: Its path in the photos folder.
        columns: The setting of that name.

    Raises:
        PeopleFileError: The file cannot be used.
    """
    name = escape_for_terminal(relative_path)
    text, _ = read_people_text(file, relative_path)
    inputs = parse_people(text, relative_path, columns)
    departments = (
        parse_toml(text, name, _PeopleToml, PeopleFileError).departments if relative_path.endswith(".toml") else ()
    )
    if len(inputs) > MAX_PEOPLE_PER_FILE:
        raise PeopleFileError(
            f"{name} lists {len(inputs)} people; at most {MAX_PEOPLE_PER_FILE} are possible. Remove some."
        )
    people = tuple(_make_record(person, f"{name}, {place}") for place, person in inputs)
    return PeopleFile(relative_path.rpartition("/")[0], relative_path, people, tuple(map(to_plain_text, departments)))


def read_people_text(file: Path, relative_path: str) -> tuple[str, str]:
    """Return the text of the people file *file*, without a byte order mark, and its encoding. Raises PeopleFileError."""
    name = escape_for_terminal(relative_path)
    if file.is_symlink() or not file.is_file():
        raise PeopleFileError(f"{name} is not a file. Remove it, or replace it by a file with the list of people.")
    try:
        if file.stat().st_size > MAX_PEOPLE_FILE_BYTES:
            raise PeopleFileError(
                f"{name} is larger than {MAX_PEOPLE_FILE_BYTES >> 20} MB, too large for a list of people. "
                "Check that it is the right file."
            )
        return _decode_text(file.read_bytes(), is_table=relative_path.endswith(".csv"))
    except OSError as error:
        raise PeopleFileError(f"{name} cannot be read: {error.strerror}. Check its permissions.") from error
    except UnicodeDecodeError as error:
        raise PeopleFileError(
            f"{name} is not UTF-8 text. Save it as UTF-8; in Excel that is the type 'CSV UTF-8'."
        ) from error


def _decode_text(data: bytes, *, is_table: bool) -> tuple[str, str]:
    """Decode UTF-8, or UTF-16 with a byte order mark (Excel's "Unicode text"); a table also as Excel's "CSV" on Windows.

    Returns:
        The text without a byte order mark, and the encoding, which is `utf-8` with a byte order mark too.

    Raises:
        UnicodeDecodeError: It is neither of these, or a table from DOS or an old Mac, whose accents would be wrong.
    """
    for bom, encoding in UTF_16_BY_BOM.items():
        if data.startswith(bom):
            return data.removeprefix(bom).decode(encoding), encoding
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        text = data.decode("cp1252") if is_table else ""
        if not text or _WRONG_ACCENT.search(text):
            raise
        return text, "cp1252"


def parse_people(
    text: str, relative_path: str, columns: Mapping[str, str] = MappingProxyType({})
) -> list[tuple[str, PersonInput]]:
    """Return everybody in the *text* of a people file, each with their place in it; *columns* is the setting of that name.

    Raises PeopleFileError.
    """
    name = escape_for_terminal(relative_path)
    if not relative_path.endswith(".toml"):
        return _parse_people_csv(text, name, columns)
    parsed = parse_toml(text, name, _PeopleToml, PeopleFileError)
    return [(f"person {number}", person) for number, person in enumerate(parsed.people, 1)]


def find_separator(text: str) -> tuple[str, int]:
    """Return the separator of the columns of a CSV file, and the number of lines before the one that names the columns."""
    separator_line = _EXCEL_SEPARATOR_LINE.match(text)
    if separator_line:
        return separator_line[1], 1
    return max(",;\t", key=text.split("\n", 1)[0].count), 0


def _parse_people_csv(text: str, name: str, headings: Mapping[str, str]) -> list[tuple[str, PersonInput]]:
    """Parse a table whose first line names the columns, separated by commas, semicolons or tabs.

    A line before it may name the separator (`sep=;`). Returns the place of each person in the file, and the person.
    """
    separator, skipped_lines = find_separator(text)
    lines = list(io.StringIO(text, newline=""))[skipped_lines:]
    people: list[tuple[str, PersonInput]] = []
    try:
        rows = csv.reader(iter(lines), delimiter=separator, strict=True)
        columns = find_columns(next(rows, []), headings, CSV_COLUMNS)
        for row in rows:
            if any(map(str.strip, row[len(columns) :])):
                raise PeopleFileError(
                    f"{name}, line {rows.line_num + skipped_lines} has more columns than the first line names. Put "
                    f"quotation marks around a text with {_SEPARATOR_NAMES[separator]} in it."
                )
            cells = join_name(
                {key: value.strip() for key, value in zip(columns, row, strict=False) if key and value.strip()}
            )
            if cells:
                place = f"line {rows.line_num + skipped_lines}"
                people.append((place, _parse_row(cells, f"{name}, {place}")))
    except UnknownColumnError as error:
        raise PeopleFileError(f"{name} {error}") from error
    except csv.Error as error:
        raise PeopleFileError(
            f"{name} is not a valid CSV file: {error}. Save it again from the spreadsheet."
        ) from error
    return people


def _parse_row(cells: dict[str, str], place: str) -> PersonInput:
    row: dict[str, Any] = dict(cells)
    if "order" in row:
        try:
            row["order"] = float(row["order"].replace(",", "."))
        except ValueError:
            raise PeopleFileError(f"{place}: the order {row['order']!r} is not a number.") from None
    row["photos"] = tuple(photo.strip() for photo in row.pop("photo", "").split(";") if photo.strip())
    links = {}
    for link in filter(None, map(str.strip, row.pop("links", "").split(";"))):
        label, _, address = link.rpartition(" ")
        links[label.strip(" :") or re.sub(r"^https?://(www\.)?([^/]+).*", r"\2", address)] = address
    row["links"] = links
    row["consent"] = _parse_consent(row.pop("consent_until", ""), row.pop("consent_uses", ""), place)
    return msgspec.convert(row, PersonInput)


def _parse_consent(until: str, uses: str, place: str) -> Consent | None:
    """Return the consent in two columns of a table; None if both are empty. The uses `none` are no use at all."""
    if not until and not uses:
        return None
    values: dict[str, Any] = {"until": until or None}
    if uses:
        words = [use.strip().casefold() for use in re.split("[;,]", uses) if use.strip()]
        values["uses"] = [] if words == ["none"] else words
    try:
        return msgspec.convert(values, Consent)
    except msgspec.ValidationError as error:
        if explain_validation_error(error, values, Consent, {}).path[0] == "until":
            raise PeopleFileError(
                f"{place}: consent_until is {until!r}, which is not a date such as {date(2027, 6, 30)}."
            ) from error
        raise PeopleFileError(
            f"{place}: consent_uses is {uses!r}. Write `none`, or some of {', '.join(get_args(ConsentUse))}, separated by ;."
        ) from error


def _make_record(person: PersonInput, place: str) -> PersonRecord:
    """Check a person's values. Raises PeopleFileError with one sentence about the first value that is wrong."""
    values = {
        **{field: _clean_line(getattr(person, field)) for field in CSV_COLUMNS[:3] + CSV_COLUMNS[4:8]},
        "order": person.order,
        "links": tuple((_clean_line(label), _clean_line(address)) for label, address in person.links.items()),
        "photos": ((person.photo,) if person.photo else ()) + person.photos,
        "consent": person.consent,
    }
    try:
        return msgspec.convert(values, PersonRecord)
    except msgspec.ValidationError as error:
        path = explain_validation_error(error, values, PersonRecord, {}).path
        raise PeopleFileError(_explain_invalid_field(str(path[0]) if path else "", values, place)) from error


def _clean_line(text: str) -> str:
    """Return *text* without characters that pages and vCards cannot contain, unshortened: a long text is rejected later."""
    return to_plain_text(text, len(text))


def _explain_invalid_field(field: str, values: dict[str, Any], place: str) -> str:
    if field == "name":
        return f"{place} has no name, or one of more than 300 letters. Everybody in the list needs a name."
    if field == "email":
        return f"{place}: {values['email'][:80]!r} is not an e-mail address."
    if field == "phone":
        return f"{place}: the phone number {values['phone']!r} may hold digits, spaces and + ( ) - . / only."
    if field == "links":
        return f"{place}: a link does not begin with http:// or https://, or has a space in it."
    if field == "order":
        return f"{place}: the order {values['order']} is not a number between -1000000000 and 1000000000."
    return f"{place}: {field or 'something'} is too long."
