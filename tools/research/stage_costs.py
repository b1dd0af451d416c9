"""Measure the processor time of each stage of the analysis: FILE... [--runs N].

Prints the median over all runs of each photo, then the mean over the photos with a face and over those without. The time is
that of all threads of this process, so it hardly depends on what else the machine does.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from statistics import mean, median
from time import process_time
from typing import Any, Self, TypeVar

from pelican_headshots.analysis.detector import Detector
from pelican_headshots.analysis.features.analyze import analyze_observation
from pelican_headshots.analysis.mediapipe_tasks import DetectionModels
from pelican_headshots.analysis.model_files import find_models
from pelican_headshots.classify.classifier import classify
from pelican_headshots.images.decode import decode_for_analysis
from pelican_headshots.pipeline.tasks import ANALYSIS_LONG_SIDE_PX

from .measure_corpus import mirror_if_needed

STAGE_BY_MODEL = {
    "short_range_faces": "faces",
    "full_range_faces": "faces",
    "face_mesh": "mesh",
    "person_mask": "mask",
    "scene": "embeddings",
    "outline": "embeddings",
    "things": "embeddings",
}
"""Model → its stage, if it has another name."""
DECODE, PREPARE, MEASURE, CLASSIFY = "decode", "inputs of the models", "features", "classify"
Result = TypeVar("Result")
Times = defaultdict[str, float]


class TimedModel:
    """A model that adds the time of every call to *times*."""

    def __init__(self, model: Any, stage: str, times: Times) -> None:
        self._model, self._stage, self._times = model, stage, times

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._model, name)
        return lambda *arguments: measure(self._times, self._stage, lambda: method(*arguments))


class TimedDetector(Detector):
    """A detector whose models add their times to *times*."""

    def __init__(self, model_folder: Path, times: Times) -> None:
        super().__init__(model_folder)
        self._times = times

    def __enter__(self) -> Self:
        super().__enter__()
        models = [name for name, each in vars(DetectionModels).items() if isinstance(each, cached_property)]
        for name in models:
            stage = STAGE_BY_MODEL.get(name, name)
            # What is set in the place of a cached property is used like its value.
            vars(self._models)[name] = TimedModel(getattr(self._models, name), stage, self._times)
        return self


def measure(times: Times, stage: str, run: Callable[[], Result]) -> Result:
    """Return what *run* returns, and add its processor seconds to *stage*."""
    start = process_time()
    result = run()
    times[stage] += process_time() - start
    return result


def measure_photo(detector: Detector, times: Times, data: bytes) -> tuple[dict[str, float], bool]:
    """Return the seconds of each stage of one photo, and whether it has a face."""
    times.clear()
    pixels = measure(times, DECODE, lambda: decode_for_analysis(data, ANALYSIS_LONG_SIDE_PX, 1 << 30).pixels)
    pixels = mirror_if_needed(pixels)
    observation = measure(times, PREPARE, lambda: detector.observe(pixels))
    times[PREPARE] -= sum(seconds for stage, seconds in times.items() if stage not in {DECODE, PREPARE})
    analysis = measure(times, MEASURE, lambda: analyze_observation(observation, pixels))
    measure(times, CLASSIFY, lambda: classify(analysis))
    return dict(times), bool(analysis.faces)


def merge_runs(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the median of each stage; a stage that did not run takes no time."""
    stages = dict.fromkeys(stage for run in runs for stage in run)
    return {stage: median(run.get(stage, 0.0) for run in runs) for stage in stages}


def format_costs(with_face: Sequence[Mapping[str, float]], without_face: Sequence[Mapping[str, float]]) -> str:
    """Return the table as text, in milliseconds."""
    groups = {f"face ({len(with_face)})": with_face, f"no face ({len(without_face)})": without_face}
    stages = dict.fromkeys(stage for photos in groups.values() for photo in photos for stage in photo)
    lines = [f"{'ms of processor time':24}" + "".join(f"{name:>14}" for name in groups)]
    for stage in (*stages, "all"):
        line = f"{stage:24}"
        for photos in groups.values():
            values = [sum(photo.values()) if stage == "all" else photo.get(stage, 0.0) for photo in photos]
            line += f"{mean(values) * 1000:14.0f}" if values else f"{'':14}"
        lines.append(line)
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Measure the files that the command line names."""
    parser = argparse.ArgumentParser(prog="stage_costs", description=__doc__)
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+", help="photos, for example of 24 megapixels")
    parser.add_argument("--runs", type=int, default=5, help="how often each photo is analyzed (5); one more warms up")
    args = parser.parse_args(arguments)
    times: Times = defaultdict(float)
    groups: dict[bool, list[dict[str, float]]] = {True: [], False: []}
    with TimedDetector(find_models(), times) as detector:
        for file in args.files:
            data = file.read_bytes()
            runs = [measure_photo(detector, times, data) for _ in range(args.runs + 1)][1:]
            groups[runs[0][1]].append(merge_runs([seconds for seconds, _ in runs]))
    print(format_costs(groups[True], groups[False]))
    return 0
