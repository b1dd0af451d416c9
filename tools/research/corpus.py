"""A corpus' labelled pictures, measured, and how they are kept apart."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pelican_headshots.analysis.features.embeddings import EMBEDDING_NAMES

from .measure_corpus import COPIES, VARIANTS

LABELS = ("headshot", "portrait", "other")
Numbers = NDArray[np.float64]


@dataclass
class Sample:
    """A labelled picture: its measurements (no senses yet), the number of its label, where it came from."""

    file: str
    features: dict[str, float]
    inner_maps: dict[str, Numbers]
    """The inner maps that senses read, `senses.INNER`."""
    label: int
    source: str
    faces: int
    label_row: dict[str, str]


def load_samples(corpus: Path, measured: dict[str, Any]) -> list[Sample]:
    """Every row of *corpus*/labels.csv that was measured, its variants after it. An ambiguous one has the label -1."""
    found = _load_variants(corpus, measured, VARIANTS)
    return [row for row in found if not row.label_row["variant"] or is_trainable(row.label_row)]


def load_copies(corpus: Path, measured: dict[str, Any]) -> list[Sample]:
    """The copies of them that were measured; each one's `variant` is the name it has in `measure_corpus.COPIES`."""
    return _load_variants(corpus, measured, COPIES)


def _load_variants(corpus: Path, measured: dict[str, Any], variants: Sequence[str]) -> list[Sample]:
    found = []
    with (corpus / "labels.csv").open(encoding="utf-8", newline="") as file:
        for about in csv.DictReader(file):
            for variant in variants:
                seen = measured.get(f"{about['file']}|{variant}" if variant else about["file"])
                if seen is None:
                    continue
                found.append(
                    Sample(
                        about["file"],
                        seen["features"],
                        {name: np.array(seen[name]) for name in EMBEDDING_NAMES},
                        LABELS.index(about["label"]) if about["label"] in LABELS else -1,
                        about.get("source_repo") or about["file"],
                        seen["faces"],
                        {**about, "variant": variant},
                    )
                )
    return found


def is_headline(row: Sample) -> bool:
    """Whether a row counts in the headline figures: one clear label, no picture of a picture, no variant."""
    return is_clear(row.label_row) and not row.label_row.get("variant")


def is_clear(about: Mapping[str, str]) -> bool:
    """Whether a picture of which labels.csv says *about* has one clear label and is no picture of a picture."""
    return about.get("label") in LABELS and about.get("depiction", "n") == "n"


def is_trainable(about: Mapping[str, str]) -> bool:
    """Whether weights that ship may be fitted on it."""
    return is_clear(about) and about.get("train", "n") == "y"


def list_trainable_files(corpus: Path) -> set[str]:
    """Names of the pictures of *corpus* that weights may be fitted on."""
    with (corpus / "labels.csv").open(encoding="utf-8", newline="") as file:
        return {about["file"] for about in csv.DictReader(file) if is_trainable(about)}


def folds(sources: Sequence[str], count: int, seed: int = 0) -> NDArray[np.int64]:
    """A fold for each row, every source in one fold, folds of about equal size."""
    random = np.random.RandomState(seed)
    names, sizes = np.unique(list(sources), return_counts=True)
    load, place = np.zeros(count), {}
    for i in np.argsort(-(sizes + random.rand(len(names)) * 8)):
        place[names[i]] = int(load.argmin())
        load[place[names[i]]] += sizes[i]
    return np.array([place[source] for source in sources])
