"""Measure every labelled picture of a corpus once: CORPUS OUT.json [--workers N] [--copies HOW ...].

Writes file name → measurements and inner maps. `fit_judge.py` and `pelican-headshots evaluate` read it, so that neither
looks twice. With `--copies "quality 60"` and so on also of copies of every picture, of which `evaluate` then says how many
keep their kind.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from pelican_headshots.evaluate.measure import COPIES, measured_corpus
from pelican_headshots.evaluate.rows import to_fit_on

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--copies", nargs="*", choices=COPIES, default=())
    given = parser.parse_args()
    found = measured_corpus(given.corpus, given.workers, to_fit_on(given.corpus), given.copies)
    given.out.write_text(json.dumps(found, sort_keys=True), encoding="utf-8")
