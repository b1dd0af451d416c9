"""Whether sound pictures are published whatever lies beside them: the real `pelican content` over many odd files.

    python -m fuzz.soak WORK --count 300 [--seed 1]     # odd files made by fuzz.odd_files
    python -m fuzz.soak WORK --files FOLDER             # those in a folder

Files are built in batches of 25, each a site of its own with two sound pictures, one among them and one in a gallery of its
own. In each, both must be published, every file must have its line in `build-report.json`, there must be no traceback,
the program must end by itself with 0 and leave no process, and the process tree may need a fifth more memory than
HEADSHOTS['memory'] allows, no more. A batch that fails is halved until the file is found; it is kept in WORK/culprits with
the log. Run again with the same arguments, it goes on after the last finished batch. Ends with 1 where anything was
found. Needs Linux.
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

REPOSITORY = Path(__file__).resolve().parent.parent
BATCH = 25
MEMORY_TOLERANCE = 1.2
"""By how much the process tree may exceed the memory that is planned for."""
BUILD_TIMEOUT_SECONDS = 900
"""After which a build counts as hanging."""
SAMPLE_INTERVAL_SECONDS = 0.2
"""Seconds between two looks at the memory."""

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
"""Headshots hang in galleries too, so that whatever is built has files."""
TEAM = "Title: Team\nTemplate: team\n\nEverybody.\n"
WITHOUT_LOOKING = """\
from pelican_headshots.pipeline.site_build import SiteBuild
SiteBuild._find_models = lambda *_: None
"""

Item = tuple[Path, ...]
"""A file and its sidecars, which stay together."""


@dataclass(frozen=True)
class Outcome:
    """What came of a build: sentences about what went wrong, how long it took, and how much memory at its peak."""

    faults: tuple[str, ...]
    seconds: float
    mebibytes: float
    statuses: dict[str, int]
    log: str


class Soak:
    """Builds batches below the folder *work*."""

    def __init__(self, work: Path, analyze: bool = True) -> None:
        self.work, self.analyze = work, analyze
        self.limit = Settings().memory_mb * MEMORY_TOLERANCE
        self.valid_pictures = work / "sound"
        self.valid_pictures.mkdir(parents=True, exist_ok=True)
        for number, size in enumerate(((900, 600), (600, 800))):
            odd_files.draw_scene(size, 10 + number).save(self.valid_pictures / f"sound-{number}.jpg")

    def build(self, items: Sequence[Item]) -> Outcome:
        """Build a site of *items* and the two sound pictures, and judge it."""
        site = self.work / "site"
        shutil.rmtree(site, ignore_errors=True)
        among, alone = site / "content" / "photos" / "among", site / "content" / "photos" / "alone"
        among.mkdir(parents=True)
        alone.mkdir()
        shutil.copyfile(self.valid_pictures / "sound-0.jpg", among / "sound-0.jpg")
        shutil.copyfile(self.valid_pictures / "sound-1.jpg", alone / "sound-1.jpg")
        for path in (path for item in items for path in item):
            # Links, pipes and holes stay what they are.
            subprocess.run([b"cp", b"-a", b"--sparse=always", os.fsencode(path), os.fsencode(among)], check=True)
        (site / "pelicanconf.py").write_text(SETTINGS + ("" if self.analyze else WITHOUT_LOOKING), encoding="utf-8")
        pages = site / "content" / "pages"
        pages.mkdir()
        (pages / "team.md").write_text(TEAM, encoding="utf-8")
        began = time.monotonic()
        status, log, peak = _run(site)
        seconds = time.monotonic() - began
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
        for told in inputs.values():
            statuses[told["status"]] = statuses.get(told["status"], 0) + 1
        return Outcome(tuple(faults), seconds, peak, statuses, log)

    def find_culprits(self, items: Sequence[Item]) -> list[tuple[Sequence[Item], Outcome]]:
        """The smallest parts of *items*, by halving, in whose sites something goes wrong."""
        outcome = self.build(items)
        if not outcome.faults:
            return []
        if len(items) > 1:
            middle = len(items) // 2
            if found := [*self.find_culprits(items[:middle]), *self.find_culprits(items[middle:])]:
                return found
        return [(items, outcome)]

    def keep(self, items: Sequence[Item], outcome: Outcome) -> Path:
        """Copy what was found to where it stays."""
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
    """Run Pelican in *site*: its status (None if it had to be killed), what it said, and the peak of its tree in MiB."""
    path = os.pathsep.join([str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])])
    with open(site / "log", "wb") as log:
        program = subprocess.Popen(
            [sys.executable, "-m", "pelican", "content"],
            cwd=site,
            env={**os.environ, "PYTHONPATH": path, "COLUMNS": "300"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        peak, ended = [0.0], threading.Event()

        def watch() -> None:
            while not ended.wait(SAMPLE_INTERVAL_SECONDS):
                peak[0] = max(peak[0], sum(map(_mebibytes, _session(program.pid))))

        watching = threading.Thread(target=watch)
        watching.start()
        status: int | None
        try:
            status = program.wait(BUILD_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            ended.set()
            watching.join()
            # Children end by themselves when the program has; a second is more than they take.
            until = time.monotonic() + 1
            while (left := _session(program.pid)) and status is not None and time.monotonic() < until:
                time.sleep(0.05)
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            program.wait()
    said = (site / "log").read_text(encoding="utf-8", errors="replace")
    if left and status is not None:
        return -1, said + f"\n{len(left)} processes were left running", peak[0]
    return status, said, peak[0]


def _session(leader: int) -> list[int]:
    """Running processes of the session that *leader* began."""
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                with open(f"/proc/{entry.name}/stat", encoding="utf-8", errors="replace") as file:
                    state, _, _, session = file.read().rpartition(")")[2].split()[:4]
            except OSError:
                continue
            if int(session) == leader and state != "Z":
                found.append(int(entry.name))
    return found


def _mebibytes(pid: int) -> float:
    """The process' share of memory: pages that several have are counted once in all."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            return sum(int(line.split()[1]) for line in file if line.startswith("Pss:")) / 1024
    except (OSError, ValueError):
        return 0.0


