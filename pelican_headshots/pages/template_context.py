"""What templates are given beside the portfolio: words, dates, structured data, colours and inline styles."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from markupsafe import escape

from ..layout import mood
from ..layout.sizes import count_card_columns
from ..settings import Settings, SettingsError
from ..values.portfolio import PhotoView, Portfolio
from ..values.translations import Translations, format_years
from . import structured_data
from .page_specs import NOT_FOUND_FILE
from .sitemap import SITEMAP_MARKER, build_sitemap, collect_sitemap_images


class InlineStyles:
    """Inline custom properties, as an attribute or, for a strict Content-Security-Policy, in one stylesheet.

    With *inline* false an element gets `data-s="…"` and its rule is kept for `sheet()`, which the plugin writes when all
    pages are done.
    """

    def __init__(self, *, inline: bool) -> None:
        self.inline = inline
        self.rules: dict[str, str] = {}

    def __call__(self, css: str) -> str:
        """The attribute that gives an element the declarations *css*, with a space before it. Nothing in it ends them."""
        css = re.sub(r"[{}<>\\]", "", css)
        if not css:
            return ""
        if self.inline:
            return f' style="{escape(css)}"'
        name = hashlib.blake2b(css.encode(), digest_size=5).hexdigest()
        self.rules[name] = css
        return f' data-s="{name}"'

    def build_stylesheet(self) -> str:
        return "".join(f'[data-s="{name}"]{{{css}}}\n' for name, css in sorted(self.rules.items()))


class TemplateContext:
    """How one site's pages are dressed. *site* is the folder that settings' paths are relative to.

    Raises BadSetting for a stylesheet that is not there: before the old site is touched.
    """

    def __init__(self, settings: Settings, site_folder: Path, translations: Translations) -> None:
        self.settings, self.site_folder = settings, site_folder
        self.translations = translations
        self.styles = InlineStyles(inline=not settings.strict_csp)
        self.portfolio = Portfolio((), (), None)
        self.shown_person_slugs: set[str] = set()
        """Slugs of the people whom pages show."""
        self.photos_by_text_url: dict[str, list[PhotoView]] = {}
        """The address of an article or a page → the photographs it shows."""
        self.written_files: set[str] = set()
        """Files in the site that this build wrote from a template or copied as they are."""
        self.unlisted_files: set[str] = set()
        """Files in the site that are drafts, hidden, or lists of nothing: no map names them."""
        if settings.stylesheet and not (site_folder / settings.stylesheet).is_file():
            raise SettingsError(
                f"HEADSHOTS['stylesheet'] in pelicanconf.py names {site_folder / settings.stylesheet}, which is not there."
            )

    def make_context(self) -> dict[str, Any]:
        """Names for Pelican's context; `docs/theme.md` says what each does."""
        return {
            "translate": self.translations.translate,
            "format_date": self.translations.format_date,
            "format_photo_count": self.translations.format_photo_count,
            "direction": self.translations.direction,
            "structured_data": structured_data,
            "format_years": format_years,
            "page_color": get_page_color,
            "count_card_columns": count_card_columns,
            "is_pale": mood.is_pale,
            "styles": self.styles,
            "theme_mood": self.settings.mood,
            "theme_fonts": self.settings.fonts,
            "theme_stylesheet": bool(self.settings.stylesheet),
        }

    def write_stylesheets(self, static_folder: Path) -> None:
        """When all pages are written: their styles and the site's own stylesheet, into the theme's folder *static*."""
        folder = static_folder / "css"
        folder.mkdir(parents=True, exist_ok=True)
        if not self.styles.inline:
            (folder / "inline.css").write_text(self.styles.build_stylesheet(), encoding="utf-8")
        if self.settings.stylesheet:
            (folder / "own.css").write_bytes((self.site_folder / self.settings.stylesheet).read_bytes())

    def describe_unshown_headshots(self) -> str:
        """A sentence where somebody's headshot stands on no page: they have no page of their own and none asks for them."""
        unshown = [
            one
            for one in self.portfolio.people
            if one.photo and not one.url and one.slug not in self.shown_person_slugs
        ]
        if not unshown:
            return ""
        names = ", ".join(one.photo.file for one in unshown[:3] if one.photo) + (" ..." if len(unshown) > 3 else "")
        count_phrase = "1 headshot stands" if len(unshown) == 1 else f"{len(unshown)} headshots stand"
        return (
            f"{count_phrase} on no page ({names}). A page with the line `Template: team` beneath its title, and no `Photos:`, "
            "shows everybody's; with a name, in the file's name or in notes.toml, each has a page too. Where one is no "
            "headshot, `pelican-headshots review` says so."
        )

    def write_sitemap(self, output_folder: Path, site_url: str) -> None:
        """`sitemap.xml` of the pages that this build put into *output*.

        Only where the site's address is known and nobody else made one. What former builds left there is not listed.
        """
        sitemap_file = output_folder / "sitemap.xml"
        if not site_url.startswith(("https://", "http://")):
            return
        if sitemap_file.exists() and SITEMAP_MARKER not in sitemap_file.read_text(encoding="utf-8", errors="replace"):
            return
        listed = (
            {name for name in self.written_files if name.endswith(".html")} - self.unlisted_files - {NOT_FOUND_FILE}
        )
        # Pages of a list after its first (`index2.html`) lead to what the sitemap already names.
        pages = [name.removesuffix("index.html") for name in listed if not re.search(r"(?:^|/)index\d+\.html$", name)]
        xml = build_sitemap(
            site_url.rstrip("/"), pages, collect_sitemap_images(self.portfolio, self.photos_by_text_url)
        )
        sitemap_file.write_text(xml, encoding="utf-8")


def get_page_color(mood_name: str, hue: float) -> str:
    """The page's colour in mood *name*, as `#rrggbb`, for the browser's own bars."""
    chosen = mood.MOODS.get(mood_name, mood.MOODS["auto"])
    return mood.oklch_to_hex(chosen.bg, hue)
