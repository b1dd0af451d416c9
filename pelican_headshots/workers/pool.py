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

from .failure import Failure, explain_cpu_limit
from .process import WorkerProcess, WorkerProcessEndedError

log = logging.getLogger(__name__)

T = TypeVar("T")

WALL_SECONDS_PER_CPU_SECOND = 10
"""Seconds by the clock that a task may take for each of its seconds of processor time: other programs want theirs, and a
task that works is ended by the latter. This is for one that waits."""
GRACE_SECONDS = 60.0
"""Seconds by the clock beyond that, for starting a child and moving bytes."""
_RETRIES_BEFORE_NEW_JOBS = 4
"""So many jobs waiting for their second try are tried before others begin: perhaps nothing works here at all."""


class Job(msgspec.Struct, frozen=True):
    """One call of the task. *prepare* gives its arguments just before it starts, so that few originals are in memory.

    *name* is the file it is about, *megabytes* a guess at what the child will need, *seconds* the processor time of a try.
    A job whose child dies gets a second try, unless *tries* is 1: the system may have killed it for want of memory that
    others took.
    """

    file_name: str
    prepare_arguments: Callable[[], tuple[Any, ...]]
    memory_mb: float = 200.0
    cpu_seconds: float = 30.0
    max_tries: int = 2


class WorkerPool(Generic[T]):
    """Up to *count* child processes, started when first needed and kept until the `with` block ends.

    *budget*: megabytes that jobs running at the same time may need together; a job that needs more runs alone.
    *address_space*: megabytes a child may map (mediapipe maps about 0.7 GiB before it has seen a picture; 0: no limit).
    *refusals*: exceptions of the task whose text is a sentence for the photographer.
    *grace*: seconds by the clock for what is not the task's own work.
    """

    def __init__(
        self,
        max_processes: int,
        *,
        memory_budget_mb: float = 1500.0,
        address_space_mb: int = 4096,
        expected_errors: tuple[type[Exception], ...] = (),
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        self._processes = [WorkerProcess(address_space_mb) for _ in range(max(1, max_processes))]
        self._memory_budget_mb, self._expected_errors, self._grace_seconds = (
            memory_budget_mb,
            expected_errors,
            grace_seconds,
        )

    def __enter__(self) -> WorkerPool[T]:
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
        pending = sorted(range(len(jobs)), key=lambda index: (-jobs[index].memory_mb, index))
        retries: list[int] = []
        running: dict[Future[T], _RunningJob] = {}
        try:
            while pending or retries or running:
                results: list[tuple[int, T | Failure]] = []
                results += self._start_jobs(task, jobs, pending, retries, running)
                for future, run in self._wait_for_finished(running):
                    result = self._get_result(future, run)
                    if isinstance(result, Failure) and result.cause == "died" and run.can_retry:
                        log.debug("%s A second try follows.", result.message)
                        retries.append(run.index)
                    else:
                        results.append((run.index, result))
                results += self._start_jobs(task, jobs, pending, retries, running)  # before the caller takes its time
                yield from results
        finally:
            for run in running.values():
                run.process.kill()

    def _start_jobs(
        self,
        task: Callable[..., T],
        jobs: Sequence[Job],
        pending: list[int],
        retries: list[int],
        running: dict[Future[T], _RunningJob],
    ) -> Iterator[tuple[int, Failure]]:
        """Begin as many as processes and memory allow, and take them off *first* or *again*."""
        while (index := self._choose_next_job(jobs, pending, retries, running)) is not None:
            is_retry = index in retries
            (retries if is_retry else pending).remove(index)
            job = jobs[index]
            try:
                arguments = job.prepare_arguments()
            except self._expected_errors as refusal:
                yield index, Failure(str(refusal), "gone")
                continue
            busy = [run.process for run in running.values()]
            process = next(process for process in self._processes if process not in busy)
            running[process.submit(task, arguments, job.cpu_seconds)] = _RunningJob(
                index, job, process, time.monotonic(), is_retry
            )

    def _choose_next_job(
        self, jobs: Sequence[Job], pending: list[int], retries: list[int], running: dict[Future[T], _RunningJob]
    ) -> int | None:
        """The job to begin now; None where one must end before."""
        if len(running) == len(self._processes) or any(run.is_retry for run in running.values()):
            return None
        if retries and (len(retries) >= _RETRIES_BEFORE_NEW_JOBS or not pending):
            return None if running else retries[0]
        free_memory_mb = self._memory_budget_mb - sum(run.job.memory_mb for run in running.values())
        return next((index for index in pending if jobs[index].memory_mb <= free_memory_mb or not running), None)

    def _wait_for_finished(self, running: dict[Future[T], _RunningJob]) -> list[tuple[Future[T], _RunningJob]]:
        """Wait for at least one; a child far beyond its time is killed, which ends its job."""
        while running:
            done, _ = wait(running, timeout=1.0, return_when=FIRST_COMPLETED)
            if done:
                return [(future, running.pop(future)) for future in sorted(done, key=lambda f: running[f].index)]
            for run in running.values():
                if run.is_overdue(self._grace_seconds):
                    run.process.kill()
        return []

    def _get_result(self, future: Future[T], run: _RunningJob) -> T | Failure:
        name = run.job.file_name
        try:
            return future.result()
        except WorkerProcessEndedError as end:
            if end.exceeded_cpu_limit:
                return Failure(explain_cpu_limit(name, run.job.cpu_seconds), "slow")
            if run.is_overdue(self._grace_seconds):
                return Failure(f"{name} made the program that reads pictures hang, and was left out.", "hung")
            return Failure(f"{name} made the program that reads pictures crash, and was left out.", "died")
        except MemoryError:
            run.process.kill()
            return Failure(f"{name} needs more memory than is allowed, and was left out.", "memory")
        except self._expected_errors as refusal:
            return Failure(add_file_name(name, str(refusal)), "refused")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this picture's and is named
            return make_unexpected_failure(name, error)


class _RunningJob(msgspec.Struct, frozen=True):
    index: int
    job: Job
    process: WorkerProcess
    started_at: float
    is_retry: bool

    def is_overdue(self, grace_seconds: float) -> bool:
        """Whether it has run for longer than a busy machine explains."""
        return time.monotonic() - self.started_at > WALL_SECONDS_PER_CPU_SECOND * self.job.cpu_seconds + grace_seconds

    @property
    def can_retry(self) -> bool:
        return self.job.max_tries > 1 and not self.is_retry


def make_unexpected_failure(name: str, error: Exception) -> Failure:
    """What is said of the file *name* where its task ended with an *error* that nobody foresaw."""
    detail = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return Failure(f"{name} could not be finished and was left out ({detail}).", "error")


def add_file_name(name: str, message: str) -> str:
    """*sentence* with the file's *name* in it."""
    return message if name in message else f"{name}: {message}"


def count_processors() -> int:
    """How many processors this process may use."""
    with suppress(AttributeError):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1
