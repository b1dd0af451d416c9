"""The Pelican plugin: a generator that adds the portfolio to every template and writes its pages.

Pelican creates generators for each build before it empties the output folder. Errors in the settings are therefore raised
in `__init__`, while the site from the last build is still untouched.
"""

from __future__ import annotations

import difflib
import functools
import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import TemplateNotFound
from markupsafe import Markup
from pelican import Pelican, signals
from pelican.contents import Content, Page
from pelican.generators import Generator, StaticGenerator
from pelican.log import console
from pelican.utils import slugify as pelican_slugify
from pelican.writers import Writer

from . import theme_path
from .cache.templates import TemplateBytecodeCache
from .livereload import autoreload
from .pages import inline_images, sitemap
from .pages.contact_form import ContactForm, read_contact_form
from .pages.page_specs import NOT_FOUND_FILE
from .pages.pelican_pages import find_pelican_pages
from .pages.person_query import TeamPlace, find_page_queries, find_team_places, get_page_framing, select_page_people
from .pages.placeholders import describe_placeholders, find_placeholder_lines
from .pages.template_context import TemplateContext
from .pages.theme_fallback import create_fallback_loader
from .people.classified_photo import Route
from .people.routing import split_query
from .pipeline import paths
from .pipeline.process import PhotoProcessor
from .pipeline.site_build import SiteBuild
from .publish import data_mining, vcards
from .publish.changes import ChangeSet
from .publish.logo_and_icons import SiteIcons, load_logo
from .publish.publisher import is_path_in_site
from .publish.summary import format_summary
from .scan.files import escape_for_terminal
from .settings import SettingsError
from .settings import read as read_settings
from .support import atomic_files
from .support.atomic_files import DISK_ERRNOS
from .support.errors import HeadshotsError
from .support.filenames import replace_letters
from .support.output_encoding import escape_unencodable_output
from .support.progress import make_console_reporter, make_stderr_reporter
from .values.photo import Photo
from .values.portfolio import PersonView, Portfolio
from .values.selection import Choice

log = logging.getLogger(__name__)


class MissingTemplateError(HeadshotsError):
    """A page names a template that the theme does not have."""


