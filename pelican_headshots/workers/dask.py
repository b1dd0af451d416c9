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

from ..support.digest import compute_digest
from ..support.errors import DaskUnavailableError
from .failure import Failure
from .pool import GRACE_SECONDS, Job, add_file_name, make_unexpected_failure

log = logging.getLogger(__name__)

T = TypeVar("T")

_TASKS_PER_THREAD = 2
"""Tasks sent for each thread of the workers: one that runs, and one whose bytes are there when it ends."""

_WALL_SECONDS_PER_CPU_SECOND = 4
"""Seconds by the clock that a task may take for each of the seconds of processor time that it may take here."""


class ShippedFolder(msgspec.Struct, frozen=True):
    """Stands in a task's arguments for a folder that every worker has under this name."""

    name: str


class DaskPool(Generic[T]):
    """The workers of the dask scheduler at *address*, used like `Workers`.

    *stamp* names whatever shapes the bytes that come back; it is called here and on every worker. *refusals*: exceptions
    of the task whose text is a sentence for the photographer.
    """

    def __init__(
        self,
        scheduler_address: str,
        make_fingerprint: Callable[[], str],
        expected_errors: tuple[type[Exception], ...] = (),
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        self._scheduler_address, self._make_fingerprint, self._expected_errors, self._grace_seconds = (
            scheduler_address,
            make_fingerprint,
            expected_errors,
            grace_seconds,
        )
        self._shipped_folders: dict[Path, ShippedFolder] = {}

    def __enter__(self) -> DaskPool[T]:
        try:
            from distributed import Client
        except ImportError as error:
            raise DaskUnavailableError(
                "HEADSHOTS['executor'] is 'dask', which is not installed. Install pelican-headshots[dask]."
            ) from error
        try:
            self._client = Client(self._scheduler_address, timeout=10, set_as_default=False)
        except (OSError, ValueError) as error:
            raise DaskUnavailableError(
                f"No dask scheduler answers at {self._scheduler_address}. Start it with `dask scheduler`, or correct "
                "HEADSHOTS['scheduler'] in pelicanconf.py."
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def run(self, task: Callable[..., T], jobs: Sequence[Job]) -> Iterator[tuple[int, T | Failure]]:
        """Yield (index of the job, its result or Failure) as they come, the dearest begun first.

        Raises ClusterTrouble where the scheduler goes away or a worker is not like this machine.
        """
        waiting = sorted(range(len(jobs)), key=lambda index: (-jobs[index].memory_mb, index))
        running: dict[Any, _SentJob] = {}
        finished: SimpleQueue[Any] = SimpleQueue()
        try:
            while waiting or running:
                free_slots = max(1, _TASKS_PER_THREAD * sum(self._client.nthreads().values())) - len(running)
                while waiting and free_slots > 0:
                    index = waiting.pop(0)
                    try:
                        arguments = tuple(map(self._ship_argument, jobs[index].prepare_arguments()))
                    except self._expected_errors as refusal:
                        yield index, Failure(str(refusal), "gone")
                        continue
                    with warnings.catch_warnings():
                        warnings.filterwarnings("ignore", message="Sending large graph")
                        # Pure by name would mean that dask hashes every original.
                        future = self._client.submit(
                            _run_on_worker,
                            self._make_fingerprint,
                            self._make_fingerprint(),
                            task,
                            arguments,
                            pure=False,
                        )
                    running[future] = _SentJob(index, jobs[index], time.monotonic())
                    future.add_done_callback(finished.put)
                    free_slots -= 1
                done = []
                with suppress(Empty):
                    done.append(finished.get(timeout=1.0))
                    while True:
                        done.append(finished.get_nowait())
                if not done and self._client.status not in ("running", "connecting"):
                    raise DaskUnavailableError(
                        f"The dask scheduler at {self._scheduler_address} has gone away. Build again."
                    )
                for future in sorted(running.keys() & done, key=lambda future: running[future].index):
                    sent = running.pop(future)
                    yield sent.index, self._get_result(future, sent.job)
                # Workers take tasks in the order in which they came: what was sent first runs, and keeps the others.
                oldest_future = min(running, key=lambda future: running[future].started_at, default=None)
                if oldest_future is not None and not done and running[oldest_future].is_overdue(self._grace_seconds):
                    sent = running.pop(oldest_future)
                    self._abandon(oldest_future)
                    for other in running.values():
                        other.started_at = time.monotonic()
                    yield (
                        sent.index,
                        Failure(f"{sent.job.file_name} took too long on its worker, and was left out.", "hung"),
                    )
        finally:
            self._client.cancel(list(running))

    def _abandon(self, future: Any) -> None:
        """Give a task up, and start the worker anew that may still be busy with it."""
        busy_workers = [address for address, keys in self._client.processing().items() if future.key in keys]
        future.cancel()
        try:
            self._client.restart_workers(busy_workers, raise_for_error=False)
        except ValueError as error:  # a worker that runs without a nanny
            log.warning("A worker that a picture keeps busy cannot be started anew: %s", error)

    def _ship_argument(self, argument: Any) -> Any:
        """A folder's stand-in, the folder itself being sent ahead; anything else as it is."""
        if not isinstance(argument, Path):
            return argument
        if argument not in self._shipped_folders:
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w") as archive:
                for file in sorted(argument.iterdir()):
                    if file.is_file():
                        archive.write(file, file.name)
            data = out.getvalue()
            name = f"headshots-{compute_digest(data)}"
            self._client.register_plugin(_make_model_plugin(name, data), name=name)
            self._shipped_folders[argument] = ShippedFolder(name)
        return self._shipped_folders[argument]

    def _get_result(self, future: Any, job: Job) -> T | Failure:
        from distributed.scheduler import KilledWorker

        try:
            answer: T = future.result()
            return answer
        except KilledWorker:
            return Failure(f"{job.file_name} made several workers end, and was left out.", "died")
        except MemoryError:
            return Failure(f"{job.file_name} needs more memory than its worker has, and was left out.", "memory")
        except DaskUnavailableError:
            raise
        except self._expected_errors as refusal:
            return Failure(add_file_name(job.file_name, str(refusal)), "refused")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this picture's and is named
            return make_unexpected_failure(job.file_name, error)


class _SentJob(msgspec.Struct):
    """A task under way, and when it was sent, or could begin again after another one had kept its worker."""

    index: int
    job: Job
    started_at: float

    def is_overdue(self, grace_seconds: float) -> bool:
        """Whether it and those sent ahead of it to the same thread have had their time."""
        return (
            time.monotonic() - self.started_at
            > _TASKS_PER_THREAD * _WALL_SECONDS_PER_CPU_SECOND * self.job.cpu_seconds + grace_seconds
        )


def _make_model_plugin(name: str, data: bytes) -> Any:
    """What every worker is given: a zip, unpacked into its own folder."""
    from distributed.diagnostics.plugin import WorkerPlugin

    class ModelPlugin(WorkerPlugin):  # type: ignore[misc]
        def __init__(self) -> None:
            self.name, self.data, self.folder = name, data, ""

        def setup(self, worker: Any) -> None:
            self.temporary_folder = tempfile.TemporaryDirectory(prefix="headshots-")
            self.folder = self.temporary_folder.name
            with zipfile.ZipFile(io.BytesIO(self.data)) as packed:
                packed.extractall(self.folder)
            self.data = b""

        def teardown(self, worker: Any) -> None:
            self.temporary_folder.cleanup()

    return ModelPlugin()


def _run_on_worker(
    make_fingerprint: Callable[[], str], expected_fingerprint: str, task: Callable[..., T], arguments: tuple[Any, ...]
) -> T:
    """On the worker: the task, with the folders that were sent ahead."""
    from distributed import get_worker

    worker = get_worker()
    if make_fingerprint() != expected_fingerprint:
        raise DaskUnavailableError(
            f"The worker {worker.address} has {make_fingerprint()}, this machine {expected_fingerprint}: their pictures would differ. "
            "Install the same versions on both."
        )
    return task(
        *(Path(worker.plugins[each.name].folder) if isinstance(each, ShippedFolder) else each for each in arguments)
    )
