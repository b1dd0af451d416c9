"""`Photos:` in a page's metadata: the people whose headshots that page shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, cast, get_args

from msgspec.structs import replace
from pelican.contents import Content, Page

from ..people.routing import is_selected, select_people_outside_folders, split_query
from ..support.errors import HeadshotsError
from ..values.portfolio import PersonView, Portfolio
from ..values.rendition import FramingName

PEOPLE_TEMPLATES = ("team", "about")
"""Templates of the theme that show people; a page with the first is a team's even if it shows one person."""


class FramingError(HeadshotsError):
    """A page asks for a framing that does not exist."""


class TeamPlace(NamedTuple):
    """The page that shows a person among others, and their neighbors there who have a page of their own."""

    page: Page | None
    previous: PersonView | None
    next: PersonView | None


def find_page_queries(contents: Iterable[Content]) -> tuple[str, ...]:
    """Return the `Photos:` of every page that shows people; empty for a page without it.

    Such a page has a template that shows people, or `Photos:` in its metadata.
    """
    return tuple(
        str(content.metadata.get("photos", ""))
        for content in filter(None, contents)
        if content.template in PEOPLE_TEMPLATES or "photos" in content.metadata
    )


def get_page_framing(page: Content) -> FramingName | None:
    """Return the `Framing:` of *page*, None without it. Raises FramingError."""
    name = str(page.metadata.get("framing", "")).strip().lower()
    if not name:
        return None
    for framing in get_args(FramingName):
        if framing == name:
            return cast("FramingName", framing)
    raise FramingError(
        f"{page.get_relative_source_path()} has the line `Framing: {name}`, which is not possible. "
        f"Choose from: {', '.join(get_args(FramingName))}."
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


def select_page_people(page: Page, portfolio: Portfolio) -> tuple[tuple[PersonView, ...], tuple[str, ...]]:
    """Return the people on *page*, those of its `Photos:` or all that are listed, and the parts that match nobody.

    If no page's `Photos:` matches anybody, they are those directly in the photos folder. Their slot `head` has the page's
    `Framing:`.
    """
    query = str(page.metadata.get("photos", "")).strip()
    people, unmatched = select_people(portfolio.people if query else portfolio.listed_people, query)
    people = people or select_people_outside_folders(portfolio.people, portfolio.page_queries)
    framing = get_page_framing(page)
    return tuple(_frame_person(person, framing) for person in people) if framing else people, unmatched


def _frame_person(person: PersonView, framing: FramingName) -> PersonView:
    if person.photo is None:
        return person
    pictures = person.photo.pictures
    return replace(person, photo=replace(person.photo, pictures={**pictures, "head": pictures[f"head-{framing}"]}))


def find_team_places(pages: Iterable[Page], portfolio: Portfolio) -> dict[str, TeamPlace]:
    """Return the place of each person with a page, by their slug.

    It is on the first page that shows them among others; people whom none shows are neighbors of each other.
    """
    places: dict[str, TeamPlace] = {}
    people_pages = [page for page in pages if page.template in PEOPLE_TEMPLATES]
    for page in sorted(people_pages, key=lambda page: PEOPLE_TEMPLATES.index(page.template)):
        people, _ = select_page_people(page, portfolio)
        if len(people) > 1 or page.template == PEOPLE_TEMPLATES[0]:
            places |= _place_neighbors(page, [person for person in people if person.slug not in places])
    return places | _place_neighbors(None, [person for person in portfolio.people if person.slug not in places])


def _place_neighbors(page: Page | None, people: Sequence[PersonView]) -> dict[str, TeamPlace]:
    linked = [person for person in people if person.url]
    neighbors = [None, *linked, None]
    return {person.slug: TeamPlace(page, neighbors[i], neighbors[i + 2]) for i, person in enumerate(linked)}