class HideTracebackFilter(logging.Filter):
    """Keeps Pelican from logging a traceback for our own errors and for disk errors, whose message is enough."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Remove the traceback from *record* if its error is one of these. Keep every record."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HeadshotsError) or getattr(error, "errno", None) in DISK_ERRNOS:
            record.exc_info = None
            record.msg, record.args = escape_for_terminal(record.getMessage()), ()
        return True


OWN_INCLUDES = ("head.html", "body_end.html")
"""Templates of the site that every page includes. To look for missing ones on each page would take time."""

LIST_PAGE_SOURCES = {"archives": "articles", "authors": "authors", "categories": "categories", "tags": "tags"}
"""Pages that Pelican writes even if they list nothing → what they list. Empty ones are left out of the sitemap."""


@contextmanager
def _exit_on_interrupt() -> Iterator[None]:
    """End a build with exit status 130 after Ctrl+C, as in shells; Pelican alone would end with 0, as after success.

    With `--autoreload`, Ctrl+C is the normal way to end Pelican, and after an error the next build waits for a moment.
    """
    try:
        yield
    except KeyboardInterrupt:
        if autoreload.is_autoreloading():
            raise
        log.warning("Stopped by Ctrl+C: the site is not finished. Build it again.")
        raise SystemExit(130) from None
    except HeadshotsError as error:
        autoreload.session.back_off()
        if isinstance(error, SettingsError) and autoreload.is_autoreloading():
            raise SettingsError(f"{error} Then start Pelican again.") from error
        raise


class PortfolioGenerator(Generator):  # type: ignore[misc]
    """The portfolio of one build."""

    is_planning = False

    @_exit_on_interrupt()
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        settings = read_settings(self.settings)
        originals = paths.find_originals_folder(settings, Path(self.path))
        photos_path = str(originals.relative_to(self.path))
        for excludes in ("ARTICLE_EXCLUDES", "PAGE_EXCLUDES"):
            # A text file beside the originals, such as a caption, is not an article.
            if photos_path not in self.settings[excludes]:
                self.settings[excludes] = [*self.settings[excludes], photos_path]
        site, output = paths.find_site_folder(Path(self.path)), Path(self.output_path)
        progress = make_stderr_reporter() if self.is_planning else make_console_reporter(console)
        language = self.settings["DEFAULT_LANG"]
        self.site_build = SiteBuild(
            settings,
            originals,
            site_folder=site,
            output_folder=output,
            language=language,
            remember=not self.is_planning,
            progress=progress,
        )
        self.template_context = TemplateContext(settings, site, self.site_build.translations)
        self.logo = load_logo(settings, site)
        self.icons = SiteIcons(
            settings, Markup(self.settings["SITENAME"]).striptags(), site, output / self.settings["THEME_STATIC_DIR"]
        )
        self.site_build.theme_files = self._list_theme_files()
        self.settings["HEADSHOTS_BUILD"] = self
        self.is_watched = autoreload.is_autoreloading()
        self.portfolio = Portfolio((), (), None)
        self.root_files: list[str] = []
        self.context["headshots_written_files"] = self.template_context.written_files

    def _list_theme_files(self) -> tuple[str, ...]:
        """Return the icons and the logo, so that a later build without them removes them.

        Empty if they are not in this site's folder: the languages of a site may share them.
        """
        names = [*self.icons.files.values(), self.icons.manifest, *([self.logo.file] if self.logo else ())]
        return tuple(filter(is_path_in_site, (f"{self.settings['THEME_STATIC_DIR']}/{name}" for name in names)))

    @_exit_on_interrupt()
    def generate_context(self) -> None:
        """Build the portfolio; afterwards `portfolio` is in the context of every template."""
        texts = self.read_texts()
        if not self.is_planning:
            self._report_placeholders()
        contents = self.context["generated_content"].values()
        self.template_context.unlisted_files = {
            each.save_as for each in contents if getattr(each, "status", "") in ("draft", "hidden")
        } | {
            self.settings.get(f"{page.upper()}_SAVE_AS", f"{page}.html")
            for page, source in LIST_PAGE_SOURCES.items()
            if not self.context.get(source)
        }
        if self.is_watched:
            autoreload.session.start_build(Path(self.output_path), self.settings["PORT"])
        self.portfolio = self.template_context.portfolio = self.build_portfolio()
        self.context["portfolio"] = self.portfolio
        self.context["page_people"] = self.get_page_people
        self.context["team_place"] = lambda person: self.team_places[person.slug]
        self.context["contact_form"] = self.get_contact_form
        self.context["own_includes"] = [name for name in OWN_INCLUDES if name in self.env.list_templates()]
        self.context.update(self.template_context.make_context(), site_logo=self.logo, site_icons=self.icons)
        for text, paths_in_text in texts:
            text.get_content = functools.partial(self._fill_text, text.get_content)
            text.inline_photos = [
                self.site_build.inline_photos[path] for path in paths_in_text if path in self.site_build.inline_photos
            ]
            self.template_context.photos_by_text_url[text.url] = text.inline_photos
            for path in paths_in_text:
                if path not in self.site_build.inline_photos:
                    self._report_missing_photo(text, path)

    def build_portfolio(self) -> Portfolio:
        """Return the portfolio with everything rendered."""
        allow_previews = self.is_watched and self.site_build.settings.draft_previews
        return self.site_build.build_portfolio(allow_previews=allow_previews)

    def _report_placeholders(self) -> None:
        """Report the placeholders that are left in articles and pages, except in drafts."""
        texts = (text for text in self.context["generated_content"].values() if text and text.source_path)
        for text in sorted(texts, key=lambda text: str(text.source_path)):
            source = Path(text.source_path)
            if text.status == "draft" or not source.is_file():
                continue
            if lines := find_placeholder_lines(source.read_text(encoding="utf-8", errors="replace")):
                file = escape_for_terminal(text.get_relative_source_path())
                sentence = describe_placeholders(file, lines)
                log.info("%s", sentence)  # the summary has one line about all of them
                self.site_build.report.add_problem(sentence)
                self.site_build.report.placeholder_lines += [f"{file}:{line}" for line in lines]

    def _report_missing_photo(self, text: Content, path: str) -> None:
        """Report that *text* shows the photo *path*, which is not in the site."""
        ignored_reason = next(found.ignored_reason for found in self.site_build.scanned_files if found.path == path)
        choice = self.site_build.choices.get(path)
        hidden_reason = (
            escape_for_terminal(choice.reason)
            if choice and not choice.is_shown
            else "it or its gallery is hidden in notes.toml"
        )
        lacks_consent = path in self.site_build.check_consents().left_out
        reason = (
            "it was left out: see its own message"
            if self.site_build.report.is_skipped(path)
            else ignored_reason or ("its consent does not allow it" if lacks_consent else hidden_reason)
        )
        sentence = (
            f"{text.source_path} shows {escape_for_terminal(path)}, which is not in the site ({reason}). Its alternative "
            "text appears instead. Show another photo, or correct what keeps this one out of the site."
        )
        log.warning("%s", sentence)
        if not lacks_consent:  # a consent that ends must not end strict builds, which would leave the old site online
            self.site_build.report.add_problem(sentence)

    def read_texts(self) -> list[tuple[Content, tuple[str, ...]]]:
        """Return the texts that show photos, as `_mark_texts`, and check all templates. Raises MissingTemplateError."""
        texts = self._mark_texts()
        for text in filter(None, self.context["generated_content"].values()):
            self.get_contact_form(text)
        for text in {text.template: text for text in filter(None, self.context["generated_content"].values())}.values():
            self._check_template(text)
        contents = [each for each in self.context["generated_content"].values() if each]
        self.site_build.page_queries = find_page_queries(contents)
        self.site_build.page_framings = frozenset(filter(None, map(get_page_framing, contents)))
        self.site_build.pelican_pages = find_pelican_pages(self.context, self.settings)
        return texts

    def _check_template(self, text: Content) -> None:
        for extension in self.settings["TEMPLATE_EXTENSIONS"]:
            with suppress(TemplateNotFound):
                self.env.loader.get_source(self.env, text.template + extension)
                return
        template_names = [
            name.removesuffix(extension)
            for extension in self.settings["TEMPLATE_EXTENSIONS"]
            for name in self.env.list_templates()
            if name.endswith(extension) and not name.startswith(("_", "!"))
        ]
        close_matches = difflib.get_close_matches(text.template, template_names, n=1)
        hint = (
            f"Did you mean `Template: {close_matches[0]}`?"
            if close_matches
            else f"It has: {', '.join(sorted({*template_names}))}."
        )
        raise MissingTemplateError(
            f"{text.get_relative_source_path()} names `Template: {text.template}`, which the theme does not have. {hint}"
        )

    @_exit_on_interrupt()
    def choose_our_pages(self) -> None:
        """Choose which of our pages are written, after Pelican has read everything. Raises PageConflictError."""
        self.site_build.pelican_pages = find_pelican_pages(self.context, self.settings)
        self.site_build.root_texts = self._build_root_texts()
        self.site_build.choose_pages(self.portfolio)
        for sentence in self.site_build.replacement_notices:
            log.warning("%s", escape_for_terminal(sentence))

    @property
    def _is_language_subsite(self) -> bool:
        """Whether this is another language's site, which the plugin i18n_subsites puts into a folder of the main one."""
        site_url: str = self.settings["SITEURL"]
        return bool(self.context.get("main_siteurl", site_url) != site_url)

    def _build_root_texts(self) -> dict[str, str]:
        if self._is_language_subsite:
            return {}
        return data_mining.build_root_files(self.site_build.settings.rights, self.settings["SITEURL"])

    def _describe_data_mining_gaps(self) -> Iterator[str]:
        if not self._is_language_subsite:
            yield from data_mining.describe_gaps(
                self.site_build.settings.rights,
                self.settings["SITEURL"],
                Path(self.output_path),
                self.root_files,
            )

    def _mark_texts(self) -> list[tuple[Content, tuple[str, ...]]]:
        """Mark the photos in articles and pages, and return each text that shows photos with their paths."""
        folder = self.site_build.settings.photos
        photo_paths = [found.path for found in self.site_build.scanned_files]
        texts = []
        for text in self.context["generated_content"].values():
            html = getattr(text, "_content", None) or ""
            for src in () if self.is_planning else inline_images.find_missing_photos(html, photo_paths, folder):
                sentence = f"{text.source_path} shows {src}, but {folder} has no such photo. Correct its name."
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
        """Return a text with its photos as HTML, rendered by the theme's macro with links for *siteurl*."""
        render_figure = self.get_template("headshots/_picture").make_module({**self.context, "SITEURL": siteurl}).figure

        def render_photo(path: str, alt: str | None, title: str, alone: bool) -> str | None:
            photo = self.site_build.inline_photos.get(path)
            return render_figure(photo, alt, title, alone) if photo else None

        return inline_images.fill_images(get_content(siteurl), render_photo)

    def get_contact_form(self, text: Content) -> ContactForm | None:
        """Return the form that `Form:` in the metadata of *text* asks for. Raises ContactFormError."""
        return read_contact_form(text.metadata, escape_for_terminal(text.get_relative_source_path()))

    def get_page_people(self, page: Page) -> tuple[PersonView, ...]:
        """Return the people on *page*: those that `Photos:` in its metadata selects, else all that are listed."""
        people, unmatched = select_page_people(page, self.portfolio)
        shown = "It shows the headshots that lie directly in the photos folder. " if people else ""
        for part in unmatched:
            log.warning(
                "%s: `Photos:` names %r, which matches no headshot. %sIt accepts folders of photos, files in them, "
                "departments and people. Put headshots there, correct the line, or remove it to let the page choose.",
                escape_for_terminal(page.source_path),
                escape_for_terminal(part),
                "" if len(unmatched) < len(split_query(str(page.metadata.get("photos", "")))) else shown,
            )
        self.template_context.shown_person_slugs |= {person.slug for person in people}
        return people

    @functools.cached_property
    def team_places(self) -> dict[str, TeamPlace]:
        """The place of each person with a page, by their slug. For use when all generators have read their pages."""
        return find_team_places(self.context["pages"], self.portfolio)

    @_exit_on_interrupt()
    def generate_output(self, writer: Writer) -> None:
        """Write gallery, photo and person pages, and copy the renditions into the site."""
        self.write_pages(writer)
        self._publish_files()

    def write_pages(self, writer: Writer) -> None:
        """Write gallery, photo and person pages."""
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

    def _publish_files(self) -> None:
        files = [page.save_as for page in self.site_build.page_specs]
        files += vcards.write_vcards(
            self.portfolio,
            self.site_build.output_folder,
            organization=Markup(self.settings["SITENAME"]).striptags(),
            site_url=self.settings["SITEURL"],
            renditions=self.site_build.store.renditions,
            cache_keys=self.site_build.render_plan.cache_keys,
        )
        self.root_files = self.site_build.choose_root_files()
        for name in self.root_files:
            target, data = self.site_build.output_folder / name, self.site_build.root_texts[name].encode()
            if not (target.is_file() and target.read_bytes() == data):
                atomic_files.write(target, data)
        files += (*self.root_files, *self.site_build.theme_files)
        self.site_build.publish_site(
            files, self.template_context.written_files, output_emptied=bool(self.settings["DELETE_OUTPUT_DIRECTORY"])
        )
        # Pelican copies static files after this; their final names are known by now.
        self.template_context.written_files |= {static.save_as for static in self.context["staticfiles"]}
        if log.isEnabledFor(logging.WARNING) and self.site_build.report.summary:
            for line in format_summary(self.site_build.report.summary):
                console.print(line, highlight=False, soft_wrap=True)

    def write_theme_files(self, static_folder: Path) -> None:
        """Write the stylesheets of the pages that are written and the logo into the theme's static folder of the site."""
        self.template_context.write_stylesheets(static_folder, self.settings["DEFAULT_LANG"])
        if self.logo:
            (static_folder / self.logo.file).write_bytes(self.logo.data)

    def finish(self) -> None:
        """After all pages: write stylesheets and sitemap. With `strict`, photos that were left out are an error.

        Raises:
            SystemExit: `strict` is on, something went wrong, and Pelican is not watching for changes.
        """
        output = Path(self.output_path)
        static_folder = output / self.settings["THEME_STATIC_DIR"]
        self.write_theme_files(static_folder)
        self.icons.write(static_folder, output)
        if self.site_build.settings.show_slots:
            log.warning("show_slots is on: every page shows the slots of its pictures. Turn it off before you publish.")
        sitemap.write_sitemap(
            output,
            self.settings["SITEURL"],
            self.template_context.written_files,
            self.template_context.unlisted_files,
            sitemap.collect_sitemap_images(self.portfolio, self.template_context.photos_by_text_url),
        )
        for sentence in self._describe_data_mining_gaps():
            log.warning("%s", escape_for_terminal(sentence))
        if sentence := self.template_context.describe_unshown_headshots():
            log.warning("%s", escape_for_terminal(sentence))
        messages = (
            [escape_for_terminal(message) for message in self.site_build.report.messages]
            if self.site_build.settings.strict
            else []
        )
        error_text = " ".join(["strict is on, and there were problems:", *messages])
        if self.is_watched:
            autoreload.session.end_build(self.site_build)
            if messages:
                log.error("%s", error_text)  # Pelican goes on watching
        elif messages:
            raise SystemExit(error_text)


