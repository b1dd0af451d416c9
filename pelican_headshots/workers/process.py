"""One worker process: how it starts, its limits, and how it ends when its time is up or its parent has ended.

Each consists of a process, a pipe and a thread. docs/decisions/2026-11-29-no-library-for-worker-processes.md says why no
library is used.
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
from multiprocessing.context import SpawnProcess
from typing import TYPE_CHECKING, Any, TypeVar

from ..support import memory

if TYPE_CHECKING:
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection as Connection
    else:
        from multiprocessing.connection import Connection

T = TypeVar("T")


class WorkerProcessEndedError(Exception):
    """A process ended during a task. *exceeded_cpu_limit* is true if the task had used up its processor time."""

    def __init__(self, exitcode: int | None) -> None:
        super().__init__(f"exit code {exitcode}")
        self.exceeded_cpu_limit = sys.platform != "win32" and exitcode == -signal.SIGXCPU


class WorkerProcess:
    """One worker process, started for the first task and again if it has ended before a later task.

    It runs one task at a time. `kill` may be called from any thread.

    Args:
        address_space_mb: Megabytes that the process may map; 0 for no limit.
    """

    def __init__(self, address_space_mb: int) -> None:
        self._address_space_mb = address_space_mb
        self._running: tuple[SpawnProcess, Connection] | None = None

    def submit(self, task: Callable[..., T], arguments: tuple[Any, ...], cpu_seconds: float) -> Future[T]:
        """Call `task(*arguments)` in the process, limited to *cpu_seconds* of processor time.

        The future raises WorkerProcessEndedError if the process ends before it has answered.
        """
        if self._running is None or not self._running[0].is_alive():
            self.kill()
            self._running = _start_process(self._address_space_mb)
        future: Future[T] = Future()
        thread_arguments = (future, *self._running, (task, arguments, cpu_seconds))
        threading.Thread(target=_exchange_with_child, args=thread_arguments, daemon=True).start()
        return future

    def kill(self) -> None:
        """Kill the process, whatever it is doing."""
        running, self._running = self._running, None
        if running is not None:
            running[0].kill()
            running[0].join()


def _start_process(address_space_mb: int) -> tuple[SpawnProcess, Connection]:
    parent_end, child_end = multiprocessing.Pipe()
    process = _ChildProcess(target=_serve_tasks, args=(child_end, address_space_mb), daemon=True)
    process.start()
    child_end.close()  # so that the pipe closes when the process ends, even in the middle of an answer
    return process, parent_end


def _exchange_with_child(
    future: Future[Any], process: SpawnProcess, connection: Connection, message: tuple[Any, ...]
) -> None:
    """Send the task to the process and wait for the answer. Runs in a thread of the parent, because sending may block."""
    try:
        connection.send(message)
        answer, error = connection.recv()
    except (EOFError, OSError):
        process.join()
        error = WorkerProcessEndedError(process.exitcode)
    except Exception as pickling_error:  # noqa: BLE001 - the caller gets the error through the future
        error = pickling_error
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(answer)


def _serve_tasks(connection: Connection, address_space_mb: int) -> None:
    """Run one task after another until the parent has ended. Runs in the child."""
    _prepare_child(address_space_mb)
    while True:
        try:
            task, arguments, cpu_seconds = connection.recv()
        except EOFError:
            return
        answer: tuple[Any, BaseException | None]
        try:
            answer = _call_with_cpu_limit(cpu_seconds, task, arguments), None
        except BaseException as error:  # noqa: BLE001 - the parent decides what to do with it
            answer = None, error
        del task, arguments
        try:
            connection.send(answer)
        except (TypeError, AttributeError, pickle.PicklingError) as error:
            connection.send((None, RuntimeError(str(error))))
        del answer
        # What SVT-AV1 frees is scattered: without this, the peak of a child that renders photos of 24 MP is 80 MB higher.
        memory.return_freed_memory()


class _ChildProcess(SpawnProcess):
    """A process that does not import the main program of its parent, and that ignores Ctrl+C."""

    def start(self) -> None:
        with _start_lock, _hide_main_module(), _block_interrupts():
            super().start()


_start_lock = threading.Lock()


@contextmanager
def _hide_main_module() -> Iterator[None]:
    """Set the spec of `__main__` to that of `python folder`, which tells multiprocessing not to import it.

    Otherwise multiprocessing runs the main program again in each child, for functions that may be defined there. That
    takes 0.3 seconds of processor time for the `pelican` script, and starts a second build for a script that calls
    Pelican without checking for `__name__ == "__main__"`.
    """
    main = sys.modules["__main__"]
    original_spec = main.__spec__
    main.__spec__ = ModuleSpec("__main__", None)
    try:
        yield
    finally:
        main.__spec__ = original_spec


@contextmanager
def _block_interrupts() -> Iterator[None]:
    """Block Ctrl+C, which child processes inherit. The parent handles it and kills its children."""
    if sys.platform == "win32":
        yield
        return
    # The tracker would start with the first child and unblock SIGINT in this process.
    resource_tracker.ensure_running()
    original_mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, original_mask)


def _prepare_child(address_space_mb: int) -> None:
    """Set up the child before its first task."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # on Windows, the signal mask is not inherited
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 2)  # native libraries write to stderr; errors come back as exceptions
    os.close(devnull)
    # There is a child for each processor. OpenBLAS' threads spin while they wait, which takes 0.09 seconds of processor
    # time for each child that only starts. OpenBLAS reads this variable when NumPy is imported.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    memory.keep_freed_memory()
    if sys.platform != "win32":
        import resource

        with suppress(ValueError, OSError):
            # Exceeding the limit of time would dump the memory to disk.
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if address_space_mb:
            with suppress(ValueError, OSError):
                limit = address_space_mb << 20
                resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _exit_with_parent() -> None:
    """Exit when the parent ends. A parent that was killed sends no message, and a busy child does not read the pipe."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _call_with_cpu_limit(cpu_seconds: float, task: Callable[..., T], arguments: tuple[Any, ...]) -> T:
    """Call the task. The kernel kills this process after *cpu_seconds* of processor time, whatever code is running."""
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
