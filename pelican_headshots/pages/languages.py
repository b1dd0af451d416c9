"""The links to the other languages of a page: translations of a text, and sites of the plugin i18n_subsites."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol
from urllib.parse import urljoin

from ..values.geometry import Value

LANGUAGE_NAMES = {
    "ca": "Català", "cs": "Čeština", "da": "Dansk", "de": "Deutsch", "en": "English", "es": "Español", "fi": "Suomi",
    "fr": "Français", "hu": "Magyar", "it": "Italiano", "ja": "日本語", "nb": "Norsk", "nl": "Nederlands", "no": "Norsk",
    "pl": "Polski", "pt": "Português", "ru": "Русский", "sv": "Svenska", "tr": "Türkçe", "uk": "Українська", "zh": "中文",
}  # fmt: skip
"""What a language calls itself. Others appear by their code."""


class Translation(Protocol):
    """An article or page in another language. Its *url* is relative to the site, as Pelican has it."""

    lang: str
    url: str


class LanguageLink(Value, frozen=True):
    """A link to a page in the language with the code *lang*."""

    lang: str
    name: str
    url: str


def list_language_links(
    lang: str,
    site_url: str,
    translations: Iterable[Translation] = (),
    *,
    site_urls: Mapping[str, str] | None = None,
    get_relative_path: Callable[[str, str], str] | None = None,
    path: str = "",
) -> tuple[LanguageLink, ...]:
    """Return the links from a page to the same page in other languages.

    Args:
        lang: The language of the page.
        site_url: `SITEURL` on the page; relative with `RELATIVE_URLS`.
        translations: Those of the article or page.
        site_urls: Language → the URL of its site, from i18n_subsites (`lang_siteurls`).
        get_relative_path: The path from one language's site to another's, from i18n_subsites (`relpath_to_site`).
        path: The page's path, if it is the same in each site. Otherwise, a language without translation gets a link to
            the home page of its site.
    """
    urls: dict[str, str] = {}
    for code, other_site in (site_urls or {}).items():
        if other_site.startswith("http") and site_url.startswith("http"):
            urls[code] = f"{other_site}/{path}"
        elif get_relative_path and code != lang:
            urls[code] = _join(site_url, f"{get_relative_path(lang, code)}/{path}")
    urls |= {text.lang: _join(site_url, text.url) for text in translations}
    return tuple(LanguageLink(code, LANGUAGE_NAMES.get(code, code), url) for code, url in urls.items() if code != lang)


def _join(site_url: str, url: str) -> str:
    """Return *url*, which may begin with `../`, as a link below *site_url*."""
    if site_url.startswith(("http", "/")) or not site_url:
        return urljoin(f"{site_url}/", url)
    return posixpath.normpath(f"{site_url}/{url}") + ("/" if url.endswith("/") else "")
