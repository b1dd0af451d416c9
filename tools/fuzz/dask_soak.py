"""Build the same photos on this machine and on two Dask workers, one of them killed and one frozen, and compare the sites.

    python -m tools.fuzz.dask_soak PHOTOS WORK [--count 1000] [--timeout 10]

PHOTOS has JPEGs. They are made distinct by a comment, as many as --count, and delivered as JPEG only. After a quarter of the
renditions the process of one worker is killed with SIGKILL, and after half of them the other one is frozen with SIGSTOP,
together with the process that watches over it, as when a machine hangs. It stays frozen until the build ends. Ends with 1 if
a file of the site is missing, is new or differs, or if the build reports other numbers of photos or of encoded files.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.thousands import add_comment
from pelican_headshots.support.digest import compute_digest

REPOSITORY = Path(__file__).resolve().parents[2]


def make_photos(sources: Path, folder: Path, count: int, max_distinct: int = 64) -> None:
    """Write *count* JPEGs of at most 800 pixels into galleries in *folder*, each with a comment of its own."""
    from PIL import Image

    pictures: list[bytes] = []
    for source in sorted(sources.glob("*.jpg"))[:max_distinct]:
        smaller = folder / "smaller.jpg"
        folder.mkdir(parents=True, exist_ok=True)
        with Image.open(source) as picture:
            picture.thumbnail((800, 800))
            picture.convert("RGB").save(smaller, quality=90)
        pictures.append(smaller.read_bytes())
        smaller.unlink()
    for number in range(count):
        data = pictures[number % len(pictures)]
        gallery = folder / f"gallery {number // 100}"
        gallery.mkdir(exist_ok=True)
        (gallery / f"p{number:05}.jpg").write_bytes(add_comment(data, number))


def write_site(folder: Path, photos: Path, **settings: object) -> None:
    """Write the settings of a site whose photos are links to those in *photos*."""
    shutil.copytree(photos, folder / "content" / "photos", copy_function=os.link)
    (folder / "pelicanconf.py").write_text(
        "import pelican_headshots\n"
        "SITENAME = 'Soak'\nPATH = 'content'\nTIMEZONE = 'UTC'\nPLUGINS = ['pelican_headshots']\n"
        "THEME = pelican_headshots.theme_path()\nFEED_ALL_ATOM = None\nCATEGORY_FEED_ATOM = None\n"
        f"HEADSHOTS = { ({'formats': ['jpeg']} | settings)!r}\n",
        encoding="utf-8",
    )


def start_build(folder: Path) -> subprocess.Popen[str]:
    """Start Pelican in *folder*; its output goes to `log`."""
    with open(folder / "log", "w", encoding="utf-8") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "pelican", "content"],
            cwd=folder, env=_environment(), stdout=log, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(REPOSITORY), "COLUMNS": "300"}


@dataclass
class Cluster:
    """A scheduler and two workers, each with a process that watches over it."""

    address: str
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def find_process_of(self, worker: int) -> int:
        """Return the process in which a worker runs its tasks."""
        output = subprocess.run(
            ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(self.workers[worker].pid)],
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        (pid,) = [line.split()[0] for line in output.splitlines() if "spawn_main" in line]
        return int(pid)


@contextmanager
def run_cluster(work: Path) -> Iterator[Cluster]:
    """Run a cluster on the loopback interface, and end all its processes."""
    work.mkdir(parents=True, exist_ok=True)
    file = work / "scheduler.json"
    file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    common = {"cwd": work, "env": _environment(), "start_new_session": True}
    with ExitStack() as stack, open(work / "cluster.log", "wb") as log:

        def start(*arguments: str) -> subprocess.Popen[bytes]:
            process = subprocess.Popen([*arguments], stdout=log, stderr=log, **common)  # type: ignore[call-overload]
            stack.callback(_end_group, process)
            return process  # type: ignore[no-any-return]

        start(*command, "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        while not file.exists():
            time.sleep(0.2)
        cluster = Cluster(json.loads(file.read_text())["address"])
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", cluster.address, "--nthreads", "1"]
        for number in range(2):
            folder = work / f"worker {number}"
            options = ["--no-dashboard", "--host", "127.0.0.1", "--local-directory", str(folder)]
            cluster.workers.append(start(*worker, *options))
        yield cluster


def _end_group(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def disturb(cluster: Cluster, count_done: Any, total: int, build: subprocess.Popen[str]) -> list[str]:
    """Kill one worker at a quarter of *total*, freeze the other one at half, and return what happened."""
    events = []
    for share, name in ((0.25, "killed"), (0.5, "frozen")):
        while build.poll() is None and count_done() < share * total:
            time.sleep(0.5)
        if build.poll() is not None:
            break
        if name == "killed":
            os.kill(cluster.find_process_of(0), signal.SIGKILL)
        else:
            os.killpg(cluster.workers[1].pid, signal.SIGSTOP)
        events.append(f"{name} at {count_done()} of {total}")
    return events


def hash_files(folder: Path) -> dict[str, str]:
    """Return the digest of each file below *folder*."""
    return {
        path.relative_to(folder).as_posix(): compute_digest(path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def compare(local: Path, remote: Path) -> list[str]:
    """Return how two sites differ: files, and the report of the build."""
    faults = [
        f"{name} {'is missing' if name not in theirs else 'is new' if name not in ours else 'differs'}"
        for ours, theirs in [(hash_files(local / "output"), hash_files(remote / "output"))]
        for name in sorted(ours.keys() | theirs.keys())
        if ours.get(name) != theirs.get(name)
    ]
    reports = [json.loads((folder / "build-report.json").read_bytes()) for folder in (local, remote)]
    for key in ("built", "analyzed", "encoded", "bytes", "placed", "skipped"):
        ours, theirs = (report["summary"][key] for report in reports)
        if ours != theirs:
            faults.append(f"{key}: {ours} locally, {theirs} on the cluster")
    for report, where in zip(reports, ("locally", "on the cluster"), strict=True):
        faults += [f"{where}: {message}" for message in report["troubles"]]
    return faults


def soak(photos: Path, work: Path, count: int, timeout: int) -> tuple[list[str], Mapping[str, object]]:
    """Build both sites. Return the faults, and figures."""
    shutil.rmtree(work, ignore_errors=True)
    make_photos(photos, work / "photos", count)
    local, remote = work / "local", work / "remote"
    write_site(local, work / "photos", timeout=timeout)
    started = time.monotonic()
    if start_build(local).wait() != 0:
        return [f"the local build failed: {(local / 'log').read_text()[-2000:]}"], {}
    local_seconds = time.monotonic() - started
    with run_cluster(work / "cluster") as cluster:
        write_site(remote, work / "photos", timeout=timeout, executor="dask", scheduler=cluster.address)
        started = time.monotonic()
        build = start_build(remote)

        def count_renditions() -> int:
            return sum(1 for _ in (remote / ".headshots" / "renditions").glob("*/*"))

        expected = sum(1 for _ in (local / ".headshots" / "renditions").glob("*/*"))
        events = disturb(cluster, count_renditions, expected, build)
        status = build.wait()
        remote_seconds = time.monotonic() - started
        log = (work / "cluster" / "cluster.log").read_text(errors="replace")
    if status != 0:
        return [f"the build on the cluster failed: {(remote / 'log').read_text()[-2000:]}"], {}
    faults = compare(local, remote)
    if len(events) != 2:
        faults.append(f"the build ended before both workers were disturbed: {events}")
    summary = json.loads((remote / "build-report.json").read_bytes())["summary"]
    return faults, {
        "photos": summary["built"],
        "analyzed": summary["analyzed"],
        "encoded": summary["encoded"],
        "events": "; ".join(events),
        "files compared": len(hash_files(remote / "output")),
        "removals of workers": len(re.findall("Remove worker addr", log)),
        "local seconds": round(local_seconds),
        "cluster seconds": round(remote_seconds),
    }


def main() -> int:
    """Return 0 if both sites are the same."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--timeout", type=int, default=10, help="HEADSHOTS['timeout'] of both sites")
    args = parser.parse_args()
    faults, figures = soak(args.photos, args.work.resolve(), args.count, args.timeout)
    for name, value in figures.items():
        print(f"{name}: {value}")
    print(*faults[:20] or ["No fault."], sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
