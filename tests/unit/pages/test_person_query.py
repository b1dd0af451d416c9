"""Which people a page shows."""

from __future__ import annotations

from pelican_headshots.pages.person_query import select_people
from tests.support.people import build_person_view


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
