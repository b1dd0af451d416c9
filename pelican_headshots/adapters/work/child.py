"""One child process: how it starts, what it may do, and how it ends when its time is up or its parent is gone."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import sys
import threading
import types
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

T = TypeVar("T")

_ENVIRONMENT = {
    # There is a child for each processor, and OpenBLAS' own threads spin while they wait for work: 0.09 processor seconds
    # for each child that only starts.
    "OPENBLAS_NUM_THREADS": "1",
    # Pictures come and go by tens of megabytes. Left alone, glibc gives each back to the system, which must then wipe
    # memory for the next one: 0.05 processor seconds for each photograph of 24 MP.
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(128 << 20),
}
"""What children are started with, beside what is there already."""


class Slot:
    """A place for one child at a time; a killed child is replaced when the next task comes."""

    def __init__(self, address_space: int, setup: Callable[[], None] | None) -> None:
        self._address_space = address_space
        self._setup = setup
        self._pool: ProcessPoolExecutor | None = None
        self._processes: list[multiprocessing.process.BaseProcess] = []
        self.seconds = 0.0
        """The time limit of the task that runs."""

    def submit(self, task: Callable[..., T], arguments: tuple[Any, ...], seconds: float) -> Future[T]:
        """Have the child call `task(*arguments)`; it ends itself after *seconds*."""
        self.seconds = seconds
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                1, multiprocessing.get_context("spawn"), _prepare, (self._address_space, self._setup)
            )
            before = set(multiprocessing.active_children())
            with _no_main_module(), _undisturbed(), _thrifty():
                future = self._pool.submit(_timed, task, arguments, seconds)
            self._processes = [child for child in multiprocessing.active_children() if child not in before]
            return future
        try:
            return self._pool.submit(_timed, task, arguments, seconds)
        except BrokenExecutor:  # it was killed while it had nothing to do
            self.close()
            return self.submit(task, arguments, seconds)

    def kill(self) -> None:
        """End the child now, whatever it does."""
        for process in self._processes:
            with suppress(OSError, ValueError):
                process.kill()
        self.close()

    def close(self) -> None:
        """Let the child end."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool, self._processes = None, []


@contextmanager
def _no_main_module() -> Iterator[None]:
    """Start children that do not import the program they are started from (a quarter of a second for Pelican each)."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _thrifty() -> Iterator[None]:
    """Start children that see `_ENVIRONMENT`."""
    before = {name: os.environ.get(name) for name in _ENVIRONMENT}
    os.environ.update(_ENVIRONMENT)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Start children that Ctrl+C does not reach: until `_prepare` runs it would have them print where they were."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare(address_space: int, setup: Callable[[], None] | None) -> None:
    """In the child, before its first task."""
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's business; it ends its children
    threading.Thread(target=_die_with_parent, daemon=True).start()
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 2)  # native libraries talk; what matters comes back as an exception
    os.close(silence)
    if address_space:
        with suppress(ImportError, ValueError, OSError):
            import resource

            limit = address_space << 20
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if setup is not None:
        setup()


def _die_with_parent() -> None:
    """A parent killed with -9 says no goodbye, and the queue a child waits at stays open for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _timed(task: Callable[..., T], arguments: tuple[Any, ...], seconds: float) -> T:
    """Call the task under a watchdog that needs no co-operation: it works while native code holds the interpreter."""
    faulthandler.dump_traceback_later(seconds, exit=True)
    try:
        return task(*arguments)
    finally:
        faulthandler.cancel_dump_traceback_later()
