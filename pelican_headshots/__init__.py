"""A Pelican plugin and theme that turn folders of photos into a portfolio."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from .support.errors import HeadshotsError
from .support.theme_path import find_theme_folder

__all__ = ["register", "theme_path"]


class PluginMissingError(HeadshotsError):
    """The theme is used without the plugin."""


def theme_path() -> str:
    """Return the folder of the theme that comes with the package, for `THEME` in pelicanconf.py."""
    from pelican import signals

    signals.initialized.connect(_check_plugin)
    return str(find_theme_folder())


def _check_plugin(pelican: Any) -> None:
    """Raise PluginMissingError if our theme is used and our plugin was not loaded: its templates need the plugin."""
    is_own_theme = Path(pelican.theme).resolve() == find_theme_folder().resolve()
    if not is_own_theme or any(getattr(one, "register", None) is register for one in pelican.plugins):
        return
    from .plugin import HideTracebackFilter

    logging.getLogger("pelican").addFilter(HideTracebackFilter())
    raise PluginMissingError(
        "THEME is the theme of pelican_headshots, but its plugin was not loaded. pelicanconf.py needs the line "
        'PLUGINS = ["pelican_headshots"], spelled exactly like this.'
    )


def register() -> None:
    """Connect to Pelican. Called by Pelican while it loads its plugins, before it has listed them in `PLUGINS`."""
    from pelican import signals

    signals.initialized.connect(_connect_if_wanted)


def _connect_if_wanted(pelican: Any) -> None:
    """Connect the generator where the site uses the plugin, and do nothing for sites that only have it installed."""
    from .settings import Settings

    if (
        "HEADSHOTS" in pelican.settings
        or __name__ in pelican.settings["PLUGINS"]
        or Path(pelican.theme).resolve() == find_theme_folder().resolve()
        or Path(pelican.path, Settings().photos).is_dir()
    ):
        from .plugin import register as connect

        connect()
