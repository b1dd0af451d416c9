"""Photo pages, and what a site does not link to: headings, credits, downloads, feeds and the page for lost visitors."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from PIL import Image

from pelican_headshots import plugin
from tests.support.site import BuildResult, Site


def build_walk(site: Site, **settings: object) -> BuildResult:
    """Build a gallery of three photos, the first two with a title of their own, which is the same."""
    for number in (1, 2, 3):
        picture = site.photos / "walk" / f"DSC_000{number}.jpg"
        picture.parent.mkdir(exist_ok=True)
        Image.effect_noise((900, 600), 20 * number).convert("RGB").save(picture)
    notes = "".join(f'[photos."DSC_000{number}.jpg"]\ntitle = "A <b>"\n' for number in (1, 2))
    site.write("content/photos/walk/notes.toml", notes)
    site.settings = {"formats": ["jpeg"], "max_width": 640, **settings}
    built = site.build()
    assert built.status == 0, built.log
    return built


def read_photo_pages(built: BuildResult) -> list[str]:
    return [built.page(f"portfolio/walk/dsc-000{number}/index.html") for number in (1, 2, 3)]


def test_each_photo_page_has_a_heading_and_a_title_of_its_own(site: Site) -> None:
    pages = read_photo_pages(build_walk(site))
    headings = [re.findall("<h1>(.*?)</h1>", page) for page in pages]
    assert headings == [["A &lt;b&gt;, 1 of 3"], ["A &lt;b&gt;, 2 of 3"], ["Walk, 3 of 3"]]
    titles = [re.findall("<title>(.*?)</title>", page) for page in pages]
    assert titles[0] == ["A &lt;b&gt;, 1 of 3 · Walk · Test"]
    assert titles[2] == ["Walk, 3 of 3 · Test"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rights", "credit"),
    [
        ({"creator": "Ada Example", "copyright": "© 2026 Ada Example"}, "© 2026 Ada Example"),
        ({"creator": "Ada Example", "copyright": "© 2026"}, "Photo: Ada Example"),
        ({"creator": "Ada Example"}, "Photo: Ada Example"),
    ],
)
def test_the_credit_is_said_once(site: Site, rights: dict[str, str], credit: str) -> None:
    page = read_photo_pages(build_walk(site, rights=rights))[0]
    text = re.sub("<script.*?</script>", "", page, flags=re.DOTALL)
    assert text.count("Ada Example") == 1
    assert credit in text


def test_photos_can_be_downloaded_only_if_the_site_allows_it(site: Site) -> None:
    built = build_walk(site)
    pages = [*read_photo_pages(built), built.page("portfolio/walk/index.html")]
    assert not any("download" in page for page in pages)
    built = build_walk(site, photo_downloads=True)
    file = re.findall(r'<a href="/(\S+)" download="dsc-0001">', read_photo_pages(built)[0])
    with Image.open(built.output / file[0]) as picture:
        assert picture.size == (640, 427)
    assert "data-download=" in built.page("portfolio/walk/index.html")


@pytest.mark.slow
def test_a_feed_is_linked_only_if_it_has_articles(site: Site) -> None:
    site.extra_settings = "FEED_ALL_ATOM = 'feed.xml'\nSITEURL = 'https://site.example'"
    assert "feed.xml" not in build_walk(site).page("index.html")
    site.write("content/one.md", "Title: One\nDate: 2026-01-01\n\nWords.\n")
    assert build_walk(site).page("index.html").count("feed.xml") == 2


def test_files_that_are_no_pictures_are_named(site: Site) -> None:
    for name in ("clip.mp4", "DSC_0001.xmp", "Thumbs.db", ".DS_Store", "list\n.pdf.txt"):
        (site.photos / name).write_text("x")
    site.write("content/photos/people.csv", "name,role\n")
    built = build_walk(site)
    assert "Not pictures, so not in the site: clip.mp4, list\\n.pdf.txt." in built.log
    summary = json.loads((site.folder / "build-report.json").read_text(encoding="utf-8"))["summary"]
    assert summary["other_files"] == ["clip.mp4", "list\n.pdf.txt"]


class SitemapSettings:
    """As much of a Pelican object as `get_portfolio_generator` reads."""

    def __init__(self, path: Path, **settings: object) -> None:
        self.settings = {"PATH": str(path), "JINJA_ENVIRONMENT": {}, **settings}


def test_pelican_sitemap_does_not_list_the_page_for_lost_visitors(tmp_path: Path) -> None:
    pelican = SitemapSettings(tmp_path, SITEMAP={"format": "xml", "exclude": ["tag/"]})
    plugin.get_portfolio_generator(pelican)
    sitemap = pelican.settings["SITEMAP"]
    assert sitemap == {"format": "xml", "exclude": ["tag/", r"^404\.html$"]}
    assert re.search(r"^404\.html$", "404.html")
