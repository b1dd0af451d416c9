"""Pelican's door: a generator that brings the portfolio into every template and writes its pages.

Pelican makes generators anew for each build and before it empties the output, so everything that can be wrong with a
site's settings is found in `__init__`, while the old site still stands.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
from .core.plate import Person, Portfolio
from .core.routed.selection import selected
from .core.shown import prose
from .core.shown.pages import pages
from .core.shown.summary import lines
from .core.trouble import Trouble
from .dressing import Dressing
from .guest import fallback_loader
from .studio import Studio

log = logging.getLogger(__name__)

FORETELL = "HEADSHOTS_FORETELL"
"""Among Pelican's settings: stop where the build would begin to change anything. For `pelican-headshots plan`."""


class Foretold(Exception):
    """Everything is known of what the build would do with *studio*'s photographs. No error: it ends what only foretells."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio


class PlainWords(logging.Filter):
    """Keeps Pelican from printing a call stack under a sentence, or where the disk is at fault."""

    def filter(self, record: logging.LogRecord) -> bool:
        wrong = record.exc_info[1] if record.exc_info else None
        if isinstance(wrong, Trouble) or getattr(wrong, "errno", None) in DISK_FAULTS:
            record.exc_info = None
        return True


LISTS = {"archives": "articles", "authors": "authors", "categories": "categories", "tags": "tags"}
"""Pages that Pelican writes though there may be nothing to list on them → what they list. No map names empty ones."""


class PortfolioGenerator(Generator):  # type: ignore[misc]
    """The portfolio of one build."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        try:
            self._begin()
        except Trouble as wrong:
            if live.rested() and isinstance(wrong, read_settings.BadSetting):
                raise read_settings.BadSetting(f"{wrong} Then start Pelican again.") from wrong
            raise

    def _begin(self) -> None:
        chosen = read_settings.read(self.settings)
        originals = places.photos_folder(chosen, Path(self.path))
        self._keep_private(originals)
        site, output = places.site_folder(Path(self.path)), Path(self.output_path)
        self.foretelling = bool(self.settings.get(FORETELL))
        watch = on_stderr() if self.foretelling else on(console)
        remember = not self.foretelling
        language = self.settings["DEFAULT_LANG"]
        self.studio = Studio(
            chosen, originals, site=site, output=output, language=language, remember=remember, watch=watch
        )
        self.dressing = Dressing(chosen, site, self.studio.phrases)
        self.settings["HEADSHOTS_DRESSING"] = self.dressing
        self.portfolio = Portfolio((), (), None)
        self._pages: list[str] = []

    def _keep_private(self, originals: Path) -> None:
        """What lies beside the originals is theirs: a caption in a text file is no article."""
        private = str(originals.relative_to(self.path))
        for paths in ("ARTICLE_EXCLUDES", "PAGE_EXCLUDES"):
            if private not in self.settings[paths]:
                self.settings[paths] = [*self.settings[paths], private]

    def generate_context(self) -> None:
        """Look, judge, decide and develop; afterwards `portfolio` is in every template."""
        texts = self._marked_texts()
        contents = self.context["generated_content"].values()
        self.dressing.unlisted = {
            each.save_as for each in contents if getattr(each, "status", "") in ("draft", "hidden")
        } | {
            self.settings.get(f"{page.upper()}_SAVE_AS", f"{page}.html")
            for page, of in LISTS.items()
            if not self.context.get(of)
        }
        if self.foretelling:
            raise Foretold(self.studio)
        watched = live.watching()
        self.settings["HEADSHOTS_LIVE"] = self.studio if watched else None
        self.context["live_script"] = live.begin() if watched else ""
        hurried = watched and self.studio.settings.draft
        self.portfolio = self.dressing.portfolio = self.studio.portfolio(hurried=hurried)
        self.context["portfolio"] = self.portfolio
        self.context["page_people"] = self.page_people
        self.context.update(self.dressing.context())
        for text, asked in texts:
            text.get_content = functools.partial(self._filled, text.get_content)
            text.photographs = [self.studio.in_prose[path] for path in asked if path in self.studio.in_prose]
            self.dressing.in_texts[text.url] = text.photographs

    def _marked_texts(self) -> list[tuple[Content, tuple[str, ...]]]:
        """Articles and pages with the photographs they show, which are asked of the studio. Pelican has read them by now."""
        folder = self.studio.settings.photos
        known = [found.path for found in self.studio.found]
        texts = []
        for text in self.context["generated_content"].values():
            written = getattr(text, "_content", None) or ""
            for src in () if self.foretelling else prose.astray(written, known, folder):
                sentence = (
                    f"{text.source_path} shows {shown(src)}, and no such photograph lies in {folder}. Correct its name."
                )
                log.warning("%s", sentence)
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

        def drawn(path: str, alt: str | None, title: str, alone: bool) -> str:
            photo = self.studio.in_prose.get(path)
            return draw(photo, alt, title, alone) if photo else ""

        return prose.filled(content(siteurl), drawn)

    def page_people(self, page: Page) -> tuple[Person, ...]:
        """Whose headshots *page* shows: `Photos:` in its metadata says (`core/routed/selection.py`), else everybody's."""
        people, nobody = selected(self.portfolio.people, str(page.metadata.get("photos", "")))
        for part in nobody:
            log.warning(
                "The page %s asks for the headshots of %r, and there are none. `Photos:` takes folders of photographs, "
                "files in them, departments and people.",
                page.source_path,
                shown(part),
            )
        self.dressing.shown |= {person.slug for person in people}
        return people

    def generate_output(self, writer: Writer) -> None:
        """Write gallery and photo pages, and put the developed pictures beside them."""
        write = self._writer(writer)
        for page in pages(self.portfolio):
            write(page.name, page.template, **page.values)
        organisation, site = Markup(self.settings["SITENAME"]).striptags(), self.settings["SITEURL"]
        self._pages += cards.write(self.studio, self.portfolio, organisation, site)
        self.studio.publish(self._pages, emptied=bool(self.settings["DELETE_OUTPUT_DIRECTORY"]))
        if log.isEnabledFor(logging.WARNING) and self.studio.report.summary:
            for line in lines(self.studio.report.summary):
                console.print(line, highlight=False, soft_wrap=True)
        self._judge_strictly()

    def _judge_strictly(self) -> None:
        messages = self.studio.report.messages
        if self.studio.settings.strict and messages:
            self.settings["HEADSHOTS_LEFT_OUT"] = "strict is on, and not everything went as it should: " + " ".join(
                map(shown, messages)
            )

    def _writer(self, writer: Writer) -> Callable[..., None]:
        def write(name: str, template: str, **values: Any) -> None:
            self._pages.append(name)
            writer.write_file(
                name,
                self.get_template(template),
                self.context,
                self.settings["RELATIVE_URLS"],
                override_output=True,
                url=name.removesuffix("index.html"),
                **values,
            )

        return write


