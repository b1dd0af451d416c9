"""A long gallery in a built site: pages that link to each other."""

from __future__ import annotations

import json
import re

import pytest
from PIL import Image

from tests.support.site import BuildResult, Site

COUNT = 5


def build_gallery(site: Site, page_size: int) -> BuildResult:
    """Build a gallery of five photos with an intro text."""
    for number in range(COUNT):
        picture = site.photos / "walk" / f"{number}.jpg"
        picture.parent.mkdir(exist_ok=True)
        Image.effect_noise((900, 600), 5 + number).convert("RGB").save(picture)
    site.write("content/photos/walk/notes.toml", '[gallery]\nintro = "Words."\n')
    site.settings = {"formats": ["jpeg"], "max_width": 640, "gallery_page_size": page_size}
    site.extra_settings = "SITEURL = 'https://site.example'"
    built = site.build()
    assert built.status == 0, built.log
    return built


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    """The gallery on three pages, with two, two and one photo."""
    return build_gallery(Site(tmp_path_factory.mktemp("long") / "site"), 2)


def find_links(html: str, rel: str) -> list[str]:
    return re.findall(rf'<link rel="{rel}" href="https://site.example/([^"]+)">', html)


def test_following_the_links_to_the_next_page_shows_every_photo_once(built: BuildResult) -> None:
    seen, url, pages = [], "portfolio/walk/", []
    while url:
        html = built.page(url + "index.html" if url.endswith("/") else url)
        pages.append(html)
        assert find_links(html, "canonical") == [url]
        seen += re.findall(r'<li id="at-([^"]+)"', html)
        assert re.findall(r'<a rel="next" href="https://site.example/([^"]+)">Next</a>', html) == find_links(
            html, "next"
        )
        url = "".join(find_links(html, "next"))
    assert seen == ["0", "1", "2", "3", "4"]
    assert [find_links(html, "prev") for html in pages] == [[], ["portfolio/walk/"], ["portfolio/walk/index2.html"]]
    assert [re.findall("<title>(.*?)</title>", html) for html in pages] == [
        ["Walk · Test"],
        ["Walk · Page 2 of 3 · Test"],
        ["Walk · Page 3 of 3 · Test"],
    ]


def test_cover_and_intro_text_are_on_the_first_page_and_a_heading_on_each(built: BuildResult) -> None:
    first, second = built.page("portfolio/walk/index.html"), built.page("portfolio/walk/index2.html")
    assert 'class="hero' in first
    assert 'class="intro">Words.' in first
    assert 'class="hero' not in second
    assert 'class="intro"' not in second
    assert [len(re.findall("<h1", html)) for html in (first, second)] == [1, 1]
    structured = [json.loads(re.findall('ld\\+json">(.*?)</script>', html)[0]) for html in (first, second)]
    assert [len(each["image"]) for each in structured] == [2, 2]
    assert [each["url"].rpartition("/")[2] for each in structured] == ["", "index2.html"]


def test_a_photo_leads_back_to_the_page_that_shows_it_and_keeps_its_number(built: BuildResult) -> None:
    pages = [built.page(f"portfolio/walk/{number}/index.html") for number in range(COUNT)]
    back = [re.findall(r'href="https://site.example/portfolio/walk/([^"]*)#at-', page) for page in pages]
    assert back == [[""], [""], ["index2.html"], ["index2.html"], ["index3.html"]]
    assert "<h1>Walk, 5 of 5</h1>" in pages[4]
    assert 'rel="prev" href="https://site.example/portfolio/walk/1/"' in pages[2]


def test_the_sitemap_has_the_first_page_and_all_photos(built: BuildResult) -> None:
    sitemap = built.page("sitemap.xml")
    assert "<loc>https://site.example/portfolio/walk/</loc>" in sitemap
    assert "index2" not in sitemap
    assert all(f"<loc>https://site.example/portfolio/walk/{number}/</loc>" in sitemap for number in range(COUNT))


@pytest.mark.slow
def test_a_gallery_that_fits_one_page_has_no_links_to_pages_and_pages_that_are_gone_are_removed(site: Site) -> None:
    built = build_gallery(site, 4)
    assert (built.output / "portfolio/walk/index2.html").exists()
    html = build_gallery(site, 5).page("portfolio/walk/index.html")
    assert 'class="pager"' not in html
    assert 'rel="next"' not in html
    assert "more.js" not in html
    assert not (built.output / "portfolio/walk/index2.html").exists()


def test_a_page_size_below_one_is_refused(site: Site) -> None:
    site.settings = {"gallery_page_size": 0}
    built = site.build()
    assert built.status != 0
    assert "HEADSHOTS['gallery_page_size'] in pelicanconf.py cannot be used" in built.log
