"""What templates get besides the portfolio: translations, dates, structured data, colours and inline styles."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path
from typing import Any

from markupsafe import escape

from ..layout import mood
from ..layout.sizes import count_card_columns
from ..settings import Settings, SettingsError
from ..values.portfolio import Gallery, PhotoView, Portfolio
from ..values.translations import Translations, format_years
from . import structured_data
from .languages import list_language_links


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
        SettingsError: The site's own stylesheet does not exist, or text cannot be read in the colors of one of its moods.
            This is checked before the old site is touched.
    """

    def __init__(self, settings: Settings, site_folder: Path, translations: Translations) -> None:
        self.settings, self.site_folder = settings, site_folder
        self.translations = translations
        self.own_moods = {
            name: mood.derive_mood_colors(given.background, given.text, given.accent)
            for name, given in settings.moods.items()
        }
        self.styles = InlineStyles(inline=not settings.strict_csp)
        self.portfolio = Portfolio((), (), None)
        self.shown_person_slugs: set[str] = set()
        """Slugs of the people that pages show."""
        self._headings_by_gallery: dict[str, dict[str, str]] = {}
        """URL of a gallery → the headings of its photos, by the URLs of their pages."""
        self.photos_by_text_url: dict[str, list[PhotoView]] = {}
        """URL of an article or page → the photos it shows."""
        self.written_files: set[str] = set()
        """Files in the site that this build wrote from a template or copied unchanged."""
        self.unlisted_files: set[str] = set()
        """Files in the site that are drafts, hidden pages or empty lists: they are not in the sitemap and say `noindex`."""
        if settings.stylesheet and not (site_folder / settings.stylesheet).is_file():
            raise SettingsError(
                f"HEADSHOTS['stylesheet'] in pelicanconf.py names {site_folder / settings.stylesheet}, "
                "which does not exist."
            )
        for name, colors in self.own_moods.items():
            _check_contrast(name, colors)

    def make_context(self) -> dict[str, Any]:
        """Return the variables for Pelican's context; `docs/theme.md` says what each does."""
        return {
            "translate": self.translations.translate,
            "format_date": self.translations.format_date,
            "format_photo_count": self.translations.format_photo_count,
            "format_photo_heading": self.format_photo_heading,
            "direction": self.translations.direction,
            "structured_data": structured_data,
            "format_years": format_years,
            "page_color": self.get_page_color,
            "list_language_links": list_language_links,
            "count_card_columns": count_card_columns,
            "is_pale": mood.is_pale,
            "styles": self.styles,
            "unlisted_files": self.unlisted_files,
            "theme_mood": self.settings.mood,
            "theme_hue": mood.choose_hue(
                self.settings.mood, self.portfolio.cover.colors if self.portfolio.cover else ()
            ),
            "theme_fonts": self.settings.fonts,
            "team_color": self.settings.team_color,
            "photo_downloads": self.settings.photo_downloads,
            "theme_show_slots": self.settings.show_slots,
            "theme_stylesheet": bool(self.settings.stylesheet or self.own_moods),
        }

    def get_page_color(self, mood_name: str, hue: float) -> str:
        """Return the page's color in a mood as `#rrggbb`, for the browser's own bars. *hue* is in degrees (Oklch)."""
        if mood_name in self.own_moods:
            return self.own_moods[mood_name].bg
        return mood.oklch_to_hex(mood.MOODS.get(mood_name, mood.MOODS["auto"]).bg, hue)

    def format_photo_heading(self, gallery: Gallery, photo: PhotoView) -> str:
        """Return a heading for the page of *photo* that no other photo of *gallery* has.

        That is its title or, if it has none or shares it with another photo, a title with its number: `Night, 3 of 12`.
        """
        if gallery.url not in self._headings_by_gallery:
            self._headings_by_gallery[gallery.url] = self._make_photo_headings(gallery)
        return self._headings_by_gallery[gallery.url][photo.url]

    def _make_photo_headings(self, gallery: Gallery) -> dict[str, str]:
        """Return the heading of each photo of *gallery*, by the URL of its page."""
        counts = Counter(photo.title for photo in gallery.photos)
        return {
            photo.url: photo.title
            if photo.title and counts[photo.title] == 1
            else self.translations.translate(
                "numbered", title=photo.title or gallery.title, n=number, total=len(gallery.photos)
            )
            for number, photo in enumerate(gallery.photos, 1)
        }

    def write_stylesheets(self, static_folder: Path, language: str) -> None:
        """Write the pages' inline styles and the site's own stylesheet into the theme's static folder of the site.

        The inline styles are those of one *language*, because the sites of several may share the static folder.
        """
        folder = static_folder / "css"
        folder.mkdir(parents=True, exist_ok=True)
        if not self.styles.inline:
            (folder / f"inline-{language}.css").write_text(self.styles.build_stylesheet(), encoding="utf-8")
        own_css = "".join(_format_mood_rule(name, colors) for name, colors in self.own_moods.items()).encode()
        if self.settings.stylesheet:
            own_css += (self.site_folder / self.settings.stylesheet).read_bytes()
        if own_css:
            (folder / "own.css").write_bytes(own_css)

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
        if not unshown or not self.portfolio.galleries:  # without galleries, the home page shows everybody
            return ""
        files = ", ".join(person.photo.file for person in unshown[:3] if person.photo)
        count_phrase = "1 headshot appears" if len(unshown) == 1 else f"{len(unshown)} headshots appear"
        return (
            f"{count_phrase} on no page ({files}{' ...' if len(unshown) > 3 else ''}). To show everybody, add a page with "
            "the line `Template: team` below its title and no `Photos:`. A person with a name, in the file name or in "
            "notes.toml, also gets a page. If a photo is not a headshot, correct it with `pelican-headshots review`."
        )


def _check_contrast(name: str, colors: mood.MoodColors) -> None:
    """Raise SettingsError if text would be hard to read in *colors*."""
    if not (found := mood.find_low_contrast(colors)):
        return
    color_name, contrast = found
    key = {"ink": "text", "accent": "accent"}.get(color_name, "background")
    darker_or_lighter = "darker" if colors.is_dark == (key == "background") else "lighter"
    raise SettingsError(
        f"HEADSHOTS['moods'][{name!r}] in pelicanconf.py: {_CONTRAST_NAMES[color_name]} ({getattr(colors, color_name)}) has "
        f"a contrast of {contrast:.1f} on the background ({colors.bg}); it needs at least {mood.MIN_TEXT_CONTRAST}. "
        f"Make `{key}` {darker_or_lighter}."
    )


_CONTRAST_NAMES = {"ink": "text", "mute": "small text", "accent": "the accent"}


def _format_mood_rule(name: str, colors: mood.MoodColors) -> str:
    scheme = "dark" if colors.is_dark else "light"
    tokens = "".join(f"--{token}:{getattr(colors, token)};" for token in colors.__struct_fields__)
    # In a dark mood the viewer is darker than the page; in a light one its dark text needs the light background.
    viewer = "" if colors.is_dark else f"[data-mood={name}] .viewer{{--back:var(--bg);background:var(--bg)}}"
    return f"[data-mood={name}]{{color-scheme:{scheme};{tokens}}}{viewer}\n"
