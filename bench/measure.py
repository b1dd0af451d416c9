"""What a command costs: processor seconds, wall seconds and peak memory of it and everything it starts."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

_SAMPLE_INTERVAL_SECONDS = 0.2
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Cost:
    """*cpu* is user and system time of the whole tree; *peak* is MiB of all its processes together, what they share
    counted once (Linux: proportional set size)."""

    cpu: float
    wall: float
    peak: float


class CommandFailedError(Exception):
    """A command that did not end well; the text is the end of what it said."""


def run(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> Cost:
    """Run *command* in *folder* to its end. Raises Failed."""
    log = folder / "bench.log"
    with open(log, "wb") as said:
        began = time.monotonic()
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **(environment or {})}, stdout=said, stderr=subprocess.STDOUT
        )
        watch = _MemoryMonitor(process.pid)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.stop()
    if process.returncode:
        raise CommandFailedError(
            f"{' '.join(command)} ended with {process.returncode}:\n{log.read_text(errors='replace')[-3000:]}"
        )
    return Cost(usage.ru_utime + usage.ru_stime, wall, watch.peak)


class _MemoryMonitor(threading.Thread):
    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.root, self.peak, self._ended = root, 0.0, threading.Event()

    def run(self) -> None:
        while not self._ended.wait(_SAMPLE_INTERVAL_SECONDS):
            self.peak = max(self.peak, sum(map(_megabytes, _tree(self.root))))

    def stop(self) -> None:
        self._ended.set()
        self.join()


def _tree(root: int) -> list[int]:
    found = [root]
    for pid in found:
        try:
            tasks = os.listdir(f"/proc/{pid}/task")
            for task in tasks:
                found += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())
        except OSError:
            continue  # it has just ended
    return found


def _megabytes(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0
