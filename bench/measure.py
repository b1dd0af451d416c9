"""Measure a command: processor seconds, wall seconds and peak memory, with all its child processes."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

_SAMPLE_INTERVAL_SECONDS = 0.2
"""Time between two measurements of memory."""


@dataclass(frozen=True)
class Cost:
    """The cost of a command and its child processes.

    *cpu* is user and system time and *wall* is elapsed time, in seconds. *peak* is the memory of all processes together in
    MiB, with shared memory counted once (Linux: proportional set size).
    """

    cpu: float
    wall: float
    peak: float


class CommandFailedError(Exception):
    """A command failed. The message has the end of its output."""


def run(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> Cost:
    """Run *command* in *folder* and wait for it. Raises CommandFailedError."""
    log = folder / "bench.log"
    with open(log, "wb") as output:
        started = time.monotonic()
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **(environment or {})}, stdout=output, stderr=subprocess.STDOUT
        )
        monitor = _MemoryMonitor(process.pid)
        monitor.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        monitor.stop()
    if process.returncode:
        raise CommandFailedError(
            f"{' '.join(command)} failed with exit code {process.returncode}:\n{log.read_text(errors='replace')[-3000:]}"
        )
    return Cost(usage.ru_utime + usage.ru_stime, wall, monitor.peak)


class _MemoryMonitor(threading.Thread):
    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.root, self.peak, self._ended = root, 0.0, threading.Event()

    def run(self) -> None:
        while not self._ended.wait(_SAMPLE_INTERVAL_SECONDS):
            self.peak = max(self.peak, sum(map(_measure_memory_mb, _list_processes(self.root))))

    def stop(self) -> None:
        self._ended.set()
        self.join()


def _list_processes(root: int) -> list[int]:
    found = [root]
    for pid in found:
        try:
            tasks = os.listdir(f"/proc/{pid}/task")
            for task in tasks:
                found += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())
        except OSError:
            continue  # the process has just ended
    return found


def _measure_memory_mb(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0
