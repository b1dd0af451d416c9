"""Run jobs on other machines with dask.distributed. Files are sent and returned as bytes, so no shared disk is needed.

The models are sent once to each worker, including workers that join later. The tasks of a lost worker are run again on
another one. A picture has a limit of wall time, after which its worker is restarted, or given up if it does not answer, and
its tasks are run on another one; a picture that reaches the limit there too is left out. A worker whose Pillow, MediaPipe or
renderer version differs from this machine is refused before it starts, because its files would differ.
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
"""Tasks sent per worker thread: one that runs, and one whose bytes are already there when the first ends."""

_WALL_SECONDS_PER_CPU_SECOND = 4
"""Seconds of wall time that a task may take per second of the processor time that it may take on this machine."""


class ShippedFolder(msgspec.Struct, frozen=True):
    """A placeholder in the arguments of a task for a folder that every worker has received under this name."""

    name: str


class DaskPool(Generic[T]):
    """The workers of a Dask scheduler, with the same interface as `WorkerPool`.

    Args:
        scheduler_address: The address of the scheduler, such as `tcp://10.0.0.5:8786`.
        make_fingerprint: Returns the versions that affect the results. It is called here and on every worker.
        expected_errors: Exceptions of a task whose text is a sentence for the photographer.
        grace_seconds: Seconds of wall time for what is not the work of the task itself.

    Raises:
        DaskUnavailableError: On entering the context, if Dask is not installed or the scheduler does not answer.
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
        """Yield (index of the job, result or Failure) in the order in which jobs end.

        Jobs that need the most memory start first.

        Raises:
            DaskUnavailableError: If the scheduler stops answering, or a worker has other versions than this machine.
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
                    except self._expected_errors as error:
                        yield index, Failure(str(error), "gone")
                        continue
                    with warnings.catch_warnings():
                        warnings.filterwarnings("ignore", message="Sending large graph")
                        # With pure=True, Dask would hash every original.
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
                        f"The dask scheduler at {self._scheduler_address} no longer answers. Build again."
                    )
                for future in sorted(running.keys() & done, key=lambda future: running[future].index):
                    sent = running.pop(future)
                    yield sent.index, self._get_result(future, sent.job)
                overdue = [future for future, sent in running.items() if sent.is_overdue(self._grace_seconds)]
                if overdue:
                    overdue.sort(key=lambda future: running[future].started_at)
                    stuck = self._find_workers(overdue)
                    for future in dict.fromkeys(stuck.values()):
                        sent = running[future]
                        sent.tries += 1
                        if sent.tries >= sent.job.max_tries:
                            future.cancel()
                            del running[future]
                            message = f"{sent.job.file_name} took too long on its worker and was left out."
                            yield sent.index, Failure(message, "hung")
                    self._restart_workers(list(stuck))
                    for sent in running.values():
                        sent.started_at = time.monotonic()
        finally:
            self._client.cancel(list(running))

    def _find_workers(self, overdue: Sequence[Any]) -> dict[str, Any]:
        """Return the workers that have tasks of *overdue*, each with the first of these, which blocks the others.

        Raises:
            DaskUnavailableError: There are no workers.
        """
        keys_by_worker = self._client.processing()
        if not keys_by_worker:
            raise DaskUnavailableError(
                f"The dask scheduler at {self._scheduler_address} has no workers. Start some with "
                f"`dask worker {self._scheduler_address}` and build again."
            )
        first_tasks: dict[str, Any] = {}
        for future in overdue:
            for address, keys in keys_by_worker.items():
                if future.key in keys:
                    first_tasks.setdefault(address, future)
        return first_tasks

    def _restart_workers(self, addresses: list[str]) -> None:
        """Restart workers. Dask runs their tasks on others.

        Dask removes a worker from the cluster that is not restarted in time, such as one whose machine hangs.
        """
        try:
            self._client.restart_workers(addresses, raise_for_error=False)
        except (ValueError, TimeoutError) as error:  # one has no nanny, or did not come back
            log.warning("A worker that kept a picture for too long could not be restarted: %s", error)

    def _ship_argument(self, argument: Any) -> Any:
        """Return a `ShippedFolder` for a folder, which is sent to the workers first, and any other argument unchanged."""
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
            return Failure(f"{job.file_name} made several workers end and was left out.", "died")
        except MemoryError:
            return Failure(f"{job.file_name} needs more memory than its worker has and was left out.", "memory")
        except DaskUnavailableError:
            raise
        except self._expected_errors as error:
            return Failure(add_file_name(job.file_name, str(error)), "refused")
        except Exception as error:  # noqa: BLE001 - any error belongs to this picture and is reported with it
            return make_unexpected_failure(job.file_name, error)


class _SentJob(msgspec.Struct):
    """A task that was sent to the workers.

    *started_at* is the time at which it was sent, or at which a worker was restarted that may have blocked it. *tries* is
    the number of workers that took too long for it.
    """

    index: int
    job: Job
    started_at: float
    tries: int = 0

    def is_overdue(self, grace_seconds: float) -> bool:
        """Return whether the time has passed for this task and those sent before it to the same thread."""
        return (
            time.monotonic() - self.started_at
            > _TASKS_PER_THREAD * _WALL_SECONDS_PER_CPU_SECOND * self.job.cpu_seconds + grace_seconds
        )


def _make_model_plugin(name: str, data: bytes) -> Any:
    """Return a worker plugin that unpacks a zip file into a temporary folder on each worker."""
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
    """Run a task with the folders that were sent before it. Runs on the worker."""
    from distributed import get_worker

    worker = get_worker()
    if make_fingerprint() != expected_fingerprint:
        raise DaskUnavailableError(
            f"The worker {worker.address} has {make_fingerprint()}, this machine has {expected_fingerprint}: their pictures "
            "would differ. Install the same versions on both."
        )
    return task(
        *(
            Path(worker.plugins[argument.name].folder) if isinstance(argument, ShippedFolder) else argument
            for argument in arguments
        )
    )
