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

from . import cards, live, places, theme_path
from . import settings as read_settings
from .adapters.cache.templates import CompiledTemplates
from .adapters.disk import DISK_FAULTS
from .adapters.originals.files import shown
from .adapters.screen.progress import on, on_stderr
from .core.ordered.work import Work
from .core.plate import Person, Portfolio
from .core.routed.selection import selected
from .core.shown import prose
from .core.shown.summary import lines
from .core.trouble import Trouble
from .dressing import Dressing
from .guest import fallback_loader
from .other_pages import other_pages
from .studio import Studio

log = logging.getLogger(__name__)


class TemplateError(Trouble):
    """A page asks for a template that the theme does not have."""


class PlainWords(logging.Filter):
    """Keeps Pelican from printing a call stack under a sentence, or where the disk is at fault."""

    def filter(self, record: logging.LogRecord) -> bool:
        wrong = record.exc_info[1] if record.exc_info else None
        if isinstance(wrong, Trouble) or getattr(wrong, "errno", None) in DISK_FAULTS:
            record.exc_info = None
            record.msg, record.args = shown(record.getMessage()), ()
        return True


LISTS = {"archives": "articles", "authors": "authors", "categories": "categories", "tags": "tags"}
"""Pages that Pelican writes though there may be nothing to list on them → what they list. No map names empty ones."""


@contextmanager
def _stop_cleanly() -> Iterator[None]:
    """Ctrl+C ends a build with 130, as shells have it; Pelican alone would end with 0, as if it had been finished.

    While Pelican watches for changes, Ctrl+C is how one ends it; and what stops a build gives somebody time to mend it.
    """
    try:
        yield
    except KeyboardInterrupt:
        if live.watching():
            raise
        log.warning("Stopped by Ctrl+C: the site is not finished. Build it again.")
        raise SystemExit(130) from None
    except Trouble as wrong:
        live.session.rest()
        if isinstance(wrong, read_settings.BadSetting) and live.watching():
            raise read_settings.BadSetting(f"{wrong} Then start Pelican again.") from wrong
        raise