class BuildForecast(NamedTuple):
    """What a build would do."""

    changes: ChangeSet
    left_out: list[str]
    """A message about each photo that it would leave out."""
    problems: list[str]
    """What is wrong and leaves out no photo, such as names in notes that fit no file."""
    consents_ending: list[str]
    """A message about each consent that ends soon."""
    routes: dict[str, Route]
    """Where each photo would appear, by its path."""
    choices: dict[str, Choice]
    """Whether each photo would be shown, and why, by its path; only those for which there is a reason."""
    unsure: list[str]
    """The photos that need checking."""


class PlanningGenerator(PortfolioGenerator):
    """Reads what a build would read, for `pelican-headshots plan`; nothing is rendered or cached."""

    is_planning = True

    def generate_context(self) -> None:
        """Read the texts as a build does, and nothing more."""
        self.read_texts()

    def plan(self) -> BuildForecast:
        """Return what the build would do. Raises HeadshotsError."""
        self.site_build.pelican_pages = find_pelican_pages(self.context, self.settings)
        self.site_build.root_texts = self._build_root_texts()
        changes = self.site_build.predict_changes(output_emptied=bool(self.settings["DELETE_OUTPUT_DIRECTORY"]))
        consents = self.site_build.check_consents()
        return BuildForecast(
            changes,
            [*self.site_build.report.messages, *consents.notices],
            self.site_build.describe_input_problems(),
            list(consents.endings),
            self.site_build.routes,
            self.site_build.choices,
            self.site_build.unsure_paths,
        )


