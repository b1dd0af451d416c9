"""A site on disk, opened from the command line as Pelican opens it."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path
from typing import Any

from . import places
from . import settings as read_settings
from .adapters.originals.files import shown
from .adapters.screen.progress import on_stderr
from .core.ordered.work import Work
from .core.trouble import Trouble
from .studio import Studio


class NoSite(Trouble):
    """The site cannot be opened."""


class Site:
    """The site of the settings file *file*. *output* overrules its OUTPUT_PATH. Raises NoSite and BadSetting."""

    def __init__(self, file: Path, output: Path | None = None) -> None:
        self.pelican = _settings(file)
        self.folder = places.site_folder(Path(self.pelican["PATH"]))
        self.output = (output or Path(self.pelican["OUTPUT_PATH"])).absolute()
        self.settings = read_settings.read(self.pelican)
        self.originals = places.photos_folder(self.settings, Path(self.pelican["PATH"]))
        self.cache = places.cache_folder(self.settings, self.folder, self.originals, self.output)

    def studio(self, *, remember: bool = True) -> Studio:
        """Its photographs. Raises what Studio raises."""
        return Studio(
            self.settings,
            self.originals,
            site=self.folder,
            output=self.output,
            language=self.pelican["DEFAULT_LANG"],
            remember=remember,
            watch=on_stderr(),
        )

    def foretold(self) -> tuple[Work, list[str]]:
        """What the next build would do, and sentences about what it would leave out. Writes nothing anywhere.

        Articles and pages are read as the build reads them, because they show photographs as well. Raises what Studio
        raises, and NoSite where the site does not use this plugin.
        """
        from pelican import Pelican
        from pelican.generators import ArticlesGenerator, PagesGenerator, StaticGenerator

        from . import register
        from .plugin import PlanningGenerator

        settings = {**self.pelican, "OUTPUT_PATH": str(self.output), "CACHE_CONTENT": False}
        pelican = Pelican(settings)  # loads the site's plugins, which may have a part in reading
        if not any(getattr(plugin, "register", None) is register for plugin in pelican.plugins):
            raise NoSite('These settings do not use this plugin. Put PLUGINS = ["pelican_headshots"] into them.')
        context = {
            **settings,
            "generated_content": {},
            "static_content": {},
            "static_links": set(),
            "localsiteurl": settings["SITEURL"],
        }
        kinds = (ArticlesGenerator, PagesGenerator, PlanningGenerator, StaticGenerator)
        generators = [
            kind(context, settings, path=settings["PATH"], theme=settings["THEME"], output_path=settings["OUTPUT_PATH"])
            for kind in kinds
        ]
        for generator in generators:
            generator.generate_context()
        return next(each for each in generators if isinstance(each, PlanningGenerator)).plan()


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options by which every command finds its site."""
    parser.add_argument(
        "-s", "--settings", type=Path, default=Path("pelicanconf.py"), help="the site's settings; pelicanconf.py"
    )
    parser.add_argument("-o", "--output", type=Path, help="the finished site's folder; OUTPUT_PATH of the settings")


def opened(arguments: argparse.Namespace) -> Site:
    return Site(arguments.settings, arguments.output)


def _settings(file: Path) -> dict[str, Any]:
    from pelican.settings import read_settings as read_pelican

    if not file.is_file():
        raise NoSite(
            f"{shown(str(file))} is not here. Go to your site's folder, name its settings with --settings, "
            "or begin a site with: pelican-headshots init"
        )
    folder = str(file.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)  # publishconf.py imports pelicanconf.py
    # What Pelican thinks of feeds and time zones is told at every build.
    logging.getLogger("pelican.settings").setLevel(logging.ERROR)
    try:
        found: dict[str, Any] = read_pelican(str(file))
    except Exception as error:  # it runs the site's own Python, which may raise anything
        raise NoSite(f"{shown(str(file))} cannot be read: {type(error).__name__}: {error}") from error
    return found
