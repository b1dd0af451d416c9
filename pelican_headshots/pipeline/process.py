"""Analysis and rendering: the expensive steps, run in worker processes and cached in the store."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from ..cache.remote import RemoteCache
from ..cache.store import Store
from ..images import versions
from ..images.plan import RenderPlan
from ..notes.selector import PhotoSelector
from ..publish import changes
from ..scan import files
from ..settings import Settings
from ..support.digest import compute_digest
from ..support.progress import ProgressReporter, report_nothing
from ..values.geometry import Size
from ..values.photo import Photo, PhotoRecord, are_plausible, is_plausible
from ..values.rendition import Rendition
from ..values.selection import Choice, Decisions
from ..workers.failure import Failure
from .jobs import JobRunner, SourceFile

T = TypeVar("T")

log = logging.getLogger(__name__)

ANALYSIS_VERSION = 18
"""Increase it when the analysis of the same photo gives another result: all photos are then analyzed again."""

decode_photo_record = msgspec.json.Decoder(PhotoRecord).decode
decode_decisions = msgspec.json.Decoder(Decisions).decode
decode_failure = msgspec.json.Decoder(tuple[str, PhotoRecord | None]).decode


class PhotoProcessor:
    """Analyzes and renders the photos of one build.

    Without a models folder (None), photos are read but not analyzed. *progress* shows how far the work has come.
    """

    def __init__(
        self,
        settings: Settings,
        originals_folder: Path,
        store: Store,
        models_folder: Path | None,
        progress: ProgressReporter = report_nothing,
    ) -> None:
        self.progress = progress
        self.settings, self.originals_folder, self.store, self.models_folder = (
            settings,
            originals_folder,
            store,
            models_folder,
        )
        self.sources_by_digest: dict[str, SourceFile] = {}
        self.seen_digests: set[str] = set()
        """Digests of all files that were read, unusable ones included."""
        self.analysis_reasons: dict[str, str] = {}
        """Path of each photo that had to be analyzed → why."""
        self.choices: dict[str, Choice] = {}
        """Path of each usable photo → whether it is shown, and why."""
        self._unselected_sources: list[SourceFile] = []
        self.rendered_keys: set[str] = set()
        """Cache keys of the renditions that were encoded in this build."""
        self.job_runner = JobRunner(settings, originals_folder, models_folder)
        self.encoder_versions = versions.get_installed_versions()
        """Versions of the encoders; part of the cache key of each rendition."""
        self._changed_paths: set[str] = set()
        address = settings.cache
        self.remote_cache = RemoteCache(address, may_write=store.may_write) if "://" in address else None
        """The cache shared with others, if the settings name one."""

    def analyze_files(
        self, scanned_files: Sequence[files.ScannedFile], selector: PhotoSelector = PhotoSelector()
    ) -> tuple[tuple[Photo, ...], dict[str, str]]:
        """Return the photos among *scanned_files* that *selector* shows, and a message for each unusable file by its path.

        Photos that it does not show are only analyzed if that is not known before. `choices` has the reasons.
        """
        self.choices = {}
        unusable = {each.path: each.unusable_reason for each in scanned_files if each.unusable_reason}
        records: dict[str, PhotoRecord] = {}
        pending: list[SourceFile] = []
        sources: list[SourceFile] = []
        analysis_fingerprint, reader_fingerprint = self.make_analysis_fingerprint(), self._make_reader_fingerprint()
        for scanned_file in scanned_files:
            if not scanned_file.is_usable:
                continue
            try:
                source = self._make_source_file(scanned_file)
            except files.UnusableFileError as error:
                unusable[scanned_file.path] = str(error)
                continue
            sources.append(source)
            self.seen_digests.add(source.digest)
            if (
                record := decode_valid_record(self.store.photo_records.get(source.record_key(analysis_fingerprint)))
            ) is not None:
                records[scanned_file.path] = record
            elif (
                failure := read_failure(self.store.photo_records.get(source.failure_key(reader_fingerprint)))
            ) is not None:
                sentence, unanalyzed = f"{scanned_file.path}{failure[0]}", failure[1]
                if unanalyzed is None:
                    unusable[scanned_file.path] = sentence
                else:
                    records[scanned_file.path] = unanalyzed
                    self.job_runner.analysis_failures[scanned_file.path] = Failure(sentence, "slow")
            else:
                pending.append(source)
        records |= self._fetch_remote_records(pending, analysis_fingerprint)
        pending = [source for source in pending if source.path not in records]
        records |= self._update_records(pending, selector, analysis_fingerprint)
        left_out = {path for path, choice in self.choices.items() if not choice.is_shown}
        pending = [source for source in pending if source.path not in records and source.path not in left_out]
        self.analysis_reasons |= self._explain_analyses(pending)
        for source, answer in self.progress("Analyzing", len(pending), self.job_runner.run_analyses(pending)):
            path = source.file.path
            if isinstance(answer, PhotoRecord):
                records[path] = answer
                problem = self.job_runner.analysis_failures.get(path)
            else:
                unusable[path] = answer.message
                problem = answer
            if problem is None:
                self._store_record(source.record_key(analysis_fingerprint), msgspec.json.encode(answer))
            elif problem.cause in ("slow", "refused"):
                self._remember_failure(source.failure_key(reader_fingerprint), path, problem, records.get(path))
        if self.remote_cache:
            self.remote_cache.flush()
        photos, self._unselected_sources = [], []
        for source in sources:
            record = records.get(source.path)
            if record and not self._is_left_out(source, record.decisions, selector):
                self.sources_by_digest[source.digest] = source
                photos.append(Photo(source.path, source.digest, record))
            elif source.path in self.choices:
                self._unselected_sources.append(source)
        return tuple(photos), unusable

    def read_unselected_photos(self) -> tuple[Photo, ...]:
        """Return the photos that the last `analyze_files` did not select, with their metadata.

        Those that were never analyzed have neither an analysis nor their true size and colors.
        """
        fingerprint = self.make_analysis_fingerprint()
        photos, unread = [], []
        for source in self._unselected_sources:
            record = decode_valid_record(self.store.photo_records.get(source.record_key(fingerprint)))
            if record is None:
                unread.append(source)
            else:
                photos.append(Photo(source.path, source.digest, record))
        for source, answer in self.job_runner.run_metadata_readings(unread):
            if not isinstance(answer, Failure):
                metadata, rights, decisions = answer
                record = PhotoRecord(Size(1, 1), None, metadata, rights, ("#000000",) * 3, decisions=decisions)
                photos.append(Photo(source.path, source.digest, record))
        return tuple(photos)

    def _update_records(
        self, pending: Sequence[SourceFile], selector: PhotoSelector, analysis_fingerprint: str
    ) -> dict[str, PhotoRecord]:
        """Read only the metadata of *pending* photos where that is enough. Photos that are not shown go to `choices`.

        It is enough if a photo was analyzed with another sidecar, which changes nothing in the analysis, or if *selector*
        does not show the photo.

        Returns:
            The records of photos that were analyzed, by path.
        """
        analyzed_keys = {
            key.partition(".")[0]: key
            for key in (self.store.photo_records.keys() if pending else ())
            if key.endswith(f".{analysis_fingerprint}")
        }
        unread: list[SourceFile] = []
        for source in pending:
            if source.digest in analyzed_keys:
                unread.append(source)
            elif selector.needs_decisions(source):
                decisions = decode_valid_decisions(self.store.decisions.get(source.record_key(analysis_fingerprint)))
                if decisions is None:
                    unread.append(source)
                else:
                    self._is_left_out(source, decisions, selector)
        records = {}
        for source, answer in self.progress("Reading", len(unread), self.job_runner.run_metadata_readings(unread)):
            if isinstance(answer, Failure):
                continue  # the analysis fails as well, or finds more
            metadata, rights, decisions = answer
            base = decode_valid_record(self.store.photo_records.get(analyzed_keys.get(source.digest, "")))
            if base is not None:
                record = replace(base, metadata=metadata, rights=rights, decisions=decisions)
                self._store_record(source.record_key(analysis_fingerprint), msgspec.json.encode(record))
                records[source.path] = record
            elif self._is_left_out(source, decisions, selector):
                self.store.decisions.put(source.record_key(analysis_fingerprint), msgspec.json.encode(decisions))
        self.store.database.save(lasting=False)
        return records

    def _is_left_out(self, source: SourceFile, decisions: Decisions, selector: PhotoSelector) -> bool:
        """Return whether *selector* does not show the photo; the reason then goes to `choices`."""
        choice = selector.choose(source, decisions, has_unusable_sidecar=bool(source.file.sidecar_unusable_reason))
        self.choices[source.path] = choice
        return not choice.is_shown

    def render_missing(
        self, plan: RenderPlan, photos: Sequence[Photo], should_stop: Callable[[], bool] = lambda: False
    ) -> dict[str, str]:
        """Encode the renditions of *plan* that the store lacks.

        Args:
            plan: The renditions to make.
            photos: The photos that they are made from.
            should_stop: Called between photos; ends the work early.

        Returns:
            A message for each photo that could not be rendered, by its path.
        """
        self._fetch_remote_renditions(plan)
        megapixels = {photo.digest: photo.record.size.megapixels for photo in photos}
        paths: dict[str, list[str]] = {}
        for photo in photos:
            paths.setdefault(photo.digest, []).append(photo.path)
        requests: list[tuple[SourceFile, Mapping[str, Rendition]]] = []
        keys: dict[str, str] = {}
        failures: dict[str, str] = {}
        for source_digest, wanted in self.find_missing(plan).items():
            source = self.sources_by_digest[source_digest]
            seconds = self.job_runner.compute_render_seconds(wanted.values(), megapixels[source_digest])
            keys[source_digest] = source.failure_key(
                f"{compute_digest(' '.join(sorted(wanted)).encode())}-{seconds:.2f}"
            )
            if (failure := read_failure(self.store.photo_records.get(keys[source_digest]))) is None:
                requests.append((source, wanted))
            else:
                failures |= {path: f"{path}{failure[0]}" for path in paths[source_digest]}
        for source, renditions, answer in self.progress(
            "Encoding", len(requests), self.job_runner.run_renders(requests, megapixels)
        ):
            if should_stop():
                break
            if isinstance(answer, Failure):
                if answer.cause == "slow":
                    self._remember_failure(keys[source.digest], source.file.path, answer)
                failures |= dict.fromkeys(paths[source.digest], answer.message)
            else:
                for key, data in zip(renditions, answer, strict=True):
                    self.store.renditions.put(key, data)
                    if self.remote_cache:
                        self.remote_cache.put(key, data)
                self.store.database.save(lasting=False)
                self.rendered_keys.update(renditions)
        if self.remote_cache:
            self.remote_cache.flush()
        return failures

    def refresh_encoder_versions(self) -> bool:
        """Ask a worker for the versions of the encoders; return whether they differ from those assumed so far.

        OpenCV may be installed and yet fail to load. Pictures that Pillow then resizes must have other cache keys.
        """
        previous, self.encoder_versions = self.encoder_versions, self.job_runner.query_encoder_versions()
        return previous != self.encoder_versions

    def _fetch_remote_records(self, pending: Sequence[SourceFile], analysis_fingerprint: str) -> dict[str, PhotoRecord]:
        """Return the records of *pending* photos that the shared cache has, by path."""
        if not self.remote_cache:
            return {}
        keys = {source.file.path: source.record_key(analysis_fingerprint) for source in pending}
        found: dict[str, PhotoRecord] = {}
        for key, data in self.remote_cache.fetch_many(dict.fromkeys(keys.values())):
            if (record := decode_valid_record(data)) is not None:
                found[key] = record
                self.store.photo_records.put(key, msgspec.json.encode(record))
        self.store.database.save(lasting=False)
        return {path: found[key] for path, key in keys.items() if key in found}

    def _fetch_remote_renditions(self, plan: RenderPlan) -> None:
        """Copy renditions of *plan* that the store lacks from the shared cache."""
        if not self.remote_cache:
            return
        for key, data in self.remote_cache.fetch_many(
            [key for wanted in self.find_missing(plan).values() for key in wanted]
        ):
            self.store.renditions.put(key, data)
        self.store.database.save(lasting=False)

    def _store_record(self, key: str, record: bytes) -> None:
        self.store.photo_records.put(key, record)
        self.store.database.save(lasting=False)
        if self.remote_cache:
            self.remote_cache.put(key, record)

    def _remember_failure(self, key: str, path: str, failure: Failure, unanalyzed: PhotoRecord | None = None) -> None:
        """Cache the failure message, without the file's name, and the record that was read without analysis."""
        self.store.photo_records.put(key, msgspec.json.encode((failure.message.removeprefix(path), unanalyzed)))

    def find_missing(self, plan: RenderPlan) -> dict[str, dict[str, Rendition]]:
        """Return the renditions of *plan* that the store lacks: digest of the original → cache key → rendition."""
        missing = {
            digest: {key: rendition for key, rendition in wanted.items() if not self.store.renditions.has(key)}
            for digest, wanted in plan.renditions.items()
        }
        return {digest: wanted for digest, wanted in missing.items() if wanted}

    def _explain_analyses(self, pending: Sequence[SourceFile]) -> dict[str, str]:
        """Return why each of *pending* must be analyzed, by path."""
        known_digests = {key.partition(".")[0] for key in set(self.store.photo_records.keys())}
        return {
            source.file.path: changes.REASON_ANALYSIS_CHANGED
            if source.digest in known_digests
            else changes.REASON_CONTENTS_CHANGED
            if source.file.path in self._changed_paths
            else changes.REASON_NEW_PHOTO
            for source in pending
        }

    def make_analysis_fingerprint(self) -> str:
        """Return what a photo record depends on besides the photo: versions of the analysis, the models and MediaPipe."""
        if self.models_folder is None:
            return f"{ANALYSIS_VERSION}-closed"
        manifest = self.models_folder / "manifest.json"
        models_digest = compute_digest(manifest.read_bytes())[:8] if manifest.exists() else "own"
        return f"{ANALYSIS_VERSION}-{models_digest}-{version('mediapipe')}-{version('pillow')}"

    def _make_reader_fingerprint(self) -> str:
        """Return what a failure depends on besides the photo: limits, decoder versions, analysis version."""
        limits = f"{self.settings.max_megapixels}-{self.job_runner.analysis_seconds:.2f}"
        decoders = f"{versions.get_package_version('pillow')}-{versions.get_package_version('pillow-heif')}"
        return f"{self.make_analysis_fingerprint()}-{limits}-{decoders}"

    def _make_source_file(self, file: files.ScannedFile) -> SourceFile:
        """Return *file* with its digests. A sidecar that cannot be read is left out. Raises UnusableFileError."""
        sidecar_digest = ""
        if file.sidecar:
            try:
                sidecar_digest = self._get_digest(file.sidecar)
            except files.UnusableFileError as error:
                self.job_runner.problems.append(files.describe_unusable_sidecar(file.path, str(error)))
                file = replace(file, sidecar=None, sidecar_unusable_reason=str(error))
        return SourceFile(file, self._get_digest(file), sidecar_digest)

    def _get_digest(self, file: files.ScannedFile) -> str:
        digest = self.store.stat_index.get_digest(file.path, file.file_stat)
        if digest is None:
            start_time_ns = time.time_ns()
            previous = self.store.stat_index.get_last_digest(file.path)
            digest = compute_digest(self.job_runner.read_file(file))
            if previous not in (None, digest):
                self._changed_paths.add(file.path)
            self.store.stat_index.set_digest(file.path, file.file_stat, digest, start_time_ns)
        return digest


def decode_valid_record(data: bytes | None) -> PhotoRecord | None:
    """Return the record encoded in *data*; None if there is none or its values are impossible."""
    record = _decode_or_none(decode_photo_record, data)
    return record if record is not None and is_plausible(record) else None


def decode_valid_decisions(data: bytes | None) -> Decisions | None:
    """Return the decisions encoded in *data*; None as in `decode_valid_record`."""
    decisions = _decode_or_none(decode_decisions, data)
    return decisions if decisions is not None and are_plausible(decisions) else None


def read_failure(record: bytes | None) -> tuple[str, PhotoRecord | None] | None:
    """Return a cached failure: its message without the file name, and the record read without analysis, if any.

    None as in `decode_valid_record`.
    """
    failure = _decode_or_none(decode_failure, record)
    return failure if failure is not None and (failure[1] is None or is_plausible(failure[1])) else None


def _decode_or_none(decode: Callable[[bytes], T], data: bytes | None) -> T | None:
    try:
        return decode(data or b"")
    except msgspec.MsgspecError:
        return None
