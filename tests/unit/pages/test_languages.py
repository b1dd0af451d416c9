"""The links to a page's other languages: the same page where there is one, else the other language's home page."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from pelican_headshots.pages.languages import LanguageLink, list_language_links


@dataclass
class Text:
    lang: str
    url: str


PATHS = {("en", "de"): "de", ("de", "en"): ".."}


def link(lang: str, site_url: str, sites: dict[str, str], path: str = "", translations: tuple[Text, ...] = ()) -> str:
    """Return the only link on a page."""
    (found,) = list_language_links(
        lang,
        site_url,
        translations,
        site_urls=sites,
        get_relative_path=lambda one, other: PATHS[one, other],
        path=path,
    )
    return found.url


@pytest.mark.parametrize(
    ("lang", "site_url", "path", "expected"),
    [
        ("en", "", "portfolio/night/", "/de/portfolio/night/"),
        ("de", "/de", "portfolio/night/", "/portfolio/night/"),
        ("de", "/de", "", "/"),
        ("en", "../..", "portfolio/night/", "../../de/portfolio/night/"),
        ("de", "../..", "portfolio/night/", "../../../portfolio/night/"),
        ("en", "https://example.com", "", "https://example.com/de/"),
        ("de", "https://example.com/de", "portfolio/", "https://example.com/portfolio/"),
    ],
)
def test_a_link_leads_to_the_same_page_of_the_other_site(lang: str, site_url: str, path: str, expected: str) -> None:
    base = "https://example.com" if site_url.startswith("http") else ""
    assert link(lang, site_url, {"en": base, "de": f"{base}/de"}, path) == expected


def test_a_translation_is_linked_instead_of_the_home_page() -> None:
    sites = {"en": "", "de": "/de"}
    assert link("de", "/de", sites, translations=(Text("en", "../about-us/"),)) == "/about-us/"
    assert link("de", "..", sites, translations=(Text("en", "../about-us/"),)) == "../../about-us/"


def test_without_several_sites_only_translations_are_linked() -> None:
    assert list_language_links("en", "") == ()
    assert list_language_links("en", "", [Text("fr", "a-propos/"), Text("eo", "pri/")]) == (
        LanguageLink("fr", "Français", "/a-propos/"),
        LanguageLink("eo", "eo", "/pri/"),
    )
