"""A dask cluster of two local worker processes gives the same results as local workers, also after crashes and timeouts."""

from __future__ import annotations

import os
import signal
import sys
import time
import unicodedata
from collections.abc import Iterator
from functools import partial
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
from tools.fuzz.dask_soak import soak

distributed: Any = pytest.importorskip(
    "distributed", reason="dask is not installed: pip install pelican-headshots[dask]"
)
MAX_PIXELS = 200_000_000


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    settings = {"distributed.worker.daemon": False, "distributed.comm.timeouts.connect": "60s"}
    import dask

    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
    ):
        yield cluster


@pytest.fixture(scope="module")
def originals(demo_photos: Path) -> list[Path]:
    return sorted(demo_photos.rglob("*.jpg"))[:6]


def _make_render_jobs(originals: list[Path]) -> list[Job]:
    wanted = [Rendition(Crop(), width, width * 2 // 3, "jpeg", 80) for width in (320, 640)]
    return [Job(path.name, partial(_read_arguments, path, wanted)) for path in originals]


def _read_arguments(path: Path, *arguments: object) -> tuple[object, ...]:
    return path.read_bytes(), *arguments, MAX_PIXELS


def _run_locally(task: Any, jobs: list[Job]) -> dict[int, Any]:
    with WorkerPool[Any](1, expected_errors=(UnreadableImageError,)) as workers:
        return dict(workers.run(task, jobs))


def _run_on_cluster(cluster: Any, task: Any, jobs: list[Job]) -> dict[int, Any]:
    with DaskPool[Any](cluster.scheduler_address, tasks.make_worker_fingerprint, (UnreadableImageError,)) as workers:
        return dict(workers.run(task, jobs))


def test_a_photo_analyzed_on_the_cluster_gives_the_same_result_as_locally(cluster: Any, originals: list[Path]) -> None:
    try:
        models = find_models()
    except ModelError as absent:
        pytest.skip(str(absent))
    jobs = [Job(path.name, partial(_read_arguments, path, None, models)) for path in originals[:2]]
    results = _run_on_cluster(cluster, tasks.analyze_image, jobs)
    assert results == _run_locally(tasks.analyze_image, jobs)
    assert results[0].analysis is not None


@pytest.mark.unix
def test_no_result_is_lost_when_a_worker_is_killed(cluster: Any, originals: list[Path]) -> None:
    jobs = _make_render_jobs(originals)
    results = {}
    with (
        DaskPool[Any](cluster.scheduler_address, tasks.make_worker_fingerprint) as workers,
        distributed.Client(cluster.scheduler_address, set_as_default=False) as client,
    ):
        pids = list(client.run(os.getpid).values())
        for index, result in workers.run(tasks.render_image, jobs):
            results[index] = result
            if len(results) == 1:
                os.kill(pids[0], signal.SIGKILL)
    assert results == _run_locally(tasks.render_image, jobs)
    assert all(isinstance(data, bytes) for result in results.values() for data in result)


def _return_after(number: int, seconds: float) -> int:
    time.sleep(seconds)
    return number


@pytest.mark.slow
@pytest.mark.unix
def test_the_tasks_of_a_frozen_worker_are_done_by_another_while_that_is_busy(cluster: Any) -> None:
    jobs = [Job(f"{number}.jpg", partial(tuple, (number, 0.5)), cpu_seconds=0.5) for number in range(60)]
    results: dict[int, Any] = {}
    with (
        DaskPool[Any](cluster.scheduler_address, tasks.make_worker_fingerprint, grace_seconds=2.0) as workers,
        distributed.Client(cluster.scheduler_address, set_as_default=False) as client,
    ):
        pids = list(client.run(os.getpid).values())
        for index, result in workers.run(_return_after, jobs):
            assert index not in results
            results[index] = result
            if len(results) == 2:
                os.kill(pids[0], signal.SIGSTOP)
        assert results == {index: index for index in range(60)}
        positions = {index: position for position, index in enumerate(results)}
        assert max(positions[index] for index in range(10)) < 50, "the first ones did not wait for the last"
        with pytest.raises(ProcessLookupError):
            os.kill(pids[0], signal.SIGCONT)


def test_a_scheduler_that_has_lost_its_workers_is_an_error() -> None:
    jobs = [Job("a.jpg", partial(tuple, (0, 0.0)), cpu_seconds=0.1)]
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=None, host="127.0.0.1") as empty,
        DaskPool[Any](empty.scheduler_address, tasks.make_worker_fingerprint, grace_seconds=0.5) as workers,
        pytest.raises(DaskUnavailableError, match="has no workers"),
    ):
        list(workers.run(_return_after, jobs))


