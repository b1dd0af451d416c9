"""Worker processes that crash, hang or need too much memory affect only their own job."""

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
from functools import partial
from pathlib import Path

import pytest

from pelican_headshots.workers.failure import Failure
from pelican_headshots.workers.pool import Job, WorkerPool
from pelican_headshots.workers.process import WorkerProcess, WorkerProcessEndedError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="watches, stops and limits processes as Linux does")


class RefusedError(Exception):
    """A task's exception whose text is meant for the user."""


def run_action(action: str, folder: str) -> str:
    """Write *action* into a log in *folder*, and do it. This is the task of most jobs here."""
    with open(os.path.join(folder, "log"), "a") as log:
        log.write(action + "\n")
    if action == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if action == "abort":
        os.abort()
    if action == "die once" and not os.path.exists(os.path.join(folder, "died")):
        Path(folder, "died").touch()
        os._exit(3)
    if action == "exit":
        os._exit(0)
    if action == "hang":
        while True:
            pass
    if action == "hang in native code":  # holds the interpreter's lock, so that no signal handler runs
        unicodedata.normalize("NFC", "e" + "\u0300\u0323" * 500_000)
    if action == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    if action == "use memory":
        return str(len(bytearray(8 << 30)))
    if action == "refuse":
        raise RefusedError("is cut off in the middle.")
    if action == "count threads":
        return os.environ["OPENBLAS_NUM_THREADS"]
    if action == "blocked":
        return str(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))
    if action == "pid":
        return str(os.getpid())
    if action == "bug":
        raise KeyError("nose")
    if action.startswith("slow"):
        time.sleep(0.3)
    return action.upper()


def create_job(action: str, folder: Path, cpu_seconds: float = 20.0) -> Job:
    return Job(f"{action}.jpg", lambda: (action, str(folder)), cpu_seconds=cpu_seconds)


def create_bytes(size: int) -> bytes:
    return bytes(size)


def measure_length(data: bytes) -> int:
    return len(data)


def find_worker_ids() -> set[int]:
    """Return the ids of the worker processes of this process."""
    return {child.pid for child in multiprocessing.active_children() if child.pid is not None}


@pytest.fixture
def _no_worker_left() -> Iterator[None]:
    before = find_worker_ids()
    yield
    assert not find_worker_ids() - before, "worker processes were not ended"


@pytest.mark.usefixtures("_no_worker_left")
def test_every_job_gets_a_result_or_the_cause_of_its_failure(tmp_path: Path) -> None:
    actions = ["a", "die", "b", "abort", "hang", "c", "use memory", "refuse", "exit", "bug", "die once", "d"]
    actions += ["hang in native code", "e"]
    jobs = [create_job(action, tmp_path, cpu_seconds=1.0) for action in actions]
    with WorkerPool[str](2, address_space_mb=2048, expected_errors=(RefusedError,), grace_seconds=60) as workers:
        results = dict(workers.run(run_action, jobs))
    assert len(results) == len(actions)
    for action in ("a", "b", "c", "d", "e", "die once"):
        assert results[actions.index(action)] == action.upper()
    causes = {
        "die": "died",
        "abort": "died",
        "exit": "died",
        "hang": "slow",
        "hang in native code": "slow",
        "use memory": "memory",
        "refuse": "refused",
        "bug": "error",
    }
    for action, cause in causes.items():
        failure = results[actions.index(action)]
        assert isinstance(failure, Failure)
        assert (failure.cause, f"{action}.jpg" in failure.message) == (cause, True), failure
    log = (tmp_path / "log").read_text().splitlines()
    tries = {action: log.count(action) for action in actions}
    twice = {"die", "abort", "exit", "die once"}
    assert tries == {action: 2 if action in twice else 1 for action in actions}


@pytest.mark.usefixtures("_no_worker_left")
def test_a_worker_that_neither_works_nor_answers_is_ended(tmp_path: Path) -> None:
    jobs = [create_job("stop", tmp_path, cpu_seconds=0.1), create_job("a", tmp_path)]
    with WorkerPool[str](2, grace_seconds=2.0) as workers:
        results = dict(workers.run(run_action, jobs))
    assert results[1] == "A"
    assert isinstance(results[0], Failure)
    assert results[0].cause == "hung"


@pytest.mark.usefixtures("_no_worker_left")
def test_a_worker_killed_while_it_sends_its_result_affects_only_its_job() -> None:
    jobs = [Job("large.jpg", lambda: (1 << 30,), max_tries=1), *(Job(f"{n}.jpg", lambda: (1,)) for n in range(4))]
    with WorkerPool[bytes](2, address_space_mb=0) as workers:
        iterator = workers.run(create_bytes, jobs)
        killer = threading.Thread(target=kill_a_worker_while_it_sends)
        killer.start()
        results = dict(iterator)
        killer.join()
    assert {index: result.cause for index, result in results.items() if isinstance(result, Failure)} == {0: "died"}


def kill_a_worker_while_it_sends() -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for pid in find_worker_ids():
            with suppress(OSError):
                waits_in = Path(f"/proc/{pid}/wchan").read_text()
                if waits_in.startswith("sock_") or waits_in.endswith("pipe_write"):
                    os.kill(pid, signal.SIGKILL)
                    return
        time.sleep(0.001)


