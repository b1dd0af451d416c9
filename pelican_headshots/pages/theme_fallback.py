"""Our pages in somebody else's theme, which has no templates for galleries and teams."""

from __future__ import annotations

from pathlib import Path

from jinja2 import FileSystemLoader


def create_fallback_loader(theme_folder: str) -> FileSystemLoader:
    """Load from our *theme* what the site's theme lacks; to be asked last of all.

    All that our pages are made of is called `headshots/...`, so that none of the other theme's templates is taken for one
    of ours. `headshots/base.html` is another one here: it stands in the block `content` of the other theme's `base.html`,
    which is how nearly all of Pelican's themes are made. A contact page is one like any other.
    """
    return FileSystemLoader([Path(__file__).with_name("fallback_templates"), Path(theme_folder) / "templates"])
