"""The labeled pictures of a corpus with their features, and how they are split into folds."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from pelican_headshots.analysis.features.embeddings import EMBEDDING_NAMES
from pelican_headshots.values.analysis import Analysis

from .measure_corpus import COPIES, VARIANTS

LABELS = ("headshot", "portrait", "other")
Numbers = NDArray[np.float64]
LIKENESS_DIMENSIONS = 30
"""Principal components of the embeddings by which pictures are grouped."""


@dataclass
class Sample:
    """A labeled picture: its features (without those of probes), the index of its label in `LABELS`, and its source."""

    file: str
    features: dict[str, float]
    embeddings: dict[str, Numbers]
    """By the names in `EMBEDDING_NAMES`."""
    label: int
    source: str
    faces: int
    label_row: dict[str, str]
    seen: Analysis | None = None
    """Everything else that was measured, without features: the positions of faces and objects."""


def load_samples(corpus: Path, measured: dict[str, Any]) -> list[Sample]:
    """Return the measured rows of *corpus*/labels.csv and their variants. Ambiguous ones have the label -1."""
    found = _load_variants(corpus, measured, VARIANTS)
    return [sample for sample in found if not sample.label_row["variant"] or is_trainable(sample.label_row)]


def load_copies(corpus: Path, measured: dict[str, Any]) -> list[Sample]:
    """Return the samples of measured copies. Their `variant` is the name in `measure_corpus.COPIES`."""
    return _load_variants(corpus, measured, COPIES)


def _load_variants(corpus: Path, measured: dict[str, Any], variants: Sequence[str]) -> list[Sample]:
    found = []
    with (corpus / "labels.csv").open(encoding="utf-8", newline="") as file:
        for label_row in csv.DictReader(file):
            for variant in variants:
                seen = measured.get(f"{label_row['file']}|{variant}" if variant else label_row["file"])
                if seen is None:
                    continue
                found.append(
                    Sample(
                        label_row["file"],
                        seen["features"],
                        {name: np.array(seen[name]) for name in EMBEDDING_NAMES},
                        LABELS.index(label_row["label"]) if label_row["label"] in LABELS else -1,
                        label_row.get("source_repo") or label_row["file"],
                        seen["faces"],
                        {**label_row, "variant": variant},
                        msgspec.convert(seen["seen"], Analysis) if "seen" in seen else None,
                    )
                )
    return found


def is_headline(sample: Sample) -> bool:
    """Return whether a sample counts in the headline figures: one clear label, no depiction, no variant."""
    return is_clear(sample.label_row) and not sample.label_row.get("variant")


def is_counted(sample: Sample) -> bool:
    """Return whether a sample counts in the figures about the number of people: no depiction, no variant."""
    row = sample.label_row
    return row.get("depiction", "n") == "n" and not row.get("variant") and bool(row.get("n_people"))


def is_clear(label_row: Mapping[str, str]) -> bool:
    """Return whether a row of labels.csv has one clear label and is not a depiction (a painting or a statue)."""
    return label_row.get("label") in LABELS and label_row.get("depiction", "n") == "n"


def is_trainable(label_row: Mapping[str, str]) -> bool:
    """Return whether weights that ship may be fitted on this picture."""
    return is_clear(label_row) and label_row.get("train", "n") == "y"


def list_trainable_files(corpus: Path) -> set[str]:
    """Return the names of the pictures of *corpus* that weights may be fitted on."""
    with (corpus / "labels.csv").open(encoding="utf-8", newline="") as file:
        return {label_row["file"] for label_row in csv.DictReader(file) if is_trainable(label_row)}


def split_into_folds(sources: Sequence[str], count: int, seed: int = 0) -> NDArray[np.int64]:
    """Return a fold for each row. All rows of a source are in one fold, and folds are about equally large."""
    random = np.random.RandomState(seed)
    names, sizes = np.unique(list(sources), return_counts=True)
    load, fold_by_name = np.zeros(count), {}
    for i in np.argsort(-(sizes + random.rand(len(names)) * 8)):
        fold_by_name[names[i]] = int(load.argmin())
        load[fold_by_name[names[i]]] += sizes[i]
    return np.array([fold_by_name[source] for source in sources])


def split_by_likeness(samples: Sequence[Sample], names: Sequence[str], count: int, seed: int = 0) -> NDArray[np.int64]:
    """Return a fold for each sample, so that pictures that look alike are in one fold, and all variants of a picture.

    The embeddings *names*, minus the mean of each label, are grouped into *count* clusters. Without subtracting the mean, a
    cluster would have little but one label.
    """
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA

    pictures: dict[str, Sample] = {}
    for sample in samples:
        if sample.file not in pictures or not sample.label_row.get("variant"):
            pictures[sample.file] = sample
    values = np.stack([np.concatenate([each.embeddings[name] for name in names]) for each in pictures.values()])
    values = (values - values.mean(axis=0)) / (values.std(axis=0) + 1e-6)
    labels = np.array([each.label for each in pictures.values()])
    for label in set(labels.tolist()):
        values[labels == label] -= values[labels == label].mean(axis=0)
    reduced = PCA(min(LIKENESS_DIMENSIONS, *values.shape), random_state=seed, svd_solver="full").fit_transform(values)
    clusters = KMeans(count, n_init=10, random_state=seed).fit_predict(reduced)
    fold_by_file = dict(zip(pictures, clusters.tolist(), strict=True))
    return np.array([fold_by_file[sample.file] for sample in samples])