class PortfolioGenerator(Generator):  # type: ignore[misc]
    """The portfolio of one build."""

    planning = False

    @_stop_cleanly()
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = read_settings.read(self.settings)
        originals = places.photos_folder(chosen, Path(self.path))
        private = str(originals.relative_to(self.path))
        for paths in ("ARTICLE_EXCLUDES", "PAGE_EXCLUDES"):
            # What lies beside the originals is theirs: a caption in a text file is no article.
            if private not in self.settings[paths]:
                self.settings[paths] = [*self.settings[paths], private]
        site, output = places.site_folder(Path(self.path)), Path(self.output_path)
        watch = on_stderr() if self.planning else on(console)
        language = self.settings["DEFAULT_LANG"]
        self.studio = Studio(
            chosen, originals, site=site, output=output, language=language, remember=not self.planning, watch=watch
        )
        self.dressing = Dressing(chosen, site, self.studio.phrases)
        self.settings["HEADSHOTS_BUILD"] = self
        self.watched = live.watching()
        self.portfolio = Portfolio((), (), None)
        self.context["headshots_written"] = self.dressing.written

    @_stop_cleanly()
    def generate_context(self) -> None:
        """Look, judge, decide and develop; afterwards `portfolio` is in every template."""
        texts = self.read_texts()
        contents = self.context["generated_content"].values()
        self.dressing.unlisted = {
            each.save_as for each in contents if getattr(each, "status", "") in ("draft", "hidden")
        } | {
            self.settings.get(f"{page.upper()}_SAVE_AS", f"{page}.html")
            for page, of in LISTS.items()
            if not self.context.get(of)
        }
        if self.watched:
            live.session.begin(Path(self.output_path), self.settings["PORT"])
        hurried = self.watched and self.studio.settings.draft
        self.portfolio = self.dressing.portfolio = self.studio.portfolio(hurried=hurried)
        self.context["portfolio"] = self.portfolio
        self.context["page_people"] = self.page_people
        self.context.update(self.dressing.context())
        for text, asked in texts:
            text.get_content = functools.partial(self._filled, text.get_content)
            text.photographs = [self.studio.in_prose[path] for path in asked if path in self.studio.in_prose]
            self.dressing.in_texts[text.url] = text.photographs
            for path in asked:
                if path not in self.studio.in_prose:
                    self._miss(text, path)

    def _miss(self, text: Content, path: str) -> None:
        """Say that *text* shows the photograph *path*, which is not in the site."""
        ignored = next(found.ignored for found in self.studio.found if found.path == path)
        hidden = "it or its gallery is hidden in notes.toml"
        why = "it is left out, as was said of it" if self.studio.report.is_skipped(path) else ignored or hidden
        sentence = (
            f"{text.source_path} shows {shown(path)}, which is not in the site ({why}). Its alternative text stands there "
            "instead; show another photograph, or see to it that this one is in the site."
        )
        log.warning("%s", sentence)
        self.studio.report.trouble(sentence)

    def read_texts(self) -> list[tuple[Content, tuple[str, ...]]]:
        """What Pelican has read by now: the texts with photographs, as `_marked_texts`. Raises TemplateError."""
        texts = self._marked_texts()
        for text in {text.template: text for text in filter(None, self.context["generated_content"].values())}.values():
            self._check_template(text)
        self.studio.others = other_pages(self.context, self.settings)
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
        raise TemplateError(
            f"{text.get_relative_source_path()} asks for `Template: {text.template}`, which the theme does not have. {hint}"
        )

    @_stop_cleanly()
    def settle_pages(self) -> None:
        """When everything was read: choose which pages of ours are written. Raises PageConflictError."""
        self.studio.others = other_pages(self.context, self.settings)
        self.studio.settle_pages(self.portfolio)
        for sentence in self.studio.replaced:
            log.warning("%s", shown(sentence))

    def _marked_texts(self) -> list[tuple[Content, tuple[str, ...]]]:
        """Articles and pages with the photographs they show, which are asked of the studio. Pelican has read them by now."""
        folder = self.studio.settings.photos
        known = [found.path for found in self.studio.found]
        texts = []
        for text in self.context["generated_content"].values():
            written = getattr(text, "_content", None) or ""
            for src in () if self.planning else prose.astray(written, known, folder):
                sentence = f"{text.source_path} shows {src}, and no such photograph lies in {folder}. Correct its name."
                log.warning("%s", shown(sentence))
                self.studio.report.trouble(sentence)
            words, asked = prose.marked(written, known, folder)
            if asked:
                text._content = words
                texts.append((text, asked))
                self.studio.asked |= set(asked)
        self.context["static_links"] -= {f"{folder}/{path}" for path in self.studio.asked}
        return texts

    def _filled(self, content: Callable[[str], str], siteurl: str) -> str:
        """A text with its photographs, drawn by the theme's own macro for the address the site has just now."""
        draw = self.get_template("headshots/_picture").make_module({**self.context, "SITEURL": siteurl}).plate

        def drawn(path: str, alt: str | None, title: str, alone: bool) -> str | None:
            photo = self.studio.in_prose.get(path)
            return draw(photo, alt, title, alone) if photo else None

        return prose.filled(content(siteurl), drawn)

    def page_people(self, page: Page) -> tuple[Person, ...]:
        """Whose headshots *page* shows: `Photos:` in its metadata says (`core/routed/selection.py`), else everybody's."""
        people, nobody = selected(self.portfolio.people, str(page.metadata.get("photos", "")))
        for part in nobody:
            log.warning(
                "The page %s asks for the headshots of %r, and there are none. `Photos:` takes folders of photographs, "
                "files in them, departments and people.",
                shown(page.source_path),
                shown(part),
            )
        self.dressing.shown |= {person.slug for person in people}
        return people

    @_stop_cleanly()
    def generate_output(self, writer: Writer) -> None:
        """Write gallery and photo pages, and put the developed pictures beside them."""
        for page in self.studio.pages:
            writer.write_file(
                page.name,
                self.get_template(page.template),
                self.context,
                self.settings["RELATIVE_URLS"],
                override_output=True,
                url=page.name.removesuffix("index.html"),
                **page.values,
            )
        organisation, site = Markup(self.settings["SITENAME"]).striptags(), self.settings["SITEURL"]
        files = [page.name for page in self.studio.pages]
        files += cards.write(self.studio, self.portfolio, organisation, site)
        self.studio.publish(files, self.dressing.written, emptied=bool(self.settings["DELETE_OUTPUT_DIRECTORY"]))
        # They are copied after this; those that a text attaches to itself have found their place by now.
        self.dressing.written |= {static.save_as for static in self.context["staticfiles"]}
        if log.isEnabledFor(logging.WARNING) and self.studio.report.summary:
            for line in lines(self.studio.report.summary):
                console.print(line, highlight=False, soft_wrap=True)

    def finish(self) -> None:
        """When all pages are written: their styles; and in a strict build, pictures that had to be left out are an error."""
        output = Path(self.output_path)
        self.dressing.finish(output / self.settings["THEME_STATIC_DIR"])
        self.dressing.map_site(output, self.settings["SITEURL"])
        if sentence := self.dressing.overlooked():
            log.warning("%s", shown(sentence))
        wrong = [shown(message) for message in self.studio.report.messages] if self.studio.settings.strict else []
        amiss = " ".join(["strict is on, and not everything went as it should:", *wrong])
        if self.watched:
            live.session.end(self.studio)
            if wrong:
                log.error("%s", amiss)  # whoever is at work on the pictures wants the next build as well
        elif wrong:
            raise SystemExit(amiss)


