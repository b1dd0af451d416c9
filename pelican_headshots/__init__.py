"""A folder of photographs becomes a portfolio: a Pelican plugin and theme."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from .adapters.theme import folder
from .core.trouble import Trouble

__all__ = ["register", "theme_path"]


class PluginMissingError(Trouble):
    """The theme is used without the plugin."""


def theme_path() -> str:
    """The folder of the theme that comes with the package, for `THEME` in pelicanconf.py."""
    from pelican import signals

    signals.initialized.connect(_check_plugin)
    return str(folder())


def _check_plugin(pelican: Any) -> None:
    """When Pelican has loaded its plugins: this theme's templates need ours. Raises PluginMissingError."""
    ours = Path(pelican.theme).resolve() == folder().resolve()
    if not ours or any(getattr(one, "register", None) is register for one in pelican.plugins):
        return
    from .plugin import PlainWords

    logging.getLogger("pelican").addFilter(PlainWords())
    raise PluginMissingError(
        "THEME is the theme of pelican_headshots, and its plugin was not loaded. pelicanconf.py needs the line "
        'PLUGINS = ["pelican_headshots"], spelt like this.'
    )


def register() -> None:
    """Called by Pelican."""
    from .plugin import register as connect

    connect()
