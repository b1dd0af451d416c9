"""What templates are given beside the portfolio: words, dates, structured data, colours and inline styles."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from markupsafe import escape

from .core.hung import mood
from .core.hung.sizes import card_columns
from .core.plate import Photograph, Portfolio
from .core.shown import linked
from .core.shown.pages import NOT_FOUND
from .core.shown.phrases import Phrases, years
from .core.shown.sitemap import OURS, photographs, sitemap
from .settings import BadSetting, Settings


class Styles:
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

    def sheet(self) -> str:
        return "".join(f'[data-s="{name}"]{{{css}}}\n' for name, css in sorted(self.rules.items()))


class Dressing:
    """How one site's pages are dressed. *site* is the folder that settings' paths are relative to.

    Raises BadSetting for a stylesheet that is not there: before the old site is touched.
    """

    def __init__(self, chosen: Settings, site: Path, phrases: Phrases) -> None:
        self.chosen, self.site = chosen, site
        self.phrases = phrases
        self.styles = Styles(inline=not chosen.strict_csp)
        self.portfolio = Portfolio((), (), None)
        self.shown: set[str] = set()
        """Slugs of the people whom pages show."""
        self.in_texts: dict[str, list[Photograph]] = {}
        """The address of an article or a page → the photographs it shows."""
        self.written: set[str] = set()
        """Files in the site that this build wrote from a template or copied as they are."""
        self.unlisted: set[str] = set()
        """Files in the site that are drafts, hidden, or lists of nothing: no map names them."""
        if chosen.stylesheet and not (site / chosen.stylesheet).is_file():
            raise BadSetting(
                f"HEADSHOTS['stylesheet'] in pelicanconf.py names {site / chosen.stylesheet}, which is not there."
            )

    def context(self) -> dict[str, Any]:
        """Names for Pelican's context; `docs/theme.md` says what each does."""
        return {
            "say": self.phrases.say,
            "say_date": self.phrases.date,
            "say_photographs": self.phrases.photographs,
            "direction": self.phrases.direction,
            "linked": linked,
            "years": years,
            "ground": ground,
            "card_columns": card_columns,
            "pale": mood.pale,
            "styles": self.styles,
            "theme_mood": self.chosen.mood,
            "theme_fonts": self.chosen.fonts,
            "theme_stylesheet": bool(self.chosen.stylesheet),
        }

    def finish(self, static: Path) -> None:
        """When all pages are written: their styles and the site's own stylesheet, into the theme's folder *static*."""
        folder = static / "css"
        folder.mkdir(parents=True, exist_ok=True)
        if not self.styles.inline:
            (folder / "inline.css").write_text(self.styles.sheet(), encoding="utf-8")
        if self.chosen.stylesheet:
            (folder / "own.css").write_bytes((self.site / self.chosen.stylesheet).read_bytes())

    def overlooked(self) -> str:
        """A sentence where somebody's headshot stands on no page: they have no page of their own and none asks for them."""
        missing = [one for one in self.portfolio.people if one.photo and not one.url and one.slug not in self.shown]
        if not missing:
            return ""
        named = ", ".join(one.photo.file for one in missing[:3] if one.photo) + (" ..." if len(missing) > 3 else "")
        stand = "1 headshot stands" if len(missing) == 1 else f"{len(missing)} headshots stand"
        return (
            f"{stand} on no page ({named}). A page with the line `Template: team` beneath its title, and no `Photos:`, "
            "shows everybody's; with a name, in the file's name or in notes.toml, each has a page too. Where one is no "
            "headshot, `pelican-headshots review` says so."
        )

    def map_site(self, output: Path, site: str) -> None:
        """`sitemap.xml` of the pages that this build put into *output*.

        Only where the site's address is known and nobody else made one. What former builds left there is not listed.
        """
        there = output / "sitemap.xml"
        if not site.startswith(("https://", "http://")):
            return
        if there.exists() and OURS not in there.read_text(encoding="utf-8", errors="replace"):
            return
        listed = {name for name in self.written if name.endswith(".html")} - self.unlisted - {NOT_FOUND}
        # Pages of a list after its first (`index2.html`) lead to what the sitemap already names.
        pages = [name.removesuffix("index.html") for name in listed if not re.search(r"(?:^|/)index\d+\.html$", name)]
        words = sitemap(site.rstrip("/"), pages, photographs(self.portfolio, self.in_texts))
        there.write_text(words, encoding="utf-8")


def ground(name: str, hue: float) -> str:
    """The page's colour in mood *name*, as `#rrggbb`, for the browser's own bars."""
    chosen = mood.MOODS.get(name, mood.MOODS["auto"])
    return mood.hex_of(chosen.bg, hue)
