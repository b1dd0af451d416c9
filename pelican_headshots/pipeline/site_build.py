"""The pipeline: from a folder of original photos to a portfolio, and from that to the files of the site.

    scan → analyze → classify → compose → render → publish

The result of each step is a value; expensive results are cached.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from pathlib import Path

from msgspec.structs import replace

from ..analysis import model_files
from ..cache.store import Store
from ..crop.head_crop import find_crop_obstacle
from ..images import preview
from ..images.encoding_options import EncodingOptions
from ..images.plan import RenderPlan
from ..images.quality_presets import DENSE_QUALITY_DROP, QUALITY_PRESETS
from ..notes import loader
from ..notes.selector import PhotoSelector
from ..notes.unmatched import describe_unmatched_names
from ..pages import compose
from ..pages.page_specs import PageSpec, PelicanPage, list_people_with_vcard, resolve_page_conflicts
from ..pages.translations import load_translations
from ..people import people_file, routing
from ..people.classified_photo import ClassifiedPhoto, Route
from ..people.consents import ConsentCheck, check_consents
from ..people.routing import GalleryFolder, RoutingContext
from ..publish import build_report, changes, report_content
from ..publish.build_report import BuildReport
from ..publish.changes import ChangeSet
from ..publish.publisher import Publisher, collect_published_keys
from ..scan import files
from ..settings import Settings
from ..support import atomic_files
from ..support.errors import LayoutError
from ..support.progress import ProgressReporter, report_nothing
from ..values.consent import ConsentUse
from ..values.geometry import Size
from ..values.notes import Notes, collect_set_framings
from ..values.photo import Photo, PhotoMetadata, PhotoRecord
from ..values.portfolio import PhotoView, Portfolio
from ..values.rendition import FramingName, Rights
from ..values.selection import Choice
from . import process
from .classification_cache import SavedClassifications
from .paths import load_watermark, resolve_cache_folder

log = logging.getLogger(__name__)

_ORDINARY_PHOTO = Photo(
    "photo.jpg", "0" * 64, PhotoRecord(Size(900, 600), None, PhotoMetadata(), Rights(), ("#808080",) * 3)
)
"""A photo without any peculiarity: if its pages cannot be composed either, the error is not in a photo."""


class SiteBuild:
    """The photos of one site, and the steps from them to the finished portfolio.

    Args:
        settings: Our settings.
        originals_folder: The photos folder.
        site_folder: The folder of the cache and the build report.
        output_folder: The published site.
        language: The language of the site, in which alternative text is drafted.
        remember: False: write nothing anywhere.
        progress: Shows how far the work has come.
        today: The day on which consents must hold; by default the day of the build.

    Raises:
        HeadshotsError: Something cannot be used. The files of the last build are still untouched.
    """

    def __init__(
        self,
        settings: Settings,
        originals_folder: Path,
        *,
        site_folder: Path,
        output_folder: Path,
        language: str = "en",
        remember: bool = True,
        progress: ProgressReporter = report_nothing,
        today: date | None = None,
    ) -> None:
        self.today = today or date.today()
        self.settings, self.originals_folder, self.output_folder = settings, originals_folder, output_folder
        self.watermark = load_watermark(settings, site_folder)
        self.translations = load_translations(
            language, site_folder / settings.translations if settings.translations else None
        )
        self.report_path = site_folder / "build-report.json"
        cache = resolve_cache_folder(settings, site_folder, originals_folder, output_folder)
        self.scan_photos()
        self.store = Store(cache, may_write=remember)
        self.build_lock = self.store.build_lock
        self.models_folder = self._find_models(site_folder)
        self.processor = process.PhotoProcessor(settings, originals_folder, self.store, self.models_folder, progress)
        self.classification_cache = SavedClassifications(
            self.store.classifications, self.processor.make_analysis_fingerprint()
        )
        self.report = BuildReport(originals_folder)
        self.photos: tuple[Photo, ...] = ()
        self.portfolio = Portfolio((), (), None)
        self.render_plan = self.make_render_plan()
        self.layout_failures: dict[str, str] = {}
        """A message for each photo that cannot be laid out, by its path."""
        self.final_plan: RenderPlan | None = None
        """The renditions that are still to be made while previews are shown."""
        self.inline_photo_paths: frozenset[str] = frozenset()
        """Paths of the photos that articles and pages show."""
        self.inline_photos: dict[str, PhotoView] = {}
        self.page_queries: tuple[str, ...] = ("",)
        """The `Photos:` of each page that shows people; one page without it, as long as the pages have not been read."""
        self.page_framings: frozenset[FramingName] = frozenset()
        """The framings that pages ask for by `Framing:`."""
        self.pelican_pages: Mapping[str, PelicanPage] = {}
        """What Pelican itself writes into the site, by file."""
        self.page_specs: tuple[PageSpec, ...] = ()
        self.root_texts: Mapping[str, str] = {}
        """Texts for the root of the site besides its pages, by file."""
        self.theme_files: tuple[str, ...] = ()
        """Files that we write into the theme's static folder and that a later build may remove."""
        self.replacement_notices: tuple[str, ...] = ()
        """A message about each of our pages that a page of the site replaces."""

    def scan_photos(self) -> None:
        """List the photos folder as it is now and read its notes. Raises NotesError and PeopleFileError."""
        self.scanned_files = self._scan_photos_folder()
        self.notes = loader.read_all_notes(self.originals_folder, self.scanned_files)
        loader.check_moods(self.notes, self.settings.mood_names)
        self.scanned_files = loader.leave_out_ignored_files(self.scanned_files, self.notes)
        self.people_files = people_file.read_all_people_files(
            self.originals_folder, self.scanned_files, self.settings.columns
        )

    def has_photos_folder_changed(self) -> bool:
        """Return whether a file in the photos folder was added, removed or changed since `scan_photos`."""
        now, then = (
            {(file.path, file.file_stat) for file in found}
            for found in (self._scan_photos_folder(), self.scanned_files)
        )
        return now != then

    def _scan_photos_folder(self) -> tuple[files.ScannedFile, ...]:
        return tuple(
            files.scan_folder(
                self.originals_folder,
                max_bytes=self.settings.max_file_mb << 20,
                use_raw_previews=self.settings.raw_previews,
            )
        )

    def _find_models(self, site_folder: Path) -> Path | None:
        """Return the models folder, or None with one warning: then all photos appear unclassified in their galleries."""
        try:
            return model_files.find_models(
                self.settings.models and site_folder / self.settings.models, self.store.stat_index
            )
        except model_files.ModelError as error:
            if self.settings.strict or self.settings.models:
                raise
            reason = files.escape_for_terminal(str(error))
            log.warning("%s Until then photos are not analyzed, and all appear in their folders' galleries.", reason)
            return None

    def make_render_plan(self, preview_digests: Collection[str] = ()) -> RenderPlan:
        """Return an empty plan with the encoding options of the settings; *preview_digests* as in `RenderPlan`."""
        settings = self.settings
        options = EncodingOptions(
            settings.formats,
            QUALITY_PRESETS[settings.quality],
            self.processor.encoder_versions,
            settings.max_width,
            self.watermark,
            DENSE_QUALITY_DROP[settings.quality],
            settings.wide_gamut,
        )
        return RenderPlan(options, preview_digests, settings.slug_replacements)

    def build_portfolio(self, *, allow_previews: bool = False) -> Portfolio:
        """Analyze new photos, classify and compose all, render what is missing, and return the finished portfolio.

        Args:
            allow_previews: Show previews first if rendering would take too long; see `render_final_pictures`.
        """
        failures: dict[str, str] = {}
        with self.processor.job_runner.share_workers():
            portfolio, unusable = self._analyze_and_compose()
            if allow_previews:
                portfolio = self._compose_previews() or portfolio
            while newly_failed := self.processor.render_missing(self.render_plan, self.photos):
                # Without the failed photos the layout changes: the others may need new renditions, which may fail too.
                failures |= newly_failed
                self.photos = tuple(photo for photo in self.photos if photo.path not in failures)
                self.render_plan = self.make_render_plan(self.render_plan.preview_digests)
                portfolio = self._compose_what_can_be_laid_out()
        for path, sentence in {**unusable, **self.layout_failures, **failures}.items():
            log.warning("%s", files.escape_for_terminal(sentence))
            self.report.add_skipped(path, sentence)
        for sentence in portfolio.remarks.values():
            log.info("%s", files.escape_for_terminal(sentence))
        for entry in (entry for folder in self.folders for entry in folder.entries):
            if sentence := entry.describe_crop_obstacle():
                level = logging.INFO if entry.is_for_people else logging.WARNING
                log.log(level, "%s", files.escape_for_terminal(sentence))
        for sentence in self.check_consents().sentences:
            log.warning("%s", files.escape_for_terminal(sentence))
        for sentence in (*self.describe_input_problems(), *self.processor.job_runner.problems):
            log.warning("%s", files.escape_for_terminal(sentence))
            self.report.add_problem(sentence)
        return portfolio

    def describe_input_problems(self) -> list[str]:
        """Return a message about each name in notes and people files that fits no photo, and each unusable sidecar."""
        photos_by_people_file = {
            file.path: [photo for one in file.people for photo in one.photos] for file in self.people_files
        }
        unmatched_names = describe_unmatched_names(
            self.notes, photos_by_people_file, (found.path for found in self.scanned_files)
        )
        sidecars = (
            sentence
            for found in self.scanned_files
            for sentence in (found.sidecar_unusable_reason, found.second_sidecar_remark)
            if sentence
        )
        return [*unmatched_names, *sidecars]

    def compose_preview(self, photos: Sequence[Photo], processor: process.PhotoProcessor) -> Portfolio:
        """Return the portfolio of *photos*, analyzed by *processor*, without rendering anything.

        Photos of which the cache lacks a rendition are planned as previews.
        """
        self.photos, self.processor = tuple(photos), processor
        self.render_plan = self.make_render_plan()
        portfolio = self._compose_what_can_be_laid_out()
        if missing := processor.find_missing(self.render_plan):
            self.render_plan = self.make_render_plan(missing.keys())
            portfolio = self._compose_what_can_be_laid_out()
        return portfolio

    def _compose_previews(self) -> Portfolio | None:
        """Return the portfolio with previews of what would take too long to render; None if nothing would."""
        from ..workers.pool import count_processors

        missing = self.processor.find_missing(self.render_plan)
        if (
            preview.estimate_render_seconds(missing, self.settings.workers or count_processors())
            <= preview.MAX_WAIT_SECONDS
        ):
            return None
        self.final_plan = self.render_plan
        self.render_plan = self.make_render_plan(missing.keys())
        return self._compose_what_can_be_laid_out()

    def render_final_pictures(self, should_stop: Callable[[], bool]) -> bool:
        """Render into the cache what is shown as previews, until *should_stop*.

        Returns:
            Whether a build would show something new. A photo that cannot be rendered is named in the log and does not
            count: it would fail in each build.
        """
        if not self.final_plan:
            return False
        missing = self.processor.find_missing(self.final_plan)
        build_lock = atomic_files.SharedLock(self.store.writable_root / "building.lock")
        build_lock.acquire_shared()
        try:
            failures = self.processor.render_missing(self.final_plan, self.photos, should_stop)
            self.store.save()
        finally:
            build_lock.release()
        for sentence in failures.values():
            log.warning("%s", files.escape_for_terminal(sentence))
        return not should_stop() and self.processor.find_missing(self.final_plan) != missing

    def predict_changes(self, *, output_emptied: bool = False) -> ChangeSet:
        """Return what the next build would do, by running it up to the point where it would write anything.

        New photos are analyzed, because their renditions depend on their classification.

        Args:
            output_emptied: Pelican empties the output folder first (DELETE_OUTPUT_DIRECTORY).
        """
        portfolio, unusable = self._analyze_and_compose()
        for path, sentence in {**unusable, **self.layout_failures}.items():
            self.report.add_skipped(path, sentence)
        publisher = self._create_publisher(
            [page.save_as for page in self.page_specs]
            + [person.vcard for person in list_people_with_vcard(portfolio)]
            + self.choose_root_files()
            + list(self.theme_files)
        )
        changes = publisher.plan_changes()
        missing_keys = {key for wanted in self.processor.find_missing(self.render_plan).values() for key in wanted}
        placed = list(self.render_plan.cache_keys) if output_emptied else list(changes.missing)
        removed = (
            [] if output_emptied else [name for name in changes.stale if os.path.lexists(self.output_folder / name)]
        )
        return self._describe_changes(
            publisher.previous_files, missing_keys, placed, removed, output_emptied=output_emptied
        )

    def _analyze_and_compose(self) -> tuple[Portfolio, dict[str, str]]:
        unusable = self.analyze_photos()
        portfolio = self._compose_what_can_be_laid_out()
        if self.processor.find_missing(self.render_plan) and self.processor.refresh_encoder_versions():
            self.render_plan = self.make_render_plan()
            portfolio = self._compose_what_can_be_laid_out()
        return portfolio, unusable

    def analyze_photos(self) -> dict[str, str]:
        """Analyze the scanned files that are new and shown. Return a message for each unusable file, by its path."""
        selector = PhotoSelector(self.settings.select, self.notes)
        photos, unusable = self.processor.analyze_files(self.scanned_files, selector)
        self.photos = tuple(photo.with_published_metadata(self.settings.places, self.settings.exif) for photo in photos)
        return unusable

    def check_consents(self, use: ConsentUse = "web", photos: Sequence[Photo] | None = None) -> ConsentCheck:
        """Return which of *photos* (by default all) and people may be used for *use* today."""
        return check_consents(self.photos if photos is None else photos, self.notes, self.people_files, use, self.today)

    def classify_photos(self, use: ConsentUse = "web") -> list[ClassifiedPhoto]:
        """Return every photo that is not hidden and may be used for *use*, classified and in the order of its gallery."""
        self.folders = self._build_folders(self.photos, self.check_consents(use))
        return [entry for folder in self.folders for entry in folder.entries]

    def _build_folders(self, photos: Sequence[Photo], consents: ConsentCheck) -> tuple[GalleryFolder, ...]:
        settings = self.settings
        return routing.build_gallery_folders(
            [photo for photo in photos if photo.path not in consents.left_out],
            self.notes,
            headshot_bias=settings.headshot_bias,
            headshots_in_galleries=settings.headshots_in_galleries,
            classification_cache=self.classification_cache,
            context=replace(self.routing_context, people_files=consents.people_files),
        )

    @property
    def routing_context(self) -> RoutingContext:
        """What routing must know besides the photos and their notes."""
        return RoutingContext(
            self.page_queries,
            tuple(self.people_files),
            self.settings.names_from_metadata,
            find_crop_obstacle,
            self.settings.slug_replacements,
        )

    @property
    def choices(self) -> dict[str, Choice]:
        """Whether each photo is shown, and why, by its path; without hidden ones, and only where there is a reason."""
        routes = self.routes
        return {
            path: choice
            for path, choice in self.processor.choices.items()
            if choice.reason and (path in routes or not choice.is_shown)
        }

    @property
    def unsure_paths(self) -> list[str]:
        """The photos that need checking."""
        entries = (entry for folder in self.folders for entry in folder.entries)
        return [entry.photo.path for entry in entries if entry.classification.is_unsure]

    @property
    def routes(self) -> dict[str, Route]:
        """Where each photo appears, by its path."""
        entries = (entry for folder in self.folders for entry in folder.entries)
        return {entry.photo.path: entry.route for entry in entries if entry.route}

    def _compose_what_can_be_laid_out(self) -> Portfolio:
        """Compose the portfolio; photos that cannot be laid out are left out and go to `layout_failures`."""
        while True:
            try:
                self.folders, portfolio, self.inline_photos = self._compose(self.photos, self.render_plan)
                break
            except Exception as error:
                failures = self._find_layout_failures(error)
                if not failures:
                    raise
                self._leave_out(failures)
        self.portfolio = portfolio
        self.choose_pages(portfolio)
        return portfolio

    def _compose(
        self, photos: Sequence[Photo], plan: RenderPlan
    ) -> tuple[tuple[GalleryFolder, ...], Portfolio, dict[str, PhotoView]]:
        """Compose *photos*; return their folders, the portfolio, and the photos that articles show."""
        settings, consents = self.settings, self.check_consents(photos=photos)
        folders = routing.add_parent_folders(self._build_folders(photos, consents), self.notes)
        portfolio = compose.compose_portfolio(
            folders,
            plan,
            settings.rights,
            self.notes.get("", Notes()).gallery.cover,
            consents.people_files,
            self.translations,
            names_from_metadata=settings.names_from_metadata,
            with_downloads=settings.downloads,
            mood=settings.mood,
            framing=settings.framing,
            set_framings=collect_set_framings(self.notes),
            page_framings=self.page_framings,
            gallery_page_size=settings.gallery_page_size,
        )
        portfolio = replace(portfolio, page_queries=self.page_queries)
        return (
            folders,
            portfolio,
            compose.compose_inline_photos(
                folders, portfolio, self.inline_photo_paths, plan, settings.rights, self.translations
            ),
        )

    def _leave_out(self, failures: Mapping[str, BaseException]) -> None:
        for path, error in failures.items():
            self.layout_failures[path] = (
                f"{path} cannot be laid out ({type(error).__name__}: {error}) and is left out. Save it again or in other "
                "proportions, or hide it in notes.toml; `pelican --debug` shows where the error is."
            )
            log.debug("%s cannot be laid out:", files.escape_for_terminal(path), exc_info=error)
        self.photos = tuple(photo for photo in self.photos if photo.path not in failures)
        self.render_plan = self.make_render_plan(self.render_plan.preview_digests)

    def _find_layout_failures(self, error: Exception) -> dict[str, BaseException]:
        """Return the photos that made composing end in *error*: path → the photo's own error.

        It is empty if an ordinary photo cannot be composed either, or if each photo can be composed on its own.
        """
        if self._find_error_alone(_ORDINARY_PHOTO):
            return {}
        if isinstance(error, LayoutError):
            return {error.path: error.__cause__ or error}
        return {photo.path: cause for photo in self.photos if (cause := self._find_error_alone(photo))}

    def _find_error_alone(self, photo: Photo) -> BaseException | None:
        try:
            self._compose((photo,), self.make_render_plan())
        except LayoutError as error:
            return error.__cause__ or error
        except Exception as error:  # noqa: BLE001 - it is reported with the photo's name
            return error
        return None

    def choose_pages(self, portfolio: Portfolio) -> None:
        """Choose which pages of *portfolio* are written besides those of Pelican. Raises PageConflictError."""
        self.page_specs, self.replacement_notices = resolve_page_conflicts(
            portfolio, self.render_plan.cache_keys, self.pelican_pages
        )

    def choose_root_files(self) -> list[str]:
        """Return the files of `root_texts` that nothing but an earlier build of ours has put into the site."""
        if not self.root_texts:
            return []
        previous_files = Publisher(self.output_folder, self.store).previous_files
        return [
            name
            for name in self.root_texts
            if name not in self.pelican_pages and (name in previous_files or not (self.output_folder / name).exists())
        ]

    def publish_site(
        self, page_files: Sequence[str], written: Collection[str] = (), *, output_emptied: bool = False
    ) -> BuildReport:
        """Copy the renditions into the site, remove files that it no longer uses, and write the report.

        Args:
            page_files: Our pages in this build, so that a later build can remove them.
            written: All files that this build has written so far, whether by us or by Pelican.
            output_emptied: Pelican has emptied the output folder first.
        """
        self.report.changes = self._publish_files(page_files, written, output_emptied=output_emptied)
        self.store.save()
        consents = self.check_consents()
        report_content.fill_report(
            self.report,
            photos=self.photos,
            folders=self.folders,
            scanned_files=self.scanned_files,
            choices=self.processor.choices,
            without_consent=consents.left_out,
            plan=self.render_plan,
            output_folder=self.output_folder,
            remarks=self.portfolio.remarks,
            alt_texts=self.portfolio.alt_texts,
            translations=self.translations,
        )
        self.report.summary = report_content.summarize_build(
            self.report,
            photos=self.photos,
            folders=self.folders,
            scanned_files=self.scanned_files,
            choices=self.processor.choices,
            consents=consents,
            portfolio=self.portfolio,
            plan=self.render_plan,
            store=self.store,
        )
        self.report.write(self.report_path)
        self.build_lock.release()
        return self.report

    def _publish_files(self, page_files: Sequence[str], written: Collection[str], *, output_emptied: bool) -> ChangeSet:
        """Copy the renditions into the site and remove files that it no longer uses. Arguments are as in `publish_site`."""
        publisher = self._create_publisher(page_files, written)
        previous_files = publisher.previous_files
        placed, removed = publisher.publish_files()
        return self._describe_changes(
            previous_files, self.processor.rendered_keys, placed, removed, output_emptied=output_emptied
        )

    def clean_cache(self) -> tuple[int, int, int] | None:
        """Remove from the cache what neither a published site nor the next build of this one uses.

        Returns:
            The number of removed files, their total size in bytes, and the number of removed records of photos that no
            longer exist. None if a build or a review is running, because nothing refers to its new files yet.
        """
        if not self.build_lock.try_acquire_exclusive():
            return None
        self.store.database.reload()
        self._analyze_and_compose()
        wanted_keys = {key for renditions in self.render_plan.renditions.values() for key in renditions}
        photo_kinds = (self.store.photo_records, self.store.decisions)
        record_keys = set().union(*(records.keys() for records in photo_kinds))
        kept_keys = {key for key in record_keys if key.partition(".")[0] in self.processor.seen_digests}
        removed, freed = self.store.renditions.delete_except(wanted_keys | collect_published_keys(self.store))
        for records in photo_kinds:
            records.delete_except(kept_keys)
        self.classification_cache.delete_unused()
        self.store.stat_index.remove_unused()
        self.store.database.save()
        self.build_lock.release()
        return removed, freed, len(record_keys - kept_keys)

    def _create_publisher(self, page_files: Sequence[str], written: Collection[str] = ()) -> Publisher:
        publisher = Publisher(self.output_folder, self.store, {*self.pelican_pages, *written})
        for name, key in self.render_plan.cache_keys.items():
            publisher.add_rendition(name, key)
        for page in page_files:
            publisher.add_page(page)
        return publisher

    def _describe_changes(
        self,
        previous_files: Mapping[str, str],
        rendered_keys: Collection[str],
        placed: Sequence[str],
        removed: Sequence[str],
        *,
        output_emptied: bool = False,
    ) -> ChangeSet:
        existing_photos = {found.path for found in self.scanned_files}
        previous_owners = build_report.read_file_owners(self.report_path, self.output_folder) if removed else {}
        return changes.describe_changes(
            self.render_plan,
            analysis_reasons=self.processor.analysis_reasons,
            previous_files=previous_files,
            rendered_keys=rendered_keys,
            placed=placed,
            removed=removed,
            existing_photos=existing_photos,
            previous_owners=previous_owners,
            output_emptied=output_emptied,
        )