class PlanningGenerator(PortfolioGenerator):
    """Reads what a build would read, for `pelican-headshots plan`: nothing is developed or remembered."""

    planning = True

    def generate_context(self) -> None:
        self.read_texts()

    def plan(self) -> tuple[Work, list[str]]:
        """What the build would do, and sentences about what it would leave out. Raises Trouble."""
        self.studio.others = other_pages(self.context, self.settings)
        work = self.studio.plan(emptied=bool(self.settings["DELETE_OUTPUT_DIRECTORY"]))
        return work, self.studio.report.messages


def settle_pages(generators: Iterable[Generator]) -> None:
    """The moment when everything was read and nothing is written yet."""
    for generator in generators:
        if isinstance(generator, PortfolioGenerator):
            generator.settle_pages()


def note_written(path: str, context: Mapping[str, Any]) -> None:
    """Remember what this build wrote, for the sitemap. Pelican says it of every page, whoever wrote it."""
    if "headshots_written" in context:
        name = os.path.relpath(path, context["OUTPUT_PATH"])
        context["headshots_written"].add(name.replace(os.sep, "/"))


def finish(pelican: Pelican) -> None:
    """The moment when all pages are written."""
    if build := pelican.settings.get("HEADSHOTS_BUILD"):
        build.finish()


def withhold_originals(generator: StaticGenerator) -> None:
    """Originals are never published, GPS and all, whatever `STATIC_PATHS` or a `{static}` link asks for."""
    private = (Path(generator.path) / read_settings.read(generator.settings).photos).resolve()
    for file in [*generator.context["staticfiles"]]:
        if Path(generator.path, file.source_path).resolve().is_relative_to(private):
            log.warning(
                "%s is an original, which is never published. Link to its page instead.", shown(file.source_path)
            )
            generator.context["staticfiles"].remove(file)


def lend_templates(generator: Generator) -> None:
    """Where the site's theme is not ours, what it lacks comes from ours."""
    generator.env.loader.loaders.append(fallback_loader(theme_path()))


def portfolio_generator(pelican: Pelican) -> type[PortfolioGenerator]:
    """Our generator. The moment before any generator is made is also the last to choose how templates are loaded."""
    given = pelican.settings.get("HEADSHOTS")
    cache = given.get("cache") if isinstance(given, dict) else None
    folder = places.site_folder(Path(pelican.settings["PATH"])) / places.cache_name(cache) / "templates"
    jinja = {"bytecode_cache": CompiledTemplates(folder), **pelican.settings["JINJA_ENVIRONMENT"]}
    pelican.settings["JINJA_ENVIRONMENT"] = jinja
    return PortfolioGenerator


def register() -> None:
    """Pelican holds receivers weakly: only functions of a module stay connected."""
    logging.getLogger("pelican").addFilter(PlainWords())
    signals.get_generators.connect(portfolio_generator)
    signals.generator_init.connect(lend_templates)
    signals.static_generator_finalized.connect(withhold_originals)
    signals.all_generators_finalized.connect(settle_pages)
    signals.content_written.connect(note_written)
    signals.finalized.connect(finish)
