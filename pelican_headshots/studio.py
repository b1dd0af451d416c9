"""The pipeline: a folder of originals becomes a settled portfolio, and then the files it names.

    survey → examine → curate → compose → develop → publish

Each step's result is a value; what is dear to find out is remembered in the cache.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from . import accounts, darkroom
from .adapters import disk
from .adapters.cache.store import Store
from .adapters.looking import models
from .adapters.originals import files
from .adapters.screen.progress import Watch, silent
from .adapters.site import publish, report
from .adapters.site.publish import Publisher
from .adapters.site.report import Report
from .adapters.written import notes_file, people_file
from .adapters.written.words_file import phrases
from .core.geometry import Size
from .core.ordered import draft
from .core.ordered.manner import Manner
from .core.ordered.order import Order
from .core.ordered.quality import LEEWAY, PRESETS
from .core.ordered.work import Work
from .core.photo import Exam, Photo, Words
from .core.plate import Photograph, Portfolio
from .core.rendition import Rights
from .core.routed import curate
from .core.routed.curate import Entry, Folder
from .core.said.notes import Notes
from .core.said.strays import strays
from .core.shown import compose
from .core.shown.pages import Leaf, OtherPage, cards, settle
from .core.trouble import LayoutError
from .places import cache_folder, mark
from .settings import Settings

log = logging.getLogger(__name__)

_ORDINARY = Photo("photo.jpg", "0" * 64, Exam(Size(900, 600), None, Words(), Rights(), ("#808080",) * 3))
"""A picture with nothing odd about it: if its pages cannot be made either, no photograph is at fault."""


class Studio:
    """One site's photographs.

    *originals* is the photos folder, *site* the folder where cache and report lie, *output* the published site. Raises
    Trouble while the old site stands untouched. Where nothing is to be remembered (*remember* is False), nothing is
    written anywhere. *watch* shows how far it has come. *language* is the site's: alternative text is drafted in it.
    """

    def __init__(
        self,
        settings: Settings,
        originals: Path,
        *,
        site: Path,
        output: Path,
        language: str = "en",
        remember: bool = True,
        watch: Watch = silent,
    ) -> None:
        self.settings, self.originals, self.output = settings, originals, output
        self.mark = mark(settings, site)
        self.phrases = phrases(language, site / settings.words if settings.words else None)
        self.report_path = site / "build-report.json"
        cache = cache_folder(settings, site, originals, output)
        self.survey()
        self.store = Store(cache, remember=remember)
        self.gate = self.store.gate
        self.models = self._models(site)
        self.room = darkroom.Darkroom(settings, originals, self.store, self.models, watch)
        self.report = Report(originals)
        self.photos: tuple[Photo, ...] = ()
        self.remarks: Mapping[str, str] = {}
        self.alts: Mapping[str, str] = {}
        self.order = self.new_order()
        self.left_out: dict[str, str] = {}
        """A sentence for each photograph that cannot be laid out, by its path."""
        self.drafted: Order | None = None
        """What is still to be made, where drafts are shown."""
        self.asked: frozenset[str] = frozenset()
        """Paths of the photographs that articles and pages show."""
        self.in_prose: dict[str, Photograph] = {}
        self.others: Mapping[str, OtherPage] = {}
        """What Pelican writes into the site, by its file."""
        self.pages: tuple[Leaf, ...] = ()
        self.replaced: tuple[str, ...] = ()
        """A sentence about each page of ours in whose place another one stands."""

    def survey(self) -> None:
        """Find out what lies in the photos folder at this moment, and what its notes say. Raises BadNotes, BadPeople."""
        self.found = tuple(
            files.walk(self.originals, largest=self.settings.file_limit << 20, raw=self.settings.raw_previews)
        )
        self.notes = notes_file.read_all(self.originals, self.found)
        self.people = people_file.read_all(self.originals, self.found)

    def _models(self, site: Path) -> Path | None:
        """The models' folder, or None with one warning: then pictures hang in their galleries unjudged."""
        try:
            return models.find(self.settings.models and site / self.settings.models, self.store.index)
        except models.ModelError as wrong:
            if self.settings.strict or self.settings.models:
                raise
            why = files.shown(str(wrong))
            log.warning("%s Until then photographs are not looked at and hang in their folders' galleries.", why)
            return None

    def new_order(self, drafts: Collection[str] = ()) -> Order:
        """An empty order, as the settings want pictures made; *drafts* as in `Order`."""
        chosen = self.settings
        manner = Manner(
            chosen.formats,
            PRESETS[chosen.quality],
            self.room.engine,
            chosen.max_width,
            self.mark,
            LEEWAY[chosen.quality],
            chosen.wide_gamut,
        )
        return Order(manner, drafts)

    def portfolio(self, *, hurried: bool = False) -> Portfolio:
        """Look at what is new, judge, decide, and develop what is missing. Everything in the site is settled then.

        *hurried*: where developing would take longer than somebody likes to wait, drafts are shown; see `finish`.
        """
        lost: dict[str, str] = {}
        with self.room.errands.together():
            made, refused = self._decided()
            if hurried:
                made = self._drafted() or made
            while gone := self.room.develop(self.order, self.photos):
                # Whatever could not be developed leaves the walls, and the others close up; they may then be lost in turn.
                lost |= gone
                self.photos = tuple(photo for photo in self.photos if photo.path not in lost)
                self.order = self.new_order(self.order.drafts)
                made = self._composed()
        for path, sentence in {**refused, **self.left_out, **lost}.items():
            log.warning("%s", files.shown(sentence))
            self.report.skipped(path, sentence)
        for sentence in made.remarks.values():
            log.info("%s", files.shown(sentence))
        listed = {file.name: [photo for one in file.people for photo in one.photos] for file in self.people}
        named_amiss = strays(self.notes, listed, (found.path for found in self.found))
        sidecars = filter(None, (found.sidecar_refusal for found in self.found))
        for sentence in (*named_amiss, *sidecars, *self.room.errands.troubles):
            log.warning("%s", files.shown(sentence))
            self.report.trouble(sentence)
        return made

    def _drafted(self) -> Portfolio | None:
        """The portfolio with drafts of what would take too long; None where nothing would."""
        from .adapters.work.workers import processors

        missing = self.room.missing(self.order)
        if draft.seconds(missing, self.settings.workers or processors()) <= draft.PATIENCE:
            return None
        self.drafted = self.order
        self.order = self.new_order(missing.keys())
        return self._composed()

    def finish(self, stopped: Callable[[], bool]) -> bool:
        """Develop into the cache what `portfolio` showed drafts of, until *stopped*; whether it came to the end."""
        if not self.drafted:
            return False
        gate = disk.Turnstile(self.store.notebook / "building.lock")
        gate.enter()
        try:
            self.room.develop(self.drafted, self.photos, stopped)
            self.store.save()
        finally:
            gate.leave()
        return not stopped()

    def plan(self, *, emptied: bool = False) -> Work:
        """What the next build would do, found out by doing it up to the point where it would change anything.

        *emptied*: Pelican empties the site's folder first. New photographs are looked at, because which files they need
        depends on who is in them.
        """
        made, refused = self._decided()
        for path, sentence in {**refused, **self.left_out}.items():
            self.report.skipped(path, sentence)
        publisher = self._publisher([page.name for page in self.pages] + [person.vcard for person in cards(made)])
        changes = publisher.changes()
        missing = {key for wanted in self.room.missing(self.order).values() for key in wanted}
        placed = list(self.order.files) if emptied else list(changes.missing)
        stale = [] if emptied else [name for name in changes.stale if os.path.lexists(self.output / name)]
        return self._work(publisher.former, missing, placed, stale, emptied=emptied)

    def _decided(self) -> tuple[Portfolio, dict[str, str]]:
        refused = self.look()
        made = self._composed()
        if self.room.missing(self.order) and self.room.check_engine():
            self.order = self.new_order()
            made = self._composed()
        return made, refused

    def look(self) -> dict[str, str]:
        """Look at what was found and is new. A sentence for each file that cannot be used, by its path."""
        photos, refused = self.room.examine(self.found)
        self.photos = tuple(photo.with_places(self.settings.places) for photo in photos)
        return refused

    def entries(self) -> list[Entry]:
        """Every photograph that is not hidden, judged, in order."""
        self.folders = self._folders(self.photos)
        return [entry for folder in self.folders for entry in folder.entries]

    def _folders(self, photos: Sequence[Photo]) -> tuple[Folder, ...]:
        chosen = self.settings
        return curate.folders(photos, self.notes, lean=chosen.lean, headshots_too=chosen.headshots_in_galleries)

    def _composed(self) -> Portfolio:
        """Compose the portfolio; photographs that cannot be laid out go to `left_out`, and the others close up."""
        while True:
            try:
                self.folders, made, self.in_prose = self._compose(self.photos, self.order)
                break
            except Exception as error:
                odd = self._at_fault(error)
                if not odd:
                    raise
                self._leave_out(odd)
        self.remarks, self.alts = made.remarks, made.alts
        self.settle_pages(made)
        return made

    def _compose(
        self, photos: Sequence[Photo], order: Order
    ) -> tuple[tuple[Folder, ...], Portfolio, dict[str, Photograph]]:
        """Compose *photos* alone: their folders, the portfolio, and the photographs that articles show."""
        chosen, folders = self.settings, self._folders(photos)
        made = compose.portfolio(
            folders,
            order,
            chosen.rights,
            self.notes.get("", Notes()).gallery.cover,
            self.people,
            self.phrases,
            names_from_metadata=chosen.names_from_metadata,
            downloads=chosen.downloads,
        )
        return folders, made, compose.in_prose(folders, made, self.asked, order, chosen.rights, self.phrases)

    def _leave_out(self, odd: Mapping[str, BaseException]) -> None:
        for path, error in odd.items():
            self.left_out[path] = (
                f"{path} cannot be laid out ({type(error).__name__}: {error}) and is left out. Save it anew or in other "
                "proportions, or hide it in notes.toml; `pelican --debug` shows where the error is."
            )
            log.debug("%s cannot be laid out:", files.shown(path), exc_info=error)
        self.photos = tuple(photo for photo in self.photos if photo.path not in odd)
        self.order = self.new_order(self.order.drafts)

    def _at_fault(self, error: Exception) -> dict[str, BaseException]:
        """Return what is wrong with each photograph because of which composing ended in *error*, by its path.

        Empty where an ordinary picture cannot be composed either, or each photograph can on its own.
        """
        if self._error_alone(_ORDINARY):
            return {}
        if isinstance(error, LayoutError):
            return {error.path: error.__cause__ or error}
        return {photo.path: wrong for photo in self.photos if (wrong := self._error_alone(photo))}

    def _error_alone(self, photo: Photo) -> BaseException | None:
        try:
            self._compose((photo,), self.new_order())
        except LayoutError as error:
            return error.__cause__ or error
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told with the photograph's name
            return error
        return None

    def settle_pages(self, made: Portfolio) -> None:
        """Choose which pages of *made* are written, beside what Pelican writes. Raises PageConflictError."""
        self.pages, self.replaced = settle(made, self.order.files, self.others)

    def publish(self, pages: Sequence[str], written: Collection[str] = (), *, emptied: bool = False) -> Report:
        """Put the developed pictures into the site, take away what it no longer names, and write the report.

        *pages* are the pages of ours that this build wrote, so that a later one may remove them; *written* whatever it has
        written so far, by whomever. *emptied*: Pelican
        emptied the site's folder first.
        """
        publisher = self._publisher(pages, written)
        former = publisher.former
        placed, removed = publisher.finish()
        self.report.work = self._work(former, self.room.made, placed, removed, emptied=emptied)
        self.store.save()
        accounts.tell(
            self.report,
            self.photos,
            self.folders,
            self.found,
            self.order,
            self.output,
            self.remarks,
            self.alts,
            self.phrases,
        )
        self.report.summary = accounts.summary(self.report, self.photos, self.folders, self.room.made, self.store)
        self.report.write(self.report_path)
        self.gate.leave()
        return self.report

    def tidy(self) -> tuple[int, int, int] | None:
        """Remove from the cache what no build names: neither a site that still stands nor the next build of this one.

        How many files, their bytes, and of how many photographs that have gone the measurements were. None where a build
        is running: what it just made is named by nobody yet.
        """
        if not self.gate.alone():
            return None
        self.store.database.refresh()
        self._decided()
        wanted = {key for renditions in self.order.wanted.values() for key in renditions}
        exams = set(self.store.exams.keys())
        kept = {key for key in exams if key.partition(".")[0] in self.room.digests}
        removed, freed = self.store.renditions.keep(wanted | publish.named(self.store))
        self.store.exams.keep(kept)
        self.store.index.forget_unseen()
        self.store.database.save()
        self.gate.leave()
        return removed, freed, len(exams - kept)

    def _publisher(self, pages: Sequence[str], written: Collection[str] = ()) -> Publisher:
        publisher = Publisher(self.output, self.store, {*self.others, *written})
        for name, key in self.order.files.items():
            publisher.place(name, key)
        for page in pages:
            publisher.claim(page)
        return publisher

    def _work(
        self,
        former: Mapping[str, str],
        made: Collection[str],
        placed: Sequence[str],
        removed: Sequence[str],
        *,
        emptied: bool = False,
    ) -> Work:
        there = {found.path for found in self.found}
        once = report.owners(self.report_path, self.output)
        return accounts.work_done(
            self.order, self.room.looked, former, made, placed, removed, there=there, once=once, emptied=emptied
        )
