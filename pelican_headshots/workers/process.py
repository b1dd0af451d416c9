"""One worker process: how it starts, what it may use, and how it ends when its time is up or its parent is gone.

A process, a pipe and a thread for each, and no library's pool: docs/decisions/2026-11-29-no-library-for-worker-processes.md.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from importlib.machinery import ModuleSpec
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, TypeVar

T = TypeVar("T")

_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4
"""glibc's numbers for `mallopt`."""


class WorkerProcessEndedError(Exception):
    """The process that did a task has ended; *used_up*: because the task had used up its processor time."""

    def __init__(self, exitcode: int | None) -> None:
        super().__init__(f"exit code {exitcode}")
        self.exceeded_cpu_limit = sys.platform != "win32" and exitcode == -signal.SIGXCPU


class WorkerProcess:
    """One process at a time: started when the first task comes, and again when one comes after it ended.

    It takes one task at a time. `kill` may come from any thread. *address_space*: megabytes it may map; 0: no limit.
    """

    def __init__(self, address_space_mb: int) -> None:
        self._address_space_mb = address_space_mb
        self._running: tuple[SpawnProcess, Connection] | None = None

    def submit(self, task: Callable[..., T], arguments: tuple[Any, ...], cpu_seconds: float) -> Future[T]:
        """Call `task(*arguments)` there, within *seconds* of processor time. The future may raise ProcessEnded."""
        if self._running is None or not self._running[0].is_alive():
            self.kill()
            self._running = _start_process(self._address_space_mb)
        future: Future[T] = Future()
        thread_arguments = (future, *self._running, (task, arguments, cpu_seconds))
        threading.Thread(target=_exchange_with_child, args=thread_arguments, daemon=True).start()
        return future

    def kill(self) -> None:
        """End the process now, whatever it does."""
        running, self._running = self._running, None
        if running is not None:
            running[0].kill()
            running[0].join()


def _start_process(address_space_mb: int) -> tuple[SpawnProcess, Connection]:
    parent_end, child_end = multiprocessing.Pipe()
    process = _ChildProcess(target=_serve_tasks, args=(child_end, address_space_mb), daemon=True)
    process.start()
    child_end.close()  # so that the pipe ends with the process, also in the middle of an answer
    return process, parent_end


def _exchange_with_child(
    future: Future[Any], process: SpawnProcess, connection: Connection, message: tuple[Any, ...]
) -> None:
    """In a thread of the parent: hand the task over, however large, and wait for the answer."""
    try:
        connection.send(message)
        answer, error = connection.recv()
    except (EOFError, OSError):
        process.join()
        error = WorkerProcessEndedError(process.exitcode)
    except Exception as unexpected:  # noqa: BLE001 - what cannot be pickled is said to whoever waits
        error = unexpected
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(answer)


def _serve_tasks(connection: Connection, address_space_mb: int) -> None:
    """In the child: do one task after the other until the parent is gone."""
    _prepare_child(address_space_mb)
    while True:
        try:
            task, arguments, cpu_seconds = connection.recv()
        except EOFError:
            return
        answer: tuple[Any, BaseException | None]
        try:
            answer = _call_with_cpu_limit(cpu_seconds, task, arguments), None
        except BaseException as error:  # noqa: BLE001 - it is the parent's to judge
            answer = None, error
        del task, arguments
        try:
            connection.send(answer)
        except (TypeError, AttributeError, pickle.PicklingError) as error:
            connection.send((None, RuntimeError(str(error))))
        del answer


class _ChildProcess(SpawnProcess):
    """A process that does not run the program it is started from, and that Ctrl+C does not reach."""

    def start(self) -> None:
        with _start_lock, _hide_main_module(), _block_interrupts():
            super().start()


_start_lock = threading.Lock()


@contextmanager
def _hide_main_module() -> Iterator[None]:
    """Say of the program what `python folder` says of its own: that it holds nothing to import.

    Else multiprocessing runs it again in each child, for functions that may be defined there: 0.3 processor seconds for
    the `pelican` script, and a second build for a script that calls Pelican without asking whether it is `__main__`.
    """
    main = sys.modules["__main__"]
    before = main.__spec__
    main.__spec__ = ModuleSpec("__main__", None)
    try:
        yield
    finally:
        main.__spec__ = before


@contextmanager
def _block_interrupts() -> Iterator[None]:
    """Ctrl+C is the parent's business, which ends its children: they inherit that it does not reach them."""
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # what starts with the first child, and ends with Ctrl+C no longer blocked
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare_child(address_space_mb: int) -> None:
    """In the child, before its first task."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # on Windows nothing is inherited
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 2)  # native libraries talk; what matters comes back as an exception
    os.close(devnull)
    # There is a child for each processor, and OpenBLAS' own threads spin while they wait for work: 0.09 processor seconds
    # for each child that only starts. It reads this when numpy is imported.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    if sys.platform == "linux":
        _keep_freed_memory()
    if address_space_mb and sys.platform != "win32":
        import resource

        with suppress(ValueError, OSError):
            limit = address_space_mb << 20
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _keep_freed_memory() -> None:
    """Pictures come and go by tens of megabytes. Left alone, glibc gives each back to the system, which must then wipe
    memory for the next one: 0.05 processor seconds for each photograph of 24 MP."""
    import ctypes

    with suppress(OSError, AttributeError):  # another C library
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_MAX, 0)
        mallopt(_M_TRIM_THRESHOLD, 128 << 20)


def _exit_with_parent() -> None:
    """A parent killed with -9 says no goodbye, and whoever works does not see the pipe close."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _call_with_cpu_limit(cpu_seconds: float, task: Callable[..., T], arguments: tuple[Any, ...]) -> T:
    """Call the task; the kernel ends this process when it has used up *seconds* of processor time, whatever code runs."""
    if sys.platform == "win32":
        return task(*arguments)
    import resource

    _, hard_limit = resource.getrlimit(resource.RLIMIT_CPU)
    limit = math.ceil(time.process_time() + cpu_seconds)
    resource.setrlimit(
        resource.RLIMIT_CPU, (limit if hard_limit == resource.RLIM_INFINITY else min(limit, hard_limit), hard_limit)
    )
    try:
        return task(*arguments)
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (hard_limit, hard_limit))
