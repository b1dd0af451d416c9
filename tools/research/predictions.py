"""Classify labeled pictures by the weights that ship, or by weights fitted without their source."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
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
    people_count: int | None = None
    """The number of people, or None if it is not sure."""

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
    classification = classify(analysis, model=fitted.weights)
    return Prediction(
        probabilities,
        chosen,
        probabilities[chosen] >= fitted.weights.confidence_threshold,
        classification.reasons,
        classification.people_count,
    )


def classify_held_out(
    samples: Sequence[Sample], trainable: Sequence[bool], fold: NDArray[np.int64], workers: int = 1
) -> list[Prediction]:
    """Classify each sample by weights fitted on the *trainable* samples of the other folds."""
    jobs = []
    for k in sorted(set(fold.tolist())):
        training = [sample for i, sample in enumerate(samples) if fold[i] != k and trainable[i]]
        jobs.append((training, [samples[int(i)] for i in np.flatnonzero(fold == k)]))
    if workers == 1:
        done = [_classify_fold(*job) for job in jobs]
    else:
        with ProcessPoolExecutor(workers) as pool:
            done = list(pool.map(_classify_fold, *zip(*jobs, strict=True)))
    predictions: dict[int, Prediction] = {}
    for k, found in zip(sorted(set(fold.tolist())), done, strict=True):
        predictions.update(zip(map(int, np.flatnonzero(fold == k)), found, strict=True))
    return [predictions[i] for i in range(len(samples))]


def _classify_fold(training: Sequence[Sample], held_out: Sequence[Sample]) -> list[Prediction]:
    fitted = fit(training)
    return [classify_sample(sample, fitted) for sample in held_out]
