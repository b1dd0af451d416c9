"""Pages of the site whose paths the plugin needs: the build stops and names both before it writes anything."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.site import BuildResult, Site

OLD_PAGE = "the old site"


@pytest.fixture(scope="module")
def reused_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("conflicts") / "site")


@pytest.fixture
def small(reused_site: Site, demo_photos: Path) -> Site:
    """One site with its cache for all tests here, reset to two photos, an article and the output of an earlier build."""
    site = reused_site
    site.settings, site.extra_settings = {"formats": ["jpeg"], "max_width": 800}, "SITEURL = 'https://example.com'\n"
    shutil.rmtree(site.folder / "content")
    shutil.rmtree(site.folder / "output", ignore_errors=True)
    site.add(demo_photos / "night" / "half-light.jpg", "night/half-light.jpg")
    site.add(demo_photos / "team" / "navy-glaze_studio-manager.jpg", "team/jo-clay_lighting-designer.jpg")
    site.write("content/one.md", "Title: One\nDate: 2026-01-01\nCategory: night\n\nWords.\n")
    site.write("output/index.html", OLD_PAGE)
    return site


def assert_build_stops(site: Site, *phrases: str) -> None:
    """Build, and check that the message has all *phrases* and that nothing was written."""
    built = site.build()
    message = " ".join(built.log.split())
    assert built.status != 0, built.log
    assert "Traceback" not in built.log, built.log
    for phrase in phrases:
        assert phrase in message, message
    assert [path.name for path in built.output.rglob("*") if path.is_file()] == ["index.html"], "something was written"
    assert built.page("index.html") == OLD_PAGE


def build_without_errors(site: Site) -> BuildResult:
    built = site.build()
    assert built.status == 0, built.log
    assert "Traceback" not in built.log, built.log
    return built


PORTFOLIO_PAGES = {
    "a page": ("content/pages/portfolio.md", "Title: Mine\nSlug: portfolio\n\nMine.\n"),
    "a draft": ("content/pages/later.md", "Title: Later\nSlug: portfolio\nStatus: draft\nUrl: x\n\nMine.\n"),
    "a hidden page": ("content/pages/few.md", "Title: Few\nSlug: portfolio\nStatus: hidden\n\nMine.\n"),
    "a translation": ("content/pages/deux.md", "Title: Deux\nSlug: portfolio\nLang: fr\n\nMine.\n"),
}


@pytest.mark.parametrize("kind_of_page", PORTFOLIO_PAGES)
def test_a_page_with_the_slug_of_the_portfolio_stops_the_build(small: Site, kind_of_page: str) -> None:
    name, text = PORTFOLIO_PAGES[kind_of_page]
    small.write(name, text)
    small.extra_settings += "DRAFT_PAGE_SAVE_AS = '{slug}/index.html'\nPAGE_LANG_SAVE_AS = '{slug}/index.html'\n"
    assert_build_stops(
        small, name.removeprefix("content/"), "portfolio/index.html", "the list of all galleries", "another `Slug:`"
    )


@pytest.mark.parametrize(
    ("settings", "phrases"),
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
def test_every_kind_of_file_in_the_place_of_a_plugin_page_stops_the_build(
    small: Site, settings: str, phrases: tuple[str, ...]
) -> None:
    small.write("content/people/jo-clay/index.html", "<title>Jo</title>")
    small.write(
        "content/pages/plain.md", "Title: Plain\nSlug: portfolio\n\nMine.\n" if "plain.md" in phrases else "Title: P\n"
    )
    small.extra_settings += f"ARTICLE_PATHS = ['one.md']\n{settings}\n"
    assert_build_stops(small, *phrases)


def test_a_404_page_of_the_site_replaces_that_of_the_plugin_without_a_warning(small: Site) -> None:
    small.write("content/pages/lost.md", "Title: Lost\nsave_as: 404.html\n\nMine alone.\n")
    built = build_without_errors(small)
    assert "Mine alone." in built.page("404.html")
    assert "404" not in built.log
    assert "Mine alone." in build_without_errors(small).page("404.html"), "the second build replaced the page"
    (small.folder / "content" / "pages" / "lost.md").unlink()
    assert "Mine alone." not in build_without_errors(small).page("404.html"), "the page of the plugin did not come back"


@pytest.mark.parametrize(
    "settings",
    [
        "STATIC_PATHS = ['extra']\nEXTRA_PATH_METADATA = {'extra/lost.html': {'path': '404.html'}}",
        "TEMPLATE_PAGES = {'extra/lost.html': '404.html'}",
    ],
)
def test_a_404_file_of_the_site_is_published_unchanged(small: Site, settings: str) -> None:
    build_without_errors(small)
    small.write("content/extra/lost.html", "<title>Lost</title>Mine alone.")
    small.extra_settings += f"ARTICLE_PATHS = ['one.md']\n{settings}\n"
    assert "Mine alone." in build_without_errors(small).page("404.html")
    assert "Mine alone." in build_without_errors(small).page("404.html")


def test_a_page_saved_deliberately_in_place_of_a_gallery_is_kept_and_named(small: Site) -> None:
    small.write("content/pages/night.md", "Title: Night\nsave_as: portfolio/night/index.html\n\nMine alone.\n")
    built = build_without_errors(small)
    assert "Mine alone." in built.page("portfolio/night/index.html")
    assert "pages/night.md is at portfolio/night/index.html, in place of the gallery 'Night'" in built.log
    assert (built.output / "portfolio/night/half-light/index.html").exists()


def test_an_attached_file_is_published_beside_its_article(small: Site) -> None:
    small.write("content/more/leaflet.pdf", "%PDF-1.4")
    small.write("content/more/two.md", "Title: Two\nDate: 2026-01-02\nSave_as: deep/two.html\nUrl: deep/two.html\n\n"
                "[leaflet]({attach}leaflet.pdf)\n")  # fmt: skip
    built = build_without_errors(small)
    assert (built.output / "deep" / "leaflet.pdf").exists()


def test_an_unknown_template_of_a_page_is_explained(small: Site) -> None:
    small.write("content/pages/team.md", "Title: Team\nTemplate: teem\n\nWe.\n")
    assert_build_stops(small, "pages/team.md", "`Template: teem`", "Did you mean `Template: team`?")
    small.write("content/pages/team.md", "Title: Team\nTemplate: xyzzy\n\nWe.\n")
    assert_build_stops(small, "pages/team.md", "It has: 404, about, archives,")


def test_the_theme_without_the_plugin_is_explained(small: Site) -> None:
    small.extra_settings += "PLUGINS = ['pelican_headshot']\n"
    assert_build_stops(small, "its plugin was not loaded", 'PLUGINS = ["pelican_headshots"]')


def test_a_misspelled_name_of_the_settings_is_explained(small: Site) -> None:
    small.extra_settings += "HEADSHOT = {}\n"
    assert_build_stops(small, "HEADSHOT in pelicanconf.py is not a setting. Did you mean HEADSHOTS?")


def test_the_sitemap_lists_only_what_this_build_wrote(small: Site) -> None:
    small.write("content/two.md", "Title: Two\nDate: 2026-01-02\nStatus: draft\n\nNot yet.\n")
    small.write("content/four.md", "Title: Four\nDate: 2026-01-04\n\nFour.\n")
    small.write("content/five.md", "Title: Five\nSlug: é è\nDate: 2026-01-05\n\nFive.\n")
    small.write("content/extra/by-hand.html", "<title>By hand</title>")
    small.write("output/by/somebody.html", "else")
    small.extra_settings += "STATIC_PATHS = ['extra']\nARTICLE_EXCLUDES = ['extra']\n"
    sitemap = build_without_errors(small).page("sitemap.xml")
    for listed in ("/four.html<", "/extra/by-hand.html<", "/portfolio/night/<"):
        assert listed in sitemap
    assert "https://example.com/%C3%A9%20%C3%A8.html<" in sitemap
    for unlisted in ("somebody", "drafts", "404", "tags.html"):
        assert unlisted not in sitemap
    (small.folder / "content" / "four.md").unlink()
    small.write("content/two.md", "Title: Two\nDate: 2026-01-02\n\nNow.\n")
    sitemap = build_without_errors(small).page("sitemap.xml")
    assert (small.folder / "output" / "four.html").exists()
    assert (small.folder / "output/drafts/two.html").exists()
    assert "four" not in sitemap
    assert "drafts" not in sitemap
    assert "/two.html<" in sitemap
