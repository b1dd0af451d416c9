"""Work in child processes, where a picture that crashes, hangs or swells costs itself and nothing else.

Each child is a `ProcessPoolExecutor` of one, so that when it dies it is known whose work killed it. (A
`multiprocessing.Pool` waits for ever when a worker is killed; one executor of several blames everybody.)
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any, Generic, TypeVar

import msgspec

from ..verdict import Failure
from .child import Slot

log = logging.getLogger(__name__)

T = TypeVar("T")

_GRACE = 20.0
"""Seconds beyond a job's own limit for starting a child and moving bytes; after it the child is killed from here."""
_MANY = 4
"""So many jobs waiting for their second try are tried before others begin: perhaps nothing works here at all."""


class Job(msgspec.Struct, frozen=True):
    """One call of the task. *prepare* gives its arguments just before it starts, so that few originals are in memory.

    *name* is the file it is about, *megabytes* a guess at what the child will need, *seconds* the time limit of a try.
    A job whose child dies or hangs gets a second try, unless *tries* is 1.
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
    *setup*: called in each child before its first job.
    """

    def __init__(
        self,
        count: int,
        *,
        budget: float = 1500.0,
        address_space: int = 4096,
        refusals: tuple[type[Exception], ...] = (),
        setup: Callable[[], None] | None = None,
    ) -> None:
        self._slots = [Slot(address_space, setup) for _ in range(max(1, count))]
        self._budget = budget
        self._refusals = refusals

    def __enter__(self) -> Workers[T]:
        return self

    def __exit__(self, *_: object) -> None:
        """End the children. They have answered and keep nothing, so that they need not close MediaPipe's graphs and
        tidy up first, which takes 0.1 s each."""
        for slot in self._slots:
            slot.kill()

    def run(self, task: Callable[..., T], jobs: Sequence[Job]) -> Iterator[tuple[int, T | Failure]]:
        """Yield (index of the job, its result or Failure) as they come, the dearest begun first.

        A job whose child died or hung is tried once more, alone. *task* must be importable by name.
        """
        waiting = sorted(range(len(jobs)), key=lambda index: (-jobs[index].megabytes, index))
        again: list[int] = []
        running: dict[Future[T], _Run] = {}
        try:
            while waiting or again or running:
                done: list[tuple[int, T | Failure]] = []
                if len(again) < _MANY:
                    done += self._start(task, jobs, waiting, running)
                if again and not running:
                    done += self._start(task, jobs, [again.pop(0)], running, second=True)
                for future, run in self._finished(running):
                    result = self._result(future, run, jobs[run.index])
                    if (
                        isinstance(result, Failure)
                        and result.cause in ("died", "slow")
                        and not (run.second or jobs[run.index].tries < 2)
                    ):
                        log.debug("%s A second try follows.", result.sentence)
                        again.append(run.index)
                    else:
                        done.append((run.index, result))
                if len(again) < _MANY:
                    done += self._start(task, jobs, waiting, running)  # before the caller takes its time
                yield from done
        finally:
            for run in running.values():
                run.slot.kill()

    def _start(
        self,
        task: Callable[..., T],
        jobs: Sequence[Job],
        waiting: list[int],
        running: dict[Future[T], _Run],
        *,
        second: bool = False,
    ) -> Iterator[tuple[int, Failure]]:
        """Begin as many of *waiting* as slots and memory allow, and take them off it."""
        busy = {id(run.slot) for run in running.values()}
        for slot in self._slots:
            while id(slot) not in busy:
                room = self._budget - sum(jobs[run.index].megabytes for run in running.values())
                index = next((i for i in waiting if jobs[i].megabytes <= room or not running), None)
                if index is None or any(run.second for run in running.values()):
                    return
                waiting.remove(index)
                job = jobs[index]
                try:
                    arguments = job.prepare()
                except self._refusals as refusal:
                    yield index, Failure(str(refusal), "gone")
                    continue
                future = slot.submit(task, arguments, job.seconds)
                running[future] = _Run(index, slot, time.monotonic(), second)
                busy.add(id(slot))

    def _finished(self, running: dict[Future[T], _Run]) -> list[tuple[Future[T], _Run]]:
        """Wait for at least one; a child far beyond its time is killed, which finishes its job."""
        while running:
            done, _ = wait(running, timeout=1.0, return_when=FIRST_COMPLETED)
            if done:
                return [(future, running.pop(future)) for future in sorted(done, key=lambda f: running[f].index)]
            for run in running.values():
                if time.monotonic() - run.began > run.slot.seconds + _GRACE:
                    run.slot.kill()
        return []

    def _result(self, future: Future[T], run: _Run, job: Job) -> T | Failure:
        try:
            return future.result()
        except BrokenProcessPool:
            run.slot.kill()
            if time.monotonic() - run.began >= job.seconds:
                return Failure(f"{job.name} took longer than {job.seconds:.0f} seconds and was left out.", "slow")
            return Failure(f"{job.name} made the program that reads pictures crash, and was left out.", "died")
        except MemoryError:
            run.slot.kill()
            return Failure(f"{job.name} needs more memory than is allowed, and was left out.", "memory")
        except self._refusals as refusal:
            return Failure(named(job.name, str(refusal)), "refused")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this picture's and is named
            return unfinished(job.name, error)


class _Run(msgspec.Struct, frozen=True):
    index: int
    slot: Slot
    began: float
    second: bool


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
