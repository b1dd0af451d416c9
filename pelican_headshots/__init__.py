"""A folder of photographs becomes a portfolio: a Pelican plugin and theme."""

from __future__ import annotations

from .adapters.theme import folder

__all__ = ["register", "theme_path"]


def theme_path() -> str:
    """The folder of the theme that comes with the package, for `THEME` in pelicanconf.py."""
    return str(folder())


def register() -> None:
    """Called by Pelican."""
    from .plugin import register as connect

    connect()
