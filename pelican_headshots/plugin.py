"""Pelican's door: a generator that brings the portfolio into every template and writes its pages.

Pelican makes generators anew for each build and before it empties the output, so everything that can be wrong with a
site's settings is found in `__init__`, while the old site still stands.
"""

from __future__ import annotations

import difflib
import functools
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from jinja2 import TemplateNotFound
from markupsafe import Markup
from pelican import Pelican, signals
from pelican.contents import Content, Page
from pelican.generators import Generator, StaticGenerator
from pelican.log import console
from pelican.writers import Writer

from . import settings as read_settings
from . import theme_path
from .cache.templates import TemplateBytecodeCache
from .livereload import autoreload
from .pages import inline_images
from .pages.pelican_pages import find_pelican_pages
from .pages.person_query import select_people
from .pages.template_context import TemplateContext
from .pages.theme_fallback import create_fallback_loader
from .pipeline import paths as places
from .pipeline.site_build import SiteBuild
from .publish import vcards
from .publish.changes import ChangeSet
from .publish.summary import format_summary
from .scan.files import escape_for_terminal
from .support.atomic_files import DISK_ERRNOS
from .support.errors import HeadshotsError
from .support.progress import make_console_reporter, make_stderr_reporter
from .values.portfolio import PersonView, Portfolio

log = logging.getLogger(__name__)


class MissingTemplateError(HeadshotsError):
    """A page asks for a template that the theme does not have."""


