"""The theme in a real build: the example of `docs/theme.md`, lists, the sitemap, and every template."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.documents import DOCS, read_titled_samples
from tests.support.site import REPOSITORY, BuildResult, Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TEMPLATES = REPOSITORY / "theme" / "templates"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory, demo_photos: Path) -> BuildResult:
    site = Site(tmp_path_factory.mktemp("example") / "site")
    site.add(demo_photos / "night" / "half-light.jpg", "night/half-light.jpg")
    site.add(demo_photos / "night" / "chair-in-light.jpg", "night/chair-in-light.jpg")
    site.add(demo_photos / "team" / "chalk-white_archivist.jpg", "team/chalk-white_archivist.jpg")
    site.write("content/pages/team.md", "Title: Team\nTemplate: team\nPhotos: team\n\nWords.\n")
    for name, text in read_titled_samples(DOCS / "theme.md").items():
        site.write(name, text)
    site.settings = {"stylesheet": "my.css"}
    site.extra_settings = 'THEME_TEMPLATES_OVERRIDES = ["my"]\nRELATIVE_URLS = True'
    built = site.build()
    assert built.status == 0, built.log
    return built


def test_the_documented_example_changes_color_and_layout_in_a_browser(example: BuildResult, chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 1440, "height": 900}, color_scheme="dark")
    page.goto(f"file://{example.output}/portfolio/night/index.html")
    style = "getComputedStyle(document.documentElement)"
    assert page.evaluate(f"{style}.getPropertyValue('--hue').trim()") == "15"
    assert page.evaluate(f"{style}.backgroundColor") == "oklch(0.17 0.03 15)"
    tops = page.evaluate("[...document.querySelectorAll('.rows li')].map(li => li.getBoundingClientRect().top)")
    assert len(set(tops)) == len(tops) == 2, "there is more than one photo in a row"
    page.goto(f"file://{example.output}/team/index.html")
    role, location = page.evaluate(
        "[...document.querySelectorAll('.team p')].map(p => p.getBoundingClientRect().toJSON())"
    )
    assert location["top"] >= role["bottom"], "two lines of text overlap"
    page.close()


def test_the_documented_example_builds(example: BuildResult) -> None:
    gallery = example.page("portfolio/night/index.html")
    assert 'class="rows single"' in gallery
    assert 'data-gallery="night"' in gallery
    assert 'sizes="min(100vw, 72.0vh)"' in gallery
    assert "Studio, second floor" in example.page("team/index.html")
    assert "css/own.css" in gallery
    assert "--hue: 15" in (example.output / "theme" / "css" / "own.css").read_text()


@pytest.mark.slow
def test_every_list_of_articles_has_its_own_heading_and_title(site: Site, demo_photos: Path) -> None:
    site.write(
        "content/one.md", "Title: One\nDate: 2026-01-01\nCategory: Essays\nTags: film\nAuthor: Ada\n\n![](hall.jpg)\n"
    )
    site.write("content/two.md", "Title: Two\nDate: 2026-01-02\nCategory: Essays\nTags: film, talk\n\nWords alone.\n")
    site.add(demo_photos / "night" / "the-hall.jpg", "night/hall.jpg")
    site.extra_settings = "YEAR_ARCHIVE_SAVE_AS = '{date:%Y}/index.html'"
    built = site.build()
    assert built.status == 0, built.log
    for page, heading in {
        "archives.html": "Journal",
        "tags.html": "Tags",
        "categories.html": "Categories",
        "authors.html": "Authors",
        "tag/film.html": "film",
        "category/essays.html": "Essays",
        "author/ada.html": "Articles by Ada",
        "2026/index.html": "Archive 2026",
    }.items():
        html = built.page(page)
        assert f"<h1>{heading}</h1>" in html, page
        assert f"<title>{heading} · Test</title>" in html, page
        if page in ("tag/film.html", "category/essays.html"):
            assert 'alt=""' in html, "the article's picture is missing beside its title"
    with_pictures, without = built.page("tags.html").split('<ul class="terms">')
    for part in ('class="terms pictured"', "<picture>", ">film</a><span>2</span>"):
        assert part in with_pictures
    assert ">talk</a><span>1</span>" in without
    assert "<picture>" not in without


def test_drafts_and_hidden_pages_are_in_no_sitemap_and_no_index(site: Site, demo_photos: Path) -> None:
    site.add(demo_photos / "night" / "the-hall.jpg", "night/hall.jpg")
    site.write("content/one.md", "Title: One\nDate: 2026-01-01\n\n![](hall.jpg)\n")
    site.write("content/two.md", "Title: Two\nDate: 2026-01-01\nStatus: draft\n\nNot yet.\n")
    site.write("content/pages/three.md", "Title: Three\nStatus: hidden\n\nFor a few.\n")
    site.write("content/four.md", "Title: Four\nSlug: vintage2019\nDate: 2026-01-02\n\nOld wine.\n")
    site.extra_settings = "SITEURL = 'https://example.com'\nFEED_ALL_ATOM = 'all.atom.xml'\nDEFAULT_PAGINATION = 1"
    built = site.build()
    assert built.status == 0, built.log
    sitemap = built.page("sitemap.xml")
    first_entry = sitemap[sitemap.index("<loc>https://example.com/one.html") :]
    assert "<image:loc>https://example.com/pictures/hall-" in first_entry[: first_entry.index("</url>")]
    for unlisted in ("two", "three", "tags.html", "index2"):
        assert unlisted not in sitemap
    for listed in ("archives.html", "/vintage2019.html<"):
        assert listed in sitemap
    assert (built.output / "tags.html").exists(), "an empty list of tags is built, but not listed"
    assert 'name="robots" content="noindex"' in built.page("tags.html")
    assert "noindex" not in built.page("archives.html")
    assert (built.output / "index2.html").exists(), "further pages of a list are built, but not listed"
    assert 'name="robots" content="noindex"' in built.page("drafts/two.html")
    assert 'name="robots" content="noindex"' in built.page("three/index.html")
    assert "noindex" not in built.page("one.html")
    assert '"BlogPosting"' in built.page("one.html")
    assert '"copyrightNotice"' not in built.page("drafts/two.html")
    feed = built.page("all.atom.xml")
    assert "https://example.com/pictures/hall-" in feed
    assert not re.search(r"(?:src|srcset|href)=&quot;(?!https?:|#|mailto:)|(?:src|srcset|href)=\"(?!https?:|#)", feed)


EVERY_TEMPLATE = {
    "404": "404.html",
    "about": "about/index.html",
    "archives": "archives.html",
    "article": "one.html",
    "author": "author/ann.html",
    "authors": "authors.html",
    "categories": "categories.html",
    "category": "category/misc.html",
    "contact": "contact/index.html",
    "gallery": "portfolio/night/index.html",
    "index": "index.html",
    "page": "words/index.html",
    "period_archives": "posts/2026/index.html",
    "person": "people/chalk-white/index.html",
    "photo": "portfolio/night/chair-in-light/index.html",
    "portfolio": "portfolio/index.html",
    "tag": "tag/a.html",
    "tags": "tags.html",
    "team": "team/index.html",
}
"""Template → a page that is built with it."""
INCLUDED_TEMPLATES = {"_parts", "_people", "_picture", "_text", "base", "pagination", "translations"}


def test_every_template_builds_under_strict_undefined(site: Site, demo_photos: Path) -> None:
    assert {path.stem for path in TEMPLATES.rglob("*.html")} == {*EVERY_TEMPLATE, *INCLUDED_TEMPLATES}
    chair, chalk = demo_photos / "night" / "chair-in-light.jpg", demo_photos / "team" / "chalk-white_archivist.jpg"
    site.add(chair, "night/chair-in-light.jpg")
    site.add(chair, "day/window.jpg")
    site.add(chalk, "team/chalk-white_archivist.jpg")
    site.add(chalk, "team/chalk-white_2.jpg")
    site.add(demo_photos / "team" / "plum-grey_accounts.jpg", "team/dsc_0001.jpg")
    # A person with every field, people without a photo, and a photo without a name.
    site.write(
        "content/photos/team/people.toml",
        'departments = ["Night", "Day"]\n[[people]]\nname = "Chalk White"\ndepartment = "Night"\npronouns = "he"\n'
        'bio = "One.\\n\\nTwo."\nemail = "rust@example.com"\nphone = "+32 2/55 x12"\n'
        'links = { Work = "https://example.com" }\n[[people]]\nname = "Nobody Yet"\ndepartment = "Day"\n'
        '[[people]]\nname = "Late Riser"\ndepartment = "day"\n',
    )
    for name, more in (
        ("team", ""),
        ("about", "Photos: chalk-white\n"),
        ("contact", ""),
        ("page", "Slug: words\nFooter: Words\n"),
    ):
        site.write(f"content/pages/{name}.md", f"Title: {name}\nTemplate: {name}\n{more}\nWords.\n")
    picture = "![A chair](night/chair-in-light.jpg 'caption')"
    site.write("content/one.md", f"Title: One\nDate: 2026-01-01\nTags: a\nAuthor: Ann\n\nWords.\n\n{picture}\n")
    site.write("content/two.md", "Title: Two\nDate: 2026-01-02\n\nWords.\n")
    site.settings = {"formats": ["jpeg"], "max_width": 640, "downloads": True}
    site.extra_settings = (
        "import jinja2\nJINJA_ENVIRONMENT = {'undefined': jinja2.StrictUndefined}\nDEFAULT_PAGINATION = 1\n"
        "YEAR_ARCHIVE_SAVE_AS = 'posts/{date:%Y}/index.html'\n"
    )
    built = site.build()
    assert built.status == 0, built.log
    assert "is undefined" not in built.log
    assert [page for page in EVERY_TEMPLATE.values() if not (built.output / page).exists()] == []
    assert 'class="beside"' in built.page("contact/index.html")
    assert 'class="cards"' in built.page("404.html")
    team, person = built.page("team/index.html"), built.page("people/chalk-white/index.html")
    assert '<a href="#department-night">Night</a>' in team
    assert 'id="department-night"' in team
    assert 'href="tel:+322-55;ext=12"' in person
    assert team.count('id="department-day"') == 1, "a department is repeated where its case differs"
    assert 'id="late-riser"' in team
    assert "nobody" in team
    for part in ("speaker", "mailto:", "Two.", 'id="more"'):
        assert part in person
