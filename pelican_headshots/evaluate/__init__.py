"""How well photographs are told apart, on a corpus that somebody labelled.

A corpus is a folder of pictures and a `labels.csv` with the columns `file` and `label` (headshot, portrait, other), and
as many of `source_repo`, `train`, `depiction`, `hard`, `bw`, `light`, `facing`, `scale`, `n_people`, `notes` as there are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .rows import Row
    from .verdicts import Verdict

HELD_OUT = (
    "Every picture was judged by weights fitted anew without its source: no verdict here is on a picture, or a "
    "neighbour of one, that its weights had met."
)
SHIPPED = (
    "Judged by the weights that ship. Pictures they were fitted on (train = y) flatter them: install scikit-learn "
    "(pip install pelican-headshots[fit]) to have every picture judged by weights that never met its source."
)


def run(corpus: Path, out_html: Path, measured: Path | None = None, workers: int = 2) -> str:
    """Measure *corpus* (or read *measured*, from `scripts/measure_corpus.py`), judge it, write the page to *out_html*.

    Gives the table as text. Raises OSError where there is no labels.csv.
    """
    import numpy as np

    from . import figures, verdicts
    from . import rows as labelled
    from .measure import measured_corpus
    from .page import page

    fitted = labelled.to_fit_on(corpus)
    can_fit = find_spec("sklearn") is not None and len(fitted) >= 200
    found: dict[str, Any] = (
        json.loads(measured.read_text(encoding="utf-8"))
        if measured
        else measured_corpus(corpus, workers, fitted if can_fit else ())
    )
    rows, copies = labelled.rows(corpus, found), labelled.copies(corpus, found)
    if can_fit:
        fold = labelled.folds([row.source for row in rows], 12)
        of = dict(zip((row.source for row in rows), fold, strict=True))
        trainable = [labelled.trainable(row.about) for row in rows] + [False] * len(copies)
        said = verdicts.held_out([*rows, *copies], trainable, np.array([*fold, *(of[row.source] for row in copies)]))
    else:
        shipped = verdicts.shipped()
        said = [verdicts.verdict(row, shipped) for row in (*rows, *copies)]
    said, of_copies = said[: len(rows)], said[len(rows) :]
    pairs = [pair for pair in zip(rows, said, strict=True) if labelled.headline(pair[0])]
    apart = {
        "depictions (not counted above)": [
            pair for pair in zip(rows, said, strict=True)
            if pair[0].label >= 0 and not pair[0].about["variant"] and not labelled.headline(pair[0])
        ]
    }  # fmt: skip
    how = HELD_OUT if can_fit else SHIPPED
    out_html.write_text(page(f"{len(pairs)} photographs told apart", how, pairs, apart, corpus), encoding="utf-8")
    lines = [how, ""]
    lines += [f"{name:34} {figures.shown(value)}" for name, value in figures.summary(pairs).items()]
    lines += ["", f"{'labelled, judged →':24}" + "".join(f"{name:>10}" for name in labelled.LABELS)]
    lines += [
        f"{labelled.LABELS[i]:24}" + "".join(f"{count:10}" for count in line)
        for i, line in enumerate(figures.confusion(pairs))
    ]
    lines += ["", f"{'':34}{'pictures':>9}{'macro-F1':>9}{'right':>7}{'sure of':>9}{'right, of the sure':>20}"]
    for name, part in {**figures.groups(pairs), **{k: v for k, v in apart.items() if v}}.items():
        s = figures.summary(part)
        lines.append(
            f"{name:34}{s['pictures']:9.0f}{s['macro-F1']:9.3f}{s['right']:7.3f}{s['sure of']:9.3f}"
            f"{s['right, of the sure']:20.3f}"
        )
    either = [(r, v) for r, v in zip(rows, said, strict=True) if r.label < 0 and r.about.get("label_alt")]
    if either:
        good = sum(labelled.LABELS[v.chosen] in r.about["label_alt"] for r, v in either)
        lines.append(f"{'ambiguous (either label counts)':34}{len(either):9}{'':9}{good / len(either):7.3f}")
    lines += _altered(figures.kept(list(zip(rows, said, strict=True)), list(zip(copies, of_copies, strict=True))))
    return "\n".join(lines)


def _altered(copies: Mapping[str, Sequence[tuple[Verdict, Verdict, Row]]]) -> list[str]:
    """Lines that say how many pictures keep their kind: all, those with one clear label, those that it was sure of."""
    from .figures import same
    from .rows import clear

    lines = (
        ["", f"{'the same kind when altered':34}{'pictures':>9}{'all':>9}{'clear':>7}{'sure of':>9}"] if copies else []
    )
    for how, both in copies.items():
        plain = [either for either in both if clear(either[2].about)]
        certain = [either for either in both if either[0].sure]
        lines.append(f"{how:34}{len(both):9}{same(both):9.3f}{same(plain):7.3f}{same(certain):9.3f}")
    return lines
