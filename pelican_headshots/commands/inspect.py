"""`pelican-headshots inspect PATH... [--json]`: what the build would think of these photographs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from .. import tasks
from ..adapters.looking import models
from ..adapters.originals import files
from ..adapters.originals.formats import UnreadablePicture
from ..adapters.originals.opening import PIXEL_LIMIT
from ..adapters.screen.progress import on_stderr
from ..adapters.verdict import Failure
from ..adapters.work.workers import Job, Workers, processors
from ..core.judged.judge import judge
from ..core.photo import Exam
from ..core.shot import Shot
from ..errands import LOOKING_MB


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", type=Path, help="a photograph, or a folder of them")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, for programs")
    parser.add_argument("--lean", type=float, default=0.0, help="as HEADSHOTS['lean']: above 0, more careful")
    parser.add_argument("--models", help="as HEADSHOTS['models']: another folder of models")


def run(arguments: argparse.Namespace) -> int:
    """0 where every path exists, whatever is in the files; 2 otherwise. Raises ModelError."""
    missing = [path for path in arguments.paths if not path.exists()]
    for path in missing:
        print(f"{files.shown(str(path))} does not exist.", file=sys.stderr)
    eyes = models.find(arguments.models)
    everything = [each for path in arguments.paths if path.exists() for each in _below(path)]
    refused = ((index, each.refusal) for index, (_, each) in enumerate(everything) if each.refusal)
    usable = sum(each.usable for _, each in everything)
    seen: dict[int, Exam | str] = {}
    printed = 0
    for index, answer in chain(refused, on_stderr()("Looking at", usable, _examined(everything, eyes))):
        seen[index] = answer
        # In the order asked for, as soon as all before it are known.
        while printed in seen:
            _say(everything[printed], seen[printed], arguments)
            printed += 1
    return 2 if missing else 0


Below = tuple[Path, files.Found]


def _below(path: Path) -> Iterator[Below]:
    """The files to look at: *path* itself, or what a build would take from it as a photos folder."""
    folder = path if path.is_dir() else path.parent
    for found in files.walk(folder) if path.is_dir() else files.only(path):
        if not found.ignored or not path.is_dir():
            yield folder, found


def _examined(everything: Sequence[Below], eyes: Path) -> Iterator[tuple[int, Exam | str]]:
    usable = [index for index, (_, found) in enumerate(everything) if found.usable]

    def prepare(index: int) -> tuple[Any, ...]:
        folder, found = everything[index]
        return files.read(folder, found), None, eyes, PIXEL_LIMIT  # no sidecar: what it says changes no verdict

    jobs = [Job(files.shown(everything[i][1].path), partial(prepare, i), LOOKING_MB) for i in usable]
    refusals = (UnreadablePicture, files.Refused)
    with Workers[Exam](min(processors(), len(jobs)), refusals=refusals) as workers:
        for number, answer in workers.run(tasks.examine, jobs):
            yield usable[number], answer.sentence if isinstance(answer, Failure) else answer


def _say(which: Below, answer: Exam | str, arguments: argparse.Namespace) -> None:
    folder, found = which
    name = str(folder / found.path)
    shot = judge(answer.analysis, arguments.lean) if isinstance(answer, Exam) and answer.analysis else None
    if arguments.json:
        print(json.dumps(_record(name, answer, shot)), flush=True)
    elif shot is None:
        print(f"{files.shown(name)}\n  cannot be used: {files.shown(str(answer))}", flush=True)
    else:
        sure = ", unsure" if shot.unsure else ""
        print(f"{files.shown(name)}\n  {shot.kind}, {shot.confidence:.0%}{sure}: {'; '.join(shot.why)}", flush=True)


def _record(name: str, answer: Exam | str, shot: Shot | None) -> dict[str, Any]:
    if shot is None or isinstance(answer, str) or answer.analysis is None:
        nothing = dict.fromkeys(("kind", "confidence", "unsure", "why", "people", "scale", "key", "faces"))
        return {"file": name, **nothing, "error": str(answer)}
    return {
        "file": name,
        "kind": shot.kind,
        "confidence": shot.confidence,
        "unsure": shot.unsure,
        "why": list(shot.why),
        "people": answer.analysis.people,
        "scale": shot.scale,
        "key": shot.key,
        "faces": [
            {
                "box": [face.box.left, face.box.top, face.box.right, face.box.bottom],
                "yaw": face.yaw,
                "pitch": face.pitch,
                "roll": face.roll,
                "score": face.score,
            }
            for face in answer.analysis.faces
        ],
        "error": None,
    }