class PreviewGenerator(PortfolioGenerator):
    """Writes pages from photos that are analyzed already, for the preview in review; nothing is rendered or cached."""

    is_planning = True
    photos: tuple[Photo, ...]
    processor: PhotoProcessor

    def build_portfolio(self) -> Portfolio:
        """Return the portfolio of `photos`, which are set when the generator is created."""
        return self.site_build.compose_preview(self.photos, self.processor)

    def generate_output(self, writer: Writer) -> None:
        """Write gallery, photo and person pages only."""
        self.write_pages(writer)


def replace_letters_in_slug(content: Content) -> None:
    """Give an article or page whose slug Pelican made from its title one made with `slug_replacements`.

    Pelican's own `SLUG_REGEX_SUBSTITUTIONS` cannot do this: they are applied when accents are gone already.
    """
    settings = content.settings
    build = settings.get("HEADSHOTS_BUILD")
    replacements = build.site_build.settings.slug_replacements if build else {}
    has_slug_of_title = settings["SLUGIFY_SOURCE"] == "title" and "title" in content.metadata
    if replacements and has_slug_of_title and "slug" not in content.metadata:
        content.slug = pelican_slugify(
            replace_letters(content.title, replacements),
            regex_subs=settings["SLUG_REGEX_SUBSTITUTIONS"],
            preserve_case=settings["SLUGIFY_PRESERVE_CASE"],
            use_unicode=settings["SLUGIFY_USE_UNICODE"],
        )


