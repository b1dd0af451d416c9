"""Which people a page shows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pelican_headshots.pages.person_query import (
    FramingError,
    find_page_queries,
    find_team_places,
    get_page_framing,
    select_page_people,
    select_people,
)
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.notes import Note, Notes
from pelican_headshots.values.portfolio import Portfolio
from tests.support.people import build_person_view
from tests.support.photos import compose_photos, photo


def test_people_are_chosen_by_folder_file_department_and_name_in_the_order_asked_for() -> None:
    people = [
        build_person_view("Ann", folder="team/print", file="team/print/ann.jpg", department="Print"),
        build_person_view("Bob", folder="team", file="team/bob.jpg", department="Office"),
        build_person_view("Cid", folder="clients", file="clients/cid.jpg"),
    ]

    def choose(query: str) -> list[str]:
        return [person.name for person in select_people(people, query)[0]]

    assert choose("") == ["Ann", "Bob", "Cid"]
    assert choose("team") == ["Ann", "Bob"]
    assert choose("clients, office") == ["Cid", "Bob"]
    assert choose("team/print/ann.jpg,/team/, cid") == ["Ann", "Bob", "Cid"]
    zoe = build_person_view("Zoë d'Arc", folder="clients", file="clients/zoe.jpg")
    assert select_people([*people, zoe], "zoe d’arc, BOB") == ((zoe, people[1]), ())
    assert select_people(people, "team, nobody") == (tuple(people[:2]), ("nobody",))


def make_page(template: str, **metadata: str) -> Any:
    return SimpleNamespace(template=template, metadata=metadata)


def test_a_page_shows_people_by_its_template_or_because_it_asks_for_them() -> None:
    pages = [make_page("team"), make_page("page"), make_page("about", photos="me"), make_page("staff", photos="")]
    assert find_page_queries([*pages, None]) == ("", "me", "")
    assert find_page_queries([]) == ()


def test_a_page_without_photos_shows_everybody_who_is_listed() -> None:
    as_headshot, as_portrait = Note(kind=PhotoKind.HEADSHOT), Note(kind=PhotoKind.PORTRAIT)
    notes = {
        "team": Notes(photos={"jane-doe.jpg": as_headshot}),
        "night": Notes(photos={"img_1.jpg": as_headshot, "img_2.jpg": as_portrait, "img_3.jpg": as_portrait}),
    }
    paths = ["team/jane-doe.jpg", "night/img_1.jpg", "night/img_2.jpg", "night/img_3.jpg"]
    portfolio, _ = compose_photos([photo(path) for path in paths], notes)
    assert [person.name for person in portfolio.listed_people] == ["Jane Doe"]
    assert "night/img_1.jpg" in [each.file for gallery in portfolio.galleries for each in gallery.photos]


def test_people_are_neighbors_on_the_first_page_that_shows_them_among_others() -> None:
    people = tuple(
        build_person_view(name, folder=folder, url=f"people/{name.lower()}/")
        for name, folder in (("Ann", "team"), ("Bob", "team"), ("Me", "me"), ("Cid", "clients"), ("Dot", "clients"))
    )
    people = (*people, build_person_view("", slug="unnamed", folder="team"))
    about, team = make_page("about", photos="me"), make_page("team", photos="team, me")
    places = find_team_places([about, team], Portfolio((), people, None))
    ann, bob, me, cid, dot, _ = people
    assert places["ann"] == (team, None, bob)
    assert places["bob"] == (team, ann, me)
    assert places["me"] == (team, bob, None)
    assert places["cid"] == (None, None, dot)
    assert places["dot"] == (None, cid, None)
    assert "unnamed" not in places


def test_a_page_whose_request_matches_nobody_shows_the_people_outside_folders() -> None:
    ann, bob = build_person_view("Ann", folder=""), build_person_view("Bob", folder="clients")
    team, clients = make_page("team", photos="team"), make_page("team", photos="clients")

    def show(page: Any, *page_queries: str) -> tuple[Any, ...]:
        return select_page_people(page, Portfolio((), (ann, bob), None, page_queries=page_queries))

    assert show(team, "team") == ((ann,), ("team",))
    assert show(team, "team", "clients") == ((), ("team",)), "another page shows somebody"
    assert show(team, "team", "") == ((), ("team",)), "another page shows everybody"
    assert show(clients, "team", "clients") == ((bob,), ())


def test_a_page_may_have_a_framing_of_its_own() -> None:
    assert get_page_framing(make_page("team")) is None
    assert get_page_framing(make_page("team", framing=" Loose")) == "loose"
    page = make_page("team", framing="wide")
    page.get_relative_source_path = lambda: "pages/team.md"
    with pytest.raises(
        FramingError, match="pages/team.md has the line `Framing: wide`.*Choose from: tight, normal, loose"
    ):
        get_page_framing(page)


def test_the_headshots_of_a_page_are_cropped_by_its_framing() -> None:
    notes = {"team": Notes(photos={"jane-doe.jpg": Note(kind=PhotoKind.HEADSHOT)})}
    portfolio, _ = compose_photos([photo("team/jane-doe.jpg")], notes, page_framings=("loose",))
    (person,) = portfolio.people
    assert person.photo
    marked = person.photo.pictures["head-loose"]
    ((shown,), _) = select_page_people(make_page("team", framing="loose"), portfolio)
    assert shown.photo
    assert shown.photo.pictures["head"] is marked
    assert select_page_people(make_page("team"), portfolio)[0] == (person,)
