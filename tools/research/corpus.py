"""A corpus' labelled pictures, measured, and how they are kept apart."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pelican_headshots.adapters.measuring.senses import INNER

from .measure_corpus import COPIES, VARIANTS

LABELS = ("headshot", "portrait", "other")
Numbers = NDArray[np.float64]


@dataclass
class Row:
    """A labelled picture: its measurements (no senses yet), the number of its label, where it came from."""

    file: str
    features: dict[str, float]
    inner: dict[str, Numbers]
    """The inner maps that senses read, `senses.INNER`."""
    label: int
    source: str
    faces: int
    about: dict[str, str]


def rows(corpus: Path, measured: dict[str, Any]) -> list[Row]:
    """Every row of *corpus*/labels.csv that was measured, its variants after it. An ambiguous one has the label -1."""
    found = _rows(corpus, measured, VARIANTS)
    return [row for row in found if not row.about["variant"] or trainable(row.about)]


def copies(corpus: Path, measured: dict[str, Any]) -> list[Row]:
    """The copies of them that were measured; each one's `variant` is the name it has in `measure_corpus.COPIES`."""
    return _rows(corpus, measured, COPIES)


def _rows(corpus: Path, measured: dict[str, Any], variants: Sequence[str]) -> list[Row]:
    found = []
    with (corpus / "labels.csv").open(encoding="utf-8", newline="") as file:
        for about in csv.DictReader(file):
            for variant in variants:
                seen = measured.get(f"{about['file']}|{variant}" if variant else about["file"])
                if seen is None:
                    continue
                found.append(
                    Row(
                        about["file"],
                        seen["features"],
                        {name: np.array(seen[name]) for name in INNER},
                        LABELS.index(about["label"]) if about["label"] in LABELS else -1,
                        about.get("source_repo") or about["file"],
                        seen["faces"],
                        {**about, "variant": variant},
                    )
                )
    return found


def headline(row: Row) -> bool:
    """Whether a row counts in the headline figures: one clear label, no picture of a picture, no variant."""
    return clear(row.about) and not row.about.get("variant")


def clear(about: Mapping[str, str]) -> bool:
    """Whether a picture of which labels.csv says *about* has one clear label and is no picture of a picture."""
    return about.get("label") in LABELS and about.get("depiction", "n") == "n"


def trainable(about: Mapping[str, str]) -> bool:
    """Whether weights that ship may be fitted on it."""
    return clear(about) and about.get("train", "n") == "y"


def to_fit_on(corpus: Path) -> set[str]:
    """Names of the pictures of *corpus* that weights may be fitted on."""
    with (corpus / "labels.csv").open(encoding="utf-8", newline="") as file:
        return {about["file"] for about in csv.DictReader(file) if trainable(about)}


def folds(sources: Sequence[str], count: int, seed: int = 0) -> NDArray[np.int64]:
    """A fold for each row, every source in one fold, folds of about equal size."""
    random = np.random.RandomState(seed)
    names, sizes = np.unique(list(sources), return_counts=True)
    load, place = np.zeros(count), {}
    for i in np.argsort(-(sizes + random.rand(len(names)) * 8)):
        place[names[i]] = int(load.argmin())
        load[place[names[i]]] += sizes[i]
    return np.array([place[source] for source in sources])
