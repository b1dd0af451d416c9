"""Classify labeled pictures by the weights that ship, or by weights fitted without their source."""

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
class Prediction:
    """The classification of a sample: probability and index by `corpus.LABELS`, whether it is sure, and the reasons."""

    probabilities: list[float]
    chosen: int
    is_sure: bool
    reasons: tuple[str, ...]

    @property
    def confidence(self) -> float:
        """The probability of the chosen kind."""
        return self.probabilities[self.chosen]


def load_shipped_model() -> FittedModel:
    """Return the weights and probes of the package."""
    return FittedModel(
        load_weights(),
        {name: (np.asarray(direction, np.float64), offset) for name, (direction, offset) in load_probes().items()},
    )


def classify_sample(sample: Sample, fitted: FittedModel) -> Prediction:
    """Return the classification of *sample* by *fitted*."""
    analysis = fitted.analysis(sample)
    probabilities, _ = compute_probabilities(analysis, fitted.weights)
    chosen = choose_kind_index(probabilities)
    return Prediction(
        probabilities,
        chosen,
        probabilities[chosen] >= fitted.weights.confidence_threshold,
        classify(analysis, model=fitted.weights).reasons,
    )


def classify_held_out(
    samples: Sequence[Sample], trainable: Sequence[bool], fold: NDArray[np.int64]
) -> list[Prediction]:
    """Classify each sample by weights fitted on the *trainable* samples of the other folds."""
    predictions: dict[int, Prediction] = {}
    for k in sorted(set(fold.tolist())):
        fitted = fit([sample for i, sample in enumerate(samples) if fold[i] != k and trainable[i]])
        predictions.update({i: classify_sample(samples[i], fitted) for i in map(int, np.flatnonzero(fold == k))})
    return [predictions[i] for i in range(len(samples))]
