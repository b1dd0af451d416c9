"""What templates are given beside the portfolio: words, dates, structured data, colours and inline styles."""

from __future__ import annotations

import hashlib
from typing import Any

from .core import linked, mood
from .core.phrases import Phrases, years


class Styles:
    """Inline custom properties, as an attribute or, for a strict Content-Security-Policy, in one stylesheet.

    With *inline* false an element gets `data-s="…"` and its rule is kept for `sheet()`, which the plugin writes when all
    pages are done.
    """

    def __init__(self, *, inline: bool) -> None:
        self.inline = inline
        self.rules: dict[str, str] = {}

    def __call__(self, css: str) -> str:
        """The attribute that gives an element the declarations *css*, with a space before it."""
        if not css:
            return ""
        if self.inline:
            return f' style="{css}"'
        name = hashlib.blake2b(css.encode(), digest_size=5).hexdigest()
        self.rules[name] = css
        return f' data-s="{name}"'

    def sheet(self) -> str:
        return "".join(f'[data-s="{name}"]{{{css}}}\n' for name, css in sorted(self.rules.items()))


def props(phrases: Phrases, styles: Styles) -> dict[str, Any]:
    """Names for Pelican's context; `docs/theme.md` says what each does."""
    return {
        "say": phrases.say,
        "say_date": phrases.date,
        "say_photographs": phrases.photographs,
        "direction": phrases.direction,
        "linked": linked,
        "years": years,
        "ground": ground,
        "styles": styles,
    }


def ground(name: str, hue: float) -> str:
    """The page's colour in mood *name*, as `#rrggbb`, for the browser's own bars."""
    chosen = mood.MOODS.get(name, mood.MOODS["auto"])
    return mood.hex_of(chosen.bg, hue)
