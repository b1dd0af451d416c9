"""Children that crash, hang or swell cost their own picture and nothing else."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from pelican_headshots.workers.failure import Failure
from pelican_headshots.workers.pool import Job, WorkerPool
from pelican_headshots.workers.process import WorkerProcess, WorkerProcessEndedError


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
    if what == "exit":
        os._exit(0)
    if what == "hang":
        while True:
            pass
    if what == "hang in native code":  # which keeps the interpreter's lock and answers no signal
        unicodedata.normalize("NFC", "e" + "\u0300\u0323" * 500_000)
    if what == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    if what == "swell":
        return str(len(bytearray(8 << 30)))
    if what == "refuse":
        raise Bad("is cut off in the middle.")
    if what == "thrift":
        return os.environ["OPENBLAS_NUM_THREADS"]
    if what == "blocked":
        return str(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))
    if what == "pid":
        return str(os.getpid())
    if what == "bug":
        raise KeyError("nose")
    if what.startswith("slow"):
        time.sleep(0.3)
    return what.upper()


def job(what: str, where: Path, **more: float) -> Job:
    return Job(f"{what}.jpg", lambda: (what, str(where)), **{"cpu_seconds": 20.0, **more})


def large(size: int) -> bytes:
    return bytes(size)


def length(data: bytes) -> int:
    return len(data)


def processes() -> set[int]:
    """The worker processes of this process."""
    return {child.pid for child in multiprocessing.active_children() if child.pid is not None}


@pytest.fixture
def children() -> Iterator[None]:
    before = processes()
    yield
    assert not processes() - before, "children stayed behind"


def test_every_job_gets_its_answer(tmp_path: Path, children: None) -> None:
    words = ["a", "die", "b", "abort", "hang", "c", "swell", "refuse", "exit", "bug", "die once", "d"]
    words += ["hang in native code", "e"]
    jobs = [job(word, tmp_path, cpu_seconds=1.0) for word in words]
    with WorkerPool[str](2, address_space_mb=2048, expected_errors=(Bad,), grace_seconds=60) as workers:
        results = dict(workers.run(work, jobs))
    assert len(results) == len(words)
    for good in ("a", "b", "c", "d", "e", "die once"):
        assert results[words.index(good)] == good.upper()
    causes = {
        "die": "died",
        "abort": "died",
        "exit": "died",
        "hang": "slow",
        "hang in native code": "slow",
        "swell": "memory",
        "refuse": "refused",
        "bug": "error",
    }
    for word, cause in causes.items():
        failure = results[words.index(word)]
        assert isinstance(failure, Failure)
        assert (failure.cause, f"{word}.jpg" in failure.message) == (cause, True), failure
    log = (tmp_path / "log").read_text().splitlines()
    tries = {word: log.count(word) for word in words}
    twice = {"die", "abort", "exit", "die once"}
    assert tries == {word: 2 if word in twice else 1 for word in words}


def test_a_child_that_neither_works_nor_answers_is_ended_by_the_clock(tmp_path: Path, children: None) -> None:
    jobs = [job("stop", tmp_path, cpu_seconds=0.1), job("a", tmp_path)]
    with WorkerPool[str](2, grace_seconds=2.0) as workers:
        results = dict(workers.run(work, jobs))
    assert results[1] == "A"
    assert isinstance(results[0], Failure) and results[0].cause == "hung"


def test_a_child_killed_while_it_answers_costs_its_own_job(tmp_path: Path, children: None) -> None:
    jobs = [Job("large.jpg", lambda: (1 << 30,), max_tries=1), *(Job(f"{n}.jpg", lambda: (1,)) for n in range(4))]
    with WorkerPool[bytes](2, address_space_mb=0) as workers:
        answers = workers.run(large, jobs)
        killer = threading.Thread(target=_kill_while_it_writes)
        killer.start()
        results = dict(answers)
        killer.join()
    assert {index for index, answer in results.items() if isinstance(answer, Failure)} == {0}
    assert results[0].cause == "died"


def _kill_while_it_writes() -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for pid in processes():
            with suppress(OSError):
                doing = Path(f"/proc/{pid}/wchan").read_text()
                if doing.startswith("sock_") or doing.endswith("pipe_write"):
                    os.kill(pid, signal.SIGKILL)
                    return
        time.sleep(0.001)


def test_a_child_stopped_while_it_is_given_its_task_is_ended(children: None) -> None:
    process = WorkerProcess(0)
    assert process.submit(length, (b"",), 20.0).result(60) == 0
    (pid,) = processes()
    os.kill(pid, signal.SIGSTOP)
    future = process.submit(length, (bytes(1 << 28),), 20.0)
    process.kill()
    with pytest.raises(WorkerProcessEndedError):
        future.result(60)
    assert process.submit(length, (b"x",), 20.0).result(60) == 1
    process.kill()


def test_time_is_counted_in_seconds_of_the_processor(tmp_path: Path) -> None:
    with WorkerPool[str](1) as workers:
        assert list(workers.run(work, [job("slow sleeper", tmp_path, cpu_seconds=0.01)])) == [(0, "SLOW SLEEPER")]
        # What the child used up before is not this task's.
        jobs = [Job(f"{n}.jpg", lambda: (0.7,), cpu_seconds=1.0) for n in range(4)]
        assert [answer for _, answer in workers.run(spend, jobs)] == [True] * 4


def spend(seconds: float) -> bool:
    began = time.process_time()
    while time.process_time() - began < seconds:
        pass
    return True


def test_workers_are_started_and_killed_from_several_threads(tmp_path: Path, children: None) -> None:
    main, spec = sys.modules["__main__"], sys.modules["__main__"].__spec__
    environment = dict(os.environ)
    wrong: list[Any] = []

    def use() -> None:
        try:
            for _ in range(6):
                mine, other = WorkerProcess(0), WorkerProcess(0)
                first = mine.submit(work, ("pid", str(tmp_path)), 20.0)
                second = other.submit(work, ("slow", str(tmp_path)), 20.0)
                pid = int(first.result(60))
                mine.kill()
                if pid in processes():
                    wrong.append(f"{pid} was not killed")
                if second.result(60) != "SLOW":
                    wrong.append("another's child was killed")
                other.kill()
        except Exception as error:  # noqa: BLE001 - a thread's exceptions are the test's
            wrong.append(error)

    threads = [threading.Thread(target=use) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert sys.modules["__main__"] is main and main.__spec__ is spec
    assert dict(os.environ) == environment


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

    jobs = [Job(what, lambda what=what: begin(what), memory_mb=size) for what, size in sizes.items()]
    with WorkerPool(3, memory_budget_mb=1000) as workers:
        for index, result in workers.run(work, jobs):
            assert result == jobs[index].file_name.upper()
            running.pop(jobs[index].file_name, None)
    assert order[:2] == ["slow huge", "slow b"]
    assert order.index("slow c") > order.index("slow a")


def test_a_worker_killed_while_idle_is_replaced(tmp_path: Path, children: None) -> None:
    with WorkerPool[str](1) as workers:
        assert dict(workers.run(work, [job("a", tmp_path)])) == {0: "A"}
        for pid in processes():
            os.kill(pid, signal.SIGKILL)
        assert dict(workers.run(work, [job("b", tmp_path)])) == {0: "B"}
        for pid in processes():
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.5)
        assert dict(workers.run(work, [job("c", tmp_path)])) == {0: "C"}


def test_children_are_started_thrifty_and_we_stay_as_we_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "4")
    before = dict(os.environ)
    with WorkerPool[str](1) as workers:
        assert list(workers.run(work, [job("thrift", tmp_path)])) == [(0, "1")]
    assert dict(os.environ) == before


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_children_keep_the_memory_of_one_picture_for_the_next() -> None:
    with WorkerPool[int](1) as workers:
        faults = [
            answer for _, answer in workers.run(faulted, [Job(f"{n}.jpg", lambda: (64 << 20,)) for n in range(3)])
        ]
    pages = (64 << 20) // os.sysconf("SC_PAGE_SIZE")
    assert faults[0] > pages * 0.9
    assert max(faults[1:]) < pages * 0.1


def faulted(size: int) -> int:
    """How many pages the system had to give for a block of *size*."""
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    block = bytearray(size)
    block[::4096] = bytes(b"\1" * len(range(0, size, 4096)))
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


PROGRAM = """
import sys
from pathlib import Path
print("this program", flush=True)
from test_workers import work, Job
from pelican_headshots.workers.pool import WorkerPool
with WorkerPool(1) as workers:
    print(*workers.run(work, [Job("x", lambda: (WHAT, sys.argv[1]))]), flush=True)
