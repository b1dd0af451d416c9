"""What child processes are asked to do with a photograph: with which bytes, in how much memory, within which time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import tasks
from .adapters.cache.stat_index import digest
from .adapters.originals import files
from .adapters.pictures import tools
from .adapters.verdict import Failure
from .core.geometry import Value
from .core.photo import Exam
from .core.rendition import Rendition
from .settings import Settings

if TYPE_CHECKING:
    from .adapters.work.cluster import Cluster
    from .adapters.work.workers import Job, Workers

AGAIN = "To have it tried again, raise HEADSHOTS['timeout'] or save the picture anew."
"""Said of a picture that used up its time, which is remembered."""

HOPELESS = 4
"""Where the looking crashes at that many pictures and has managed none, it will crash at all: MediaPipe does not work."""

LOOKING_MB = 450.0
"""A child with mediapipe and its models loaded, looking at a draft."""
READING_MB = 150.0
BYTES_PER_PIXEL = 9.0
"""An RGB picture, its sRGB twin and what the encoder holds."""

STEPS = 2
"""Of which each may take its share of the time limit: looking, and where that fails, reading without looking."""

SECONDS_PER_MEGAPIXEL = 3.0
"""Of the processor, allowed for each megapixel made; AVIF at its slowest preset takes a fifth on the machine of 2026."""

SECONDS_TO_READ_ONE = 0.1
"""Of the processor, allowed for each megapixel of the original; HEIC, the slowest, takes a fifth of that."""


class Original(Value, frozen=True):
    """A file in the photos folder, and the names of its contents and of its sidecar's (empty without one)."""

    found: files.Found
    digest: str
    sidecar: str

    def exam_key(self, eyes: str) -> str:
        """What its exam is remembered under; *eyes* names whatever the looking depends on."""
        return f"{self.digest}.{self.sidecar or '-'}.{eyes}"

    def failure_key(self, able: str) -> str:
        """What it is remembered under that nothing came of it; *able* names whatever that depends on."""
        return f"{self.digest}.{self.sidecar or '-'}.failed.{able}"


