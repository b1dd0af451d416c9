"""Fit the judge.

CORPUS holds `labels.csv`; MEASURED.json comes from `measure_corpus`. Only rows with `train` = y and `depiction` = n
are fitted on. Writes `core/judged/weights.json` and `adapters/measuring/senses.json`: same input, same files.
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
    parser = argparse.ArgumentParser(prog="fit_judge", description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("measured", type=Path)
    given = parser.parse_args(arguments)
    measured = json.loads(given.measured.read_text(encoding="utf-8"))
    fitted_on = [row for row in load_samples(given.corpus, measured) if is_trainable(row.label_row)]
    fitted = fitting.fit(fitted_on)
    weights = Path(classifier.__file__).with_name("weights.json")
    weights.write_bytes(msgspec.json.encode(fitted.weights) + b"\n")
    directions = {
        name: {"direction": [float(value) for value in direction], "offset": offset}
        for name, (direction, offset) in fitted.senses.items()
    }
    embeddings.PROBES_FILE.write_text(json.dumps(directions) + "\n", encoding="utf-8")
    print(f"fitted on {len(fitted_on)} pictures; sure from {fitted.weights.confidence_threshold}")
    return 0