"""


@pytest.mark.parametrize("how", ["script", "module"])
def test_children_neither_run_the_program_they_are_started_from_nor_hear_ctrl_c(tmp_path: Path, how: str) -> None:
    (tmp_path / "program.py").write_text(PROGRAM.replace("WHAT", "'blocked'"))
    command = [sys.executable, *(["-m", "program"] if how == "module" else ["program.py"]), str(tmp_path)]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.splitlines() == ["this program", "(0, 'True')"], done.stderr


def environment() -> dict[str, str]:
    """One in which a program finds this module."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}


def test_ctrl_c_reaches_the_parent_only(tmp_path: Path) -> None:
    program = PROGRAM.replace("WHAT", "'hang'")
    (tmp_path / "program.py").write_text(program)
    for log in ("", "hang\n"):  # while the child starts, and while it works
        parent = subprocess.Popen(
            [sys.executable, "program.py", str(tmp_path)], cwd=tmp_path, env=environment(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        assert parent.stdout is not None
        parent.stdout.readline()
        until = time.monotonic() + 60
        while not _children_of(parent.pid) or log and not (tmp_path / "log").exists():
            assert time.monotonic() < until and parent.poll() is None
            time.sleep(0.005)
        os.killpg(parent.pid, signal.SIGINT)
        _, said = parent.communicate(timeout=60)
        assert parent.returncode == -signal.SIGINT
        assert said.count("Traceback") == said.count("KeyboardInterrupt") == 1, said


def _children_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_a_file_that_cannot_be_prepared_is_a_failure(tmp_path: Path) -> None:
    def gone() -> tuple[str, str]:
        raise Bad("x.jpg has gone.")

    with WorkerPool(1, expected_errors=(Bad,)) as workers:
        results = dict(workers.run(work, [Job("x.jpg", gone), job("a", tmp_path)]))
    assert results == {0: Failure("x.jpg has gone.", "gone"), 1: "A"}


def test_children_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, os, multiprocessing; sys.path.insert(0, sys.argv[2])\n"
        "from test_workers import work, Job; from pelican_headshots.workers.pool import WorkerPool\n"
        "from pathlib import Path\n"
        "with WorkerPool(2) as w:\n"
        "    for _ in w.run(work, [Job(n, lambda n=n: (n, sys.argv[1])) for n in ('a', 'hang')]):\n"
        "        print(*[p.pid for p in multiprocessing.active_children()], flush=True)\n"
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