def choose_pages_before_writing(generators: Iterable[Generator]) -> None:
    """Choose our pages, when Pelican has read everything and written nothing yet."""
    for generator in generators:
        if isinstance(generator, PortfolioGenerator):
            generator.choose_our_pages()


def record_written_file(path: str, context: Mapping[str, Any]) -> None:
    """Record a page for the sitemap. Pelican sends this signal for every page, also for those of other plugins."""
    if "headshots_written_files" in context:
        name = os.path.relpath(path, context["OUTPUT_PATH"])
        context["headshots_written_files"].add(name.replace(os.sep, "/"))


def finish_build(pelican: Pelican) -> None:
    """Finish the build, when all pages are written."""
    if build := pelican.settings.get("HEADSHOTS_BUILD"):
        build.finish()


def drop_original_files(generator: StaticGenerator) -> None:
    """Keep originals, with their GPS data, out of the site, even if `STATIC_PATHS` or a `{static}` link names them."""
    resolved_originals = (Path(generator.path) / read_settings(generator.settings).photos).resolve()
    for file in [*generator.context["staticfiles"]]:
        if Path(generator.path, file.source_path).resolve().is_relative_to(resolved_originals):
            log.warning(
                "%s is an original, which is never published. Link to its page instead.",
                escape_for_terminal(file.source_path),
            )
            generator.context["staticfiles"].remove(file)


