"""Run jobs in worker processes, so that a picture that crashes, hangs or needs too much memory affects no other."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any, Generic, TypeVar

import msgspec

from .failure import Failure, explain_cpu_limit
from .process import WorkerProcess, WorkerProcessEndedError

log = logging.getLogger(__name__)

T = TypeVar("T")

WALL_SECONDS_PER_CPU_SECOND = 10
"""Seconds of wall time that a task may take per second of its processor time. On a busy machine a task gets only part of
a processor. A task that computes is ended by its processor time; this limit is for one that waits."""
GRACE_SECONDS = 60.0
"""Additional seconds of wall time for starting a process and sending data."""
_RETRIES_BEFORE_NEW_JOBS = 4
"""With this many jobs waiting for a second try, those are tried before new jobs start: perhaps no job works here."""


class Job(msgspec.Struct, frozen=True):
    """One call of a task."""

    file_name: str
    """The file that messages name."""
    prepare_arguments: Callable[[], tuple[Any, ...]]
    """Returns the arguments just before the task starts, so that few originals are in memory at once."""
    memory_mb: float = 200.0
    """Estimate of the memory that the process needs, in megabytes."""
    cpu_seconds: float = 30.0
    """Processor time for each try, in seconds."""
    max_tries: int = 2
    """With 2, a job whose process died is tried again: the system may have killed it because others used the memory."""


class WorkerPool(Generic[T]):
    """Worker processes that are started when first needed and kept until the `with` block ends.

    Args:
        max_processes: The largest number of processes.
        memory_budget_mb: Megabytes that jobs running at the same time may need together. A job that needs more runs alone.
        address_space_mb: Megabytes that a process may map; 0 for no limit. MediaPipe maps about 0.7 GiB before the first
            picture.
        expected_errors: Exceptions of a task whose text is a sentence for the photographer.
        grace_seconds: Seconds of wall time for what is not the work of the task itself.
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
        """Kill the processes. They have no results left, and closing MediaPipe's graphs would take 0.1 s each."""
        for process in self._processes:
            process.kill()

    def run(self, task: Callable[..., T], jobs: Sequence[Job]) -> Iterator[tuple[int, T | Failure]]:
        """Yield (index of the job, result or Failure) in the order in which jobs end.

        Jobs that need the most memory start first. A job whose process died is tried once more, alone.

        Args:
            task: A function that can be imported by name.
            jobs: The calls of the task.
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
                # Before yielding, so that jobs run while the caller works.
                results += self._start_jobs(task, jobs, pending, retries, running)
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
        """Start as many jobs as processes and memory allow, and remove them from *pending* or *retries*."""
        while (index := self._choose_next_job(jobs, pending, retries, running)) is not None:
            is_retry = index in retries
            (retries if is_retry else pending).remove(index)
            job = jobs[index]
            try:
                arguments = job.prepare_arguments()
            except self._expected_errors as error:
                yield index, Failure(str(error), "gone")
                continue
            busy = [run.process for run in running.values()]
            process = next(process for process in self._processes if process not in busy)
            running[process.submit(task, arguments, job.cpu_seconds)] = _RunningJob(
                index, job, process, time.monotonic(), is_retry
            )

    def _choose_next_job(
        self, jobs: Sequence[Job], pending: list[int], retries: list[int], running: dict[Future[T], _RunningJob]
    ) -> int | None:
        """Return the index of the job to start now, or None if a running job must end first."""
        if len(running) == len(self._processes) or any(run.is_retry for run in running.values()):
            return None
        if retries and (len(retries) >= _RETRIES_BEFORE_NEW_JOBS or not pending):
            return None if running else retries[0]
        free_memory_mb = self._memory_budget_mb - sum(run.job.memory_mb for run in running.values())
        return next((index for index in pending if jobs[index].memory_mb <= free_memory_mb or not running), None)

    def _wait_for_finished(self, running: dict[Future[T], _RunningJob]) -> list[tuple[Future[T], _RunningJob]]:
        """Wait until a job ends and return what has ended. A process that is overdue is killed, which ends its job."""
        while running:
            done, _ = wait(running, timeout=1.0, return_when=FIRST_COMPLETED)
            if done:
                in_job_order = sorted(done, key=lambda future: running[future].index)
                return [(future, running.pop(future)) for future in in_job_order]
            for run in running.values():
                if run.is_overdue(self._grace_seconds):
                    run.process.kill()
        return []

    def _get_result(self, future: Future[T], run: _RunningJob) -> T | Failure:
        name = run.job.file_name
        try:
            return future.result()
        except WorkerProcessEndedError as error:
            if error.exceeded_cpu_limit:
                return Failure(explain_cpu_limit(name, run.job.cpu_seconds), "slow")
            if run.is_overdue(self._grace_seconds):
                return Failure(f"{name} made the program that reads pictures hang and was left out.", "hung")
            return Failure(f"{name} made the program that reads pictures crash and was left out.", "died")
        except MemoryError:
            run.process.kill()
            return Failure(f"{name} needs more memory than is allowed and was left out. Export it smaller.", "memory")
        except self._expected_errors as error:
            return Failure(add_file_name(name, str(error)), "refused")
        except Exception as error:  # noqa: BLE001 - any error belongs to this picture and is reported with it
            return make_unexpected_failure(name, error)


class _RunningJob(msgspec.Struct, frozen=True):
    index: int
    job: Job
    process: WorkerProcess
    started_at: float
    is_retry: bool

    def is_overdue(self, grace_seconds: float) -> bool:
        """Return whether the job has run longer than a busy machine can explain."""
        return time.monotonic() - self.started_at > WALL_SECONDS_PER_CPU_SECOND * self.job.cpu_seconds + grace_seconds

    @property
    def can_retry(self) -> bool:
        return self.job.max_tries > 1 and not self.is_retry


def make_unexpected_failure(name: str, error: Exception) -> Failure:
    """Return the failure of a file whose task raised an unexpected error."""
    detail = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return Failure(f"{name} could not be finished and was left out ({detail}).", "error")


def add_file_name(name: str, message: str) -> str:
    """Return the message with the file name in it."""
    return message if name in message else f"{name}: {message}"


def count_processors() -> int:
    """Return the number of processors that this process may use."""
    if sys.platform == "linux":
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1
