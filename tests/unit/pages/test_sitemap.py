"""The sitemap."""

from __future__ import annotations

from xml.etree import ElementTree

from pelican_headshots.pages.sitemap import build_sitemap, collect_sitemap_images
from pelican_headshots.values.portfolio import Portfolio


def test_a_sitemap_is_valid_xml_whatever_pages_are_called() -> None:
    sitemap = build_sitemap("https://example.com", ["a&b/", "", "a&b/"], {"a&b/": ["pictures/<x>.jpg"]})
    addresses = [element.text for element in ElementTree.fromstring(sitemap).iter() if element.tag.endswith("loc")]
    assert addresses == ["https://example.com/", "https://example.com/a&b/", "https://example.com/pictures/%3Cx%3E.jpg"]
    sitemap = build_sitemap("https://example.com/%C3%BC", ["é è/index2?.html"], {})
    assert "<loc>https://example.com/%C3%BC/%C3%A9%20%C3%A8/index2%3F.html</loc>" in sitemap
    assert collect_sitemap_images(Portfolio((), (), None), {}) == {}
