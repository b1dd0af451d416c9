"""Our pages in somebody else's theme, which has no templates for galleries and teams: ours are lent, within its frame."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from jinja2 import BaseLoader, Environment, FileSystemLoader, TemplateNotFound

LENT = frozenset(
    f"{name}.html" for name in ("404", "about", "gallery", "person", "photo", "portfolio", "team", "_picture")
)
"""What a theme may lack. Whatever it has itself is its own."""

A_PAGE = "contact.html"
"""What only this theme makes more of than a page: elsewhere it is one like any other."""

OURS = "headshots/"
"""What lent templates call each other by, so that none of the theme's is taken for one of ours."""

_STRANGERS = re.compile(r"{% set (title|description) = ((?:photo|gallery|person)\..+?) %}")
"""Words out of photographs under names that a theme may print as they are: Pelican's own titles are HTML."""

_FRAME = Path(__file__).parent / "frame.html"


class Lent(BaseLoader):
    """Templates of *theme*, to be asked last of all.

    They stand in the block `content` of the other theme's `base.html`, which is how nearly all of Pelican's themes are made.
    """

    def __init__(self, theme: str) -> None:
        self._theme = FileSystemLoader(Path(theme) / "templates")

    def list_templates(self) -> list[str]:
        return sorted({*LENT, A_PAGE})

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Raises TemplateNotFound."""
        if template == A_PAGE:
            return '{% extends "page.html" %}', None, None
        name = template.removeprefix(OURS)
        if name == template and name not in LENT:
            raise TemplateNotFound(template)
        if template == f"{OURS}base.html":
            return _FRAME.read_text("utf-8"), str(_FRAME), None
        source, file, fresh = self._theme.get_source(environment, name)
        source = re.sub(r'"(base|_\w+)\.html"', rf'"{OURS}\1.html"', source)
        return _STRANGERS.sub(r"{% set \1 = (\2)|e %}", source), file, fresh
