"""The folder of the theme that comes with the package."""

from __future__ import annotations

from pathlib import Path


def find_theme_folder() -> Path:
    """Return the theme's folder: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "theme"
    return inside if inside.is_dir() else package.parent / "theme"
