"""In somebody else's theme: galleries, photographs and teams stand in its frame, and what it has itself is its own."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.support.site import BuildResult, Site


def broken(built: BuildResult) -> list[str]:
    """References of our pages to files that are not in the site."""
    missing = []
    for page in built.output.rglob("*.html"):
        text = page.read_text("utf-8")
        named = re.findall(r'(?:src|href)="/([^"#]*)', text)
        named += [
            one.split()[0].lstrip("/") for many in re.findall(r'srcset="([^"]+)"', text) for one in many.split(", ")
        ]
        for name in named:
            file = built.output / unquote(name)
            if not (file.is_file() or (file / "index.html").is_file()):
                missing.append(f"{page.relative_to(built.output)}: {name}")
    return missing


@pytest.mark.parametrize("theme", ["notmyidea", "simple"])
def test_the_plugin_alone_in_a_blog(site: Site, demo_photos: Path, theme: str) -> None:
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
    assert "Jo Clay" in team and "Lighting designer" in team and "Here we are." in team
    assert "Proudly powered by" in team, "in the theme's own frame"
    assert "<title>Our people" in team
    assert '<div class="headshots">' in built.page("portfolio/night/index.html")
    assert "chair" in built.page("portfolio/night/chair/index.html")
    assert '<div class="headshots">' not in built.page("index.html"), "its own pages are as they were"
    assert "CRITICAL" not in built.log
    ours = [one for one in broken(built) if re.match(r"(people|portfolio|404)", one)]
    assert ours == []


def test_what_a_theme_has_itself_is_its_own(site: Site, demo_photos: Path) -> None:
    site.settings = {"formats": ["jpeg"], "max_width": 640}
    site.extra_settings = "THEME = 'mine'\n"
    site.write(
        "mine/templates/base.html", "<title>{% block title %}{% endblock %}</title>{% block content %}{% endblock %}"
    )
    site.write("mine/templates/gallery.html", "my own {{ gallery.title }}")
    site.write("mine/templates/_parts.html", "none of yours")
    site.write("mine/templates/_picture.html", "none of yours either")
    site.add(demo_photos / "night" / "chair-in-light.jpg", "night/chair.jpg")
    built = site.build()
    assert built.status == 0, built.log
    assert built.page("portfolio/night/index.html") == "my own Night"
    assert "<figure" in built.page("portfolio/night/chair/index.html"), "and ours do not take its parts for ours"


def test_words_of_photographs_are_no_html_even_where_a_theme_prints_what_it_is_given(
    site: Site, demo_photos: Path
) -> None:
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


def test_a_blog_without_a_photos_folder_is_told_what_to_do(site: Site) -> None:
    site.photos.rmdir()
    site.extra_settings = "THEME = 'notmyidea'\n"
    built = site.build()
    assert built.status == 1 and not built.output.exists()
    assert "Create it and put photos into it" in built.log and "Traceback" not in built.log
