"""A folder of photographs becomes a portfolio: a Pelican plugin and theme."""

from __future__ import annotations

from pathlib import Path

__all__ = ["register", "theme_path"]


def theme_path() -> str:
    """The folder of the theme that comes with the package, for `THEME` in pelicanconf.py."""
    here = Path(__file__).parent
    inside = here / "theme"
    return str(inside if inside.is_dir() else here.parent / "theme")


def register() -> None:
    """Called by Pelican."""
    from .plugin import register as connect

    connect()
