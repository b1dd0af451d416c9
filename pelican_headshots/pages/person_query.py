"""`Photos:` in a page's metadata: the people whose headshots that page shows."""

from __future__ import annotations

from collections.abc import Sequence

from ..people.routing import is_selected, split_query
from ..values.portfolio import PersonView


def select_people(people: Sequence[PersonView], query: str) -> tuple[tuple[PersonView, ...], tuple[str, ...]]:
    """Return the people that *query* selects, and the parts of it that match nobody.

    *query* is a comma-separated list of photo folders, files in them, people's names or slugs, or departments. People are
    returned in the order of the query, each once; an empty query selects everybody.
    """
    parts = split_query(query)
    if not parts:
        return tuple(people), ()
    found: dict[str, PersonView] = {}
    unmatched: list[str] = []
    for part in parts:
        matching = [person for person in people if is_selected(person, part)]
        found |= {person.slug: person for person in matching if person.slug not in found}
        if not matching:
            unmatched.append(part)
    return tuple(found.values()), tuple(unmatched)
