"""Build sites with the real `pelican content` from many odd files, and check that valid pictures are still published.

    python -m tools.fuzz.soak WORK --count 300 [--seed 1]     # odd files made by tools.fuzz.odd_files
    python -m tools.fuzz.soak WORK --files FOLDER             # the files in a folder

Files are built in batches of 25. Each batch is a site with two valid pictures: one in the same gallery as the odd files,
and one in its own gallery. In each site, both must be published, every file must be in `build-report.json`, there must be
no traceback, Pelican must exit with 0 and leave no process, and the process tree may use at most a fifth more memory than
HEADSHOTS['memory_mb']. A batch that fails is halved until the file is found, which is kept in WORK/culprits with the log.
A second run with the same arguments continues after the last finished batch. The exit code is 1 if anything was found.
Needs Linux.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pelican_headshots.scan.files import escape_for_terminal
from pelican_headshots.settings import Settings

from . import odd_files

REPOSITORY = Path(__file__).resolve().parents[2]
BATCH_SIZE = 25
MEMORY_TOLERANCE = 1.2
"""Factor by which the process tree may exceed the planned memory."""
BUILD_TIMEOUT_SECONDS = 900
"""Time after which a build counts as hanging."""
SAMPLE_INTERVAL_SECONDS = 0.2
"""Time between two memory measurements."""

SETTINGS = """\
import pelican_headshots
SITENAME = "Soak"
PATH = "content"
OUTPUT_PATH = "output"
TIMEZONE = "UTC"
PLUGINS = ["pelican_headshots"]
THEME = pelican_headshots.theme_path()
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = None
HEADSHOTS = {"headshots_in_galleries": True}
"""
"""Headshots appear in galleries too, so that every built picture has files."""
TEAM = "Title: Team\nTemplate: team\n\nEverybody.\n"
DISABLE_ANALYSIS = """\
from pelican_headshots.pipeline.site_build import SiteBuild
SiteBuild._find_models = lambda *_: None
"""

Item = tuple[Path, ...]
"""A file and its sidecars, which stay together."""


@dataclass(frozen=True)
class Outcome:
    """The result of a build: a sentence for each fault, the duration, the peak memory, statuses and the log."""

    faults: tuple[str, ...]
    seconds: float
    mebibytes: float
    statuses: dict[str, int]
    log: str


class Soak:
    """Builds batches in the folder *work*."""

    def __init__(self, work: Path, analyze: bool = True) -> None:
        self.work, self.analyze = work, analyze
        self.limit = Settings().memory_mb * MEMORY_TOLERANCE
        self.valid_pictures = work / "sound"
        self.valid_pictures.mkdir(parents=True, exist_ok=True)
        for number, size in enumerate(((900, 600), (600, 800))):
            odd_files.draw_scene(size, 10 + number).save(self.valid_pictures / f"sound-{number}.jpg")

    def build(self, items: Sequence[Item]) -> Outcome:
        """Build a site from *items* and the two valid pictures, and check it."""
        site = self.work / "site"
        shutil.rmtree(site, ignore_errors=True)
        among, alone = site / "content" / "photos" / "among", site / "content" / "photos" / "alone"
        among.mkdir(parents=True)
        alone.mkdir()
        shutil.copyfile(self.valid_pictures / "sound-0.jpg", among / "sound-0.jpg")
        shutil.copyfile(self.valid_pictures / "sound-1.jpg", alone / "sound-1.jpg")
        for path in (path for item in items for path in item):
            # Links, pipes and sparse files are copied as such.
            subprocess.run([b"cp", b"-a", b"--sparse=always", os.fsencode(path), os.fsencode(among)], check=True)
        (site / "pelicanconf.py").write_text(SETTINGS + ("" if self.analyze else DISABLE_ANALYSIS), encoding="utf-8")
        pages = site / "content" / "pages"
        pages.mkdir()
        (pages / "team.md").write_text(TEAM, encoding="utf-8")
        started_at = time.monotonic()
        status, log, peak = _run(site)
        seconds = time.monotonic() - started_at
        faults = []
        if status != 0:
            faults.append(
                f"ended with {status}" if status is not None else f"took longer than {BUILD_TIMEOUT_SECONDS} seconds"
            )
        if "Traceback (most recent call last)" in log:
            faults.append("a traceback: " + _last_line_of_traceback(log))
        if peak > self.limit:
            faults.append(f"{peak:.0f} MiB at the peak, {self.limit:.0f} are allowed")
        report = site / "build-report.json"
        inputs = json.loads(report.read_text(encoding="utf-8"))["inputs"] if report.exists() else {}
        faults += (
            [*_find_unpublished(site, inputs), *_find_unreported(items, inputs)] if report.exists() else ["no report"]
        )
        statuses: dict[str, int] = {}
        for entry in inputs.values():
            statuses[entry["status"]] = statuses.get(entry["status"], 0) + 1
        return Outcome(tuple(faults), seconds, peak, statuses, log)

    def find_culprits(self, items: Sequence[Item]) -> list[tuple[Sequence[Item], Outcome]]:
        """Return the smallest parts of *items* whose sites have faults, found by halving."""
        outcome = self.build(items)
        if not outcome.faults:
            return []
        if len(items) > 1:
            middle = len(items) // 2
            if found := [*self.find_culprits(items[:middle]), *self.find_culprits(items[middle:])]:
                return found
        return [(items, outcome)]

    def keep(self, items: Sequence[Item], outcome: Outcome) -> Path:
        """Copy the files and their faults to the `culprits` folder, and return their folder."""
        name = hashlib.sha256(repr([item[0].name for item in items]).encode()).hexdigest()[:8]
        folder = (
            self.work / "culprits" / f"{items[0][0].name[:60]}-{name}"
            if len(items) == 1
            else self.work / "culprits" / name
        )
        folder.mkdir(parents=True, exist_ok=True)
        for path in (path for item in items for path in item):
            subprocess.run([b"cp", b"-a", b"--sparse=always", os.fsencode(path), os.fsencode(folder)], check=True)
        (folder / "faults.txt").write_text(
            "\n".join(outcome.faults) + "\n\n" + outcome.log, encoding="utf-8", errors="replace"
        )
        return folder


def _run(site: Path) -> tuple[int | None, str, float]:
    """Run Pelican in *site*.

    Returns:
        The exit code (None if it had to be killed), the log, and the peak memory of the process tree in MiB.
    """
    path = os.pathsep.join([str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])])
    with open(site / "log", "wb") as log_file:
        program = subprocess.Popen(
            [sys.executable, "-m", "pelican", "content"],
            cwd=site,
            env={**os.environ, "PYTHONPATH": path, "COLUMNS": "300"},
            stdin=subprocess.DEVNULL,
            stdout=log_file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        peak, ended = [0.0], threading.Event()

        def watch() -> None:
            while not ended.wait(SAMPLE_INTERVAL_SECONDS):
                peak[0] = max(peak[0], sum(map(_read_memory_mib, _find_processes(program.pid))))

        watcher = threading.Thread(target=watch)
        watcher.start()
        status: int | None
        try:
            status = program.wait(BUILD_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            ended.set()
            watcher.join()
            # Child processes end by themselves after the program; they take less than a second.
            deadline = time.monotonic() + 1
            while (left := _find_processes(program.pid)) and status is not None and time.monotonic() < deadline:
                time.sleep(0.05)
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            program.wait()
    log = (site / "log").read_text(encoding="utf-8", errors="replace")
    if left and status is not None:
        return -1, log + f"\n{len(left)} processes were left running", peak[0]
    return status, log, peak[0]


def _find_processes(session_leader: int) -> list[int]:
    """Return the running processes of a session."""
    pids = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                with open(f"/proc/{entry.name}/stat", encoding="utf-8", errors="replace") as file:
                    state, _, _, session = file.read().rpartition(")")[2].split()[:4]
            except OSError:
                continue
            if int(session) == session_leader and state != "Z":
                pids.append(int(entry.name))
    return pids


def _read_memory_mib(pid: int) -> float:
    """Return the proportional memory (PSS) of a process in MiB: a shared page counts once in the sum of all processes."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            return sum(int(line.split()[1]) for line in file if line.startswith("Pss:")) / 1024
    except (OSError, ValueError):
        return 0.0


