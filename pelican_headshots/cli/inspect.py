"""`pelican-headshots inspect PATH... [--json]`: show how a build would classify photos."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from ..analysis import model_files
from ..classify.classifier import classify
from ..pipeline import tasks
from ..pipeline.jobs import ANALYSIS_MEMORY_MB
from ..scan import files
from ..scan.file_types import UnreadableImageError
from ..scan.open_image import DEFAULT_MAX_PIXELS
from ..support.progress import make_stderr_reporter
from ..values.classification import Classification
from ..values.photo import PhotoRecord
from ..workers.failure import Failure
from ..workers.pool import Job, WorkerPool, count_processors


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to *parser*."""
    parser.add_argument("paths", nargs="+", metavar="PATH", type=Path, help="a photo or a folder of photos")
    parser.add_argument("--json", action="store_true", help="print one JSON object per line")
    parser.add_argument(
        "--headshot-bias", type=float, default=0.0, help="as HEADSHOTS['headshot_bias']: above 0, fewer headshots"
    )
    parser.add_argument("--models", help="as HEADSHOTS['models']: the folder of other models")


def run(arguments: argparse.Namespace) -> int:
    """Return 0 if every path exists, whatever the files contain, or else 2. Raises ModelError."""
    missing = [path for path in arguments.paths if not path.exists()]
    for path in missing:
        print(f"{files.escape_for_terminal(str(path))} does not exist.", file=sys.stderr)
    models_folder = model_files.find_models(arguments.models)
    all_files = [each for path in arguments.paths if path.exists() for each in _list_files(path)]
    unusable = ((index, each.unusable_reason) for index, (_, each) in enumerate(all_files) if each.unusable_reason)
    usable = sum(each.is_usable for _, each in all_files)
    results: dict[int, PhotoRecord | str] = {}
    printed = 0
    for index, answer in chain(
        unusable, make_stderr_reporter()("Analyzing", usable, _analyze_files(all_files, models_folder))
    ):
        results[index] = answer
        # Results arrive in any order; they are printed in the given order, each as soon as possible.
        while printed in results:
            _print_result(all_files[printed], results[printed], arguments)
            printed += 1
    return 2 if missing else 0


FolderFile = tuple[Path, files.ScannedFile]


def _list_files(path: Path) -> Iterator[FolderFile]:
    """Yield the files to analyze: *path* itself, or what a build would use if *path* were the photos folder."""
    folder = path if path.is_dir() else path.parent
    for found in files.scan_folder(folder) if path.is_dir() else files.scan_file(path):
        if not found.ignored_reason or not path.is_dir():
            yield folder, found


def _analyze_files(all_files: Sequence[FolderFile], models_folder: Path) -> Iterator[tuple[int, PhotoRecord | str]]:
    usable = [index for index, (_, found) in enumerate(all_files) if found.is_usable]

    def prepare_arguments(index: int) -> tuple[Any, ...]:
        folder, found = all_files[index]
        return (
            files.read(folder, found),
            None,
            models_folder,
            DEFAULT_MAX_PIXELS,
        )  # no sidecar: it does not change the classification

    jobs = [
        Job(files.escape_for_terminal(all_files[i][1].path), partial(prepare_arguments, i), ANALYSIS_MEMORY_MB)
        for i in usable
    ]
    expected_errors = (UnreadableImageError, files.UnusableFileError)
    with WorkerPool[PhotoRecord](min(count_processors(), len(jobs)), expected_errors=expected_errors) as workers:
        for number, answer in workers.run(tasks.analyze_image, jobs):
            yield usable[number], answer.message if isinstance(answer, Failure) else answer


def _print_result(folder_file: FolderFile, answer: PhotoRecord | str, arguments: argparse.Namespace) -> None:
    folder, found = folder_file
    name = str(folder / found.path)
    classification = (
        classify(answer.analysis, arguments.headshot_bias)
        if isinstance(answer, PhotoRecord) and answer.analysis
        else None
    )
    if arguments.json:
        print(json.dumps(_make_json_record(name, answer, classification)), flush=True)
    elif classification is None:
        print(
            f"{files.escape_for_terminal(name)}\n  cannot be used: {files.escape_for_terminal(str(answer))}", flush=True
        )
    else:
        sureness = ", needs checking" if classification.is_unsure else ""
        label = f"{classification.kind}, {classification.confidence:.0%}{sureness}"
        print(f"{files.escape_for_terminal(name)}\n  {label}: {'; '.join(classification.reasons)}", flush=True)


def _make_json_record(name: str, answer: PhotoRecord | str, classification: Classification | None) -> dict[str, Any]:
    if classification is None or isinstance(answer, str) or answer.analysis is None:
        empty_fields = dict.fromkeys(("kind", "confidence", "unsure", "why", "people", "scale", "key", "faces"))
        return {"file": name, **empty_fields, "error": str(answer)}
    return {
        "file": name,
        "kind": classification.kind,
        "confidence": classification.confidence,
        "unsure": classification.is_unsure,
        "why": list(classification.reasons),
        "people": classification.people_count,
        "scale": classification.shot_scale,
        "key": classification.tonal_key,
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
