"""What templates get besides the portfolio: translations, dates, structured data, colours and inline styles."""

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


class InlineStyles:
    """Inline custom properties, as an attribute or, for a strict Content-Security-Policy, in one stylesheet.

    If *inline* is false, an element gets `data-s="…"` and its rule is kept for `build_stylesheet`, which is written when
    all pages are done.
    """

    def __init__(self, *, inline: bool) -> None:
        self.inline = inline
        self.rules: dict[str, str] = {}

    def __call__(self, css: str) -> str:
        """Return the attribute with the declarations *css*, with a leading space.

        Characters that could end the declarations or the attribute are removed or escaped.
        """
        css = re.sub(r"[{}<>\\]", "", css)
        if not css:
            return ""
        if self.inline:
            return f' style="{escape(css)}"'
        name = hashlib.blake2b(css.encode(), digest_size=5).hexdigest()
        self.rules[name] = css
        return f' data-s="{name}"'

    def build_stylesheet(self) -> str:
        """Return the rules of all elements that have `data-s`, one on each line."""
        return "".join(f'[data-s="{name}"]{{{css}}}\n' for name, css in sorted(self.rules.items()))


class TemplateContext:
    """The template variables of one site, and the files that are written when all pages are done.

    *site_folder* is the folder that paths in the settings are relative to.

    Raises:
        SettingsError: The site's own stylesheet does not exist. This is checked before the old site is touched.
    """

    def __init__(self, settings: Settings, site_folder: Path, translations: Translations) -> None:
        self.settings, self.site_folder = settings, site_folder
        self.translations = translations
        self.styles = InlineStyles(inline=not settings.strict_csp)
        self.portfolio = Portfolio((), (), None)
        self.shown_person_slugs: set[str] = set()
        """Slugs of the people that pages show."""
        self.photos_by_text_url: dict[str, list[PhotoView]] = {}
        """URL of an article or page → the photos it shows."""
        self.written_files: set[str] = set()
        """Files in the site that this build wrote from a template or copied unchanged."""
        self.unlisted_files: set[str] = set()
        """Files in the site that are drafts, hidden pages or empty lists: they are not in the sitemap."""
        if settings.stylesheet and not (site_folder / settings.stylesheet).is_file():
            raise SettingsError(
                f"HEADSHOTS['stylesheet'] in pelicanconf.py names {site_folder / settings.stylesheet}, "
                "which does not exist."
            )

    def make_context(self) -> dict[str, Any]:
        """Return the variables for Pelican's context; `docs/theme.md` says what each does."""
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
            "team_color": self.settings.team_color,
            "theme_stylesheet": bool(self.settings.stylesheet),
        }

    def write_stylesheets(self, static_folder: Path) -> None:
        """Write the pages' inline styles and the site's own stylesheet into the theme's static folder of the site."""
        folder = static_folder / "css"
        folder.mkdir(parents=True, exist_ok=True)
        if not self.styles.inline:
            (folder / "inline.css").write_text(self.styles.build_stylesheet(), encoding="utf-8")
        if self.settings.stylesheet:
            (folder / "own.css").write_bytes((self.site_folder / self.settings.stylesheet).read_bytes())

    def describe_unshown_headshots(self) -> str:
        """Return a message about headshots that appear on no page, or an empty string."""
        in_galleries = {photo.file for gallery in self.portfolio.galleries for photo in gallery.photos}
        unshown = [
            person
            for person in self.portfolio.people
            if person.photo
            and not person.url
            and person.slug not in self.shown_person_slugs
            and person.file not in in_galleries
        ]
        if not unshown:
            return ""
        files = ", ".join(person.photo.file for person in unshown[:3] if person.photo)
        count_phrase = "1 headshot appears" if len(unshown) == 1 else f"{len(unshown)} headshots appear"
        return (
            f"{count_phrase} on no page ({files}{' ...' if len(unshown) > 3 else ''}). To show everybody, add a page with "
            "the line `Template: team` below its title and no `Photos:`. A person with a name, in the file name or in "
            "notes.toml, also gets a page. If a photo is not a headshot, correct it with `pelican-headshots review`."
        )


def get_page_color(mood_name: str, hue: float) -> str:
    """Return the page's colour in a mood as `#rrggbb`, for the browser's own bars. *hue* is in degrees (Oklch)."""
    chosen = mood.MOODS.get(mood_name, mood.MOODS["auto"])
    return mood.oklch_to_hex(chosen.bg, hue)