def _last_line_of_traceback(log: str) -> str:
    after = [line.strip() for line in log.rpartition("Traceback (most recent call last)")[2].splitlines()]
    return next((line for line in after if re.match(r"[\w.]*(Error|Exception)\b", line)), "")


def _find_unpublished(site: Path, inputs: dict[str, dict[str, object]]) -> Iterator[str]:
    """A sentence for each sound picture that the site does not show."""
    pages = "".join(path.read_text(encoding="utf-8") for path in sorted(site.glob("output/**/*.html")))
    for name in ("among/sound-0.jpg", "alone/sound-1.jpg"):
        told = inputs.get(name)
        if told is None or told["status"] != "built":
            yield f"{name} is not published: {told and told.get('message')}"
            continue
        outputs = [site / str(output) for output in list(told["outputs"])]  # type: ignore[call-overload]
        if missing := [path for path in outputs if not path.is_file() or not path.stat().st_size]:
            yield f"{name}: {missing[0]} is missing"
        if not any(path.name in pages for path in outputs):
            yield f"{name} is on no page"


def _find_unreported(items: Sequence[Item], inputs: dict[str, dict[str, object]]) -> Iterator[str]:
    """A sentence for each file that the report does not account for."""
    for item in items:
        name = item[0].name
        below = [key for key in inputs if key == f"among/{name}" or key.startswith(f"among/{name}/")]
        if not below and os.fsencode(name) != name.encode("utf-8", "replace"):
            continue  # a name that no report can hold as it is
        if not below:
            yield f"{name} is not in the report"
        for key in below:
            told, last = inputs[key], key.rpartition("/")[2]
            if told["status"] in ("skipped", "ignored"):
                message = str(told.get("message"))
                if last not in message and escape_for_terminal(last) not in message:
                    yield f"{key}: the message does not name it: {message}"
            elif told["status"] != "built" or not told["outputs"]:
                yield f"{key} is {told['status']} without files"


def make_items(folder: Path, count: int, seed: int) -> list[Item]:
    folder.mkdir(parents=True, exist_ok=True)
    return [tuple(odd_files.make(folder, number, seed)) for number in range(count)]


def find_items(folder: Path) -> list[Item]:
    """The files in *folder* and below, each with its sidecars; whatever is no ordinary file too."""
    paths = sorted((path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()), key=os.fsencode)
    there = set(paths)
    beside = {
        path: [
            own
            for own in (path.with_name(path.name + ".xmp"), path.with_suffix(".xmp"))
            if own in there and own != path
        ]
        for path in paths
        if path.suffix.lower() != ".xmp"
    }
    owned = {sidecar for sidecars in beside.values() for sidecar in sidecars}
    alone = [path for path in paths if path not in owned and path not in beside]
    return [(path, *sidecars) for path, sidecars in beside.items()] + [(path,) for path in alone]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path, help="a folder for sites, results and culprits")
    parser.add_argument("--count", type=int, default=300, help="how many odd files are made")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=Path, help="take the files in this folder instead")
    parser.add_argument(
        "--without-looking", action="store_true", help="leave MediaPipe out, which takes most of the time"
    )
    given = parser.parse_args()
    work = given.work.resolve()
    soak = Soak(work, not given.without_looking)
    items = find_items(given.files.resolve()) if given.files else make_items(work / "odd", given.count, given.seed)
    results = work / "results.jsonl"
    known = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()] if results.exists() else []
    done = {result["batch"]: result for result in known}
    for first in range(0, len(items), BATCH):
        batch = items[first : first + BATCH]
        name = _name_batch(batch)
        if name not in done:
            done[name] = _check_batch(soak, batch, name)
            with open(results, "a", encoding="utf-8") as file:
                file.write(json.dumps(done[name]) + "\n")
        told = done[name]
        counts = ", ".join(f"{number} {status}" for status, number in sorted(told["statuses"].items()))
        print(
            f"{first + len(batch)} of {len(items)}: {told['seconds']:.0f} s, {told['mebibytes']:.0f} MiB, {counts}",
            flush=True,
        )
        for culprit, faults in told["culprits"].items():
            print(f"  {culprit}: {'; '.join(faults)}", flush=True)
    ours = [done[_name_batch(items[first : first + BATCH])] for first in range(0, len(items), BATCH)]
    wrong = sum(bool(told["culprits"]) for told in ours)
    print(
        f"{len(items)} files in {len(ours)} builds, {wrong} of them with faults; "
        f"{sum(told['seconds'] for told in ours):.0f} s, at most {max(told['mebibytes'] for told in ours):.0f} MiB."
    )
    return 1 if wrong else 0


def _check_batch(soak: Soak, batch: Sequence[Item], name: str) -> dict[str, object]:
    outcome = soak.build(batch)
    culprits = {}
    if outcome.faults:
        print(f"Something went wrong and is searched for: {'; '.join(outcome.faults)}", flush=True)
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
    """What a batch is known by: the names and sizes of its files."""
    facts = [(os.fsencode(path.name), path.lstat().st_size) for item in batch for path in item]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main())
