"""The pipeline: a folder of originals becomes a settled portfolio, and then the files it names.

    survey → examine → curate → compose → develop → publish

Each step's result is a value; what is dear to find out is remembered in the cache.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

import msgspec
from msgspec.structs import replace

from . import tasks
from .adapters import files, models, notes_file
from .adapters.publish import Publisher
from .adapters.report import Report
from .adapters.stat_index import digest
from .adapters.store import Store
from .core import compose, curate
from .core.geometry import Value
from .core.names import printable
from .core.notes import Notes
from .core.order import Order
from .core.photo import Exam, Photo
from .core.plate import Portfolio
from .core.quality import qualities
from .core.rendition import Rendition
from .settings import Settings
from .workers import Job, Lost, Pool

log = logging.getLogger(__name__)

NOTES = "notes.toml"


class Original(Value, frozen=True):
    """A file in the photos folder, and the names of its contents and of its sidecar's (empty without one)."""

    found: files.Found
    digest: str
    sidecar: str

    def exam_key(self, eyes: str) -> str:
        """What its exam is remembered under; *eyes* names whatever the looking depends on."""
        return f"{self.digest}.{self.sidecar or '-'}.{eyes}"


class Studio:
    """One site's photographs.

    *originals* is the photos folder, *site* the folder where cache and report lie, *output* the published site. Raises
    BadNotes, ModelError and DiskTrouble while the old site stands untouched.
    """

    def __init__(self, settings: Settings, originals: Path, *, site: Path, output: Path) -> None:
        self.settings, self.originals, self.output = settings, originals, output
        self.report_path = site / "build-report.json"
        self.notes = {
            str(path.parent.relative_to(originals).as_posix()).removeprefix("."): notes_file.read(path)
            for path in sorted(originals.rglob(NOTES))
        }
        self.models = self._models()
        self.store = Store(site / settings.cache)
        self.report = Report()
        self.photos: dict[str, Photo] = {}
        self.order = Order(settings.formats, qualities(settings.quality), tasks.engine(), settings.max_width)

    def _models(self) -> Path | None:
        """The models' folder, or None with one warning: then pictures hang in their galleries unjudged."""
        try:
            return models.find(self.settings.models)
        except models.ModelError as wrong:
            if self.settings.strict or self.settings.models:
                raise
            log.warning("%s Until then photographs are not looked at and hang in their folders' galleries.", wrong)
            return None

    def portfolio(self) -> Portfolio:
        """Look at what is new, judge, decide, and develop what is missing. Everything in the site is settled then."""
        photos = list(self._photos())
        self.photos = {photo.path: photo for photo in photos}
        settings = self.settings
        folders = curate.folders(photos, self.notes, lean=settings.lean, headshots_too=settings.headshots_in_galleries)
        made = compose.portfolio(folders, self.order, settings.rights)
        lost = self._develop()
        if not lost:
            return made
        self.order = replace_order(self.order)
        folders = tuple(
            replace(f, entries=_without(f.entries, lost), hung=_without(f.hung, lost)) for f in folders
        )
        return compose.portfolio(folders, self.order, settings.rights)

    def publish(self) -> Report:
        """Put the developed pictures into the site, take away what it no longer names, and write the report."""
        publisher = Publisher(self.output, self.store)
        for name, key in self.order.files.items():
            publisher.place(name, key)
        publisher.finish()
        self.store.save()
        outputs: dict[str, list[Path]] = {}
        for name, photo in self.order.owners():
            outputs.setdefault(photo, []).append(self.output / name)
        for path, photo in self.photos.items():
            if not self.report.is_skipped(path):
                self._tell(photo, outputs.get(path, []))
        self.report.write(self.report_path)
        return self.report
