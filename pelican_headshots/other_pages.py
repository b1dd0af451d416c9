"""What Pelican itself writes into the site, as far as its generators have read what they write of."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from pelican.contents import Content

from .core.shown.pages import OtherPage

PERIODS = {"year": "YEAR_ARCHIVE_SAVE_AS", "month": "MONTH_ARCHIVE_SAVE_AS", "day": "DAY_ARCHIVE_SAVE_AS"}

TAXA = {"tags": ("tag", "TAG"), "categories": ("category", "CATEGORY"), "authors": ("author", "AUTHOR")}
"""Lists in Pelican's context → what each of them is called, and the beginning of its settings."""


def other_pages(context: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, OtherPage]:
    """Return everything that Pelican's generators will write, by its file in the site.

    Articles, pages, drafts and translations; tags, categories, authors and archives; `DIRECT_TEMPLATES` and
    `TEMPLATE_PAGES`; static files. Of several for one file that which replaces the others.
    """
    found: dict[str, OtherPage] = {}
    for name, page in _written(context, settings):
        if name:
            file = posixpath.normpath(str(name).replace("\\", "/"))
            if file not in found or page.replaces:
                found[file] = page
    return found


def _written(context: Mapping[str, Any], settings: Mapping[str, Any]) -> Iterator[tuple[str, OtherPage]]:
    for text in filter(None, context["generated_content"].values()):
        remedy = f"Give it another `Slug:`; or, if it is to stand there instead, the line `save_as: {text.save_as}`."
        meant = hasattr(text, "override_save_as")
        yield text.save_as, OtherPage(text.get_relative_source_path(), remedy, replaces=meant)
    for static in context.get("staticfiles", ()):
        remedy = "Rename it, or leave it out of STATIC_PATHS in pelicanconf.py."
        # Not its own `save_as`: once that was asked for, an {attach} link cannot move the file any more.
        yield Content.save_as.fget(static), OtherPage(static.get_relative_source_path(), remedy)
    for listed, (called, setting) in TAXA.items():
        for one, _ in context.get(listed, ()):
            yield one.save_as, _setting(f"The page of the {called} {str(one)!r}", f"{setting}_SAVE_AS")
    for period, archives in context.get("period_archives", {}).items():
        for archive in archives:
            yield archive["save_as"], _setting(f"The archive of a {period}", PERIODS[period])
    for template in settings["DIRECT_TEMPLATES"]:
        setting = f"{template.upper()}_SAVE_AS"
        yield settings.get(setting, f"{template}.html"), _setting(f"{template!r} of DIRECT_TEMPLATES", setting)
    for source, name in settings["TEMPLATE_PAGES"].items():
        yield name, OtherPage(source, "Change TEMPLATE_PAGES in pelicanconf.py.", replaces=True)


def _setting(what: str, setting: str) -> OtherPage:
    return OtherPage(what, f"Change {setting} in pelicanconf.py.")
