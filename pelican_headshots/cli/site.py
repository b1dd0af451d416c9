"""Open a site from the command line as Pelican opens it."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..pages.person_query import find_page_queries
from ..pipeline import paths
from ..pipeline.site_build import SiteBuild
from ..scan.files import escape_for_terminal
from ..settings import read as read_settings
from ..support.errors import HeadshotsError
from ..support.progress import make_stderr_reporter

if TYPE_CHECKING:
    from pelican import Pelican
    from pelican.generators import Generator

    from ..plugin import BuildForecast, PlanningGenerator


class SiteNotFoundError(HeadshotsError):
    """The site cannot be opened."""


class SiteProject:
    """The site of a settings file.

    Args:
        settings_file: Usually pelicanconf.py.
        output_folder: The output folder, if not OUTPUT_PATH of the settings.

    Raises:
        SiteNotFoundError: The settings file is missing or cannot be read.
        SettingsError: One of our settings cannot be used.
    """

    def __init__(self, settings_file: Path, output_folder: Path | None = None) -> None:
        self.pelican_settings = _read_pelican_settings(settings_file)
        self.folder = paths.find_site_folder(Path(self.pelican_settings["PATH"]))
        self.output_folder = (output_folder or Path(self.pelican_settings["OUTPUT_PATH"])).absolute()
        self.settings = read_settings(self.pelican_settings)
        self.originals_folder = paths.find_originals_folder(self.settings, Path(self.pelican_settings["PATH"]))
        self.cache_folder = paths.resolve_cache_folder(
            self.settings, self.folder, self.originals_folder, self.output_folder
        )

    def create_build(self, *, remember: bool = True) -> SiteBuild:
        """Return the build of this site, which knows its pages with people. Raises what `SiteBuild` raises."""
        site_build = self._create_build(remember=remember)
        site_build.page_queries = self._read_page_queries()
        return site_build

    def create_build_with_texts(self) -> SiteBuild:
        """Return the build of this site, which also knows what articles and pages show. Raises HeadshotsError."""
        planned = self.create_planning_generator().site_build
        site_build = self._create_build(remember=True)
        site_build.page_queries, site_build.page_framings = planned.page_queries, planned.page_framings
        site_build.inline_photo_paths = planned.inline_photo_paths
        return site_build

    def _create_build(self, *, remember: bool) -> SiteBuild:
        return SiteBuild(
            self.settings,
            self.originals_folder,
            site_folder=self.folder,
            output_folder=self.output_folder,
            language=self.pelican_settings["DEFAULT_LANG"],
            remember=remember,
            progress=make_stderr_reporter(),
        )

    def _read_page_queries(self) -> tuple[str, ...]:
        """Read the site's pages and return the `Photos:` of those that show people."""
        from pelican.generators import PagesGenerator

        settings = {**self.pelican_settings, "CACHE_CONTENT": False}
        context = _make_pelican_context(settings)
        PagesGenerator(
            context, settings, path=settings["PATH"], theme=settings["THEME"], output_path=str(self.output_folder)
        ).generate_context()
        return find_page_queries(context["generated_content"].values())

    def predict_next_build(self) -> BuildForecast:
        """Return what `PlanningGenerator.plan` returns for the next build. Writes nothing.

        Articles and pages are read as in a build, because they show photos as well.

        Raises:
            HeadshotsError: As `SiteBuild`.
            SiteNotFoundError: The site does not use this plugin.
        """
        return self.create_planning_generator().plan()

    def create_planning_generator(self) -> PlanningGenerator:
        """Return the generator of a build that writes nothing, when it has read all texts. Raises HeadshotsError."""
        from ..plugin import PlanningGenerator

        pelican = self.load_pelican({"OUTPUT_PATH": str(self.output_folder)})
        generators = create_generators(pelican, PlanningGenerator)
        for generator in generators:
            generator.generate_context()
        return next(each for each in generators if isinstance(each, PlanningGenerator))

    def load_pelican(self, changed_settings: Mapping[str, Any]) -> Pelican:
        """Return Pelican with the plugins of the site, which may add readers. Raises SiteNotFoundError without ours."""
        from pelican import Pelican

        from .. import register

        pelican = Pelican({**self.pelican_settings, "CACHE_CONTENT": False, **changed_settings})
        if not any(getattr(plugin, "register", None) is register for plugin in pelican.plugins):
            raise SiteNotFoundError(
                'The settings do not load this plugin. Add the line PLUGINS = ["pelican_headshots"].'
            )
        return pelican


def create_generators(pelican: Pelican, portfolio_generator: Callable[..., Generator]) -> list[Generator]:
    """Return new generators for articles, pages, our portfolio and static files, which share one context."""
    from pelican.generators import ArticlesGenerator, PagesGenerator, StaticGenerator

    settings = pelican.settings
    context = _make_pelican_context(settings)
    return [
        create(context, settings, path=settings["PATH"], theme=settings["THEME"], output_path=settings["OUTPUT_PATH"])
        for create in (ArticlesGenerator, PagesGenerator, portfolio_generator, StaticGenerator)
    ]


def _make_pelican_context(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the context that Pelican's generators share."""
    return {
        **settings,
        "generated_content": {},
        "static_content": {},
        "static_links": set(),
        "localsiteurl": settings["SITEURL"],
    }


SITE_IN_USE = (
    "A build or a review of this site is running. Wait for the build, or end the review (Ctrl+C in its terminal), then "
    "try again."
)
"""What commands say that must not run at the same time."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that every command uses to find its site."""
    parser.add_argument(
        "-s",
        "--settings",
        type=Path,
        default=Path("pelicanconf.py"),
        help="the settings file (default: pelicanconf.py)",
    )
    parser.add_argument("-o", "--output", type=Path, help="the output folder (default: OUTPUT_PATH of the settings)")


def open_site(arguments: argparse.Namespace) -> SiteProject:
    """Return the site that the options of `add_options` name."""
    return SiteProject(arguments.settings, arguments.output)


def _read_pelican_settings(settings_file: Path) -> dict[str, Any]:
    from pelican.settings import read_settings as pelican_read_settings

    if not settings_file.is_file():
        raise SiteNotFoundError(
            f"{escape_for_terminal(str(settings_file))} does not exist. Go to your site's folder, name its settings file "
            "with --settings, or create a site with: pelican-headshots init"
        )
    folder = str(settings_file.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)  # publishconf.py imports pelicanconf.py
    # Pelican's warnings about feeds and time zones belong to builds, which log them.
    logging.getLogger("pelican.settings").setLevel(logging.ERROR)
    try:
        pelican_settings: dict[str, Any] = pelican_read_settings(str(settings_file))
    except Exception as error:  # the site's own Python code may raise anything
        raise SiteNotFoundError(
            f"{escape_for_terminal(str(settings_file))} cannot be read: {type(error).__name__}: {error}"
        ) from error
    return pelican_settings