def add_fallback_loader(generator: Generator) -> None:
    """Take templates that another theme lacks from our theme."""
    generator.env.loader.loaders.append(create_fallback_loader(theme_path()))


def get_portfolio_generator(pelican: Pelican) -> type[PortfolioGenerator]:
    """Return our generator. This is also the last moment to change settings: Pelican has not created any generator yet."""
    headshots_settings = pelican.settings.get("HEADSHOTS")
    cache = headshots_settings.get("cache") if isinstance(headshots_settings, dict) else None
    folder = paths.find_site_folder(Path(pelican.settings["PATH"])) / paths.get_cache_folder_name(cache) / "templates"
    if isinstance(sitemap_settings := pelican.settings.get("SITEMAP", {}), dict):
        # The plugin pelican-sitemap would list our page for addresses that do not exist.
        excluded = [*sitemap_settings.get("exclude", ()), f"^{re.escape(NOT_FOUND_FILE)}$"]
        pelican.settings["SITEMAP"] = {**sitemap_settings, "exclude": excluded}
    # Templates do not change during a build: without `auto_reload`, Jinja does not look at their files for every page.
    jinja = {
        "bytecode_cache": TemplateBytecodeCache(folder),
        "auto_reload": False,
        **pelican.settings["JINJA_ENVIRONMENT"],
    }
    pelican.settings["JINJA_ENVIRONMENT"] = jinja
    return PortfolioGenerator


def register() -> None:
    """Connect to Pelican's signals. They hold receivers weakly: only functions of a module stay connected."""
    escape_unencodable_output()
    logging.getLogger("pelican").addFilter(HideTracebackFilter())
    signals.get_generators.connect(get_portfolio_generator)
    signals.generator_init.connect(add_fallback_loader)
    signals.content_object_init.connect(replace_letters_in_slug)
    signals.static_generator_finalized.connect(drop_original_files)
    signals.all_generators_finalized.connect(choose_pages_before_writing)
    signals.content_written.connect(record_written_file)
    signals.finalized.connect(finish_build)