def finish(pelican: Pelican) -> None:
    """When all pages are written: their styles; and in a strict build, pictures that had to be left out are an error."""
    dressing = pelican.settings.get("HEADSHOTS_DRESSING")
    if dressing:
        output = Path(pelican.settings["OUTPUT_PATH"])
        dressing.finish(output / pelican.settings["THEME_STATIC_DIR"])
        dressing.map_site(output, pelican.settings["SITEURL"])
        if sentence := dressing.overlooked():
            log.warning("%s", shown(sentence))
    studio = pelican.settings.get("HEADSHOTS_LIVE")
    # Pelican keeps its settings from build to build while it watches.
    verdict = pelican.settings.pop("HEADSHOTS_LEFT_OUT", "")
    if studio:
        live.end(studio)
        if verdict:
            log.error("%s", verdict)  # whoever is at work on the pictures wants the next build as well
    elif verdict:
        raise SystemExit(verdict)


def withhold_originals(generator: StaticGenerator) -> None:
    """Originals are never published, GPS and all, whatever `STATIC_PATHS` or a `{static}` link asks for."""
    folder = Path(generator.path) / read_settings.read(generator.settings).photos
    private = folder.resolve()
    kept = []
    for file in generator.context["staticfiles"]:
        if Path(generator.path, file.source_path).resolve().is_relative_to(private):
            log.warning("%s is an original, which is never published. Link to its page instead.", file.source_path)
        else:
            kept.append(file)
    generator.context["staticfiles"] = kept


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
    signals.finalized.connect(finish)