def _hang_for_some(number: int, seconds: float) -> int:
    if number == 3:
        time.sleep(seconds)
    if number == 4:  # this also holds the GIL, so that the worker cannot answer the scheduler
        unicodedata.normalize("NFC", "e" + "\u0300\u0323" * 500_000)
    return number


@pytest.mark.slow
def test_a_job_that_takes_too_long_fails_and_occupies_no_worker(cluster: Any) -> None:
    jobs = [Job(f"{number}.jpg", partial(tuple, (number, 600.0)), cpu_seconds=0.5) for number in range(9)]
    with DaskPool[Any](cluster.scheduler_address, tasks.make_worker_fingerprint, grace_seconds=10.0) as workers:
        results = dict(workers.run(_hang_for_some, jobs))
        later_results = dict(
            workers.run(_hang_for_some, [Job(f"{number}.jpg", partial(tuple, (number, 0.0))) for number in range(3)])
        )
    failures = {index: result for index, result in results.items() if isinstance(result, Failure)}
    assert {index: failure.cause for index, failure in failures.items()} == {3: "hung", 4: "hung"}
    assert all(f"{index}.jpg took too long" in failure.message for index, failure in failures.items())
    assert {index: result for index, result in results.items() if index not in failures} == {
        index: index for index in (0, 1, 2, 5, 6, 7, 8)
    }
    assert later_results == {0: 0, 1: 1, 2: 2}


def test_the_failure_of_a_damaged_photo_names_it(cluster: Any) -> None:
    jobs = [
        Job("damaged.jpg", lambda: (b"\xff\xd8\xff\xe0 damaged", [Rendition(Crop(), 9, 9, "jpeg", 80)], MAX_PIXELS))
    ]
    failure = _run_on_cluster(cluster, tasks.render_image, jobs)[0]
    assert isinstance(failure, Failure)
    assert failure.cause == "refused"
    assert failure.message.startswith("damaged.jpg: ")


def _make_different_fingerprint() -> str:
    """Return a fingerprint that differs from process to process."""
    return f"process {os.getpid()}"


def test_a_worker_with_different_library_versions_is_refused(cluster: Any, originals: list[Path]) -> None:
    with (
        DaskPool[Any](cluster.scheduler_address, _make_different_fingerprint) as workers,
        pytest.raises(DaskUnavailableError, match="pictures would differ"),
    ):
        list(workers.run(tasks.render_image, _make_render_jobs(originals[:1])))


def test_a_scheduler_that_does_not_answer_is_an_error() -> None:
    import dask

    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        pytest.raises(DaskUnavailableError, match="No dask scheduler answers at tcp://127.0.0.1:1"),
        DaskPool[Any]("tcp://127.0.0.1:1", tasks.make_worker_fingerprint),
    ):
        pass


def test_dask_without_a_scheduler_address_is_an_error_in_the_settings() -> None:
    with pytest.raises(SettingsError, match="scheduler"):
        read({"HEADSHOTS": {"executor": "dask"}})


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="finds and freezes the processes of workers as Linux does")
def test_a_site_built_on_workers_that_are_killed_and_frozen_is_that_of_a_local_build(
    demo_photos: Path, tmp_path: Path
) -> None:
    faults, figures = soak(demo_photos / "night", tmp_path / "soak", count=60, timeout=10)
    assert not faults
    assert figures["photos"] == 60
