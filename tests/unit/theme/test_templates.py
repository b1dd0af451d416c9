"""The theme's templates: every page of Pelican has one, and each works with Pelican's default settings."""

from __future__ import annotations

import re

import pytest
from pelican.settings import DEFAULT_CONFIG

from tests.support.site import REPOSITORY

TEMPLATES = REPOSITORY / "theme" / "templates"
CSS = (REPOSITORY / "theme" / "static" / "css" / "theme.css").read_text(encoding="utf-8")
PELICAN_TEMPLATES = (
    "archives article author authors categories category index page pagination period_archives tag tags translations"
)


@pytest.mark.parametrize("name", PELICAN_TEMPLATES.split())
def test_no_page_falls_back_to_another_theme(name: str) -> None:
    assert (TEMPLATES / f"{name}.html").exists()


def test_settings_that_pelican_does_not_set_have_a_default() -> None:
    for template in TEMPLATES.rglob("*.html"):
        text = re.sub(r"{#.*?#}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
        used = set(re.findall(r"\b([A-Z][A-Z_]{3,})\b(?!\|default)", text)) - set(DEFAULT_CONFIG)
        guarded = set(re.findall(r"(?:default\(|if )([A-Z_]+)", text))
        assert used <= guarded, template.name


def test_no_class_of_a_page_is_styled_as_a_component() -> None:
    components = {
        "hero",
        "shade",
        "words",
        "facts",
        "rows",
        "cards",
        "team",
        "split",
        "large-photo",
        "label",
        "turn",
        "prose",
        "journal",
    }
    page_classes_with_styles = {"covered", "pale", "home", "article", "single", "people"}
    for template in TEMPLATES.rglob("*.html"):
        for body_class in re.findall(r"{% block body_class %}([\w ]*)", template.read_text(encoding="utf-8")):
            classes = set(body_class.split())
            assert not components & classes, template.name
            for name in classes - page_classes_with_styles:
                assert not re.search(rf"(?<![\w.-])\.{name}\b", CSS), (template.name, name)
