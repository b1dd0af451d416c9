"""Children that crash, hang or swell cost their own picture and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pelican_headshots.adapters.verdict import Failure
from pelican_headshots.adapters.work.workers import Job, Workers


class Bad(Exception):
    pass


def work(what: str, where: str) -> str:
    """The task: does as the word says."""
    with open(os.path.join(where, "log"), "a") as log:
        log.write(what + "\n")
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "abort":
        os.abort()
    if what == "die once" and not os.path.exists(os.path.join(where, "died")):
        open(os.path.join(where, "died"), "w").close()
        os._exit(3)
    if what == "hang":
        while True:
            pass
    if what == "swell":
        return str(len(bytearray(8 << 30)))
    if what == "refuse":
        raise Bad("is cut off in the middle.")
    if what == "thrift":
        return os.environ["MALLOC_MMAP_MAX_"] + os.environ["OPENBLAS_NUM_THREADS"]
    if what == "bug":
        raise KeyError("nose")
    if what.startswith("slow"):
        time.sleep(0.3)
    return what.upper()


def job(what: str, where: Path, **more: float) -> Job:
    return Job(f"{what}.jpg", lambda: (what, str(where)), **{"seconds": 20.0, **more})


@pytest.fixture
def children() -> set[int]:
    def mine() -> set[int]:
        out = subprocess.run(
            ["pgrep", "-P", str(os.getpid()), "-f", "spawn_main"], capture_output=True, text=True, check=False
        )
        return {int(pid) for pid in out.stdout.split()}

    before = mine()
    yield before
    assert not mine() - before, "children stayed behind"


def test_every_job_gets_its_answer(tmp_path: Path, children: set[int]) -> None:
    words = ["a", "die", "b", "abort", "hang", "c", "swell", "refuse", "bug", "die once", "d"]
    jobs = [job(word, tmp_path, seconds=2.0) for word in words]
    with Workers(2, address_space=2048, refusals=(Bad,)) as workers:
        results = dict(workers.run(work, jobs))
    assert len(results) == len(words)
    for good in ("a", "b", "c", "d", "die once"):
        assert results[words.index(good)] == good.upper()
    causes = {"die": "died", "abort": "died", "hang": "slow", "swell": "memory", "refuse": "refused", "bug": "error"}
    for word, cause in causes.items():
        failure = results[words.index(word)]
        assert isinstance(failure, Failure)
        assert (failure.cause, f"{word}.jpg" in failure.sentence) == (cause, True), failure
    log = (tmp_path / "log").read_text().splitlines()
    assert log.count("die") == log.count("hang") == 2
    assert log.count("a") == 1


def test_dear_jobs_first_and_never_more_than_the_memory_allows(tmp_path: Path) -> None:
    sizes = {"slow a": 100.0, "slow b": 900.0, "slow c": 400.0, "slow huge": 5000.0}
    running: dict[str, float] = {}
    together = []
    order = []

    def begin(what: str) -> tuple[str, str]:
        order.append(what)
        running[what] = sizes[what]
        together.append(sum(running.values()))
        return what, str(tmp_path)

    jobs = [Job(what, lambda what=what: begin(what), megabytes=size) for what, size in sizes.items()]
    with Workers(3, budget=1000) as workers:
        for index, result in workers.run(work, jobs):
            assert result == jobs[index].name.upper()
            running.pop(jobs[index].name, None)
    assert order[:2] == ["slow huge", "slow b"]
    assert order.index("slow c") > order.index("slow a")


def test_a_worker_killed_while_idle_is_replaced(tmp_path: Path) -> None:
    with Workers(1) as workers:
        assert dict(workers.run(work, [job("a", tmp_path)])) == {0: "A"}
        for process in workers._slots[0]._processes:
            os.kill(process.pid, signal.SIGKILL)
        time.sleep(0.3)
        assert dict(workers.run(work, [job("b", tmp_path)])) == {0: "B"}


def test_children_are_started_thrifty_and_we_stay_as_we_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "4")
    before = dict(os.environ)
    with Workers[str](1) as workers:
        assert list(workers.run(work, [job("thrift", tmp_path)])) == [(0, "01")]
    assert dict(os.environ) == before


def test_a_file_that_cannot_be_prepared_is_a_failure(tmp_path: Path) -> None:
    def gone() -> tuple[str, str]:
        raise Bad("x.jpg has gone.")

    with Workers(1, refusals=(Bad,)) as workers:
        results = dict(workers.run(work, [Job("x.jpg", gone), job("a", tmp_path)]))
    assert results == {0: Failure("x.jpg has gone.", "gone"), 1: "A"}


def test_children_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, os; sys.path.insert(0, sys.argv[2])\n"
        "from test_workers import work, Job; from pelican_headshots.adapters.work.workers import Workers\n"
        "from pathlib import Path\n"
        "with Workers(2) as w:\n"
        "    for _ in w.run(work, [Job(n, lambda n=n: (n, sys.argv[1])) for n in ('a', 'hang')]):\n"
        "        print(*[p.pid for s in w._slots for p in s._processes], flush=True)\n"
    )
    here = str(Path(__file__).parent)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([here, *sys.path])}
    parent = subprocess.Popen([sys.executable, "-c", code, tmp_path, here], stdout=subprocess.PIPE, text=True, env=env)
    assert parent.stdout is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(pids) == 2
    parent.kill()
    parent.wait()
    for _ in range(100):
        alive = [pid for pid in pids if os.path.exists(f"/proc/{pid}") and "Z" not in _state(pid)]
        if not alive:
            break
        time.sleep(0.05)
    assert not alive


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"
