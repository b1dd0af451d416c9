"""Templates for our pages in a theme that has none for galleries and teams."""

from __future__ import annotations

from pathlib import Path

from jinja2 import FileSystemLoader


def create_fallback_loader(theme_folder: str) -> FileSystemLoader:
    """Return the loader for templates that the site's theme lacks; it must come last.

    Our shared templates are called `headshots/...`, so that none of the site theme's templates is taken for one of ours.
    The `headshots/base.html` used here fills the block `content` of the site theme's `base.html`; nearly all Pelican themes
    have that block. The contact page uses the site theme's `page.html`.

    Args:
        theme_folder: The folder of our own theme.
    """
    return FileSystemLoader([Path(__file__).with_name("fallback_templates"), Path(theme_folder) / "templates"])
