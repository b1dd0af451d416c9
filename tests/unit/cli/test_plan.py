"""The lines of `plan`."""

from __future__ import annotations

from pelican_headshots.cli.plan import format_routes
from pelican_headshots.people.classified_photo import Route, RoutingRule


def test_a_headshot_without_a_name_is_on_team_pages_and_has_no_page_of_its_own() -> None:
    routes = {
        "a.jpg": Route(RoutingRule.NAMED_HEADSHOT, is_for_people=True, in_gallery=False),
        "b.jpg": Route(RoutingRule.HEADSHOT_AMONG_HEADSHOTS, is_for_people=True, in_gallery=False, has_own_page=False),
        "c.jpg": Route(RoutingRule.HEADSHOT_ON_NO_PAGE, is_for_people=True, has_own_page=False),
    }
    headings = [line.strip() for line in format_routes(routes, None) if not line.startswith("  ")]
    assert sorted(headings) == [
        "in its gallery (1): a headshot that no page asks for",
        "on people's pages (1): a headshot with a name",
        "on team pages (1): a headshot in a folder of mostly headshots",
    ]
