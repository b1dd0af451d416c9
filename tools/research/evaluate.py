"""Measure how well photos are classified, on a labeled corpus.

A corpus is a folder of pictures with a `labels.csv`. It has the columns `file` and `label` (headshot, portrait, other), and
optionally `source_repo`, `train`, `depiction`, `hard`, `bw`, `light`, `facing`, `scale`, `n_people` and `notes`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pelican_headshots.classify.people_count import MAX_COUNT

from . import metrics, predictions
from .corpus import (
    LABELS,
    Sample,
    is_clear,
    is_counted,
    is_headline,
    is_trainable,
    list_trainable_files,
    load_copies,
    load_samples,
    split_by_likeness,
    split_into_folds,
)
from .fitting import get_people_count
from .html_report import build_page
from .measure_corpus import measure_pictures
from .metrics import Pair
from .predictions import Prediction

MIN_FITTED_PICTURES = 200
"""Least number of pictures on which weights are fitted."""
HELD_OUT = (
    "Every picture was classified by weights fitted without its source: none of them was fitted on the picture, or on "
    "one from the same source."
)
SHIPPED = (
    "Classified by the weights that ship. Results on pictures they were fitted on (train = y) are too good: with "
    f"{MIN_FITTED_PICTURES} of those or more, every picture is classified by weights fitted without its source."
)


SPLITS: dict[str, Callable[[Sequence[Sample]], NDArray[np.int64]]] = {
    "by source": lambda samples: split_into_folds([sample.source for sample in samples], 12),
    "by source, another split": lambda samples: split_into_folds([sample.source for sample in samples], 12, 2),
    "by likeness, things": lambda samples: split_by_likeness(samples, ("things",), 8, 0),
    "by likeness, scene and outline": lambda samples: split_by_likeness(samples, ("scene", "outline"), 8, 1),
}
"""Name of a split → the fold of each sample. All figures are of the first, unless a line names another."""


def run(
    corpus: Path,
    out_html: Path,
    measured: Path | None = None,
    *,
    workers: int = 2,
    series: Sequence[str] = (),
    has_all_splits: bool = False,
) -> str:
    """Classify *corpus*, write the HTML page, and return the table as text.

    Args:
        corpus: A folder of pictures with a labels.csv.
        out_html: The page to write.
        measured: What `measure_corpus` wrote; without it, the pictures are analyzed now.
        workers: Processes that analyze and fit.
        series: First letters of file names, such as `cd`: their pictures are reported separately.
        has_all_splits: Whether the other splits are evaluated too.

    Raises:
        OSError: There is no labels.csv.
    """
    fitted = list_trainable_files(corpus)
    can_fit = len(fitted) >= MIN_FITTED_PICTURES
    found: dict[str, Any] = (
        json.loads(measured.read_text(encoding="utf-8"))
        if measured
        else measure_pictures(corpus, workers, fitted if can_fit else ())
    )
    samples, copies = load_samples(corpus, found), load_copies(corpus, found)
    if can_fit:
        fold = SPLITS["by source"](samples)
        fold_by_source = dict(zip((sample.source for sample in samples), fold, strict=True))
        trainable = [is_trainable(sample.label_row) for sample in samples] + [False] * len(copies)
        predicted = predictions.classify_held_out(
            [*samples, *copies],
            trainable,
            np.array([*fold, *(fold_by_source[sample.source] for sample in copies)]),
            workers,
        )
    else:
        shipped = predictions.load_shipped_model()
        predicted = [predictions.classify_sample(sample, shipped) for sample in (*samples, *copies)]
    predicted, predicted_copies = predicted[: len(samples)], predicted[len(samples) :]
    pairs = [pair for pair in zip(samples, predicted, strict=True) if is_headline(pair[0])]
    uncounted = {
        "depictions (not counted above)": [
            pair for pair in zip(samples, predicted, strict=True)
            if pair[0].label >= 0 and not pair[0].label_row["variant"] and not is_headline(pair[0])
        ]
    }  # fmt: skip
    how = HELD_OUT if can_fit else SHIPPED
    out_html.write_text(build_page(f"{len(pairs)} classified photos", how, pairs, uncounted, corpus), encoding="utf-8")
    by_split = {next(iter(SPLITS)): pairs}
    if can_fit and has_all_splits:
        trainable = [is_trainable(sample.label_row) for sample in samples]
        for name, split in list(SPLITS.items())[1:]:
            found_pairs = zip(
                samples, predictions.classify_held_out(samples, trainable, split(samples), workers), strict=True
            )
            by_split[name] = [pair for pair in found_pairs if is_headline(pair[0])]
    lines = [how, ""]
    lines += [f"{name:34} {metrics.format_figure(value)}" for name, value in metrics.summary(pairs).items()]
    lines += ["", f"{'label ↓, classified as →':24}" + "".join(f"{name:>10}" for name in LABELS)]
    lines += [
        f"{LABELS[i]:24}" + "".join(f"{count:10}" for count in line) for i, line in enumerate(metrics.confusion(pairs))
    ]
    lines += ["", f"{'':34}{'pictures':>9}{'macro-F1':>9}{'accuracy':>10}{'share sure':>12}{'accuracy of sure':>18}"]
    for name, part in {**metrics.groups(pairs), **{k: v for k, v in uncounted.items() if v}}.items():
        s = metrics.summary(part)
        lines.append(
            f"{name:34}{s['pictures']:9.0f}{s['macro-F1']:9.3f}{s['accuracy']:10.3f}{s['share sure']:12.3f}"
            f"{s['accuracy of sure']:18.3f}"
        )
    lines += _format_splits(by_split, series) if can_fit else []
    lines += _format_people_counts([pair for pair in zip(samples, predicted, strict=True) if is_counted(pair[0])])
    either = [(r, v) for r, v in zip(samples, predicted, strict=True) if r.label < 0 and r.label_row.get("label_alt")]
    if either:
        good = sum(LABELS[v.chosen] in r.label_row["label_alt"] for r, v in either)
        lines.append(f"{'ambiguous (either label counts)':34}{len(either):9}{'':9}{good / len(either):10.3f}")
    lines += _format_agreement(
        metrics.pair_with_copies(
            list(zip(samples, predicted, strict=True)), list(zip(copies, predicted_copies, strict=True))
        )
    )
    return "\n".join(lines)


def _format_splits(by_split: Mapping[str, Sequence[Pair]], series: Sequence[str]) -> list[str]:
    """Return a line for each split and series."""
    columns = ("macro-F1", "accuracy", "log loss", "expected calibration error", "share sure", "accuracy of sure",
               "headshot precision of sure")  # fmt: skip
    heads = ("pictures", "macro-F1", "accuracy", "log loss", "ECE", "sure", "acc. sure", "headshots")
    lines = ["", f"{'':44}" + "".join(f"{head:>10}" for head in heads)]
    for name, pairs in by_split.items():
        parts = {"": list(pairs)} | {
            f", {letters}": [p for p in pairs if p[0].file[0] in letters] for letters in series
        }
        for suffix, part in parts.items():
            figures = metrics.summary(part)
            row = "".join(f"{figures[column]:10.3f}" for column in columns)
            lines.append(f"{name + suffix:44}{len(part):10}{row}")
    return lines


def _format_people_counts(pairs: Sequence[Pair]) -> list[str]:
    """Return how often the number of people is said and right, and how often one person is told of somebody else."""
    if not pairs:
        return []
    labeled = [(get_people_count(sample.label_row), predicted.people_count) for sample, predicted in pairs]
    few = [said for label, said in labeled if label is not None and label <= MAX_COUNT]
    said = [(label, count) for label, count in labeled if count is not None]
    ones = [count for label, count in labeled if label == 1]
    figures = {
        "number of people: right where said": sum(label == count for label, count in said) / max(len(said), 1),
        "said of up to two people": sum(count is not None for count in few) / max(len(few), 1),
        "one person counted as more": sum((count or 0) > 1 for count in ones) / max(len(ones), 1),
    }
    return ["", *(f"{name:44}{value:10.3f}" for name, value in figures.items())]


def _format_agreement(copies: Mapping[str, Sequence[tuple[Prediction, Prediction, Sample]]]) -> list[str]:
    """Return lines that say how many copies keep their kind: all, with one clear label, of sure predictions."""
    lines = ["", f"{'same kind when altered':34}{'pictures':>9}{'all':>9}{'clear':>7}{'sure':>9}"] if copies else []
    for how, both in copies.items():
        plain = [either for either in both if is_clear(either[2].label_row)]
        sure = [either for either in both if either[0].is_sure]
        shares = (metrics.compute_agreement(both), metrics.compute_agreement(plain), metrics.compute_agreement(sure))
        lines.append(f"{how:34}{len(both):9}{shares[0]:9.3f}{shares[1]:7.3f}{shares[2]:9.3f}")
    return lines


def main(arguments: Sequence[str]) -> int:
    """Return 0, or 2 if the corpus has no labels.csv. Raises ModelError if models are missing."""
    parser = argparse.ArgumentParser(prog="evaluate", description=__doc__)
    parser.add_argument("corpus", metavar="CORPUS", type=Path, help="a folder of photos with a labels.csv")
    parser.add_argument("--html", type=Path, default=Path("evaluation.html"), help="page to write (evaluation.html)")
    parser.add_argument("--measured", type=Path, help="what measure_corpus wrote, so that nothing is analyzed again")
    parser.add_argument("--workers", type=int, default=2, help="processes that analyze and fit (2)")
    parser.add_argument("--series", nargs="*", default=(), help="first letters of file names that are reported apart")
    parser.add_argument(
        "--all-splits", action="store_true", help="also keep sources apart in another way, and look-alikes"
    )
    args = parser.parse_args(arguments)
    if not (args.corpus / "labels.csv").is_file():
        print(f"{args.corpus} has no labels.csv. docs/accuracy.md describes it.", file=sys.stderr)
        return 2
    result = run(
        args.corpus, args.html, args.measured, workers=args.workers, series=args.series, has_all_splits=args.all_splits
    )
    print(result)
    print(f"\nPage with every misclassified picture: {args.html}")
    return 0