def _last_line_of_traceback(log: str) -> str:
    after = [line.strip() for line in log.rpartition("Traceback (most recent call last)")[2].splitlines()]
    return next((line for line in after if re.match(r"[\w.]*(Error|Exception)\b", line)), "")


def _find_unpublished(site: Path, inputs: dict[str, dict[str, object]]) -> Iterator[str]:
    """Yield a sentence for each valid picture that the site does not publish."""
    pages = "".join(path.read_text(encoding="utf-8") for path in sorted(site.glob("output/**/*.html")))
    for name in ("among/sound-0.jpg", "alone/sound-1.jpg"):
        entry = inputs.get(name)
        if entry is None or entry["status"] != "built":
            yield f"{name} is not published: {entry and entry.get('message')}"
            continue
        outputs = [site / str(output) for output in list(entry["outputs"])]  # type: ignore[call-overload]
        if missing := [path for path in outputs if not path.is_file() or not path.stat().st_size]:
            yield f"{name}: {missing[0]} is missing"
        if not any(path.name in pages for path in outputs):
            yield f"{name} is on no page"


def _find_unreported(items: Sequence[Item], inputs: dict[str, dict[str, object]]) -> Iterator[str]:
    """Yield a sentence for each file that is missing in the report or has no useful message."""
    for item in items:
        name = item[0].name
        below = [key for key in inputs if key == f"among/{name}" or key.startswith(f"among/{name}/")]
        if not below and os.fsencode(name) != name.encode("utf-8", "replace"):
            continue  # a name that cannot be written to a report
        if not below:
            yield f"{name} is not in the report"
        for key in below:
            entry, file_name = inputs[key], key.rpartition("/")[2]
            if entry["status"] in ("skipped", "ignored"):
                message = str(entry.get("message"))
                if file_name not in message and escape_for_terminal(file_name) not in message:
                    yield f"{key}: the message does not name it: {message}"
            elif entry["status"] != "built" or not entry["outputs"]:
                yield f"{key} is {entry['status']} without files"


