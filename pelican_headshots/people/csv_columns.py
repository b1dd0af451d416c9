"""The columns of `people.csv`: their names in English, German and French, and those that the site's settings map."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from unidecode import unidecode

from ..settings import SettingsError

FIRST_NAME, LAST_NAME = "first name", "last name"
"""Columns that together give the name."""

COLUMN_NAMES = {
    "name": ("Full name", "Vor- und Nachname", "Vollständiger Name", "Nom", "Nom complet", "Nom et prénom", "Prénom et nom"),
    FIRST_NAME: ("Given name", "Vorname", "Prénom"),
    LAST_NAME: ("Surname", "Family name", "Nachname", "Familienname", "Zuname", "Nom de famille"),
    "role": ("Job title", "Position", "Function", "Funktion", "Rolle", "Berufsbezeichnung", "Fonction", "Poste", "Rôle"),
    "department": ("Abteilung", "Bereich", "Service", "Département"),
    "order": ("Reihenfolge", "Ordre"),
    "pronouns": ("Pronomen", "Pronoms"),
    "bio": ("Biography", "Biografie", "Biographie", "Beschreibung", "Description"),
    "email": ("E-mail", "Mail", "E-mail address", "E-Mail-Adresse", "Mailadresse", "Courriel", "Adresse e-mail"),
    "phone": ("Telephone", "Phone number", "Telefon", "Telefonnummer", "Tel.", "Téléphone", "Numéro de téléphone"),
    "links": ("Link", "Website", "Webseite", "Homepage", "Lien", "Liens", "Site web"),
    "photo": ("Photos", "Foto", "Fotos", "Bild", "Bilder"),
}  # fmt: skip
"""What a column holds → what it may be called besides. Case, accents, spaces and punctuation do not matter."""


_MAX_HEADING_LENGTH = 80
"""Characters of a heading that are compared and shown; longer ones are no names of columns."""
_MAX_SHOWN_COLUMNS = 5


class UnknownColumnError(ValueError):
    """The first line of a table cannot be used; the message is the second half of a sentence about the file."""


def check_columns(columns: Mapping[str, str], fields: Sequence[str]) -> None:
    """Raise SettingsError if the setting `columns` maps a column to something else than one of *fields*, or nothing."""
    possible = (*fields, FIRST_NAME, LAST_NAME)
    for column, field in columns.items():
        if field and field not in possible:
            close = difflib.get_close_matches(field, possible, n=1)
            hint = f"Did you mean {close[0]!r}?" if close else f"Choose from: {', '.join(possible)}."
            raise SettingsError(
                f"HEADSHOTS['columns'][{column!r}] in pelicanconf.py cannot be used: there is no {field!r}. {hint}"
            )


def find_columns(headings: Sequence[str], columns: Mapping[str, str], fields: Sequence[str]) -> list[str]:
    """Return what each column of a table holds: one of *fields*, `FIRST_NAME`, `LAST_NAME` or nothing.

    Args:
        headings: The first line of the table.
        columns: The setting of that name; it overrides `COLUMN_NAMES`.
        fields: What a table may hold.

    Raises:
        UnknownColumnError: A column is unknown, two columns hold the same, or none holds the name.
    """
    field_by_key = {_fold(name): field for field, names in COLUMN_NAMES.items() for name in names}
    field_by_key |= {_fold(field): field for field in (*fields, FIRST_NAME, LAST_NAME)}
    field_by_key |= {_fold(column): field for column, field in columns.items()}
    field_by_key[""] = ""
    if unknown := [heading.strip()[:_MAX_HEADING_LENGTH] for heading in headings if _fold(heading) not in field_by_key]:
        raise UnknownColumnError(_describe_unknown(unknown, [*field_by_key], fields))
    found = [field_by_key[_fold(heading)] for heading in headings]
    for field in filter(None, found):
        same = [heading.strip() for heading, other in zip(headings, found, strict=True) if other == field]
        if len(same) > 1:
            raise UnknownColumnError(
                f"has more than one column for {field!r}: {', '.join(map(repr, same))}. Remove all but one, or write into "
                f'pelicanconf.py HEADSHOTS = {{"columns": {{{same[1]!r}: ""}}}} to leave one out.'
            )
    if "name" not in found and not {FIRST_NAME, LAST_NAME} <= {*found}:
        raise UnknownColumnError(f"has no column 'name'. Its first line may name: {', '.join(fields)}.")
    return found


def join_name(cells: dict[str, str]) -> dict[str, str]:
    """Return *cells* with the full name as `name`.

    Beside a first name, a column `name` holds the last name (`Name;Vorname`, `Nom;Prénom`), unless the first name is in it.
    """
    cells = {**cells}
    first, last = cells.pop(FIRST_NAME, ""), cells.pop(LAST_NAME, "")
    name = cells.get("name", "")
    is_full_name = bool(last) or (len(name.split()) > 1 and {*first.casefold().split()} <= {*name.casefold().split()})
    if full_name := name if name and is_full_name else " ".join(filter(None, (first, name or last))):
        cells["name"] = full_name
    return cells


def _fold(heading: str) -> str:
    """Return the letters and digits of *heading* without case and accents, or if there are none the heading itself."""
    heading = heading.strip()[:_MAX_HEADING_LENGTH]
    return re.sub("[^a-z0-9]", "", unidecode(heading).casefold()) or heading


def _describe_unknown(unknown: Sequence[str], known_keys: Sequence[str], fields: Sequence[str]) -> str:
    name_by_key = {_fold(name): name for names in (*COLUMN_NAMES.values(), fields) for name in names}
    parts = []
    for heading in unknown[:_MAX_SHOWN_COLUMNS]:
        close = difflib.get_close_matches(_fold(heading), known_keys, n=1, cutoff=0.7)
        hint = f" (did you mean {name_by_key.get(close[0], close[0])!r}?)" if close else ""
        parts.append(f"{heading!r}{hint}")
    subject = "a column" if len(parts) == 1 else "columns"
    more = " and more" if len(unknown) > len(parts) else ""
    return (
        f"has {subject} {', '.join(parts)}{more} with an unknown name. Its first line may name: {', '.join(fields)}, also "
        f'in German or French. For other names write HEADSHOTS = {{"columns": {{{unknown[0]!r}: "role"}}}} into '
        'pelicanconf.py, or "" instead of "role" to leave the column out.'
    )
