"""How well photographs are told apart, on a corpus that somebody labelled.

A corpus is a folder of pictures and a `labels.csv` with the columns `file` and `label` (headshot, portrait, other), and
as many of `source_repo`, `train`, `depiction`, `hard`, `bw`, `light`, `facing`, `scale`, `n_people`, `notes` as there are.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from . import corpus as labelled
from . import metrics, verdicts
from .html_report import build_page
from .measure_corpus import measure_pictures
from .verdicts import Verdict

MIN_FITTED_PICTURES = 200
"""Pictures that weights are fitted on at least."""
HELD_OUT = (
    "Every picture was judged by weights fitted anew without its source: no verdict here is on a picture, or a "
    "neighbour of one, that its weights had met."
)
SHIPPED = (
    f"Judged by the weights that ship. Pictures they were fitted on (train = y) flatter them: with {MIN_FITTED_PICTURES} of those or "
    "more, every picture is judged by weights that never met its source."
)


def run(corpus: Path, out_html: Path, measured: Path | None = None, workers: int = 2) -> str:
    """Measure *corpus* (or read *measured*, from `measure_corpus`), judge it, write the page to *out_html*.

    Gives the table as text. Raises OSError where there is no labels.csv.
    """
    fitted = labelled.list_trainable_files(corpus)
    can_fit = len(fitted) >= MIN_FITTED_PICTURES
    found: dict[str, Any] = (
        json.loads(measured.read_text(encoding="utf-8"))
        if measured
        else measure_pictures(corpus, workers, fitted if can_fit else ())
    )
    rows, copies = labelled.load_samples(corpus, found), labelled.load_copies(corpus, found)
    if can_fit:
        fold = labelled.folds([row.source for row in rows], 12)
        of = dict(zip((row.source for row in rows), fold, strict=True))
        trainable = [labelled.is_trainable(row.label_row) for row in rows] + [False] * len(copies)
        said = verdicts.classify_held_out(
            [*rows, *copies], trainable, np.array([*fold, *(of[row.source] for row in copies)])
        )
    else:
        shipped = verdicts.load_shipped_model()
        said = [verdicts.classify_sample(row, shipped) for row in (*rows, *copies)]
    said, of_copies = said[: len(rows)], said[len(rows) :]
    pairs = [pair for pair in zip(rows, said, strict=True) if labelled.is_headline(pair[0])]
    uncounted = {
        "depictions (not counted above)": [
            pair for pair in zip(rows, said, strict=True)
            if pair[0].label >= 0 and not pair[0].label_row["variant"] and not labelled.is_headline(pair[0])
        ]
    }  # fmt: skip
    how = HELD_OUT if can_fit else SHIPPED
    out_html.write_text(
        build_page(f"{len(pairs)} photographs told apart", how, pairs, uncounted, corpus), encoding="utf-8"
    )
    lines = [how, ""]
    lines += [f"{name:34} {metrics.format_figure(value)}" for name, value in metrics.summary(pairs).items()]
    lines += ["", f"{'labelled, judged →':24}" + "".join(f"{name:>10}" for name in labelled.LABELS)]
    lines += [
        f"{labelled.LABELS[i]:24}" + "".join(f"{count:10}" for count in line)
        for i, line in enumerate(metrics.confusion(pairs))
    ]
    lines += ["", f"{'':34}{'pictures':>9}{'macro-F1':>9}{'right':>7}{'sure of':>9}{'right, of the sure':>20}"]
    for name, part in {**metrics.groups(pairs), **{k: v for k, v in uncounted.items() if v}}.items():
        s = metrics.summary(part)
        lines.append(
            f"{name:34}{s['pictures']:9.0f}{s['macro-F1']:9.3f}{s['right']:7.3f}{s['sure of']:9.3f}"
            f"{s['right, of the sure']:20.3f}"
        )
    either = [(r, v) for r, v in zip(rows, said, strict=True) if r.label < 0 and r.label_row.get("label_alt")]
    if either:
        good = sum(labelled.LABELS[v.chosen] in r.label_row["label_alt"] for r, v in either)
        lines.append(f"{'ambiguous (either label counts)':34}{len(either):9}{'':9}{good / len(either):7.3f}")
    lines += _format_agreement(
        metrics.pair_with_copies(list(zip(rows, said, strict=True)), list(zip(copies, of_copies, strict=True)))
    )
    return "\n".join(lines)


def _format_agreement(copies: Mapping[str, Sequence[tuple[Verdict, Verdict, labelled.Sample]]]) -> list[str]:
    """Lines that say how many pictures keep their kind: all, those with one clear label, those that it was sure of."""
    lines = (
        ["", f"{'the same kind when altered':34}{'pictures':>9}{'all':>9}{'clear':>7}{'sure of':>9}"] if copies else []
    )
    for how, both in copies.items():
        plain = [either for either in both if labelled.is_clear(either[2].label_row)]
        certain = [either for either in both if either[0].is_sure]
        shares = (metrics.compute_agreement(both), metrics.compute_agreement(plain), metrics.compute_agreement(certain))
        lines.append(f"{how:34}{len(both):9}{shares[0]:9.3f}{shares[1]:7.3f}{shares[2]:9.3f}")
    return lines


def main(arguments: Sequence[str]) -> int:
    """Give 0, or 2 where the corpus cannot be read. Raises ModelError where models are missing."""
    parser = argparse.ArgumentParser(prog="evaluate", description=__doc__)
    parser.add_argument("corpus", metavar="CORPUS", type=Path, help="a folder of photographs with a labels.csv")
    parser.add_argument("--html", type=Path, default=Path("evaluation.html"), help="page to write (evaluation.html)")
    parser.add_argument("--measured", type=Path, help="what measure_corpus wrote, to spare the looking")
    parser.add_argument("--workers", type=int, default=2, help="processes that look (2)")
    given = parser.parse_args(arguments)
    if not (given.corpus / "labels.csv").is_file():
        print(f"{given.corpus} has no labels.csv. docs/accuracy.md says what it must hold.", file=sys.stderr)
        return 2
    print(run(given.corpus, given.html, given.measured, given.workers))
    print(f"\nThe page with every wrong picture: {given.html}")
    return 0
