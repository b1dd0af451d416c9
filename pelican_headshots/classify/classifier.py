"""Classify an `Analysis` with a small fitted model, read from `weights.json`.

The model answers two questions: is a person in the picture, and if so, does it meet the criteria of a headshot? The first
answer comes from a logistic model. The second is the mean of two models: a logistic model of the deviations from
headshots, criterion by criterion, and a forest of randomized trees over the features and their deviations. Both answers
are calibrated, so that a confidence of 0.8 is right about four times in five. A third model counts the people.

`tools/research/fit_classifier.py` fits the weights. NumPy is not used here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from math import exp, log
from pathlib import Path

import msgspec

from ..values.analysis import Analysis
from ..values.classification import Classification, PhotoKind
from ..values.geometry import Value
from .criteria import (
    CRITERIA,
    HEADSHOT_PROBES,
    PERSON_READINGS,
    Threshold,
    compute_deviations,
    find_worst_by_criterion,
    summarize_deviations,
)
from .explanations import explain_classification
from .forest import Forest
from .people_count import PeopleCountModel
from .shot_scale import classify_shot_scale, classify_tonal_key

MAX_OTHER_DEVIATIONS = 8.0
"""Sum of the deviations in the other criteria above which no criterion decides alone: in a labeled corpus it is less.
Comparing it saves most of the time that finding out would take."""

KIND_ORDER = (PhotoKind.HEADSHOT, PhotoKind.PORTRAIT, PhotoKind.NO_PERSON)


class Coefficient(Value, frozen=True, array_like=True):
    """One term of a logistic model: the value used when it was not measured, its scale and its weight."""

    fill_value: float
    mean: float
    standard_deviation: float
    weight: float


class LogisticModel(Value, frozen=True):
    """A weighted sum of standardized features: the log odds of an answer."""

    coefficients: dict[str, Coefficient]
    bias: float

    def compute_contributions(self, values: dict[str, float]) -> dict[str, float]:
        """Return what each of *values*, by name, adds to the log odds."""
        contributions = {}
        for name, coefficient in self.coefficients.items():
            scaled = (values.get(name, coefficient.fill_value) - coefficient.mean) / coefficient.standard_deviation
            contributions[name] = coefficient.weight * max(-4.0, min(4.0, scaled))
        return contributions

    def predict_log_odds(self, values: dict[str, float]) -> float:
        """Return the log odds for *values*, by name."""
        return sum(self.compute_contributions(values).values(), start=self.bias)


class Calibration(Value, frozen=True, array_like=True):
    """Platt scaling: a linear function of the log odds, so that confidence matches frequency."""

    slope: float
    intercept: float

    def __call__(self, log_odds: float) -> float:
        """Return the calibrated log odds."""
        return self.slope * log_odds + self.intercept


class ClassifierWeights(Value, frozen=True):
    """The fitted model. A classification below *confidence_threshold* is unsure."""

    person_model: LogisticModel
    thresholds: dict[str, Threshold]
    criteria_model: LogisticModel
    forest: Forest
    person_calibration: Calibration
    headshot_calibration: Calibration
    confidence_threshold: float
    people_count_model: PeopleCountModel | None = None


@cache
def load_weights() -> ClassifierWeights:
    """Return the weights of this package."""
    return msgspec.json.decode(Path(__file__).with_name("weights.json").read_bytes(), type=ClassifierWeights)


def classify(analysis: Analysis, headshot_bias: float = 0.0, model: ClassifierWeights | None = None) -> Classification:
    """Return the classification of a picture.

    Args:
        analysis: What was measured in the picture.
        headshot_bias: Subtracted from the log odds of a headshot: positive asks more of a headshot, negative less. 1
            turns even odds into 27 %. It changes both the kind and its confidence.
        model: Weights to use instead of this package's own.
    """
    model = model or load_weights()
    probabilities, worst_by_criterion = compute_probabilities(analysis, model, headshot_bias)
    kind_index = choose_kind_index(probabilities)
    is_nobody = KIND_ORDER[kind_index] is PhotoKind.NO_PERSON
    people_count = model.people_count_model.count_people(analysis.features) if model.people_count_model else None
    return Classification(
        kind=KIND_ORDER[kind_index],
        confidence=round(probabilities[kind_index], 3),
        is_unsure=probabilities[kind_index] < model.confidence_threshold,
        reasons=explain_classification(
            KIND_ORDER[kind_index],
            analysis,
            worst_by_criterion,
            partial(is_criterion_decisive, analysis.features, model, headshot_bias),
            find_decisive_person_readings(analysis.features, model),
        ),
        shot_scale=None if is_nobody else classify_shot_scale(analysis),
        tonal_key=classify_tonal_key(analysis),
        people_count=people_count if (people_count == 0) == is_nobody else None,
    )


def choose_kind_index(probabilities: Sequence[float]) -> int:
    """Return the index in `KIND_ORDER`: first whether a person is there, then whether it is a headshot."""
    return 2 if probabilities[2] > 0.5 else int(probabilities[1] >= probabilities[0])


def compute_probabilities(
    analysis: Analysis, model: ClassifierWeights, headshot_bias: float = 0.0
) -> tuple[list[float], dict[str, tuple[float, str]]]:
    """Return the probability of each of `KIND_ORDER`, and by criterion what speaks against a headshot."""
    features = analysis.features
    log_odds, worst_by_criterion, contributions = predict_headshot_log_odds(features, model)
    headshot_probability = sigmoid(model.headshot_calibration(log_odds) - headshot_bias)
    person_probability = sigmoid(model.person_calibration(model.person_model.predict_log_odds(features)))
    return [
        person_probability * headshot_probability,
        person_probability * (1 - headshot_probability),
        1 - person_probability,
    ], _add_forest_contributions(worst_by_criterion, contributions)


def find_decisive_person_readings(features: dict[str, float], model: ClassifierWeights) -> tuple[str, ...]:
    """Return those of `PERSON_READINGS` of which one feature alone decides whether a person is there, the strongest first.

    A feature decides alone if the answer would be the other one with a value that is typical of the other one: a standard
    deviation from the mean of all pictures.
    """
    contributions = model.person_model.compute_contributions(features)
    log_odds = sum(contributions.values(), start=model.person_model.bias)
    has_person = model.person_calibration(log_odds) > 0
    sign = 1 if has_person else -1
    decisive: dict[str, float] = {}
    for reading, names in PERSON_READINGS.items():
        for name in contributions.keys() & names:
            strength = sign * contributions[name]
            without = log_odds - sign * (strength + abs(model.person_model.coefficients[name].weight))
            if strength > 0 and (model.person_calibration(without) > 0) != has_person:
                decisive[reading] = max(decisive.get(reading, 0.0), strength)
    return tuple(sorted(decisive, key=lambda reading: -decisive[reading]))


def is_criterion_decisive(
    features: dict[str, float], model: ClassifierWeights, headshot_bias: float, criterion: str
) -> bool:
    """Return whether a picture would be a headshot if its features of *criterion* were those of a typical headshot.

    *criterion* is one of `CRITERIA`, or empty for `HEADSHOT_PROBES`, whose typical value is a standard deviation above the
    mean of all pictures with people.
    """
    if criterion:
        typical = {
            signed[1:]: model.thresholds[signed].median * (1 if signed[0] == "+" else -1)
            for signed in CRITERIA[criterion]
        }
    else:
        probes = {name: model.criteria_model.coefficients[name] for name in HEADSHOT_PROBES}
        typical = {name: probe.mean + probe.standard_deviation for name, probe in probes.items()}
    changed = {**features, **typical}
    worst_by_criterion = find_worst_by_criterion(compute_deviations(changed, model.thresholds))
    if sum(deviation for deviation, _ in worst_by_criterion.values()) > MAX_OTHER_DEVIATIONS:
        return False
    log_odds, _, _ = predict_headshot_log_odds(changed, model)
    return model.headshot_calibration(log_odds) - headshot_bias > 0


def predict_headshot_log_odds(
    features: dict[str, float], model: ClassifierWeights
) -> tuple[float, dict[str, tuple[float, str]], dict[str, float]]:
    """Return the uncalibrated log odds of a headshot, the worst deviations, and each value's contribution in the forest."""
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
    """Add what the forest holds against a headshot to the deviations: a probability of 0.25 counts like a deviation of 1."""
    adjusted = {}
    for criterion, (deviation, feature) in worst_by_criterion.items():
        names = {name for signed in CRITERIA[criterion] for name in (signed, signed[1:])}
        adjusted[criterion] = (deviation - 4.0 * sum(contributions.get(name, 0.0) for name in names), feature)
    return adjusted


def sigmoid(log_odds: float) -> float:
    """Return log odds as a probability."""
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, log_odds))))


def logit(probability: float) -> float:
    """Return a probability as log odds."""
    probability = max(1e-4, min(1 - 1e-4, probability))
    return log(probability / (1 - probability))
