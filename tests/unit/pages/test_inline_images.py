"""Photographs in articles."""

from __future__ import annotations

import json

import pytest
from PIL import Image

from pelican_headshots.pages.inline_images import fill_images, find_missing_photos, find_photo, mark_images
from pelican_headshots.pages.sitemap import build_sitemap, collect_sitemap_images
from pelican_headshots.values.portfolio import Portfolio
from tests.support.site import Site

PHOTOS = ("night/half light.jpg", "night/hall.jpg", "day/hall.jpg")


@pytest.mark.parametrize(
    ("src", "path"),
    [
        ("night/hall.jpg", "night/hall.jpg"),
        ("{static}/photos/night/hall.jpg", "night/hall.jpg"),
        ("../photos/day/hall.jpg", "day/hall.jpg"),
        ("half%20light.jpg", "night/half light.jpg"),
        ("hall.jpg", None),
        ("images/half light.jpg", None),
        ("https://example.com/night/hall.jpg", None),
        ("data:image/png;base64,AAAA", None),
        ("//example.com/night/hall.jpg", None),
    ],
)
def test_which_photograph_is_meant(src: str, path: str | None) -> None:
    assert find_photo(src, PHOTOS, "photos") == path


def test_a_text_gets_its_pictures_and_keeps_its_other_images() -> None:
    text = '<p><img alt="A &amp; B" src="night/hall.jpg" title="Said &quot;so&quot;"></p><p>x <img src="other.png"></p>'
    words, asked = mark_images(text, PHOTOS, "photos")
    assert asked == ("night/hall.jpg",)
    drawn = fill_images(words, lambda path, alt, title, alone: f"[{path}|{alt}|{title}|{alone}]")
    assert drawn == '[night/hall.jpg|A & B|Said "so"|True]<p>x <img src="other.png"></p>'


def test_a_photograph_misspelt_is_told_and_other_images_are_left_alone() -> None:
    named = (
        "night/hal.jpg",
        "{static}/photos/x%20y.jpg",
        "night/hall.jpg",
        "images/a.png",
        "b.png",
        "https://night/c.jpg",
    )
    text = "".join(f'<p><img src="{src}"></p>' for src in named)
    assert find_missing_photos(text, PHOTOS, "photos") == ("night/hal.jpg", "{static}/photos/x y.jpg")


def test_the_first_photograph_of_a_text_comes_first() -> None:
    text = '<img src="night/hall.jpg"> <img src="day/hall.jpg"> <img src="night/hall.jpg">'
    assert mark_images(text, PHOTOS, "photos")[1] == ("night/hall.jpg", "day/hall.jpg")


def test_an_image_among_words_stays_among_them() -> None:
    words, _ = mark_images('<p>see <img src="night/hall.jpg" alt=""> there</p>', PHOTOS, "photos")
    assert fill_images(words, lambda *given: str(given)) == "<p>see ('night/hall.jpg', None, '', False) there</p>"


def test_the_alternative_text_stands_where_there_is_no_picture() -> None:
    text = '<p><img src="night/hall.jpg" alt="A &lt;hall&gt;"></p><p>see <img src="day/hall.jpg" alt="it"> there</p>'
    words, _ = mark_images(text + '<p><img src="night/hall.jpg" alt=""></p>', PHOTOS, "photos")
    assert fill_images(words, lambda *given: None) == "<p>A &lt;hall&gt;</p><p>see it there</p>"


def test_a_photograph_that_an_article_shows_and_the_site_lacks_is_told(site: Site) -> None:
    (site.photos / "walk").mkdir()
    for name in ("sound", "hidden"):
        Image.effect_noise((400, 300), 60).convert("RGB").save(site.photos / "walk" / f"{name}.jpg")
    site.write("content/photos/walk/broken.jpg", "no picture")
    site.write("content/photos/walk/drawing.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    site.write("content/photos/walk/notes.toml", '[photos."hidden.jpg"]\nhidden = true\n')
    names = ("sound.jpg", "hidden.jpg", "broken.jpg", "drawing.svg")
    shown = "".join(f"![Words for {name}](walk/{name})\n\n" for name in names)
    site.write("content/one.md", f"Title: One\nDate: 2026-01-01\n\n{shown}")
    built = site.build()
    assert built.status == 0, built.log
    page = built.page("one.html")
    assert "<p>Words for sound.jpg</p>" not in page
    assert 'alt="Words for sound.jpg"' in page
    told = json.loads((site.folder / "build-report.json").read_text())["troubles"]
    for name, why in (
        ("hidden.jpg", "is hidden in notes.toml"),
        ("broken.jpg", "it was left out"),
        ("drawing.svg", "it was left out"),
    ):
        assert f"<p>Words for {name}</p>" in page
        (sentence,) = (each for each in told if f"shows walk/{name}" in each)
        assert "one.md" in sentence
        assert why in sentence
    assert len(told) == 3
    assert built.log.count("Its alternative text appears instead") == 3


def test_the_sitemap_is_xml_whatever_a_page_is_called() -> None:
    from xml.etree import ElementTree

    told = build_sitemap("https://example.com", ["a&b/", "", "a&b/"], {"a&b/": ["pictures/<x>.jpg"]})
    found = [element.text for element in ElementTree.fromstring(told).iter() if element.tag.endswith("loc")]
    assert found == ["https://example.com/", "https://example.com/a&b/", "https://example.com/pictures/%3Cx%3E.jpg"]
    told = build_sitemap("https://example.com/%C3%BC", ["é è/index2?.html"], {})
    assert "<loc>https://example.com/%C3%BC/%C3%A9%20%C3%A8/index2%3F.html</loc>" in told
    assert collect_sitemap_images(Portfolio((), (), None), {}) == {}
