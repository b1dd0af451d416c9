"""Fit the classifier.

CORPUS has a `labels.csv`; MEASURED.json comes from `measure_corpus`. Only rows with `train` = y and `depiction` = n are
used. Writes `classify/weights.json` and `analysis/features/probes.json` in the package: same input, same files.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pelican_headshots.analysis.features import embeddings
from pelican_headshots.classify import classifier

from . import fitting
from .corpus import is_trainable, load_samples


def main(arguments: Sequence[str]) -> int:
    """Fit the classifier and write its files into the package."""
    parser = argparse.ArgumentParser(prog="fit_classifier", description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("measured", type=Path)
    args = parser.parse_args(arguments)
    measured = json.loads(args.measured.read_text(encoding="utf-8"))
    samples = [sample for sample in load_samples(args.corpus, measured) if is_trainable(sample.label_row)]
    fitted = fitting.fit(samples)
    weights = Path(classifier.__file__).with_name("weights.json")
    weights.write_bytes(msgspec.json.encode(fitted.weights) + b"\n")
    directions = {
        name: {"direction": [float(value) for value in direction], "offset": offset}
        for name, (direction, offset) in fitted.probes.items()
    }
    embeddings.PROBES_FILE.write_text(json.dumps(directions) + "\n", encoding="utf-8")
    print(f"fitted on {len(samples)} pictures; unsure below {fitted.weights.confidence_threshold}")
    return 0
