"""The files that Pelican itself writes into the site, as far as its generators have read their sources."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from pelican.contents import Content

from .page_specs import PelicanPage

PERIOD_ARCHIVE_SETTINGS = {
    "year": "YEAR_ARCHIVE_SAVE_AS",
    "month": "MONTH_ARCHIVE_SAVE_AS",
    "day": "DAY_ARCHIVE_SAVE_AS",
}

TAXONOMY_SETTINGS = {"tags": ("tag", "TAG"), "categories": ("category", "CATEGORY"), "authors": ("author", "AUTHOR")}
"""List in Pelican's context → the name of one entry, and the prefix of its settings."""


def find_pelican_pages(context: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, PelicanPage]:
    """Return everything that Pelican's generators will write, by its file in the site.

    That is articles, pages, drafts and translations; tags, categories, authors and archives; `DIRECT_TEMPLATES` and
    `TEMPLATE_PAGES`; static files. If several have the same file, the one that replaces the others is returned.
    """
    found: dict[str, PelicanPage] = {}
    for name, page in _iterate_pelican_pages(context, settings):
        if name:
            file = posixpath.normpath(str(name).replace("\\", "/"))
            if file not in found or page.is_replacement:
                found[file] = page
    return found


def _iterate_pelican_pages(
    context: Mapping[str, Any], settings: Mapping[str, Any]
) -> Iterator[tuple[str, PelicanPage]]:
    for text in filter(None, context["generated_content"].values()):
        remedy = f"Give it another `Slug:`; or, to replace that page, add the line `save_as: {text.save_as}`."
        is_replacement = hasattr(text, "override_save_as")
        yield text.save_as, PelicanPage(text.get_relative_source_path(), remedy, is_replacement=is_replacement)
    for static in context.get("staticfiles", ()):
        remedy = "Rename it, or remove it from STATIC_PATHS in pelicanconf.py."
        # Not `static.save_as`: once it has been read, an {attach} link cannot move the file any more.
        yield Content.save_as.fget(static), PelicanPage(static.get_relative_source_path(), remedy)
    for context_key, (label, setting) in TAXONOMY_SETTINGS.items():
        for entry, _ in context.get(context_key, ()):
            yield entry.save_as, _make_setting_page(f"The page of the {label} {str(entry)!r}", f"{setting}_SAVE_AS")
    for period, archives in context.get("period_archives", {}).items():
        for archive in archives:
            yield archive["save_as"], _make_setting_page(f"The archive of a {period}", PERIOD_ARCHIVE_SETTINGS[period])
    for template in settings["DIRECT_TEMPLATES"]:
        setting = f"{template.upper()}_SAVE_AS"
        yield (
            settings.get(setting, f"{template}.html"),
            _make_setting_page(f"{template!r} of DIRECT_TEMPLATES", setting),
        )
    for source, name in settings["TEMPLATE_PAGES"].items():
        yield name, PelicanPage(source, "Change TEMPLATE_PAGES in pelicanconf.py.", is_replacement=True)


def _make_setting_page(source: str, setting: str) -> PelicanPage:
    return PelicanPage(source, f"Change {setting} in pelicanconf.py.")
