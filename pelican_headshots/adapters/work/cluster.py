"""The same work on other machines, by dask.distributed. Bytes go out and bytes come back: no shared disk is needed.

The models travel once to each worker, one that joins later or replaces a dead one included. What a lost worker was doing
is done again elsewhere. A picture has a time limit by the clock; a worker that it keeps busy is started anew. A worker
whose Pillow, MediaPipe or recipes are not this machine's is refused before it works, for its pictures would not be the
same bytes.
"""

from __future__ import annotations

import io
import logging
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

import msgspec

from ..cache.stat_index import digest
from ..verdict import ClusterTrouble, Failure
from .workers import GRACE, Job, named, unfinished

log = logging.getLogger(__name__)

T = TypeVar("T")

_AHEAD = 2
"""Tasks sent for each thread of the workers: one that runs, and one whose bytes are there when it ends."""

_CLOCK_FACTOR = 4
"""Seconds by the clock that a task may take for each of the seconds of processor time that it may take here."""


class Shipped(msgspec.Struct, frozen=True):
    """Stands in a task's arguments for a folder that every worker has under this name."""

    name: str


class Cluster(Generic[T]):
    """The workers of the dask scheduler at *address*, used like `Workers`.

    *stamp* names whatever shapes the bytes that come back; it is called here and on every worker. *refusals*: exceptions
    of the task whose text is a sentence for the photographer.
    """

    def __init__(
        self,
        address: str,
        stamp: Callable[[], str],
        refusals: tuple[type[Exception], ...] = (),
        grace: float = GRACE,
    ) -> None:
        self._address, self._stamp, self._refusals, self._grace = address, stamp, refusals, grace
        self._shipped: dict[Path, Shipped] = {}

    def __enter__(self) -> Cluster[T]:
        try:
            from distributed import Client
        except ImportError as error:
            raise ClusterTrouble(
                "HEADSHOTS['executor'] is 'dask', which is not installed. Install pelican-headshots[dask]."
            ) from error
        try:
            self._client = Client(self._address, timeout=10, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ClusterTrouble(
                f"No dask scheduler answers at {self._address}. Start it with `dask scheduler`, or correct "
                "HEADSHOTS['scheduler'] in pelicanconf.py."
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def run(self, task: Callable[..., T], jobs: Sequence[Job]) -> Iterator[tuple[int, T | Failure]]:
        """Yield (index of the job, its result or Failure) as they come, the dearest begun first.

        Raises ClusterTrouble where the scheduler goes away or a worker is not like this machine.
        """
        waiting = sorted(range(len(jobs)), key=lambda index: (-jobs[index].megabytes, index))
        running: dict[Any, _Sent] = {}
        ended: SimpleQueue[Any] = SimpleQueue()
        try:
            while waiting or running:
                room = max(1, _AHEAD * sum(self._client.nthreads().values())) - len(running)
                while waiting and room > 0:
                    index = waiting.pop(0)
                    try:
                        arguments = tuple(map(self._travelling, jobs[index].prepare()))
                    except self._refusals as refusal:
                        yield index, Failure(str(refusal), "gone")
                        continue
                    with warnings.catch_warnings():
                        warnings.filterwarnings("ignore", message="Sending large graph")
                        # Pure by name would mean that dask hashes every original.
                        future = self._client.submit(_called, self._stamp, self._stamp(), task, arguments, pure=False)
                    running[future] = _Sent(index, jobs[index], time.monotonic())
                    future.add_done_callback(ended.put)
                    room -= 1
                done = []
                with suppress(Empty):
                    done.append(ended.get(timeout=1.0))
                    while True:
                        done.append(ended.get_nowait())
                if not done and self._client.status not in ("running", "connecting"):
                    raise ClusterTrouble(f"The dask scheduler at {self._address} has gone away. Build again.")
                for future in sorted(running.keys() & done, key=lambda future: running[future].index):
                    sent = running.pop(future)
                    yield sent.index, self._result(future, sent.job)
                # Workers take tasks in the order in which they came: what was sent first runs, and keeps the others.
                oldest = min(running, key=lambda future: running[future].at, default=None)
                if oldest is not None and not done and running[oldest].overdue(self._grace):
                    sent = running.pop(oldest)
                    self._end(oldest)
                    for other in running.values():
                        other.at = time.monotonic()
                    yield sent.index, Failure(f"{sent.job.name} took too long on its worker, and was left out.", "hung")
        finally:
            self._client.cancel(list(running))

    def _end(self, future: Any) -> None:
        """Give a task up, and start the worker anew that may still be busy with it."""
        keepers = [address for address, keys in self._client.processing().items() if future.key in keys]
        future.cancel()
        try:
            self._client.restart_workers(keepers, raise_for_error=False)
        except ValueError as error:  # a worker that runs without a nanny
            log.warning("A worker that a picture keeps busy cannot be started anew: %s", error)

    def _travelling(self, argument: Any) -> Any:
        """A folder's stand-in, the folder itself being sent ahead; anything else as it is."""
        if not isinstance(argument, Path):
            return argument
        if argument not in self._shipped:
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w") as packed:
                for file in sorted(argument.iterdir()):
                    if file.is_file():
                        packed.write(file, file.name)
            data = out.getvalue()
            name = f"headshots-{digest(data)}"
            self._client.register_plugin(_luggage(name, data), name=name)
            self._shipped[argument] = Shipped(name)
        return self._shipped[argument]

    def _result(self, future: Any, job: Job) -> T | Failure:
        from distributed.scheduler import KilledWorker

        try:
            answer: T = future.result()
            return answer
        except KilledWorker:
            return Failure(f"{job.name} made several workers end, and was left out.", "died")
        except MemoryError:
            return Failure(f"{job.name} needs more memory than its worker has, and was left out.", "memory")
        except ClusterTrouble:
            raise
        except self._refusals as refusal:
            return Failure(named(job.name, str(refusal)), "refused")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this picture's and is named
            return unfinished(job.name, error)


class _Sent(msgspec.Struct):
    """A task under way, and when it was sent, or could begin again after another one had kept its worker."""

    index: int
    job: Job
    at: float

    def overdue(self, grace: float) -> bool:
        """Whether it and those sent ahead of it to the same thread have had their time."""
        return time.monotonic() - self.at > _AHEAD * _CLOCK_FACTOR * self.job.seconds + grace


def _luggage(name: str, data: bytes) -> Any:
    """What every worker is given: a zip, unpacked into its own folder."""
    from distributed.diagnostics.plugin import WorkerPlugin

    class Luggage(WorkerPlugin):  # type: ignore[misc]
        def __init__(self) -> None:
            self.name, self.data, self.folder = name, data, ""

        def setup(self, worker: Any) -> None:
            self.kept = tempfile.TemporaryDirectory(prefix="headshots-")
            self.folder = self.kept.name
            with zipfile.ZipFile(io.BytesIO(self.data)) as packed:
                packed.extractall(self.folder)
            self.data = b""

        def teardown(self, worker: Any) -> None:
            self.kept.cleanup()

    return Luggage()


def _called(stamp: Callable[[], str], wanted: str, task: Callable[..., T], arguments: tuple[Any, ...]) -> T:
    """On the worker: the task, with the folders that were sent ahead."""
    from distributed import get_worker

    worker = get_worker()
    if stamp() != wanted:
        raise ClusterTrouble(
            f"The worker {worker.address} has {stamp()}, this machine {wanted}: their pictures would differ. "
            "Install the same versions on both."
        )
    return task(*(Path(worker.plugins[each.name].folder) if isinstance(each, Shipped) else each for each in arguments))
