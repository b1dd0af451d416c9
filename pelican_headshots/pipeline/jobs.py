"""The jobs for worker processes: for each photo its bytes, its memory estimate and its time limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..images import versions
from ..scan import files
from ..settings import Settings
from ..support.digest import compute_digest
from ..values.geometry import Value
from ..values.photo import PhotoMetadata, PhotoRecord
from ..values.rendition import Rendition, Rights
from ..values.selection import Decisions
from ..workers.failure import Failure
from . import tasks

if TYPE_CHECKING:
    from ..workers.dask import DaskPool
    from ..workers.pool import Job, WorkerPool

RETRY_HINT = "To have it tried again, raise HEADSHOTS['timeout'] or save the photo again."
"""Added to the message about a photo that reached its time limit, because that result is cached."""

MAX_CRASHES_BEFORE_SUCCESS = 4
"""If the first analyses all crash, this many of them, MediaPipe does not work here: the rest is not tried."""

ANALYSIS_MEMORY_MB = 450.0
"""Memory of a worker with MediaPipe and its models loaded, analyzing a reduced picture."""
READING_MEMORY_MB = 150.0
RENDER_BYTES_PER_PIXEL = 9.0
"""For each pixel of the original: the RGB picture, its copy in sRGB and the memory of the encoder."""

ANALYSIS_STEPS = 2
"""Analysis, and reading without analysis if that fails. Each has an equal share of the time limit."""

RENDER_SECONDS_PER_MEGAPIXEL = 3.0
"""Processor time allowed for each encoded megapixel. AVIF at its slowest preset took a fifth of this (machine of 2026)."""

READING_SECONDS_PER_MEGAPIXEL = 0.1
"""Processor time allowed for each megapixel of the original. HEIC, the slowest format, took a fifth of this."""


class SourceFile(Value, frozen=True):
    """A file in the photos folder with the digests of its contents and of its sidecar (empty without a sidecar)."""

    file: files.ScannedFile
    digest: str
    sidecar_digest: str

    @property
    def path(self) -> str:
        """The path of the file, relative to the photos folder."""
        return self.file.path

    @property
    def folder(self) -> str:
        """The folder of the file, relative to the photos folder."""
        return self.file.path.rpartition("/")[0]

    def record_key(self, analysis_fingerprint: str) -> str:
        """Return the cache key of the photo record, or of the decisions about a photo that is not analyzed.

        The fingerprint names everything that the analysis depends on.
        """
        return f"{self.digest}.{self.sidecar_digest or '-'}.{analysis_fingerprint}"

    def failure_key(self, fingerprint: str) -> str:
        """Return the cache key of a failure; *fingerprint* names everything that the failure depends on."""
        return f"{self.digest}.{self.sidecar_digest or '-'}.failed.{fingerprint}"


class JobRunner:
    """Runs the jobs of one build. Without a models folder (None), photos are read but not analyzed."""

    def __init__(self, settings: Settings, originals_folder: Path, models_folder: Path | None) -> None:
        self.settings, self.originals_folder, self.models_folder = settings, originals_folder, models_folder
        self.analysis_failures: dict[str, Failure] = {}
        """Path of each photo that could be read but not analyzed → the failure."""
        self.problems: list[str] = []
        """Messages about problems other than unusable files."""
        self._exit_stack: ExitStack | None = None
        self._shared_workers: WorkerPool[Any] | DaskPool[Any] | None = None

    @contextmanager
    def share_workers(self) -> Iterator[None]:
        """Within the block, a worker that analyzed a single photo also renders it.

        Starting a worker takes as long as an analysis. For more photos, analysis and rendering have their own workers,
        because MediaPipe's models stay in memory.
        """
        try:
            with ExitStack() as self._exit_stack:
                yield
        finally:
            self._exit_stack = self._shared_workers = None

    def read_file(self, file: files.ScannedFile) -> bytes:
        """Return the contents of *file*. Raises UnusableFileError."""
        return files.read(self.originals_folder, file, max_bytes=self.settings.max_file_mb << 20)

    def query_encoder_versions(self) -> str:
        """Return the library versions that workers encode with; if none answers, a text that matches no cache key."""
        from ..workers.pool import Job

        job = Job("The program that encodes pictures", lambda: (), READING_MEMORY_MB, self.settings.timeout)
        with self._open_workers(1) as workers:
            ((_, answer),) = workers.run(versions.get_loaded_versions, [job])
        return f"unknown: {answer.message}" if isinstance(answer, Failure) else str(answer)

    def run_analyses(self, sources: Sequence[SourceFile]) -> Iterator[tuple[SourceFile, PhotoRecord | Failure]]:
        """Yield the record of each photo. A photo whose analysis crashes or hangs is read again without analysis."""
        failed: dict[str, Failure] = {}
        remaining = {source.file.path: source for source in sources}
        has_succeeded = False
        for source, answer in self._run_task(
            tasks.analyze_image,
            sources,
            [self._make_analysis_job(each, (self.models_folder,), ANALYSIS_MEMORY_MB, 2) for each in sources],
        ):
            del remaining[source.file.path]
            if not isinstance(answer, Failure) or self.models_folder is None or answer.cause in ("refused", "gone"):
                has_succeeded = has_succeeded or not isinstance(answer, Failure)
                yield source, answer
                continue
            failed[source.file.path] = answer
            if len(failed) == MAX_CRASHES_BEFORE_SUCCESS and not has_succeeded:
                failed |= dict.fromkeys(remaining, Failure(answer.message, "error"))
                break
        retries = [source for source in sources if source.file.path in failed]
        for source, answer in self._run_task(
            tasks.analyze_image,
            retries,
            [self._make_analysis_job(each, (None,), READING_MEMORY_MB, 1) for each in retries],
        ):
            if not isinstance(answer, Failure):
                self.analysis_failures[source.file.path] = failed[source.file.path]
            yield source, answer
        if self.analysis_failures:
            reason = next(iter(self.analysis_failures.values())).message
            verb = "appears" if len(self.analysis_failures) == 1 else "appear"
            self.problems.append(
                f"{_format_names(sorted(self.analysis_failures))} could not be analyzed and {verb} in the gallery without "
                f"being classified; to classify a photo yourself, set its `kind` in notes.toml. The reason: {reason}"
            )

    def run_metadata_readings(
        self, sources: Sequence[SourceFile]
    ) -> Iterator[tuple[SourceFile, tuple[PhotoMetadata, Rights, Decisions] | Failure]]:
        """Yield the metadata of each photo, without analyzing it."""
        return self._run_task(
            tasks.read_metadata,
            sources,
            [self._make_analysis_job(each, (), READING_MEMORY_MB, 1) for each in sources],
        )

    def run_renders(
        self, requests: Sequence[tuple[SourceFile, Mapping[str, Rendition]]], megapixels: Mapping[str, float]
    ) -> Iterator[tuple[SourceFile, Mapping[str, Rendition], list[bytes] | Failure]]:
        """Yield the encoded renditions of each original, in the given order.

        Args:
            requests: Each original with its renditions by cache key.
            megapixels: The size of each original, by digest.
        """
        sources = [source for source, _ in requests]
        renditions_by_digest = {source.digest: renditions for source, renditions in requests}

        def make_job(source: SourceFile) -> Job:
            from ..workers.pool import Job

            renditions = tuple(renditions_by_digest[source.digest].values())
            return Job(
                source.file.path,
                lambda: (
                    self._read_unchanged(source),
                    renditions,
                    self.settings.max_megapixels * 1_000_000,
                    source.file.is_raw,
                ),
                READING_MEMORY_MB + RENDER_BYTES_PER_PIXEL * megapixels[source.digest] + _estimate_transfer_mb(source),
                self.compute_render_seconds(renditions, megapixels[source.digest]),
            )

        for source, answer in self._run_task(tasks.render_image, sources, [make_job(source) for source in sources]):
            yield source, renditions_by_digest[source.digest], answer

    @property
    def analysis_seconds(self) -> float:
        """The processor time in seconds for analyzing a photo, or for reading it without analysis."""
        return self.settings.timeout / ANALYSIS_STEPS

    def compute_render_seconds(self, renditions: Iterable[Rendition], megapixels: float) -> float:
        """Return the processor time in seconds for *renditions* of an original with so many *megapixels*."""
        rendered_megapixels = sum(each.width * each.height for each in renditions) / 1e6
        return (
            max(self.settings.timeout / 2, rendered_megapixels * RENDER_SECONDS_PER_MEGAPIXEL)
            + megapixels * READING_SECONDS_PER_MEGAPIXEL
        )

    def _make_analysis_job(
        self, source: SourceFile, options: tuple[Path | None, ...], megabytes: float, tries: int
    ) -> Job:
        """Return the job for `tasks.analyze_image` (*options*: the models folder) or `tasks.read_metadata` (none)."""
        from ..workers.pool import Job

        def prepare() -> tuple[Any, ...]:
            sidecar = source.file.sidecar
            sidecar_bytes = self.read_file(sidecar) if sidecar else None
            return (
                self._read_unchanged(source),
                sidecar_bytes,
                *options,
                self.settings.max_megapixels * 1_000_000,
                source.file.is_raw,
            )

        return Job(source.file.path, prepare, megabytes + _estimate_transfer_mb(source), self.analysis_seconds, tries)

    def _read_unchanged(self, source: SourceFile) -> bytes:
        """Return the bytes of the original. Raises UnusableFileError if they have changed since its digest was computed."""
        data = self.read_file(source.file)
        if compute_digest(data) != source.digest:
            raise files.UnusableFileError(
                f"{source.file.path} changed during the build. Build again when the file is complete."
            )
        return data

    def _run_task(
        self, task: Callable[..., Any], sources: Sequence[SourceFile], jobs: Sequence[Job]
    ) -> Iterator[tuple[SourceFile, Any]]:
        """Run *task* for each source in worker processes and yield its result or a Failure."""
        if not jobs:
            return
        with self._open_workers(len(jobs)) as workers:
            for index, answer in workers.run(task, jobs):
                if isinstance(answer, Failure) and answer.cause == "slow":
                    answer = Failure(f"{answer.message} {RETRY_HINT}", "slow")
                yield sources[index], answer

    @contextmanager
    def _open_workers(self, job_count: int) -> Iterator[WorkerPool[Any] | DaskPool[Any]]:
        """Give the shared workers, or new ones."""
        if self._shared_workers is None and self._exit_stack is not None and job_count == 1:
            self._shared_workers = self._create_workers()
            self._exit_stack.enter_context(self._shared_workers)
        if self._shared_workers is not None:
            yield self._shared_workers
            return
        with self._create_workers() as workers:
            yield workers

    def _create_workers(self) -> WorkerPool[Any] | DaskPool[Any]:
        from ..scan.file_types import UnreadableImageError
        from ..workers.pool import WorkerPool, count_processors

        expected_errors = (UnreadableImageError, files.UnusableFileError)
        if self.settings.executor == "dask":
            from ..workers.dask import DaskPool

            return DaskPool(self.settings.scheduler, tasks.make_worker_fingerprint, expected_errors)
        return WorkerPool(
            self.settings.workers or count_processors(),
            memory_budget_mb=self.settings.memory_mb,
            expected_errors=expected_errors,
        )


def _estimate_transfer_mb(source: SourceFile) -> float:
    """Return the megabytes of the file and its sidecar, three times: here, in the message to the worker, and there."""
    sidecar = source.file.sidecar
    return 3 * (source.file.file_stat.size + (sidecar.file_stat.size if sidecar else 0)) / (1 << 20)


def _format_names(names: Sequence[str], max_names: int = 5) -> str:
    """Return the first names and the number of the others."""
    listed_names = ", ".join(names[:max_names])
    return f"{listed_names} and {len(names) - max_names} more" if len(names) > max_names else listed_names
