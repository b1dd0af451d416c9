"""What is said of labelled pictures: by the weights that ship, or by weights that never met their source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pelican_headshots.analysis.features.embeddings import load_probes
from pelican_headshots.classify.classifier import choose_kind_index, classify, compute_probabilities, load_weights

from .corpus import Sample
from .fitting import FittedModel, fit


@dataclass
class Verdict:
    """What was said of one row: the chance of each kind, which was chosen, whether it was sure, and why."""

    probabilities: list[float]
    chosen: int
    is_sure: bool
    reasons: tuple[str, ...]

    @property
    def confidence(self) -> float:
        return self.probabilities[self.chosen]


def load_shipped_model() -> FittedModel:
    """The package's own weights and senses."""
    return FittedModel(
        load_weights(),
        {name: (np.asarray(direction, np.float64), offset) for name, (direction, offset) in load_probes().items()},
    )


def classify_sample(row: Sample, fitted: FittedModel) -> Verdict:
    analysis = fitted.analysis(row)
    chances, _ = compute_probabilities(analysis, fitted.weights)
    chosen = choose_kind_index(chances)
    return Verdict(
        chances,
        chosen,
        chances[chosen] >= fitted.weights.confidence_threshold,
        classify(analysis, model=fitted.weights).reasons,
    )


def classify_held_out(given: Sequence[Sample], trainable: Sequence[bool], fold: NDArray[np.int64]) -> list[Verdict]:
    """Every row judged by weights that met nothing of its *fold*, fitted on the *trainable* rows of the others."""
    found: dict[int, Verdict] = {}
    for k in sorted(set(fold.tolist())):
        fitted = fit([row for i, row in enumerate(given) if fold[i] != k and trainable[i]])
        found.update({i: classify_sample(given[i], fitted) for i in map(int, np.flatnonzero(fold == k))})
    return [found[i] for i in range(len(given))]
