"""Work in child processes, where a picture that crashes, hangs or swells costs itself and nothing else."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from typing import Any, Generic, TypeVar

import msgspec

from ..verdict import Failure, too_slow
from .child import ProcessEnded, WorkerProcess

log = logging.getLogger(__name__)

T = TypeVar("T")

CLOCK_FACTOR = 10
"""Seconds by the clock that a task may take for each of its seconds of processor time: other programs want theirs, and a
task that works is ended by the latter. This is for one that waits."""
GRACE = 60.0
"""Seconds by the clock beyond that, for starting a child and moving bytes."""
_MANY = 4
"""So many jobs waiting for their second try are tried before others begin: perhaps nothing works here at all."""


class Job(msgspec.Struct, frozen=True):
    """One call of the task. *prepare* gives its arguments just before it starts, so that few originals are in memory.

    *name* is the file it is about, *megabytes* a guess at what the child will need, *seconds* the processor time of a try.
    A job whose child dies gets a second try, unless *tries* is 1: the system may have killed it for want of memory that
    others took.
    """

    name: str
    prepare: Callable[[], tuple[Any, ...]]
    megabytes: float = 200.0
    seconds: float = 30.0
    tries: int = 2


class Workers(Generic[T]):
    """Up to *count* child processes, started when first needed and kept until the `with` block ends.

    *budget*: megabytes that jobs running at the same time may need together; a job that needs more runs alone.
    *address_space*: megabytes a child may map (mediapipe maps about 0.7 GiB before it has seen a picture; 0: no limit).
    *refusals*: exceptions of the task whose text is a sentence for the photographer.
    *grace*: seconds by the clock for what is not the task's own work.
    """

    def __init__(
        self,
        count: int,
        *,
        budget: float = 1500.0,
        address_space: int = 4096,
        refusals: tuple[type[Exception], ...] = (),
        grace: float = GRACE,
    ) -> None:
        self._processes = [WorkerProcess(address_space) for _ in range(max(1, count))]
        self._budget, self._refusals, self._grace = budget, refusals, grace

    def __enter__(self) -> Workers[T]:
        return self

    def __exit__(self, *_: object) -> None:
        """End the children. They have answered and keep nothing, so that they need not close MediaPipe's graphs and
        tidy up first, which takes 0.1 s each."""
        for process in self._processes:
            process.kill()

    def run(self, task: Callable[..., T], jobs: Sequence[Job]) -> Iterator[tuple[int, T | Failure]]:
        """Yield (index of the job, its result or Failure) as they come, the dearest begun first.

        A job whose child died is tried once more, alone. *task* must be importable by name.
        """
        first = sorted(range(len(jobs)), key=lambda index: (-jobs[index].megabytes, index))
        again: list[int] = []
        running: dict[Future[T], _Run] = {}
        try:
            while first or again or running:
                done: list[tuple[int, T | Failure]] = []
                done += self._begin(task, jobs, first, again, running)
                for future, run in self._finished(running):
                    result = self._result(future, run)
                    if isinstance(result, Failure) and result.cause == "died" and run.may_try_again:
                        log.debug("%s A second try follows.", result.sentence)
                        again.append(run.index)
                    else:
                        done.append((run.index, result))
                done += self._begin(task, jobs, first, again, running)  # before the caller takes its time
                yield from done
        finally:
            for run in running.values():
                run.process.kill()

    def _begin(
        self,
        task: Callable[..., T],
        jobs: Sequence[Job],
        first: list[int],
        again: list[int],
        running: dict[Future[T], _Run],
    ) -> Iterator[tuple[int, Failure]]:
        """Begin as many as processes and memory allow, and take them off *first* or *again*."""
        while (index := self._next(jobs, first, again, running)) is not None:
            second = index in again
            (again if second else first).remove(index)
            job = jobs[index]
            try:
                arguments = job.prepare()
            except self._refusals as refusal:
                yield index, Failure(str(refusal), "gone")
                continue
            busy = [run.process for run in running.values()]
            process = next(process for process in self._processes if process not in busy)
            running[process.submit(task, arguments, job.seconds)] = _Run(index, job, process, time.monotonic(), second)

    def _next(
        self, jobs: Sequence[Job], first: list[int], again: list[int], running: dict[Future[T], _Run]
    ) -> int | None:
        """The job to begin now; None where one must end before."""
        if len(running) == len(self._processes) or any(run.second for run in running.values()):
            return None
        if again and (len(again) >= _MANY or not first):
            return None if running else again[0]
        room = self._budget - sum(run.job.megabytes for run in running.values())
        return next((index for index in first if jobs[index].megabytes <= room or not running), None)

    def _finished(self, running: dict[Future[T], _Run]) -> list[tuple[Future[T], _Run]]:
        """Wait for at least one; a child far beyond its time is killed, which ends its job."""
        while running:
            done, _ = wait(running, timeout=1.0, return_when=FIRST_COMPLETED)
            if done:
                return [(future, running.pop(future)) for future in sorted(done, key=lambda f: running[f].index)]
            for run in running.values():
                if run.overdue(self._grace):
                    run.process.kill()
        return []

    def _result(self, future: Future[T], run: _Run) -> T | Failure:
        name = run.job.name
        try:
            return future.result()
        except ProcessEnded as end:
            if end.used_up:
                return Failure(too_slow(name, run.job.seconds), "slow")
            if run.overdue(self._grace):
                return Failure(f"{name} made the program that reads pictures hang, and was left out.", "hung")
            return Failure(f"{name} made the program that reads pictures crash, and was left out.", "died")
        except MemoryError:
            run.process.kill()
            return Failure(f"{name} needs more memory than is allowed, and was left out.", "memory")
        except self._refusals as refusal:
            return Failure(named(name, str(refusal)), "refused")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this picture's and is named
            return unfinished(name, error)


class _Run(msgspec.Struct, frozen=True):
    index: int
    job: Job
    process: WorkerProcess
    began: float
    second: bool

    def overdue(self, grace: float) -> bool:
        """Whether it has run for longer than a busy machine explains."""
        return time.monotonic() - self.began > CLOCK_FACTOR * self.job.seconds + grace

    @property
    def may_try_again(self) -> bool:
        return self.job.tries > 1 and not self.second


def unfinished(name: str, error: Exception) -> Failure:
    """What is said of the file *name* where its task ended with an *error* that nobody foresaw."""
    detail = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return Failure(f"{name} could not be finished and was left out ({detail}).", "error")


def named(name: str, sentence: str) -> str:
    """*sentence* with the file's *name* in it."""
    return sentence if name in sentence else f"{name}: {sentence}"


def processors() -> int:
    """How many processors this process may use."""
    with suppress(AttributeError):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1
