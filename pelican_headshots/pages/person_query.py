"""`Photos:` in a page's metadata: the people whose headshots that page shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pelican.contents import Content

from ..people.routing import is_selected, split_query
from ..values.portfolio import PersonView

PEOPLE_TEMPLATES = ("team", "about")
"""Templates of the theme that show people."""


def find_page_queries(contents: Iterable[Content]) -> tuple[str, ...]:
    """Return the `Photos:` of every page that shows people; empty for a page without it.

    Such a page has a template that shows people, or `Photos:` in its metadata.
    """
    return tuple(
        str(content.metadata.get("photos", ""))
        for content in filter(None, contents)
        if content.template in PEOPLE_TEMPLATES or "photos" in content.metadata
    )


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