class HideTracebackFilter(logging.Filter):
    """Keeps Pelican from printing a call stack under a sentence, or where the disk is at fault."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HeadshotsError) or getattr(error, "errno", None) in DISK_ERRNOS:
            record.exc_info = None
            record.msg, record.args = escape_for_terminal(record.getMessage()), ()
        return True


LIST_PAGE_SOURCES = {"archives": "articles", "authors": "authors", "categories": "categories", "tags": "tags"}
"""Pages that Pelican writes though there may be nothing to list on them → what they list. No map names empty ones."""


@contextmanager
def _exit_on_interrupt() -> Iterator[None]:
    """Ctrl+C ends a build with 130, as shells have it; Pelican alone would end with 0, as if it had been finished.

    While Pelican watches for changes, Ctrl+C is how one ends it; and what stops a build gives somebody time to mend it.
    """
    try:
        yield
    except KeyboardInterrupt:
        if autoreload.is_autoreloading():
            raise
        log.warning("Stopped by Ctrl+C: the site is not finished. Build it again.")
        raise SystemExit(130) from None
    except HeadshotsError as wrong:
        autoreload.session.back_off()
        if isinstance(wrong, read_settings.SettingsError) and autoreload.is_autoreloading():
            raise read_settings.SettingsError(f"{wrong} Then start Pelican again.") from wrong
        raise


class PortfolioGenerator(Generator):  # type: ignore[misc]
    """The portfolio of one build."""

    is_planning = False

    @_exit_on_interrupt()
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = read_settings.read(self.settings)
        originals = places.find_originals_folder(chosen, Path(self.path))
        private = str(originals.relative_to(self.path))
        for paths in ("ARTICLE_EXCLUDES", "PAGE_EXCLUDES"):
            # What lies beside the originals is theirs: a caption in a text file is no article.
            if private not in self.settings[paths]:
                self.settings[paths] = [*self.settings[paths], private]
        site, output = places.find_site_folder(Path(self.path)), Path(self.output_path)
        watch = make_stderr_reporter() if self.is_planning else make_console_reporter(console)
        language = self.settings["DEFAULT_LANG"]
        self.site_build = SiteBuild(
            chosen,
            originals,
            site_folder=site,
            output_folder=output,
            language=language,
            remember=not self.is_planning,
            progress=watch,
        )
        self.template_context = TemplateContext(chosen, site, self.site_build.translations)
        self.settings["HEADSHOTS_BUILD"] = self
        self.watched = autoreload.is_autoreloading()
        self.portfolio = Portfolio((), (), None)
        self.context["headshots_written_files"] = self.template_context.written_files

    @_exit_on_interrupt()
    def generate_context(self) -> None:
        """Look, judge, decide and develop; afterwards `portfolio` is in every template."""
        texts = self.read_texts()
        contents = self.context["generated_content"].values()
        self.template_context.unlisted_files = {
            each.save_as for each in contents if getattr(each, "status", "") in ("draft", "hidden")
        } | {
            self.settings.get(f"{page.upper()}_SAVE_AS", f"{page}.html")
            for page, of in LIST_PAGE_SOURCES.items()
            if not self.context.get(of)
        }
        if self.watched:
            autoreload.session.start_build(Path(self.output_path), self.settings["PORT"])
        hurried = self.watched and self.site_build.settings.draft_previews
        self.portfolio = self.template_context.portfolio = self.site_build.build_portfolio(allow_previews=hurried)
        self.context["portfolio"] = self.portfolio
        self.context["page_people"] = self.get_page_people
        self.context.update(self.template_context.make_context())
        for text, asked in texts:
            text.get_content = functools.partial(self._fill_text, text.get_content)
            text.photographs = [
                self.site_build.inline_photos[path] for path in asked if path in self.site_build.inline_photos
            ]
            self.template_context.photos_by_text_url[text.url] = text.photographs
            for path in asked:
                if path not in self.site_build.inline_photos:
                    self._report_missing_photo(text, path)

    def _report_missing_photo(self, text: Content, path: str) -> None:
        """Say that *text* shows the photograph *path*, which is not in the site."""
        ignored_reason = next(found.ignored_reason for found in self.site_build.scanned_files if found.path == path)
        hidden_reason = "it or its gallery is hidden in notes.toml"
        reason = (
            "it is left out, as was said of it"
            if self.site_build.report.is_skipped(path)
            else ignored_reason or hidden_reason
        )
        sentence = (
            f"{text.source_path} shows {escape_for_terminal(path)}, which is not in the site ({reason}). Its alternative text stands there "
            "instead; show another photograph, or see to it that this one is in the site."
        )
        log.warning("%s", sentence)
        self.site_build.report.add_problem(sentence)

    def read_texts(self) -> list[tuple[Content, tuple[str, ...]]]:
        """What Pelican has read by now: the texts with photographs, as `_marked_texts`. Raises TemplateError."""
        texts = self._mark_texts()
        for text in {text.template: text for text in filter(None, self.context["generated_content"].values())}.values():
            self._check_template(text)
        self.site_build.pelican_pages = find_pelican_pages(self.context, self.settings)
        return texts

    def _check_template(self, text: Content) -> None:
        for ending in self.settings["TEMPLATE_EXTENSIONS"]:
            with suppress(TemplateNotFound):
                self.env.loader.get_source(self.env, text.template + ending)
                return
        known = [
            name.removesuffix(ending)
            for ending in self.settings["TEMPLATE_EXTENSIONS"]
            for name in self.env.list_templates()
            if name.endswith(ending) and not name.startswith(("_", "!"))
        ]
        near = difflib.get_close_matches(text.template, known, n=1)
        hint = f"Did you mean `Template: {near[0]}`?" if near else f"It has: {', '.join(sorted({*known}))}."
        raise MissingTemplateError(
            f"{text.get_relative_source_path()} asks for `Template: {text.template}`, which the theme does not have. {hint}"
        )

    @_exit_on_interrupt()
    def choose_our_pages(self) -> None:
        """When everything was read: choose which pages of ours are written. Raises PageConflictError."""
        self.site_build.pelican_pages = find_pelican_pages(self.context, self.settings)
        self.site_build.choose_pages(self.portfolio)
        for sentence in self.site_build.replacement_notices:
            log.warning("%s", escape_for_terminal(sentence))

    def _mark_texts(self) -> list[tuple[Content, tuple[str, ...]]]:
        """Articles and pages with the photographs they show, which are asked of the studio. Pelican has read them by now."""
        folder = self.site_build.settings.photos
        photo_paths = [found.path for found in self.site_build.scanned_files]
        texts = []
        for text in self.context["generated_content"].values():
            html = getattr(text, "_content", None) or ""
            for src in () if self.is_planning else inline_images.find_missing_photos(html, photo_paths, folder):
                sentence = f"{text.source_path} shows {src}, and no such photograph lies in {folder}. Correct its name."
                log.warning("%s", escape_for_terminal(sentence))
                self.site_build.report.add_problem(sentence)
            marked_html, paths = inline_images.mark_images(html, photo_paths, folder)
            if paths:
                text._content = marked_html
                texts.append((text, paths))
                self.site_build.inline_photo_paths |= set(paths)
        self.context["static_links"] -= {f"{folder}/{path}" for path in self.site_build.inline_photo_paths}
        return texts

    def _fill_text(self, get_content: Callable[[str], str], siteurl: str) -> str:
        """A text with its photographs, drawn by the theme's own macro for the address the site has just now."""
        render_figure = self.get_template("headshots/_picture").make_module({**self.context, "SITEURL": siteurl}).figure

        def render_photo(path: str, alt: str | None, title: str, alone: bool) -> str | None:
            photo = self.site_build.inline_photos.get(path)
            return render_figure(photo, alt, title, alone) if photo else None

        return inline_images.fill_images(get_content(siteurl), render_photo)

    def get_page_people(self, page: Page) -> tuple[PersonView, ...]:
        """Whose headshots *page* shows: `Photos:` in its metadata says (`core/routed/selection.py`), else everybody's."""
        people, unmatched = select_people(self.portfolio.people, str(page.metadata.get("photos", "")))
        for part in unmatched:
            log.warning(
                "The page %s asks for the headshots of %r, and there are none. `Photos:` takes folders of photographs, "
                "files in them, departments and people.",
                escape_for_terminal(page.source_path),
                escape_for_terminal(part),
            )
        self.template_context.shown_person_slugs |= {person.slug for person in people}
        return people

    @_exit_on_interrupt()
    def generate_output(self, writer: Writer) -> None:
        """Write gallery and photo pages, and put the developed pictures beside them."""
        for page in self.site_build.page_specs:
            writer.write_file(
                page.save_as,
                self.get_template(page.template),
                self.context,
                self.settings["RELATIVE_URLS"],
                override_output=True,
                url=page.save_as.removesuffix("index.html"),
                **page.values,
            )
        files = [page.save_as for page in self.site_build.page_specs]
        files += vcards.write_vcards(
            self.portfolio,
            Markup(self.settings["SITENAME"]).striptags(),
            self.settings["SITEURL"],
            self.site_build.output_folder,
            self.site_build.store.renditions,
            self.site_build.render_plan.cache_keys,
        )
        self.site_build.publish_site(
            files, self.template_context.written_files, output_emptied=bool(self.settings["DELETE_OUTPUT_DIRECTORY"])
        )
        # They are copied after this; those that a text attaches to itself have found their place by now.
        self.template_context.written_files |= {static.save_as for static in self.context["staticfiles"]}
        if log.isEnabledFor(logging.WARNING) and self.site_build.report.summary:
            for line in format_summary(self.site_build.report.summary):
                console.print(line, highlight=False, soft_wrap=True)

    def finish(self) -> None:
        """When all pages are written: their styles; and in a strict build, pictures that had to be left out are an error."""
        output = Path(self.output_path)
        self.template_context.write_stylesheets(output / self.settings["THEME_STATIC_DIR"])
        self.template_context.write_sitemap(output, self.settings["SITEURL"])
        if sentence := self.template_context.describe_unshown_headshots():
            log.warning("%s", escape_for_terminal(sentence))
        wrong = (
            [escape_for_terminal(message) for message in self.site_build.report.messages]
            if self.site_build.settings.strict
            else []
        )
        amiss = " ".join(["strict is on, and not everything went as it should:", *wrong])
        if self.watched:
            autoreload.session.end_build(self.site_build)
            if wrong:
                log.error("%s", amiss)  # whoever is at work on the pictures wants the next build as well
        elif wrong:
            raise SystemExit(amiss)


