"""What child processes are asked to do with a photograph: with which bytes, in how much memory, within which time."""

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
from ..values.photo import PhotoRecord
from ..values.rendition import Rendition
from ..workers.failure import Failure
from . import tasks

if TYPE_CHECKING:
    from ..workers.dask import DaskPool
    from ..workers.pool import Job, WorkerPool

AGAIN = "To have it tried again, raise HEADSHOTS['timeout'] or save the picture anew."
"""Said of a picture that used up its time, which is remembered."""

MAX_CRASHES_BEFORE_SUCCESS = 4
"""Where the looking crashes at that many pictures and has managed none, it will crash at all: MediaPipe does not work."""

ANALYSIS_MEMORY_MB = 450.0
"""A child with mediapipe and its models loaded, looking at a draft."""
READING_MEMORY_MB = 150.0
RENDER_BYTES_PER_PIXEL = 9.0
"""An RGB picture, its sRGB twin and what the encoder holds."""

ANALYSIS_STEPS = 2
"""Of which each may take its share of the time limit: looking, and where that fails, reading without looking."""

RENDER_SECONDS_PER_MEGAPIXEL = 3.0
"""Of the processor, allowed for each megapixel made; AVIF at its slowest preset takes a fifth on the machine of 2026."""

READING_SECONDS_PER_MEGAPIXEL = 0.1
"""Of the processor, allowed for each megapixel of the original; HEIC, the slowest, takes a fifth of that."""


class SourceFile(Value, frozen=True):
    """A file in the photos folder, and the names of its contents and of its sidecar's (empty without one)."""

    file: files.ScannedFile
    digest: str
    sidecar_digest: str

    def record_key(self, analysis_fingerprint: str) -> str:
        """What its exam is remembered under; *eyes* names whatever the looking depends on."""
        return f"{self.digest}.{self.sidecar_digest or '-'}.{analysis_fingerprint}"

    def failure_key(self, able: str) -> str:
        """What it is remembered under that nothing came of it; *able* names whatever that depends on."""
        return f"{self.digest}.{self.sidecar_digest or '-'}.failed.{able}"


