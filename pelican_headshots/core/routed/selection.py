"""`Photos:` in a page's metadata: whose headshots that page shows."""

from __future__ import annotations

from collections.abc import Sequence

from ..plate import Person
from ..said.names import key


def selected(people: Sequence[Person], asked: str) -> tuple[tuple[Person, ...], tuple[str, ...]]:
    """The people that *asked* means, and the parts of it that mean nobody.

    *asked* is a list with commas: folders of photographs, files in them, people's names or slugs, or departments. People
    come in the order asked for, each once; an empty list means everybody.
    """
    parts = [part for part in (each.strip().strip("/") for each in asked.split(",")) if part]
    if not parts:
        return tuple(people), ()
    found: dict[str, Person] = {}
    nobody: list[str] = []
    for part in parts:
        meant = [person for person in people if _meant(person, part)]
        found |= {person.slug: person for person in meant if person.slug not in found}
        if not meant:
            nobody.append(part)
    return tuple(found.values()), tuple(nobody)


def _meant(person: Person, part: str) -> bool:
    return (
        part in (person.folder, person.slug, person.file)
        or person.folder.startswith(f"{part}/")
        or (bool(person.department) and person.department.casefold() == part.casefold())
        or (bool(person.name) and key(person.name) == key(part))
    )