class PlanningGenerator(PortfolioGenerator):
    """Reads what a build would read, for `pelican-headshots plan`: nothing is developed or remembered."""

    planning = True

    def generate_context(self) -> None:
        self.read_texts()

    def plan(self) -> tuple[ChangeSet, list[str]]:
        """What the build would do, and sentences about what it would leave out. Raises HeadshotsError."""
        self.site_build.pelican_pages = find_pelican_pages(self.context, self.settings)
        changes = self.site_build.predict_changes(output_emptied=bool(self.settings["DELETE_OUTPUT_DIRECTORY"]))
        return changes, self.site_build.report.messages


def choose_pages_before_writing(generators: Iterable[Generator]) -> None:
    """The moment when everything was read and nothing is written yet."""
    for generator in generators:
        if isinstance(generator, PortfolioGenerator):
            generator.choose_our_pages()


def record_written_file(path: str, context: Mapping[str, Any]) -> None:
    """Remember what this build wrote, for the sitemap. Pelican says it of every page, whoever wrote it."""
    if "headshots_written_files" in context:
        name = os.path.relpath(path, context["OUTPUT_PATH"])
        context["headshots_written_files"].add(name.replace(os.sep, "/"))


def finish_build(pelican: Pelican) -> None:
    """The moment when all pages are written."""
    if build := pelican.settings.get("HEADSHOTS_BUILD"):
        build.finish()