@pytest.mark.usefixtures("_no_worker_left")
def test_a_worker_stopped_while_it_receives_its_task_is_ended() -> None:
    process = WorkerProcess(0)
    assert process.submit(measure_length, (b"",), 20.0).result(60) == 0
    (pid,) = find_worker_ids()
    os.kill(pid, signal.SIGSTOP)
    future = process.submit(measure_length, (bytes(1 << 28),), 20.0)
    process.kill()
    with pytest.raises(WorkerProcessEndedError):
        future.result(60)
    assert process.submit(measure_length, (b"x",), 20.0).result(60) == 1
    process.kill()


def test_the_time_limit_is_processor_time_of_each_task(tmp_path: Path) -> None:
    with WorkerPool[str](1) as workers:
        assert list(workers.run(run_action, [create_job("slow sleeper", tmp_path, cpu_seconds=0.01)])) == [
            (0, "SLOW SLEEPER")
        ]
    # Processor time of earlier tasks in the same process does not count.
    jobs = [Job(f"{n}.jpg", lambda: (0.5,), cpu_seconds=1.0) for n in range(4)]
    with WorkerPool[bool](1) as workers:
        assert [result for _, result in workers.run(use_processor, jobs)] == [True] * 4


def use_processor(seconds: float) -> bool:
    start = time.process_time()
    while time.process_time() - start < seconds:
        pass
    return True


@pytest.mark.usefixtures("_no_worker_left")
def test_workers_can_be_started_and_killed_in_several_threads(tmp_path: Path) -> None:
    main_module, spec = sys.modules["__main__"], sys.modules["__main__"].__spec__
    environment_before = dict(os.environ)
    problems: list[str] = []

    def use_workers() -> None:
        try:
            for _ in range(6):
                killed, other = WorkerProcess(0), WorkerProcess(0)
                first = killed.submit(run_action, ("pid", str(tmp_path)), 20.0)
                second = other.submit(run_action, ("slow", str(tmp_path)), 20.0)
                pid = int(first.result(60))
                killed.kill()
                if pid in find_worker_ids():
                    problems.append(f"{pid} was not killed")
                if second.result(60) != "SLOW":
                    problems.append("the other process was killed")
                other.kill()
        except Exception as error:  # noqa: BLE001 - the thread would hide any exception
            problems.append(repr(error))

    threads = [threading.Thread(target=use_workers) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert sys.modules["__main__"] is main_module
    assert main_module.__spec__ is spec
    assert dict(os.environ) == environment_before


def log_start_and_end(action: str, folder: str) -> None:
    """Write *action* into a log when the task starts and when it ends."""
    for event in ("start", "end"):
        with open(os.path.join(folder, "log"), "a") as log:
            log.write(f"{event} {action}\n")
        time.sleep(0.2 if event == "start" else 0)


def test_jobs_that_need_most_memory_start_first_and_the_budget_is_kept(tmp_path: Path) -> None:
    memory_mb = {"a": 100.0, "b": 900.0, "c": 400.0, "huge": 5000.0}
    order: list[str] = []

    def prepare(action: str) -> tuple[str, str]:
        order.append(action)
        return action, str(tmp_path)

    jobs = [Job(action, partial(prepare, action), memory_mb=size) for action, size in memory_mb.items()]
    with WorkerPool[None](3, memory_budget_mb=1000) as workers:
        results = dict(workers.run(log_start_and_end, jobs))
    assert results == dict.fromkeys(range(4))
    assert order[:2] == ["huge", "b"]
    assert order.index("c") > order.index("a")
    running: set[str] = set()
    for line in (tmp_path / "log").read_text().splitlines():
        event, action = line.split()
        if event == "start":
            running.add(action)
        else:
            running.remove(action)
        assert running in (set(), {"huge"}) or sum(memory_mb[name] for name in running) <= 1000, line


@pytest.mark.usefixtures("_no_worker_left")
def test_a_worker_killed_while_idle_is_replaced(tmp_path: Path) -> None:
    with WorkerPool[str](1) as workers:
        assert dict(workers.run(run_action, [create_job("a", tmp_path)])) == {0: "A"}
        for pid in find_worker_ids():
            os.kill(pid, signal.SIGKILL)
        assert dict(workers.run(run_action, [create_job("b", tmp_path)])) == {0: "B"}
        for pid in find_worker_ids():
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.5)
        assert dict(workers.run(run_action, [create_job("c", tmp_path)])) == {0: "C"}


def test_workers_use_one_thread_and_the_environment_of_the_parent_is_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "4")
    before = dict(os.environ)
    with WorkerPool[str](1) as workers:
        assert list(workers.run(run_action, [create_job("count threads", tmp_path)])) == [(0, "1")]
    assert dict(os.environ) == before


