"""The sitemap."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from pelican_headshots.pages.sitemap import build_sitemaps, collect_sitemap_images, write_sitemap
from pelican_headshots.values.portfolio import Portfolio


def test_a_sitemap_is_valid_xml_whatever_pages_are_called() -> None:
    (sitemap,) = build_sitemaps("https://example.com", ["a&b/", "", "a&b/"], {"a&b/": ["pictures/<x>.jpg"]}).values()
    addresses = [element.text for element in ElementTree.fromstring(sitemap).iter() if element.tag.endswith("loc")]
    assert addresses == ["https://example.com/", "https://example.com/a&b/", "https://example.com/pictures/%3Cx%3E.jpg"]
    (sitemap,) = build_sitemaps("https://example.com/%C3%BC", ["é è/index2?.html"], {}).values()
    assert "<loc>https://example.com/%C3%BC/%C3%A9%20%C3%A8/index2%3F.html</loc>" in sitemap
    assert collect_sitemap_images(Portfolio((), (), None), {}) == {}


def list_locations(xml: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(xml).iter() if element.tag.endswith("}loc")]


@pytest.mark.parametrize(("max_urls", "max_bytes"), [(2, 10**6), (100, 100)])
def test_a_sitemap_with_too_many_pages_or_bytes_is_an_index_of_parts(max_urls: int, max_bytes: int) -> None:
    pages = [f"page{number}/" for number in range(5)]
    sitemaps = build_sitemaps("https://example.com", pages, {}, max_urls=max_urls, max_bytes=max_bytes)
    index = sitemaps.pop("sitemap.xml")
    assert list_locations(index) == [f"https://example.com/{name}" for name in sitemaps]
    parts = [list_locations(xml) for xml in sitemaps.values()]
    assert [url for part in parts for url in part] == [f"https://example.com/{page}" for page in pages]
    assert [len(part) for part in parts] == [2, 2, 1]


def test_parts_of_an_earlier_sitemap_are_removed_and_other_files_stay(tmp_path: Path) -> None:
    write_sitemap(tmp_path, "https://example.com", [f"page{number}.html" for number in range(50_001)], (), {})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sitemap-1.xml", "sitemap-2.xml", "sitemap.xml"]
    (tmp_path / "sitemap-news.xml").write_text("<urlset/>")
    write_sitemap(tmp_path, "https://example.com", ["a.html"], (), {})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sitemap-news.xml", "sitemap.xml"]