def drop_original_files(generator: StaticGenerator) -> None:
    """Originals are never published, GPS and all, whatever `STATIC_PATHS` or a `{static}` link asks for."""
    resolved_originals = (Path(generator.path) / read_settings.read(generator.settings).photos).resolve()
    for file in [*generator.context["staticfiles"]]:
        if Path(generator.path, file.source_path).resolve().is_relative_to(resolved_originals):
            log.warning(
                "%s is an original, which is never published. Link to its page instead.",
                escape_for_terminal(file.source_path),
            )
            generator.context["staticfiles"].remove(file)


def add_fallback_loader(generator: Generator) -> None:
    """Where the site's theme is not ours, what it lacks comes from ours."""
    generator.env.loader.loaders.append(create_fallback_loader(theme_path()))


def get_portfolio_generator(pelican: Pelican) -> type[PortfolioGenerator]:
    """Our generator. The moment before any generator is made is also the last to choose how templates are loaded."""
    headshots_settings = pelican.settings.get("HEADSHOTS")
    cache = headshots_settings.get("cache") if isinstance(headshots_settings, dict) else None
    folder = places.find_site_folder(Path(pelican.settings["PATH"])) / places.get_cache_folder_name(cache) / "templates"
    jinja = {"bytecode_cache": TemplateBytecodeCache(folder), **pelican.settings["JINJA_ENVIRONMENT"]}
    pelican.settings["JINJA_ENVIRONMENT"] = jinja
    return PortfolioGenerator


def register() -> None:
    """Pelican holds receivers weakly: only functions of a module stay connected."""
    logging.getLogger("pelican").addFilter(HideTracebackFilter())
    signals.get_generators.connect(get_portfolio_generator)
    signals.generator_init.connect(add_fallback_loader)
    signals.static_generator_finalized.connect(drop_original_files)
    signals.all_generators_finalized.connect(choose_pages_before_writing)
    signals.content_written.connect(record_written_file)
    signals.finalized.connect(finish_build)
