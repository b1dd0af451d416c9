"""Count how often a single reading changes the kind of a picture, and how often the reasons then name it.

Each reading of each picture is replaced by the worst value that any picture of the corpus has: for pictures classified as
headshots, each feature of the criteria and of the picture as a whole; for all pictures, each feature that says whether a
person is there. Needs what `measure_corpus` wrote, and uses the weights that ship.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from pelican_headshots.classify.classifier import (
    KIND_ORDER,
    ClassifierWeights,
    choose_kind_index,
    classify,
    compute_probabilities,
)
from pelican_headshots.classify.criteria import CRITERIA, HEADSHOT_PROBES, PERSON_READINGS
from pelican_headshots.classify.explanations import (
    DECISIVE_READINGS,
    REASON_BY_CRITERION,
    UNCONFIRMED_REASONS,
    UNLIKE_HEADSHOT,
)
from pelican_headshots.values.analysis import Analysis
from pelican_headshots.values.classification import PhotoKind

from .corpus import load_samples
from .predictions import load_shipped_model

WHOLE = "whole"
"""The group of `HEADSHOT_PROBES`, which are no criterion."""
Range = tuple[float, float]


@dataclass
class FlipCount:
    """How many replaced readings were tried, changed the kind, were then named, and were then marked `unsure`."""

    tried: int = 0
    flipped: int = 0
    named: int = 0
    unsure: int = 0


def find_ranges(analyses: Iterable[Analysis]) -> dict[str, Range]:
    """Return the smallest and the largest value of each feature."""
    ranges: dict[str, Range] = {}
    for analysis in analyses:
        for name, value in analysis.features.items():
            low, high = ranges.get(name, (value, value))
            ranges[name] = min(low, value), max(high, value)
    return ranges


def count_flips(analyses: Sequence[Analysis], model: ClassifierWeights) -> dict[str, FlipCount]:
    """Return for each group of readings how often one of its features alone changes the kind of one of *analyses*."""
    ranges = find_ranges(analyses)
    counts = {name: FlipCount() for name in (*CRITERIA, WHOLE, *PERSON_READINGS)}
    for analysis in analyses:
        for group, name, value in _list_worst_values(_choose_kind(analysis, model), ranges, model):
            if name in analysis.features:
                _count_flip(counts[group], group, analysis, {name: value}, model)
    return counts


def _list_worst_values(
    kind: PhotoKind, ranges: dict[str, Range], model: ClassifierWeights
) -> Iterator[tuple[str, str, float]]:
    """Yield each reading that could change *kind*: its group, its name and its worst value."""
    if kind is PhotoKind.HEADSHOT:
        for criterion, signed_names in CRITERIA.items():
            for signed in signed_names:
                yield criterion, signed[1:], ranges[signed[1:]][signed[0] == "+"]
        for name in HEADSHOT_PROBES:
            yield WHOLE, name, ranges[name][0]
    for reading, names in PERSON_READINGS.items():
        for name in names:
            if coefficient := model.person_model.coefficients.get(name):
                yield reading, name, ranges[name][(coefficient.weight > 0) == (kind is PhotoKind.NO_PERSON)]


def _count_flip(
    count: FlipCount, group: str, analysis: Analysis, changed: dict[str, float], model: ClassifierWeights
) -> None:
    count.tried += 1
    spoilt = replace(analysis, features={**analysis.features, **changed})
    decide: Callable[[Analysis, ClassifierWeights], object] = _has_person if group in PERSON_READINGS else _choose_kind
    if decide(spoilt, model) == decide(analysis, model):
        return
    classification = classify(spoilt, model=model)
    count.flipped += 1
    count.named += is_named(group, spoilt, classification.reasons)
    count.unsure += classification.is_unsure


def _has_person(analysis: Analysis, model: ClassifierWeights) -> bool:
    return model.person_calibration(model.person_model.predict_log_odds(analysis.features)) > 0


def _choose_kind(analysis: Analysis, model: ClassifierWeights) -> PhotoKind:
    return KIND_ORDER[choose_kind_index(compute_probabilities(analysis, model)[0])]


def is_named(group: str, analysis: Analysis, reasons: Sequence[str]) -> bool:
    """Return whether *reasons* say something about *group*."""
    if group in CRITERIA:
        return bool({REASON_BY_CRITERION[group](analysis), f"perhaps {UNCONFIRMED_REASONS[group]}"} & set(reasons))
    if group == WHOLE:
        return UNLIKE_HEADSHOT in reasons
    # The first reason is about the face and the body.
    decision = next((reason for reason in reasons if reason.startswith("decided by ")), "")
    return DECISIVE_READINGS[group] in decision or (group in {"face", "body"} and group in reasons[0])


def format_counts(counts: dict[str, FlipCount]) -> str:
    """Return the table as text."""
    lines = [f"{'reading':12}{'tried':>8}{'changes the kind':>18}{'named then':>12}{'unsure then':>13}"]
    for name, count in counts.items():
        lines.append(f"{name:12}{count.tried:8}{count.flipped:18}{count.named:12}{count.unsure:13}")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="single_readings", description=__doc__)
    parser.add_argument("corpus", metavar="CORPUS", type=Path, help="a folder of photos with a labels.csv")
    parser.add_argument("--measured", type=Path, required=True, help="what measure_corpus wrote")
    parser.add_argument("--every", type=int, default=1, help="use only every n-th picture")
    args = parser.parse_args(arguments)
    found = json.loads(args.measured.read_text(encoding="utf-8"))
    samples = load_samples(args.corpus, {name: seen for name, seen in found.items() if "|" not in name})
    shipped = load_shipped_model()
    print(format_counts(count_flips([shipped.analysis(sample) for sample in samples[:: args.every]], shipped.weights)))
    return 0
