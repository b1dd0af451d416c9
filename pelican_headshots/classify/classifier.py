"""From measurements to a verdict: a small fitted model, read from `weights.json`, whose reasons can be told.

Two questions: is somebody in the picture, and if so, does it meet what a headshot must be? The first is a weighted sum.
The second is the mean of two opinions: a weighted sum of how far it departs from headshots criterion by criterion, and a
forest of randomised trees over the measurements and their departures. Both answers are calibrated to be right as often as
they say.

Pure and light: no numpy, no picture; the weights are its constants. `tools/research/fit_judge.py` makes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import exp, log
from pathlib import Path

import msgspec

from ..values.analysis import Analysis
from ..values.classification import Classification, PhotoKind
from ..values.geometry import Value
from .criteria import CRITERIA, Threshold, compute_deviations, find_worst_by_criterion, summarize_deviations
from .explanations import explain_classification
from .forest import Forest
from .shot_scale import classify_shot_scale, classify_tonal_key

KIND_ORDER = (PhotoKind.HEADSHOT, PhotoKind.PORTRAIT, PhotoKind.NO_PERSON)


class Coefficient(Value, frozen=True, array_like=True):
    """One term of a weighted sum: what it counts as where it could not be measured, its scale, its weight."""

    fill_value: float
    mean: float
    standard_deviation: float
    weight: float


class LogisticModel(Value, frozen=True):
    """A logistic model."""

    coefficients: dict[str, Coefficient]
    bias: float

    def predict_log_odds(self, values: dict[str, float]) -> float:
        """Log odds."""
        total = self.bias
        for name, coefficient in self.coefficients.items():
            scaled = (values.get(name, coefficient.fill_value) - coefficient.mean) / coefficient.standard_deviation
            total += coefficient.weight * max(-4.0, min(4.0, scaled))
        return total


class Calibration(Value, frozen=True, array_like=True):
    """Log odds are stretched and moved so that confidence means frequency (Platt)."""

    slope: float
    intercept: float

    def __call__(self, log_odds: float) -> float:
        return self.slope * log_odds + self.intercept


class ClassifierWeights(Value, frozen=True):
    """The fitted model. *sure* is the confidence from which a verdict needs no question."""

    person_model: LogisticModel
    thresholds: dict[str, Threshold]
    criteria_model: LogisticModel
    forest: Forest
    person_calibration: Calibration
    headshot_calibration: Calibration
    confidence_threshold: float


@cache
def load_weights() -> ClassifierWeights:
    """The package's own."""
    return msgspec.json.decode(Path(__file__).with_name("weights.json").read_bytes(), type=ClassifierWeights)


def classify(analysis: Analysis, headshot_bias: float = 0.0, model: ClassifierWeights | None = None) -> Classification:
    """What *analysis* makes a picture.

    *lean* shifts what may stand on a team page, in log odds: positive asks more of a headshot, negative less; 1 turns
    even odds into 27 %. It moves the verdict and its confidence alike. *model* is the package's own unless given.
    """
    model = model or load_weights()
    probabilities, worst_by_criterion = compute_probabilities(analysis, model, headshot_bias)
    kind_index = choose_kind_index(probabilities)
    return Classification(
        kind=KIND_ORDER[kind_index],
        confidence=round(probabilities[kind_index], 3),
        is_unsure=probabilities[kind_index] < model.confidence_threshold,
        reasons=explain_classification(KIND_ORDER[kind_index], analysis, worst_by_criterion),
        shot_scale=None if KIND_ORDER[kind_index] is PhotoKind.NO_PERSON else classify_shot_scale(analysis),
        tonal_key=classify_tonal_key(analysis),
    )


def choose_kind_index(probabilities: Sequence[float]) -> int:
    """Which of `KINDS`: first whether somebody is there, then whether it is a headshot."""
    return 2 if probabilities[2] > 0.5 else int(probabilities[1] >= probabilities[0])


def compute_probabilities(
    analysis: Analysis, model: ClassifierWeights, headshot_bias: float = 0.0
) -> tuple[list[float], dict[str, tuple[float, str]]]:
    """The chance of each of `KINDS`, and the departures from a headshot by criterion."""
    features = analysis.features
    log_odds, worst_by_criterion, contributions = predict_headshot_log_odds(features, model)
    headshot_probability = sigmoid(model.headshot_calibration(log_odds) - headshot_bias)
    person_probability = sigmoid(model.person_calibration(model.person_model.predict_log_odds(features)))
    return [
        person_probability * headshot_probability,
        person_probability * (1 - headshot_probability),
        1 - person_probability,
    ], _add_forest_contributions(worst_by_criterion, contributions)


def predict_headshot_log_odds(
    features: dict[str, float], model: ClassifierWeights
) -> tuple[float, dict[str, tuple[float, str]], dict[str, float]]:
    """Log odds of a headshot before calibration, the departures, and what each value added in the forest."""
    deviations = compute_deviations(features, model.thresholds)
    worst_by_criterion = find_worst_by_criterion(deviations)
    values = {**features, **deviations, **summarize_deviations(worst_by_criterion)}
    forest_probability, contributions = model.forest.predict(values)
    return (
        logit((sigmoid(model.criteria_model.predict_log_odds(values)) + forest_probability) / 2),
        worst_by_criterion,
        contributions,
    )


def _add_forest_contributions(
    worst_by_criterion: dict[str, tuple[float, str]], contributions: dict[str, float]
) -> dict[str, tuple[float, str]]:
    """Departures, with what the forest holds against the picture (a quarter of a chance weighs like one departure)."""
    adjusted = {}
    for criterion, (deviation, feature) in worst_by_criterion.items():
        names = {name for signed in CRITERIA[criterion] for name in (signed, signed[1:])}
        adjusted[criterion] = (deviation - 4.0 * sum(contributions.get(name, 0.0) for name in names), feature)
    return adjusted


def sigmoid(log_odds: float) -> float:
    """Log odds as a chance."""
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, log_odds))))


def logit(probability: float) -> float:
    """A chance as log odds."""
    probability = max(1e-4, min(1 - 1e-4, probability))
    return log(probability / (1 - probability))
