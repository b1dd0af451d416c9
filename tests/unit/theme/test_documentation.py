"""The documented interface of the theme: blocks, attributes, design tokens and examples are in the code as described."""

from __future__ import annotations

import re

import msgspec
import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pelican_headshots.images.encoding_options import EncodingOptions
from pelican_headshots.images.plan import RenderPlan
from pelican_headshots.pages import compose
from pelican_headshots.people import routing
from pelican_headshots.people.gather import PeopleFile, PersonRecord
from pelican_headshots.values import classification, portfolio
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.notes import Note, Notes
from pelican_headshots.values.rendition import Rights
from tests.support.photos import QUALITY, as_portrait, photo
from tests.support.site import REPOSITORY

THEME_DOCS = (REPOSITORY / "docs" / "theme.md").read_text(encoding="utf-8")
PEOPLE_DOCS = (REPOSITORY / "docs" / "people.md").read_text(encoding="utf-8")
TEMPLATES = REPOSITORY / "theme" / "templates"
CSS = (REPOSITORY / "theme" / "static" / "css" / "theme.css").read_text(encoding="utf-8")

TEMPLATE_VALUES: tuple[type[msgspec.Struct], ...] = (
    portfolio.Gallery,
    portfolio.GalleryPage,
    portfolio.GalleryItem,
    portfolio.PhotoView,
    portfolio.Picture,
    portfolio.PictureSource,
    portfolio.SrcsetCandidate,
    portfolio.PersonView,
    portfolio.Download,
    classification.Classification,
)
"""The parts of a portfolio that templates receive."""


def find_blocks(template: str) -> set[str]:
    return set(re.findall(r"{%-? block (\w+)", (TEMPLATES / template).read_text(encoding="utf-8")))


def get_attributes_in_theme_docs(kind: type) -> set[str]:
    found = re.search(rf"\*\*{kind.__name__}\*\* `([^`]+)`", THEME_DOCS)
    assert found
    return set(found[1].split())


def get_attributes_in_people_docs(kind: type) -> set[str]:
    table = re.search(rf"\| {kind.__name__} \| \|\n\|---\|---\|\n((?:\|.*\n)+)", PEOPLE_DOCS)
    assert table
    cells = [row.split("|")[1] for row in table[1].splitlines()]
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def create_plan() -> RenderPlan:
    return RenderPlan(EncodingOptions(("avif", "jpeg"), QUALITY | {"png": 0}, "engine 1", 2560))


def test_documented_blocks_are_in_the_templates() -> None:
    rows = re.findall(r"^\| `(\w+\.html)`[^|]*\| (.+) \|$", THEME_DOCS, re.MULTILINE)
    assert len(rows) >= 6
    for template, cell in rows:
        names = {name for part in re.findall(r"`([^`]+)`", cell) for name in part.split()}
        assert names <= find_blocks(template) | find_blocks("base.html"), (template, names - find_blocks(template))


def test_documented_design_tokens_are_set() -> None:
    part = THEME_DOCS.partition("## Tokens")[2].partition("\n## ")[0]
    tokens = set(re.findall(r"--[a-z-]+", part))
    assert len(tokens) > 15
    base = (TEMPLATES / "base.html").read_text("utf-8")  # sets the tokens that follow from a page's cover
    assert [token for token in tokens if f"{token}:" not in CSS + base] == []


@pytest.mark.parametrize("kind", TEMPLATE_VALUES)
def test_every_attribute_is_in_the_theme_docs(kind: type[msgspec.Struct]) -> None:
    assert set(kind.__struct_fields__) <= get_attributes_in_theme_docs(kind)


@pytest.mark.parametrize("kind", [portfolio.PersonView, portfolio.Download, portfolio.Picture])
def test_the_people_docs_have_every_attribute_and_no_other(kind: type[msgspec.Struct]) -> None:
    fields = set(kind.__struct_fields__)
    documented = get_attributes_in_people_docs(kind)
    assert fields <= documented
    assert all(name in fields or hasattr(kind, name) for name in documented)


def test_documented_attributes_exist_under_strict_undefined() -> None:
    headshot, night = photo("team/jane.jpg"), photo("night/chair.jpg")
    notes = {"team": Notes(photos={"jane.jpg": Note(kind=PhotoKind.HEADSHOT, name="Jane Doe")})}
    composed = compose.compose_portfolio(
        routing.build_gallery_folders([headshot, night], notes | {"night": Notes(photos=as_portrait("chair.jpg"))}),
        create_plan(),
        Rights(),
        with_downloads=True,
    )
    values_by_type: dict[type, list[object]] = {}

    def collect(value: object) -> None:
        values_by_type.setdefault(type(value), []).append(value)
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
        for part in parts:
            collect(part)
        for name in getattr(value, "__struct_fields__", ()):
            collect(getattr(value, name))

    collect(composed)
    environment = Environment(undefined=StrictUndefined)
    for kind in TEMPLATE_VALUES:
        names = sorted(get_attributes_in_theme_docs(kind))
        template = environment.from_string("".join(f"{{{{ it.{name} }}}}" for name in names))
        assert values_by_type[kind], kind
        for value in values_by_type[kind]:
            template.render(it=value)


def test_the_template_in_the_people_docs_renders_under_strict_undefined() -> None:
    notes = {"team": Notes(photos={"jane.jpg": Note(kind=PhotoKind.HEADSHOT, name="Jane <Doe>")})}
    file = PeopleFile(
        "team", "team/people.toml", (PersonRecord(name="Nobody Yet", links=(("Work", "https://example.com"),)),)
    )
    composed = compose.compose_portfolio(
        routing.build_gallery_folders([photo("team/jane.jpg")], notes),
        create_plan(),
        Rights(),
        people_files=[file],
        with_downloads=True,
    )
    example = PEOPLE_DOCS.rpartition("```jinja\n")[2].partition("```")[0]
    environment = Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined)
    template = environment.from_string('{% from "headshots/_picture.html" import picture with context %}' + example)
    html = template.render(
        page_people=lambda _page: composed.people, page=None, SITEURL="https://example.com", styles=lambda _css: ""
    )
    assert "Jane &lt;Doe&gt;" in html
    assert "<Doe>" not in html
    assert "Nobody Yet" in html
    assert "circle, 800" in html
