"""Pages of the site's own beside ours: whose name is taken, by which file, said before anything is written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.site import BuildResult, Site

OLD = "the old site"


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("conflicts") / "site")


@pytest.fixture
def small(lived_in: Site, demo_photos: Path) -> Site:
    """One site with its cache for all tests here, put back to two photographs, two pages and an old site."""
    site = lived_in
    site.settings, site.extra_settings = {"formats": ["jpeg"], "max_width": 800}, "SITEURL = 'https://example.com'\n"
    shutil.rmtree(site.folder / "content")
    shutil.rmtree(site.folder / "output", ignore_errors=True)
    site.add(demo_photos / "night" / "half-light.jpg", "night/half-light.jpg")
    site.add(demo_photos / "team" / "navy-glaze_studio-manager.jpg", "team/jo-clay_lighting-designer.jpg")
    site.write("content/one.md", "Title: One\nDate: 2026-01-01\nCategory: night\n\nWords.\n")
    site.write("output/index.html", OLD)
    return site


def stopped(site: Site, *words: str) -> None:
    built = site.build()
    said = " ".join(built.log.split())
    assert built.status != 0 and "Traceback" not in built.log, built.log
    for word in words:
        assert word in said, said
    assert [path.name for path in built.output.rglob("*") if path.is_file()] == ["index.html"], "something was written"
    assert built.page("index.html") == OLD


def sound(built: BuildResult) -> BuildResult:
    assert built.status == 0 and "Traceback" not in built.log, built.log
    return built


PAGES = {
    "a page": ("content/pages/portfolio.md", "Title: Mine\nSlug: portfolio\n\nMine.\n"),
    "a draft": ("content/pages/later.md", "Title: Later\nSlug: portfolio\nStatus: draft\nUrl: x\n\nMine.\n"),
    "a hidden page": ("content/pages/few.md", "Title: Few\nSlug: portfolio\nStatus: hidden\n\nMine.\n"),
    "a translation": ("content/pages/deux.md", "Title: Deux\nSlug: portfolio\nLang: fr\n\nMine.\n"),
}


@pytest.mark.parametrize("which", PAGES)
def test_a_page_that_happens_to_be_called_like_ours_stops_the_build(small: Site, which: str) -> None:
    name, text = PAGES[which]
    small.write(name, text)
    small.extra_settings += "DRAFT_PAGE_SAVE_AS = '{slug}/index.html'\nPAGE_LANG_SAVE_AS = '{slug}/index.html'\n"
    stopped(
        small, name.removeprefix("content/"), "portfolio/index.html", "the list of all galleries", "another `Slug:`"
    )


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("ARTICLE_SAVE_AS = 'portfolio/night/index.html'", ("one.md", "the gallery 'Night'")),
        (
            "CATEGORY_SAVE_AS = 'portfolio/{slug}/index.html'",
            ("the category 'night'", "the gallery", "CATEGORY_SAVE_AS"),
        ),
        ("YEAR_ARCHIVE_SAVE_AS = 'portfolio/night/index.html'", ("archive of a year", "YEAR_ARCHIVE_SAVE_AS")),
        (
            "DIRECT_TEMPLATES = ['index']\nINDEX_SAVE_AS = 'people/jo-clay/index.html'",
            ("the page of Jo Clay", "INDEX_SAVE_AS"),
        ),
        ("STATIC_PATHS = ['people']", ("people/jo-clay/index.html", "the page of Jo Clay", "STATIC_PATHS")),
        ("PAGE_SAVE_AS = '{slug}'", ("plain.md", "the file portfolio", "a folder of that name")),
    ],
)
def test_whatever_pelican_writes_in_place_of_ours_stops_the_build(
    small: Site, settings: str, words: tuple[str, ...]
) -> None:
    small.write("content/people/jo-clay/index.html", "<title>Jo</title>")
    small.write(
        "content/pages/plain.md", "Title: Plain\nSlug: portfolio\n\nMine.\n" if "plain.md" in words else "Title: P\n"
    )
    small.extra_settings += f"ARTICLE_PATHS = ['one.md']\n{settings}\n"
    stopped(small, *words)


def test_one_s_own_page_not_found_stands_without_a_word(small: Site) -> None:
    small.write("content/pages/lost.md", "Title: Lost\nsave_as: 404.html\n\nMine alone.\n")
    built = sound(small.build())
    assert "Mine alone." in built.page("404.html")
    assert "404" not in built.log
    assert "Mine alone." in sound(small.build()).page("404.html"), "at the second build too"
    (small.folder / "content" / "pages" / "lost.md").unlink()
    assert "Mine alone." not in sound(small.build()).page("404.html"), "and then there is ours again"


@pytest.mark.parametrize(
    "settings",
    [
        "STATIC_PATHS = ['extra']\nEXTRA_PATH_METADATA = {'extra/lost.html': {'path': '404.html'}}",
        "TEMPLATE_PAGES = {'extra/lost.html': '404.html'}",
    ],
)
def test_a_file_for_addresses_that_lead_nowhere_stands_as_it_is(small: Site, settings: str) -> None:
    sound(small.build())
    small.write("content/extra/lost.html", "<title>Lost</title>Mine alone.")
    small.extra_settings += f"ARTICLE_PATHS = ['one.md']\n{settings}\n"
    assert "Mine alone." in sound(small.build()).page("404.html")
    assert "Mine alone." in sound(small.build()).page("404.html")


def test_a_page_that_was_meant_for_a_gallery_s_place_stands_there_and_the_build_says_so(small: Site) -> None:
    small.write("content/pages/night.md", "Title: Night\nsave_as: portfolio/night/index.html\n\nMine alone.\n")
    built = sound(small.build())
    assert "Mine alone." in built.page("portfolio/night/index.html")
    assert "pages/night.md is at portfolio/night/index.html, in place of the gallery 'Night'" in built.log
    assert (built.output / "portfolio/night/half-light/index.html").exists()


def test_an_attached_file_still_lies_beside_its_article(small: Site) -> None:
    small.write("content/more/leaflet.pdf", "%PDF-1.4")
    small.write("content/more/two.md", "Title: Two\nDate: 2026-01-02\nSave_as: deep/two.html\nUrl: deep/two.html\n\n"
                "[leaflet]({attach}leaflet.pdf)\n")  # fmt: skip
    built = sound(small.build())
    assert (built.output / "deep" / "leaflet.pdf").exists()


def test_a_page_with_a_template_that_is_not_there_is_one_sentence(small: Site) -> None:
    small.write("content/pages/team.md", "Title: Team\nTemplate: teem\n\nWe.\n")
    stopped(small, "pages/team.md", "`Template: teem`", "Did you mean `Template: team`?")
    small.write("content/pages/team.md", "Title: Team\nTemplate: xyzzy\n\nWe.\n")
    stopped(small, "pages/team.md", "It has: 404, about, archives,")


def test_our_theme_without_our_plugin_is_one_sentence(small: Site) -> None:
    small.extra_settings += "PLUGINS = ['pelican_headshot']\n"
    stopped(small, "its plugin was not loaded", 'PLUGINS = ["pelican_headshots"]')


def test_a_misspelt_name_of_all_settings_is_one_sentence(small: Site) -> None:
    small.extra_settings += "HEADSHOT = {}\n"
    stopped(small, "HEADSHOT in pelicanconf.py is not a setting. Did you mean HEADSHOTS?")


def test_the_sitemap_lists_what_this_build_wrote_and_nothing_that_lay_there(small: Site) -> None:
    small.write("content/two.md", "Title: Two\nDate: 2026-01-02\nStatus: draft\n\nNot yet.\n")
    small.write("content/four.md", "Title: Four\nDate: 2026-01-04\n\nFour.\n")
    small.write("content/five.md", "Title: Five\nSlug: é è\nDate: 2026-01-05\n\nFive.\n")
    small.write("content/extra/by-hand.html", "<title>By hand</title>")
    small.write("output/by/somebody.html", "else")
    small.extra_settings += "STATIC_PATHS = ['extra']\nARTICLE_EXCLUDES = ['extra']\n"
    told = sound(small.build()).page("sitemap.xml")
    assert "/four.html<" in told and "/extra/by-hand.html<" in told and "/portfolio/night/<" in told
    assert "https://example.com/%C3%A9%20%C3%A8.html<" in told
    assert "somebody" not in told and "drafts" not in told and "404" not in told and "tags.html" not in told
    (small.folder / "content" / "four.md").unlink()
    small.write("content/two.md", "Title: Two\nDate: 2026-01-02\n\nNow.\n")
    told = sound(small.build()).page("sitemap.xml")
    assert (small.folder / "output" / "four.html").exists() and (small.folder / "output/drafts/two.html").exists()
    assert "four" not in told and "drafts" not in told and "/two.html<" in told
