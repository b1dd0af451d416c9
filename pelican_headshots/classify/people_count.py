"""The number of people in a picture: exact, or None if that is not sure."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp

from ..values.geometry import Value

MAX_COUNT = 2
"""Largest number that is said. One more stands for all larger numbers: how many they are is never sure."""


class CountTerm(Value, frozen=True, array_like=True):
    """One feature: the value used when it was not measured, its mean and scale, and a weight for each number of people."""

    fill_value: float
    mean: float
    standard_deviation: float
    weights: tuple[float, ...]


class PeopleCountModel(Value, frozen=True):
    """Log odds of 0, 1, 2 and more people. A number is said from its threshold of probability on."""

    terms: dict[str, CountTerm]
    biases: tuple[float, ...]
    thresholds: tuple[float, ...]

    def predict_probabilities(self, features: Mapping[str, float]) -> list[float]:
        """Return the probabilities of 0, 1, 2 and more people."""
        totals = list(self.biases)
        for name, term in self.terms.items():
            scaled = (features.get(name, term.fill_value) - term.mean) / term.standard_deviation
            scaled = max(-4.0, min(4.0, scaled))
            totals = [total + weight * scaled for total, weight in zip(totals, term.weights, strict=True)]
        odds = [exp(total - max(totals)) for total in totals]
        return [each / sum(odds) for each in odds]

    def count_people(self, features: Mapping[str, float]) -> int | None:
        """Return the number of people, or None if it is not sure or more than `MAX_COUNT`."""
        probabilities = self.predict_probabilities(features)
        count = probabilities.index(max(probabilities))
        return count if count <= MAX_COUNT and probabilities[count] >= self.thresholds[count] else None
