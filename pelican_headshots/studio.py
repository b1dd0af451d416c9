"""The pipeline: a folder of originals becomes a settled portfolio, and then the files it names.

    survey → examine → curate → compose → develop → publish

Each step's result is a value; what is dear to find out is remembered in the cache.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from . import darkroom
from .adapters import files, models, notes_file
from .adapters.publish import Publisher
from .adapters.report import Report
from .adapters.store import Store
from .core import compose, curate
from .core.order import Order
from .core.photo import Photo
from .core.plate import Portfolio
from .core.quality import PRESETS
from .settings import Settings

log = logging.getLogger(__name__)


class Studio:
    """One site's photographs.

    *originals* is the photos folder, *site* the folder where cache and report lie, *output* the published site. Raises
    BadNotes, ModelError and DiskTrouble while the old site stands untouched.
    """

    def __init__(self, settings: Settings, originals: Path, *, site: Path, output: Path) -> None:
        self.settings, self.originals, self.output = settings, originals, output
        self.report_path = site / "build-report.json"
        self.found = tuple(files.walk(originals, largest=settings.file_limit << 20))
        self.notes = notes_file.read_all(originals, self.found)
        self.models = self._models()
        self.store = Store(site / settings.cache)
        self.report = Report()
        self.photos: tuple[Photo, ...] = ()
        self.order = self._new_order()

    def _models(self) -> Path | None:
        """The models' folder, or None with one warning: then pictures hang in their galleries unjudged."""
        try:
            return models.find(self.settings.models)
        except models.ModelError as wrong:
            if self.settings.strict or self.settings.models:
                raise
            log.warning("%s Until then photographs are not looked at and hang in their folders' galleries.", wrong)
            return None

    def _new_order(self) -> Order:
        chosen = self.settings
        return Order(chosen.formats, PRESETS[chosen.quality], darkroom.engine(), chosen.max_width)

    def portfolio(self) -> Portfolio:
        """Look at what is new, judge, decide, and develop what is missing. Everything in the site is settled then."""
        room = darkroom.Darkroom(self.settings, self.originals, self.store, self.models)
        self.photos, refused = room.examine(self.found)
        made = self._composed()
        lost = room.develop(self.order, self.photos)
        if lost:
            # Whatever could not be developed leaves the walls, and the others close up.
            self.photos = tuple(photo for photo in self.photos if photo.path not in lost)
            self.order = self._new_order()
            made = self._composed()
            room.develop(self.order, self.photos)
        for path, sentence in {**refused, **lost}.items():
            log.warning("%s", sentence)
            self.report.skipped(path, sentence)
        return made

    def _composed(self) -> Portfolio:
        chosen = self.settings
        self.folders = curate.folders(
            self.photos, self.notes, lean=chosen.lean, headshots_too=chosen.headshots_in_galleries
        )
        return compose.portfolio(self.folders, self.order, chosen.rights)

    def publish(self, pages: Sequence[str]) -> Report:
        """Put the developed pictures into the site, take away what it no longer names, and write the report.

        *pages* are the pages of ours that this build wrote, so that a later one may remove them.
        """
        publisher = Publisher(self.output, self.store)
        for name, key in self.order.files.items():
            publisher.place(name, key)
        for page in pages:
            publisher.claim(page)
        publisher.finish()
        self.store.save()
        self._tell()
        self.report.write(self.report_path)
        return self.report

    def _tell(self) -> None:
        entries = {entry.photo.path: entry for folder in self.folders for entry in folder.entries}
        for photo in self.photos:
            entry = entries.get(photo.path)
            if entry is None:
                self.report.ignored(photo.path, f"{photo.path} is hidden by a note.")
            else:
                outputs = [self.output / name for name in self.order.outputs.get(photo.path, ())]
                crops = [str(self.output / name) for name in self.order.crops.get(photo.path, ())]
                shot = entry.shot
                facts = {
                    "kind": shot.kind,
                    "confidence": shot.confidence,
                    "unsure": shot.unsure,
                    "why": list(shot.why),
                    "crops": crops,
                }
                self.report.built(photo.path, outputs, **facts)
        for found in self.found:
            if found.ignored:
                self.report.ignored(found.path, f"{files.shown(found.path)}: {found.ignored}.")
