"""`pelican-headshots evaluate CORPUS`: how well photographs are told apart, on labelled ones."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..adapters.looking import models


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("corpus", metavar="CORPUS", type=Path, help="a folder of photographs with a labels.csv")
    parser.add_argument("--html", type=Path, default=Path("evaluation.html"), help="page to write (evaluation.html)")
    parser.add_argument("--measured", type=Path, help="what scripts/measure_corpus.py wrote, to spare the looking")
    parser.add_argument("--workers", type=int, default=2, help="processes that look (2)")


def run(arguments: argparse.Namespace) -> int:
    """0, or 2 where the corpus cannot be read. Raises ModelError."""
    from .. import evaluate

    if not (arguments.corpus / "labels.csv").is_file():
        print(f"{arguments.corpus} has no labels.csv. docs/verdicts.md says what it must hold.", file=sys.stderr)
        return 2
    models.find()
    print(evaluate.run(arguments.corpus, arguments.html, arguments.measured, arguments.workers))
    print(f"\nThe page with every wrong picture: {arguments.html}")
    return 0