class JobRunner:
    """Runs them for one build. *models* is None where there are none: pictures are then read, but not looked at."""

    def __init__(self, settings: Settings, originals_folder: Path, models_folder: Path | None) -> None:
        self.settings, self.originals_folder, self.models_folder = settings, originals_folder, models_folder
        self.analysis_failures: dict[str, Failure] = {}
        """Path of each photograph at which the looking failed, but not the reading → how."""
        self.problems: list[str] = []
        """Sentences about what did not go as it should, beside refused pictures."""
        self._exit_stack: ExitStack | None = None
        self._shared_workers: WorkerPool[Any] | DaskPool[Any] | None = None

    @contextmanager
    def share_workers(self) -> Iterator[None]:
        """Within the block a child that has looked at a single photograph goes on to develop: starting one takes as long
        as looking. Of more photographs each kind of work has its own children, for MediaPipe's models stay in memory."""
        try:
            with ExitStack() as self._exit_stack:
                yield
        finally:
            self._exit_stack = self._shared_workers = None

    def read_file(self, file: files.ScannedFile) -> bytes:
        """Raises files.Refused."""
        return files.read(self.originals_folder, file, max_bytes=self.settings.max_file_mb << 20)

    def query_encoder_versions(self) -> str:
        """What children make renditions with. Where no child can say it, a name that no other build uses."""
        from ..workers.pool import Job

        job = Job("The program that makes pictures", lambda: (), READING_MEMORY_MB, self.settings.timeout)
        with self._open_workers(1) as workers:
            ((_, answer),) = workers.run(versions.get_loaded_versions, [job])
        return f"unknown: {answer.message}" if isinstance(answer, Failure) else str(answer)

    def run_analyses(self, sources: Sequence[SourceFile]) -> Iterator[tuple[SourceFile, PhotoRecord | Failure]]:
        """An exam of each. A picture that makes the looking crash or hang is read once more without being looked at."""
        failed: dict[str, Failure] = {}
        remaining = {original.file.path: original for original in sources}
        has_succeeded = False
        for source, answer in self._run_task(
            tasks.analyze_image,
            sources,
            [self._make_analysis_job_factory(each, self.models_folder, ANALYSIS_MEMORY_MB, 2) for each in sources],
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
        retries = [original for original in sources if original.file.path in failed]
        for source, answer in self._run_task(
            tasks.analyze_image,
            retries,
            [self._make_analysis_job_factory(each, None, READING_MEMORY_MB, 1) for each in retries],
        ):
            if not isinstance(answer, Failure):
                self.analysis_failures[source.file.path] = failed[source.file.path]
            yield source, answer
        if self.analysis_failures:
            reason = next(iter(self.analysis_failures.values())).message
            self.problems.append(
                f"{_format_names(sorted(self.analysis_failures))} could not be looked at and {'hangs' if len(self.analysis_failures) == 1 else 'hang'} "
                f"unjudged in the gallery; a note with its `kind` places a picture. The reason: {reason}"
            )

    def run_renders(
        self, requests: Sequence[tuple[SourceFile, Mapping[str, Rendition]]], megapixels: Mapping[str, float]
    ) -> Iterator[tuple[SourceFile, Mapping[str, Rendition], list[bytes] | Failure]]:
        """The bytes of each original's renditions, in their order. *megapixels* are the originals', by digest."""
        originals = [original for original, _ in requests]
        renditions_by_digest = {original.digest: what for original, what in requests}

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

        for source, answer in self._run_task(
            tasks.render_image, originals, [make_job(original) for original in originals]
        ):
            yield source, renditions_by_digest[source.digest], answer

    @property
    def analysis_seconds(self) -> float:
        """The processor time that a photograph may take to be looked at, or to be read only."""
        return self.settings.timeout / ANALYSIS_STEPS

    def compute_render_seconds(self, renditions: Iterable[Rendition], megapixels: float) -> float:
        """The processor time that the *wanted* of an original of so many *megapixels* may take."""
        rendered_megapixels = sum(each.width * each.height for each in renditions) / 1e6
        return (
            max(self.settings.timeout / 2, rendered_megapixels * RENDER_SECONDS_PER_MEGAPIXEL)
            + megapixels * READING_SECONDS_PER_MEGAPIXEL
        )

    def _make_analysis_job_factory(
        self, original: SourceFile, models_folder: Path | None, megabytes: float, tries: int
    ) -> Job:
        from ..workers.pool import Job

        def prepare() -> tuple[Any, ...]:
            sidecar = original.file.sidecar
            words = self.read_file(sidecar) if sidecar else None
            return (
                self._read_unchanged(original),
                words,
                models_folder,
                self.settings.max_megapixels * 1_000_000,
                original.file.is_raw,
            )

        return Job(
            original.file.path, prepare, megabytes + _estimate_transfer_mb(original), self.analysis_seconds, tries
        )

    def _read_unchanged(self, source: SourceFile) -> bytes:
        """The original's bytes, which must still be those that were measured."""
        data = self.read_file(source.file)
        if compute_digest(data) != source.digest:
            raise files.UnusableFileError(
                f"{source.file.path} changed while it was being read. Build again when it is finished."
            )
        return data

    def _run_task(
        self, task: Callable[..., Any], sources: Sequence[SourceFile], jobs: Sequence[Job]
    ) -> Iterator[tuple[SourceFile, Any]]:
        """*task* for each original in child processes: its result, or a Failure."""
        if not jobs:
            return
        with self._open_workers(len(jobs)) as workers:
            for index, answer in workers.run(task, jobs):
                if isinstance(answer, Failure) and answer.cause == "slow":
                    answer = Failure(f"{answer.message} {AGAIN}", "slow")
                yield sources[index], answer

    @contextmanager
    def _open_workers(self, job_count: int) -> Iterator[WorkerPool[Any] | DaskPool[Any]]:
        """Who does *jobs*: those that were kept, or others."""
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

        refusals = (UnreadableImageError, files.UnusableFileError)
        if self.settings.executor == "dask":
            from ..workers.dask import DaskPool

            return DaskPool(self.settings.scheduler, tasks.make_worker_fingerprint, refusals)
        return WorkerPool(
            self.settings.workers or count_processors(),
            memory_budget_mb=self.settings.memory_mb,
            expected_errors=refusals,
        )


def _estimate_transfer_mb(source: SourceFile) -> float:
    """Megabytes of the file itself and of its sidecar: here, packed for the child, and there."""
    sidecar = source.file.sidecar
    return 3 * (source.file.file_stat.size + (sidecar.file_stat.size if sidecar else 0)) / (1 << 20)


def _format_names(names: Sequence[str], max_names: int = 5) -> str:
    """The first of some names and how many more there are."""
    listed_names = ", ".join(names[:max_names])
    return f"{listed_names} and {len(names) - max_names} more" if len(names) > max_names else listed_names