def make_items(folder: Path, count: int, seed: int) -> list[Item]:
    """Make *count* odd files in *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    return [tuple(odd_files.write_odd_file(folder, number, seed)) for number in range(count)]


def find_items(folder: Path) -> list[Item]:
    """Return the files in a folder and its subfolders, each with its sidecars. Links and special files are included."""
    paths = sorted((path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()), key=os.fsencode)
    existing = set(paths)
    sidecars_by_path = {
        path: [
            sidecar
            for sidecar in (path.with_name(path.name + ".xmp"), path.with_suffix(".xmp"))
            if sidecar in existing and sidecar != path
        ]
        for path in paths
        if path.suffix.lower() != ".xmp"
    }
    used_sidecars = {sidecar for sidecars in sidecars_by_path.values() for sidecar in sidecars}
    unused_sidecars = [path for path in paths if path not in used_sidecars and path not in sidecars_by_path]
    return [(path, *sidecars) for path, sidecars in sidecars_by_path.items()] + [(path,) for path in unused_sidecars]


def main() -> int:
    """Build sites from the files that the command line names. Return 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path, help="folder for sites, results and culprits")
    parser.add_argument("--count", type=int, default=300, help="number of odd files to make")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=Path, help="use the files in this folder instead")
    parser.add_argument(
        "--without-analysis", action="store_true", help="leave out MediaPipe, which takes most of the time"
    )
    args = parser.parse_args()
    work = args.work.resolve()
    soak = Soak(work, not args.without_analysis)
    items = find_items(args.files.resolve()) if args.files else make_items(work / "odd", args.count, args.seed)
    results = work / "results.jsonl"
    lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
    done = {result["batch"]: result for result in map(json.loads, lines)}
    for first in range(0, len(items), BATCH_SIZE):
        batch = items[first : first + BATCH_SIZE]
        name = _name_batch(batch)
        if name not in done:
            done[name] = _check_batch(soak, batch, name)
            with open(results, "a", encoding="utf-8") as file:
                file.write(json.dumps(done[name]) + "\n")
        result = done[name]
        counts = ", ".join(f"{number} {status}" for status, number in sorted(result["statuses"].items()))
        print(
            f"{first + len(batch)} of {len(items)}: {result['seconds']:.0f} s, {result['mebibytes']:.0f} MiB, {counts}",
            flush=True,
        )
        for culprit, faults in result["culprits"].items():
            print(f"  {culprit}: {'; '.join(faults)}", flush=True)
    starts = range(0, len(items), BATCH_SIZE)
    batch_results = [done[_name_batch(items[first : first + BATCH_SIZE])] for first in starts]
    faulty_builds = sum(bool(result["culprits"]) for result in batch_results)
    seconds, peak = sum(r["seconds"] for r in batch_results), max(r["mebibytes"] for r in batch_results)
    print(
        f"{len(items)} files in {len(batch_results)} builds, {faulty_builds} of them with faults; "
        f"{seconds:.0f} s, at most {peak:.0f} MiB."
    )
    return 1 if faulty_builds else 0


def _check_batch(soak: Soak, batch: Sequence[Item], name: str) -> dict[str, object]:
    outcome = soak.build(batch)
    culprits = {}
    if outcome.faults:
        print(f"A build failed; searching for the file: {'; '.join(outcome.faults)}", flush=True)
        for items, alone in soak.find_culprits(batch) or [(batch, outcome)]:
            culprits[soak.keep(items, alone).name] = list(alone.faults)
    return {
        "batch": name,
        "seconds": round(outcome.seconds, 1),
        "mebibytes": round(outcome.mebibytes),
        "statuses": outcome.statuses,
        "culprits": culprits,
    }


def _name_batch(batch: Sequence[Item]) -> str:
    """Return an identifier made from the names and sizes of the files in a batch."""
    names_and_sizes = [(os.fsencode(path.name), path.lstat().st_size) for item in batch for path in item]
    return hashlib.sha256(repr(names_and_sizes).encode()).hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main())
