"""The same work on a dask cluster: two worker processes on this machine, reached through the network."""

from __future__ import annotations

import os
import signal
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pelican_headshots.analysis.model_files import ModelError, find_models
from pelican_headshots.pipeline import tasks
from pelican_headshots.scan.file_types import UnreadableImageError
from pelican_headshots.settings import SettingsError, read
from pelican_headshots.support.errors import DaskUnavailableError
from pelican_headshots.values.rendition import Crop, Rendition
from pelican_headshots.workers.dask import DaskPool
from pelican_headshots.workers.failure import Failure
from pelican_headshots.workers.pool import Job, WorkerPool

distributed: Any = pytest.importorskip(
    "distributed", reason="dask is not installed: pip install pelican-headshots[dask]"
)
LIMIT = 200_000_000


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    settings = {"distributed.worker.daemon": False, "distributed.comm.timeouts.connect": "60s"}
    import dask

    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as started,
    ):
        yield started


@pytest.fixture(scope="module")
def originals(demo_photos: Path) -> list[Path]:
    return sorted(demo_photos.rglob("*.jpg"))[:6]


def _developing(originals: list[Path]) -> list[Job]:
    wanted = [Rendition(Crop(), width, width * 2 // 3, "jpeg", 80) for width in (320, 640)]
    return [Job(path.name, lambda path=path: (path.read_bytes(), wanted, LIMIT)) for path in originals]


def _here(task: Any, jobs: list[Job]) -> dict[int, Any]:
    with WorkerPool[Any](1, expected_errors=(UnreadableImageError,)) as workers:
        return dict(workers.run(task, jobs))


def _there(cluster: Any, task: Any, jobs: list[Job]) -> dict[int, Any]:
    with DaskPool[Any](cluster.scheduler_address, tasks.make_worker_fingerprint, (UnreadableImageError,)) as workers:
        return dict(workers.run(task, jobs))


def test_looked_at_there_as_here(cluster: Any, originals: list[Path]) -> None:
    try:
        models = find_models()
    except ModelError as absent:
        pytest.skip(str(absent))
    jobs = [Job(path.name, lambda path=path: (path.read_bytes(), None, models, LIMIT)) for path in originals[:2]]
    there = _there(cluster, tasks.analyze_image, jobs)
    assert there == _here(tasks.analyze_image, jobs)
    assert there[0].analysis is not None


def test_a_worker_killed_mid_way_costs_nothing_but_time(cluster: Any, originals: list[Path]) -> None:
    jobs = _developing(originals)
    there = {}
    with (
        DaskPool[Any](cluster.scheduler_address, tasks.make_worker_fingerprint) as workers,
        distributed.Client(cluster.scheduler_address, set_as_default=False) as client,
    ):
        pids = list(client.run(os.getpid).values())
        for index, answer in workers.run(tasks.render_image, jobs):
            there[index] = answer
            if len(there) == 1:
                os.kill(pids[0], signal.SIGKILL)
    assert there == _here(tasks.render_image, jobs)
    assert all(isinstance(data, bytes) for answer in there.values() for data in answer)


def _slow_once(number: int, seconds: float) -> int:
    if number == 3:
        time.sleep(seconds)
    if number == 4:  # which also keeps the worker's own thread from answering anybody
        unicodedata.normalize("NFC", "e" + "\u0300\u0323" * 500_000)
    return number


def test_a_picture_that_takes_too_long_is_given_up_and_keeps_no_worker(cluster: Any) -> None:
    jobs = [Job(f"{n}.jpg", lambda n=n: (n, 600.0), cpu_seconds=0.5) for n in range(9)]
    with DaskPool[Any](cluster.scheduler_address, tasks.make_worker_fingerprint, grace_seconds=2.0) as workers:
        there = dict(workers.run(_slow_once, jobs))
        again = dict(workers.run(_slow_once, [Job(f"{n}.jpg", lambda n=n: (n, 0.0)) for n in range(3)]))
    failed = {index: answer for index, answer in there.items() if isinstance(answer, Failure)}
    assert {index: answer.cause for index, answer in failed.items()} == {3: "hung", 4: "hung"}
    assert all(f"{index}.jpg took too long" in answer.message for index, answer in failed.items())
    assert {index: answer for index, answer in there.items() if index not in failed} == {
        index: index for index in (0, 1, 2, 5, 6, 7, 8)
    }
    assert again == {0: 0, 1: 1, 2: 2}


def test_a_broken_picture_is_refused_with_its_name(cluster: Any) -> None:
    jobs = [Job("torn.jpg", lambda: (b"\xff\xd8\xff\xe0 torn", [Rendition(Crop(), 9, 9, "jpeg", 80)], LIMIT))]
    answer = _there(cluster, tasks.render_image, jobs)[0]
    assert isinstance(answer, Failure)
    assert answer.cause == "refused" and answer.message.startswith("torn.jpg: ")


def _other() -> str:
    """A stamp that differs from process to process."""
    return f"made by process {os.getpid()}"


def test_a_worker_with_other_versions_is_refused(cluster: Any, originals: list[Path]) -> None:
    with (
        DaskPool[Any](cluster.scheduler_address, _other) as workers,
        pytest.raises(DaskUnavailableError, match="pictures would differ"),
    ):
        list(workers.run(tasks.render_image, _developing(originals[:1])))


def test_no_scheduler_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    import dask

    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        pytest.raises(DaskUnavailableError, match="No dask scheduler answers at tcp://127.0.0.1:1"),
        DaskPool[Any]("tcp://127.0.0.1:1", tasks.make_worker_fingerprint),
    ):
        pass


def test_dask_without_an_address_is_a_bad_setting() -> None:
    with pytest.raises(SettingsError, match="scheduler"):
        read({"HEADSHOTS": {"executor": "dask"}})
