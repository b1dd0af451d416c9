"""From measurements to a verdict: a small fitted model, read from `weights.json`, whose reasons can be told.

Pure and light: no numpy, no picture. `scripts/fit_judge.py` makes the weights; docs/verdicts.md has the figures.
"""

from __future__ import annotations

from functools import cache
from math import exp
from pathlib import Path

import msgspec

from .analysis import Analysis
from .framing import key_of, scale_of
from .geometry import Value
from .shot import Kind, Shot
from .why import reasons

KINDS = (Kind.HEADSHOT, Kind.PORTRAIT, Kind.NO_PERSON)


class Input(Value, frozen=True):
    """One measurement: what it counts as where it could not be made, how it is scaled, what it adds to each kind."""

    absent: float
    mean: float
    deviation: float
    weights: tuple[float, float, float]


class Weights(Value, frozen=True):
    """The fitted model. *sure* is the confidence from which a verdict needs no question."""

    inputs: dict[str, Input]
    bias: tuple[float, float, float]
    sure: float


@cache
def weights() -> Weights:
    return msgspec.json.decode((Path(__file__).with_name("weights.json")).read_bytes(), type=Weights)


def judge(analysis: Analysis, lean: float = 0.0) -> Shot:
    """What *analysis* makes a picture.

    *lean* shifts what may stand on a team page: positive asks more of a headshot, negative less; 1 is about as much as
    one clear sign against it (a unit of log odds).
    """
    model = weights()
    parts = contributions(analysis.features, model)
    totals = [sum(part[k] for part in parts.values()) + model.bias[k] for k in range(3)]
    totals[0] -= lean
    chances = softmax(totals)
    best = max(range(3), key=lambda k: chances[k])
    kind = KINDS[best]
    return Shot(
        kind=kind,
        confidence=round(chances[best], 3),
        unsure=chances[best] < model.sure,
        why=reasons(kind, analysis, {name: part[best] - _others(part, chances, best) for name, part in parts.items()}),
        scale=None if kind is Kind.NO_PERSON else scale_of(analysis),
        key=key_of(analysis),
    )


def contributions(features: dict[str, float], model: Weights) -> dict[str, tuple[float, float, float]]:
    """What each measurement adds to the log odds of each kind."""
    parts = {}
    for name, given in model.inputs.items():
        value = (features.get(name, given.absent) - given.mean) / given.deviation
        value = max(-4.0, min(4.0, value))
        parts[name] = (value * given.weights[0], value * given.weights[1], value * given.weights[2])
    return parts


def softmax(totals: list[float]) -> list[float]:
    top = max(totals)
    powers = [exp(total - top) for total in totals]
    return [power / sum(powers) for power in powers]


def _others(part: tuple[float, float, float], chances: list[float], best: int) -> float:
    """What it adds to the other kinds, weighed by how near they come."""
    rest = sum(chances[k] for k in range(3) if k != best) or 1.0
    return sum(part[k] * chances[k] for k in range(3) if k != best) / rest