@pytest.mark.skipif(sys.platform != "linux", reason="a setting of glibc")
def test_workers_keep_the_memory_of_one_array_for_the_next() -> None:
    with WorkerPool[list[int]](1) as workers:
        ((_, faults),) = workers.run(count_page_faults, [Job("a.jpg", lambda: (64 << 20,))])
    assert not isinstance(faults, Failure), faults
    pages = (64 << 20) // os.sysconf("SC_PAGE_SIZE")
    assert faults[0] > pages * 0.9
    assert max(faults[1:]) < pages * 0.1


def count_page_faults(size: int) -> list[int]:
    """Return how many pages the system had to provide for each of three blocks of *size* bytes, one after another."""
    import resource  # not on Windows

    faults = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        block = bytearray(size)
        block[::4096] = bytes(b"\1" * len(range(0, size, 4096)))
        del block
        faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
    return faults


kept_blocks: list[bytes] = []


def scatter_memory(kept_every: int) -> int:
    """Use 100 MB in small blocks, keep every *kept_every*th of them, and return how many pages the process had before."""
    pages_before = int(Path("/proc/self/statm").read_text().split()[1])
    blocks = [os.urandom(50_000) for _ in range(2000)]
    kept_blocks.extend(blocks[::kept_every])
    return pages_before


@pytest.mark.skipif(sys.platform != "linux", reason="a setting of glibc")
def test_workers_return_scattered_memory_after_each_photo() -> None:
    with WorkerPool[int](1) as workers:
        results = [
            result for _, result in workers.run(scatter_memory, [Job(f"{n}.jpg", lambda: (100,)) for n in range(2)])
        ]
    before_first, before_second = results
    assert not isinstance(before_first, Failure), before_first
    assert not isinstance(before_second, Failure), before_second
    assert (before_second - before_first) * os.sysconf("SC_PAGE_SIZE") < 20e6


PROGRAM = """
import sys
from pathlib import Path
print("this program", flush=True)
from test_workers import run_action, Job
from pelican_headshots.workers.pool import WorkerPool
with WorkerPool(1) as workers:
    print(*workers.run(run_action, [Job("x", lambda: (ACTION, sys.argv[1]))]), flush=True)
"""


@pytest.mark.parametrize("started_as", ["script", "module"])
def test_workers_do_not_run_the_main_program_again_and_block_sigint(tmp_path: Path, started_as: str) -> None:
    (tmp_path / "program.py").write_text(PROGRAM.replace("ACTION", "'blocked'"))
    command = [sys.executable, *(["-m", "program"] if started_as == "module" else ["program.py"]), str(tmp_path)]
    completed = subprocess.run(
        command, cwd=tmp_path, env=create_environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert completed.stdout.splitlines() == ["this program", "(0, 'True')"], completed.stderr


def create_environment() -> dict[str, str]:
    """Return an environment in which a program can import this module."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}


def test_ctrl_c_interrupts_only_the_parent_and_prints_one_traceback(tmp_path: Path) -> None:
    program = PROGRAM.replace("ACTION", "'hang'")
    (tmp_path / "program.py").write_text(program)
    for has_task_started in (False, True):
        parent = subprocess.Popen(
            [sys.executable, "program.py", str(tmp_path)], cwd=tmp_path, env=create_environment(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        assert parent.stdout is not None
        parent.stdout.readline()
        deadline = time.monotonic() + 60
        while not find_children(parent.pid) or (has_task_started and not (tmp_path / "log").exists()):
            assert time.monotonic() < deadline
            assert parent.poll() is None
            time.sleep(0.005)
        os.killpg(parent.pid, signal.SIGINT)
        _, errors = parent.communicate(timeout=60)
        assert parent.returncode == -signal.SIGINT
        assert errors.count("Traceback") == errors.count("KeyboardInterrupt") == 1, errors


def find_children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_a_job_whose_arguments_cannot_be_prepared_fails_alone(tmp_path: Path) -> None:
    def fail_to_prepare() -> tuple[str, str]:
        raise RefusedError("x.jpg has gone.")

    with WorkerPool[str](1, expected_errors=(RefusedError,)) as workers:
        results = dict(workers.run(run_action, [Job("x.jpg", fail_to_prepare), create_job("a", tmp_path)]))
    assert results == {0: Failure("x.jpg has gone.", "gone"), 1: "A"}


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, os, multiprocessing; sys.path.insert(0, sys.argv[2])\n"
        "from test_workers import run_action, Job; from pelican_headshots.workers.pool import WorkerPool\n"
        "from pathlib import Path\n"
        "with WorkerPool(2) as w:\n"
        "    for _ in w.run(run_action, [Job(n, lambda n=n: (n, sys.argv[1])) for n in ('a', 'hang')]):\n"
        "        print(*[p.pid for p in multiprocessing.active_children()], flush=True)\n"
    )
    test_folder = str(Path(__file__).parent)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([test_folder, *sys.path])}
    parent = subprocess.Popen(
        [sys.executable, "-c", program, tmp_path, test_folder], stdout=subprocess.PIPE, text=True, env=env
    )
    assert parent.stdout is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(pids) == 2
    parent.kill()
    parent.wait()
    for _ in range(100):
        alive = [pid for pid in pids if os.path.exists(f"/proc/{pid}") and "Z" not in read_state(pid)]
        if not alive:
            break
        time.sleep(0.05)
    assert not alive


def read_state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"