class Errands:
    """Runs them for one build. *models* is None where there are none: pictures are then read, but not looked at."""

    def __init__(self, settings: Settings, originals: Path, models: Path | None) -> None:
        self.settings, self.originals, self.models = settings, originals, models
        self.unseen: dict[str, Failure] = {}
        """Path of each photograph at which the looking failed, but not the reading → how."""
        self.troubles: list[str] = []
        """Sentences about what did not go as it should, beside refused pictures."""
        self._stack: ExitStack | None = None
        self._kept: Workers[Any] | Cluster[Any] | None = None

    @contextmanager
    def together(self) -> Iterator[None]:
        """Within the block a child that has looked at a single photograph goes on to develop: starting one takes as long
        as looking. Of more photographs each kind of work has its own children, for MediaPipe's models stay in memory."""
        try:
            with ExitStack() as self._stack:
                yield
        finally:
            self._stack = self._kept = None

    def read(self, found: files.Found) -> bytes:
        """Raises files.Refused."""
        return files.read(self.originals, found, largest=self.settings.file_limit << 20)

    def engine(self) -> str:
        """What children make renditions with. Where no child can say it, a name that no other build uses."""
        from .adapters.work.workers import Job

        job = Job("The program that makes pictures", lambda: (), READING_MB, self.settings.timeout)
        with self._children(1) as workers:
            ((_, answer),) = workers.run(tools.in_use, [job])
        return f"unknown: {answer.sentence}" if isinstance(answer, Failure) else str(answer)

    def look(self, todo: Sequence[Original]) -> Iterator[tuple[Original, Exam | Failure]]:
        """An exam of each. A picture that makes the looking crash or hang is read once more without being looked at."""
        blind: dict[str, Failure] = {}
        left = {original.found.path: original for original in todo}
        seen = False
        for original, answer in self._run(
            tasks.examine, todo, [self._examination(each, self.models, LOOKING_MB, 2) for each in todo]
        ):
            del left[original.found.path]
            if not isinstance(answer, Failure) or self.models is None or answer.cause in ("refused", "gone"):
                seen = seen or not isinstance(answer, Failure)
                yield original, answer
                continue
            blind[original.found.path] = answer
            if len(blind) == HOPELESS and not seen:
                blind |= dict.fromkeys(left, Failure(answer.sentence, "error"))
                break
        once_more = [original for original in todo if original.found.path in blind]
        for original, answer in self._run(
            tasks.examine, once_more, [self._examination(each, None, READING_MB, 1) for each in once_more]
        ):
            if not isinstance(answer, Failure):
                self.unseen[original.found.path] = blind[original.found.path]
            yield original, answer
        if self.unseen:
            why = next(iter(self.unseen.values())).sentence
            self.troubles.append(
                f"{_listed(sorted(self.unseen))} could not be looked at and {'hangs' if len(self.unseen) == 1 else 'hang'} "
                f"unjudged in the gallery; a note with its `kind` places a picture. The reason: {why}"
            )

    def develop(
        self, todo: Sequence[tuple[Original, Mapping[str, Rendition]]], megapixels: Mapping[str, float]
    ) -> Iterator[tuple[Original, Mapping[str, Rendition], list[bytes] | Failure]]:
        """The bytes of each original's renditions, in their order. *megapixels* are the originals', by digest."""
        originals = [original for original, _ in todo]
        wanted = {original.digest: what for original, what in todo}

        def job(original: Original) -> Job:
            from .adapters.work.workers import Job

            what = tuple(wanted[original.digest].values())
            return Job(
                original.found.path,
                lambda: (self._whole(original), what, self.settings.pixel_limit * 1_000_000, original.found.raw),
                READING_MB + BYTES_PER_PIXEL * megapixels[original.digest] + _on_the_way(original),
                self.seconds_to_develop(what, megapixels[original.digest]),
            )

        for original, answer in self._run(tasks.develop, originals, [job(original) for original in originals]):
            yield original, wanted[original.digest], answer

    @property
    def seconds_to_look(self) -> float:
        """The processor time that a photograph may take to be looked at, or to be read only."""
        return self.settings.timeout / STEPS

    def seconds_to_develop(self, wanted: Iterable[Rendition], megapixels: float) -> float:
        """The processor time that the *wanted* of an original of so many *megapixels* may take."""
        made = sum(each.width * each.height for each in wanted) / 1e6
        return max(self.settings.timeout / 2, made * SECONDS_PER_MEGAPIXEL) + megapixels * SECONDS_TO_READ_ONE

    def _examination(self, original: Original, models: Path | None, megabytes: float, tries: int) -> Job:
        from .adapters.work.workers import Job

        def prepare() -> tuple[Any, ...]:
            sidecar = original.found.sidecar
            words = self.read(sidecar) if sidecar else None
            return self._whole(original), words, models, self.settings.pixel_limit * 1_000_000, original.found.raw

        return Job(original.found.path, prepare, megabytes + _on_the_way(original), self.seconds_to_look, tries)

    def _whole(self, original: Original) -> bytes:
        """The original's bytes, which must still be those that were measured."""
        data = self.read(original.found)
        if digest(data) != original.digest:
            raise files.Refused(
                f"{original.found.path} changed while it was being read. Build again when it is finished."
            )
        return data

    def _run(
        self, task: Callable[..., Any], originals: Sequence[Original], jobs: Sequence[Job]
    ) -> Iterator[tuple[Original, Any]]:
        """*task* for each original in child processes: its result, or a Failure."""
        if not jobs:
            return
        with self._children(len(jobs)) as workers:
            for index, answer in workers.run(task, jobs):
                if isinstance(answer, Failure) and answer.cause == "slow":
                    answer = Failure(f"{answer.sentence} {AGAIN}", "slow")
                yield originals[index], answer

    @contextmanager
    def _children(self, jobs: int) -> Iterator[Workers[Any] | Cluster[Any]]:
        """Who does *jobs*: those that were kept, or others."""
        if self._kept is None and self._stack is not None and jobs == 1:
            self._kept = self._workers()
            self._stack.enter_context(self._kept)
        if self._kept is not None:
            yield self._kept
            return
        with self._workers() as workers:
            yield workers

    def _workers(self) -> Workers[Any] | Cluster[Any]:
        from .adapters.originals.formats import UnreadablePicture
        from .adapters.work.workers import Workers, processors

        refusals = (UnreadablePicture, files.Refused)
        if self.settings.executor == "dask":
            from .adapters.work.cluster import Cluster

            return Cluster(self.settings.scheduler, tasks.stamp, refusals)
        return Workers(self.settings.workers or processors(), budget=self.settings.memory, refusals=refusals)


def _on_the_way(original: Original) -> float:
    """Megabytes of the file itself and of its sidecar: here, packed for the child, and there."""
    sidecar = original.found.sidecar
    return 3 * (original.found.facts.size + (sidecar.facts.size if sidecar else 0)) / (1 << 20)


def _listed(names: Sequence[str], most: int = 5) -> str:
    """The first of some names and how many more there are."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
