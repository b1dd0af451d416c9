"""Fit the judge: CORPUS MEASURED.json [OUT]. Needs scikit-learn, which nothing else here does.

CORPUS holds `labels.csv`; MEASURED.json comes from `measure_corpus.py`. Only rows with `train` = y and `depiction` = n
are fitted on. Same input, same file.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

LABELS = ("headshot", "portrait", "other")
WEIGHTS = Path(__file__).resolve().parent.parent / "pelican_headshots" / "core" / "weights.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("measured", type=Path)
    parser.add_argument("out", type=Path, nargs="?", default=WEIGHTS)
    given = parser.parse_args()
    measured = json.loads(given.measured.read_text(encoding="utf-8"))
    with (given.corpus / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["label"] in LABELS and row["depiction"] == "n" and row["train"] == "y"
        ]
    names = sorted({name for row in rows for name in measured[row["file"]]["features"]})
    table = np.array([[measured[row["file"]]["features"].get(name, np.nan) for name in names] for row in rows])
    absent = np.nanmedian(table, axis=0)
    table = np.where(np.isnan(table), absent, table)
    mean, deviation = table.mean(axis=0), table.std(axis=0) + 1e-6
    scaled = np.clip((table - mean) / deviation, -4, 4)
    model = LogisticRegression(C=0.02, max_iter=5000).fit(scaled, [LABELS.index(row["label"]) for row in rows])
    weights = {
        "inputs": {
            name: {
                "absent": round(float(absent[i]), 4),
                "mean": round(float(mean[i]), 4),
                "deviation": round(float(deviation[i]), 4),
                "weights": [round(float(model.coef_[k][i]), 4) for k in range(3)],
            }
            for i, name in enumerate(names)
        },
        "bias": [round(float(b), 4) for b in model.intercept_],
        "sure": 0.65,
    }
    given.out.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
