"""The plugin with another theme: its base template frames our pages, and its own templates are preferred."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.support.site import BuildResult, Site


def find_broken_links(built: BuildResult) -> list[str]:
    """Return links and pictures of all pages that lead to no file of the site, each with its page."""
    missing = []
    for page in built.output.rglob("*.html"):
        text = page.read_text("utf-8")
        urls = re.findall(r'(?:src|href)="/([^"#]*)', text)
        for srcset in re.findall(r'srcset="([^"]+)"', text):
            urls += [candidate.split()[0].lstrip("/") for candidate in srcset.split(", ")]
        for url in urls:
            file = built.output / unquote(url)
            if not (file.is_file() or (file / "index.html").is_file()):
                missing.append(f"{page.relative_to(built.output)}: {url}")
    return missing


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["notmyidea", "simple"])
def test_the_pages_of_the_plugin_appear_in_the_frame_of_another_theme(
    site: Site, demo_photos: Path, theme: str
) -> None:
    site.settings = {"formats": ["jpeg"], "max_width": 640}
    site.extra_settings = f"THEME = {theme!r}\nDEFAULT_PAGINATION = False\nAUTHOR = 'Me'\n"
    site.add(demo_photos / "night" / "chair-in-light.jpg", "night/chair.jpg")
    site.add(demo_photos / "team" / "navy-glaze_studio-manager.jpg", "team/jo-clay_lighting-designer.jpg")
    site.write("content/photos/team/notes.toml", '[photos."jo-clay_lighting-designer.jpg"]\nkind = "headshot"\n')
    site.write("content/hello.md", "Title: Hello\nDate: 2026-01-02\n\n![]({photo}night/chair.jpg)\n\nWords.\n")
    site.write("content/pages/people.md", "Title: Our people\nSlug: people-here\nTemplate: team\n\nHere we are.\n")
    site.write("content/pages/contact.md", "Title: Contact\nSlug: contact\nTemplate: contact\n\nRing twice.\n")
    built = site.build()
    assert built.status == 0, built.log
    assert "Ring twice." in built.page("contact/index.html")
    team = built.page("people-here/index.html")
    assert "Jo Clay" in team
    assert "Lighting designer" in team
    assert "Here we are." in team
    assert "Proudly powered by" in team, "the theme's own footer is missing"
    assert "<title>Our people" in team
    assert '<div class="headshots">' in built.page("portfolio/night/index.html")
    assert "chair" in built.page("portfolio/night/chair/index.html")
    assert '<div class="headshots">' not in built.page("index.html"), "a page of the blog itself was changed"
    assert "CRITICAL" not in built.log
    assert [link for link in find_broken_links(built) if re.match(r"(people|portfolio|404)", link)] == []


def test_templates_of_a_theme_are_preferred_to_those_of_the_plugin(site: Site, demo_photos: Path) -> None:
    site.settings = {"formats": ["jpeg"], "max_width": 640}
    site.extra_settings = "THEME = 'mine'\n"
    site.write(
        "mine/templates/base.html", "<title>{% block title %}{% endblock %}</title>{% block content %}{% endblock %}"
    )
    site.write("mine/templates/gallery.html", "my own {{ gallery.title }}")
    site.write("mine/templates/_parts.html", "not the plugin's parts")
    site.write("mine/templates/_picture.html", "not the plugin's picture")
    site.add(demo_photos / "night" / "chair-in-light.jpg", "night/chair.jpg")
    built = site.build()
    assert built.status == 0, built.log
    assert built.page("portfolio/night/index.html") == "my own Night"
    assert "<figure" in built.page("portfolio/night/chair/index.html"), "the plugin's template used parts of the theme"


def test_titles_are_escaped_even_in_a_theme_that_does_not_escape(site: Site, demo_photos: Path) -> None:
    site.settings = {"formats": ["jpeg"], "max_width": 640}
    site.extra_settings = "THEME = 'mine'\n"
    site.write("mine/templates/base.html", "[{{ title }}] [{{ description }}] {% block content %}{% endblock %}")
    site.add(demo_photos / "night" / "chair-in-light.jpg", "night/chair.jpg")
    hostile = "<script>alert(1)</script>"
    notes = f'[gallery]\ntitle = "G{hostile}"\n[photos."chair.jpg"]\ntitle = "T{hostile}"\ncaption = "C{hostile}"\n'
    site.write("content/photos/night/notes.toml", notes)
    built = site.build()
    assert built.status == 0, built.log
    for name in ("night", "night/chair"):
        page = built.page(f"portfolio/{name}/index.html")
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;]" in page


def test_a_missing_photos_folder_is_explained(site: Site) -> None:
    site.photos.rmdir()
    site.extra_settings = "THEME = 'notmyidea'\n"
    built = site.build()
    assert built.status == 1
    assert not built.output.exists()
    assert "Create it and put photos into it" in built.log
    assert "Traceback" not in built.log
