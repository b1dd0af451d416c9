"""The theme's macros for people."""

from __future__ import annotations

import re

import pytest
from jinja2 import Environment, FileSystemLoader

from pelican_headshots.images.encoding_options import EncodingOptions
from pelican_headshots.images.plan import RenderPlan
from pelican_headshots.pages import compose
from pelican_headshots.people import routing
from pelican_headshots.settings import Settings
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.notes import Note, Notes
from pelican_headshots.values.portfolio import PersonView
from pelican_headshots.values.rendition import Rights
from tests.support.photos import QUALITY, photo
from tests.support.site import REPOSITORY


@pytest.fixture(scope="module")
def jane() -> PersonView:
    notes = {"team": Notes(photos={"jane.jpg": Note(kind=PhotoKind.HEADSHOT, name="Jane Doe")})}
    plan = RenderPlan(EncodingOptions(("avif", "jpeg"), QUALITY | {"png": 0}, "engine 1", 2560))
    composed = compose.compose_portfolio(routing.build_gallery_folders([photo("team/jane.jpg")], notes), plan, Rights())
    return composed.people[0]


def render_headshots(person: PersonView, team_color: str) -> list[str]:
    """Return the classes of *person*'s headshot in a grid and on a page of its own."""
    environment = Environment(loader=FileSystemLoader(REPOSITORY / "theme" / "templates"))
    template = environment.from_string(
        '{% from "headshots/_people.html" import headshot, large_headshot with context %}'
        "{{ headshot(person) }}{{ large_headshot(person) }}"
    )
    html = template.render(person=person, team_color=team_color, SITEURL="", styles=lambda _css: "")
    return re.findall(r'<div class="([^"]*)"', html)


@pytest.mark.parametrize("team_color", ["color", "monochrome", "monochrome-hover"])
def test_a_headshot_has_the_class_of_the_setting_team_color(jane: PersonView, team_color: str) -> None:
    assert render_headshots(jane, team_color) == [f"shade {team_color}"] * 2


def test_headshots_are_in_color_unless_the_site_asks_for_gray() -> None:
    assert Settings().team_color == "color"
    css = (REPOSITORY / "theme" / "static" / "css" / "theme.css").read_text(encoding="utf-8")
    grays = [line for line in css.splitlines() if "grayscale" in line]
    assert grays
    assert all(".monochrome" in line for line in grays)
