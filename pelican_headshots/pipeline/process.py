"""Looking and developing: the dear steps, done in child processes and remembered in the store."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import msgspec
from msgspec.structs import replace

from ..cache.remote import RemoteCache
from ..cache.store import Store
from ..images import versions
from ..images.plan import RenderPlan
from ..publish import changes
from ..scan import files
from ..settings import Settings
from ..support.digest import compute_digest
from ..support.progress import ProgressReporter, report_nothing
from ..values.photo import Photo, PhotoRecord, is_plausible
from ..values.rendition import Rendition
from ..workers.failure import Failure
from .jobs import JobRunner, SourceFile

log = logging.getLogger(__name__)

ANALYSIS_VERSION = 14
"""Raise when looking at the same picture finds something else: every exam is then made anew."""

decode_photo_record = msgspec.json.Decoder(PhotoRecord).decode
decode_failure = msgspec.json.Decoder(tuple[str, PhotoRecord | None]).decode


class PhotoProcessor:
    """Examines and develops the photographs of one build.

    *models* is None where there are none: pictures are then read, but not looked at. *watch* shows how far it has come.
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
        """Digests of all that was read, of files that are refused too."""
        self.analysis_reasons: dict[str, str] = {}
        """Path of each photograph that had to be looked at → why."""
        self.rendered_keys: set[str] = set()
        """Keys of the renditions that were developed."""
        self.job_runner = JobRunner(settings, originals_folder, models_folder)
        self.encoder_versions = versions.get_installed_versions()
        """What renditions are made with, and named after."""
        self._changed_paths: set[str] = set()
        address = settings.cache
        self.remote_cache = RemoteCache(address, may_write=store.may_write) if "://" in address else None
        """What others made already."""

    def analyze_files(self, scanned_files: Sequence[files.ScannedFile]) -> tuple[tuple[Photo, ...], dict[str, str]]:
        """The photographs among *found*, looked at; and a sentence for each that cannot be used, by its path."""
        unusable = {each.path: each.unusable_reason for each in scanned_files if each.unusable_reason}
        records: dict[str, PhotoRecord] = {}
        pending: list[SourceFile] = []
        sources: list[SourceFile] = []
        analysis_fingerprint, reader_fingerprint = self._make_analysis_fingerprint(), self._make_reader_fingerprint()
        for scanned_file in scanned_files:
            if not scanned_file.is_usable:
                continue
            try:
                source = self._make_source_file(scanned_file)
            except files.UnusableFileError as refusal:
                unusable[scanned_file.path] = str(refusal)
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
        pending = [original for original in pending if original.file.path not in records]
        self.analysis_reasons |= self._explain_analyses(pending)
        for source, answer in self.progress("Looking at", len(pending), self.job_runner.run_analyses(pending)):
            path = source.file.path
            if isinstance(answer, PhotoRecord):
                records[path] = answer
                why = self.job_runner.analysis_failures.get(path)
            else:
                unusable[path] = answer.message
                why = answer
            if why is None:
                self._store_record(source.record_key(analysis_fingerprint), msgspec.json.encode(answer))
            elif why.cause in ("slow", "refused"):
                self._remember_failure(source.failure_key(reader_fingerprint), path, why, records.get(path))
        if self.remote_cache:
            self.remote_cache.flush()
        photos = []
        for source in sources:
            if source.file.path in records:
                self.sources_by_digest[source.digest] = source
                photos.append(Photo(source.file.path, source.digest, records[source.file.path]))
        return tuple(photos), unusable

    def render_missing(
        self, plan: RenderPlan, photos: Sequence[Photo], should_stop: Callable[[], bool] = lambda: False
    ) -> dict[str, str]:
        """Make what *order* wants and the store lacks. A sentence for each photograph that could not be made, by path.

        *stopped* is asked between photographs and ends it early.
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
            "Developing", len(requests), self.job_runner.run_renders(requests, megapixels)
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
        """Find out from a child what renditions are made with; whether that is another engine than they were named after.

        OpenCV may be installed and lack a library; what Pillow scales instead must not go by the same name.
        """
        previous, self.encoder_versions = self.encoder_versions, self.job_runner.query_encoder_versions()
        return previous != self.encoder_versions

    def _fetch_remote_records(self, pending: Sequence[SourceFile], analysis_fingerprint: str) -> dict[str, PhotoRecord]:
        """Exams of *todo* that the shared cache has, by path."""
        if not self.remote_cache:
            return {}
        keys = {original.file.path: original.record_key(analysis_fingerprint) for original in pending}
        found: dict[str, PhotoRecord] = {}
        for key, data in self.remote_cache.fetch_many(dict.fromkeys(keys.values())):
            if (record := decode_valid_record(data)) is not None:
                found[key] = record
                self.store.photo_records.put(key, msgspec.json.encode(record))
        self.store.database.save(lasting=False)
        return {path: found[key] for path, key in keys.items() if key in found}

    def _fetch_remote_renditions(self, plan: RenderPlan) -> None:
        """Take from the shared cache what *order* wants and the store lacks."""
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

    def _remember_failure(self, key: str, path: str, failure: Failure, blind: PhotoRecord | None = None) -> None:
        """Keep what is said of the file *path*, without its name, and what was read of it without looking at it."""
        self.store.photo_records.put(key, msgspec.json.encode((failure.message.removeprefix(path), blind)))

    def find_missing(self, plan: RenderPlan) -> dict[str, dict[str, Rendition]]:
        """What *order* wants and the store lacks: digest of the original → key → what to make."""
        missing = {
            name: {key: what for key, what in wanted.items() if not self.store.renditions.has(key)}
            for name, wanted in plan.renditions.items()
        }
        return {name: wanted for name, wanted in missing.items() if wanted}

    def _explain_analyses(self, pending: Sequence[SourceFile]) -> dict[str, str]:
        """Why each of *todo* must be looked at, by path."""
        known_digests = {key.partition(".")[0] for key in set(self.store.photo_records.keys())}
        return {
            source.file.path: changes.REASON_ANALYSIS_CHANGED
            if source.digest in known_digests
            else changes.REASON_CONTENTS_CHANGED
            if source.file.path in self._changed_paths
            else changes.REASON_NEW_PHOTO
            for source in pending
        }

    def _make_analysis_fingerprint(self) -> str:
        """Whatever an exam depends on besides the picture: our way of looking, the models, mediapipe."""
        if self.models_folder is None:
            return f"{ANALYSIS_VERSION}-closed"
        manifest = self.models_folder / "manifest.json"
        models_digest = compute_digest(manifest.read_bytes())[:8] if manifest.exists() else "own"
        return f"{ANALYSIS_VERSION}-{models_digest}-{version('mediapipe')}-{version('pillow')}"

    def _make_reader_fingerprint(self) -> str:
        """Whatever it depends on that a picture is refused or takes too long: limits, readers, our way of looking."""
        limits = f"{self.settings.max_megapixels}-{self.job_runner.analysis_seconds:.2f}"
        return f"{self._make_analysis_fingerprint()}-{limits}-{versions.get_package_version('pillow')}-{versions.get_package_version('pillow-heif')}"

    def _make_source_file(self, file: files.ScannedFile) -> SourceFile:
        """*found* with its digests. A sidecar that cannot be read is left out. Raises files.Refused."""
        sidecar_digest = ""
        if file.sidecar:
            try:
                sidecar_digest = self._get_digest(file.sidecar)
            except files.UnusableFileError as refusal:
                self.job_runner.problems.append(files.describe_unusable_sidecar(file.path, str(refusal)))
                file = replace(file, sidecar=None)
        return SourceFile(file, self._get_digest(file), sidecar_digest)

    def _get_digest(self, file: files.ScannedFile) -> str:
        known = self.store.stat_index.get_digest(file.path, file.file_stat)
        if known is None:
            start_time_ns = time.time_ns()
            previous = self.store.stat_index.get_last_digest(file.path)
            known = compute_digest(self.job_runner.read_file(file))
            if previous not in (None, known):
                self._changed_paths.add(file.path)
            self.store.stat_index.set_digest(file.path, file.file_stat, known, start_time_ns)
        return known


def decode_valid_record(data: bytes | None) -> PhotoRecord | None:
    """The exam in *record*; None where there is none, or one with values that no picture has."""
    try:
        record = decode_photo_record(data or b"")
    except msgspec.MsgspecError:
        return None
    return record if is_plausible(record) else None


def read_failure(record: bytes | None) -> tuple[str, PhotoRecord | None] | None:
    """What *record* says of a file after its name, and what was read of it all the same; None as in `read_exam`."""
    try:
        sentence, exam = decode_failure(record or b"")
    except msgspec.MsgspecError:
        return None
    return (sentence, exam) if exam is None or is_plausible(exam) else None
