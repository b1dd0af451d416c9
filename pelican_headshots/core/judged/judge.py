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

from ..analysis import Analysis
from ..geometry import Value
from ..shot import Kind, Shot
from .criteria import CRITERIA, Limit, apart, departures, summary
from .forest import Forest
from .framing import key_of, scale_of
from .why import reasons

KINDS = (Kind.HEADSHOT, Kind.PORTRAIT, Kind.NO_PERSON)


class Term(Value, frozen=True, array_like=True):
    """One term of a weighted sum: what it counts as where it could not be measured, its scale, its weight."""

    absent: float
    mean: float
    deviation: float
    weight: float


class Sum(Value, frozen=True):
    """A logistic model."""

    terms: dict[str, Term]
    bias: float

    def read(self, values: dict[str, float]) -> float:
        """Log odds."""
        total = self.bias
        for name, term in self.terms.items():
            scaled = (values.get(name, term.absent) - term.mean) / term.deviation
            total += term.weight * max(-4.0, min(4.0, scaled))
        return total


class Calibration(Value, frozen=True, array_like=True):
    """Log odds are stretched and moved so that confidence means frequency (Platt)."""

    stretch: float
    move: float

    def __call__(self, odds: float) -> float:
        return self.stretch * odds + self.move


class Weights(Value, frozen=True):
    """The fitted model. *sure* is the confidence from which a verdict needs no question."""

    somebody: Sum
    limits: dict[str, Limit]
    criteria: Sum
    forest: Forest
    calibrate_somebody: Calibration
    calibrate_headshot: Calibration
    sure: float


@cache
def weights() -> Weights:
    """The package's own."""
    return msgspec.json.decode(Path(__file__).with_name("weights.json").read_bytes(), type=Weights)


def judge(analysis: Analysis, lean: float = 0.0, model: Weights | None = None) -> Shot:
    """What *analysis* makes a picture.

    *lean* shifts what may stand on a team page, in log odds: positive asks more of a headshot, negative less; 1 turns
    even odds into 27 %. It moves the verdict and its confidence alike. *model* is the package's own unless given.
    """
    model = model or weights()
    chances, found = weighed(analysis, model, lean)
    best = decided(chances)
    return Shot(
        kind=KINDS[best],
        confidence=round(chances[best], 3),
        unsure=chances[best] < model.sure,
        why=reasons(KINDS[best], analysis, found),
        scale=None if KINDS[best] is Kind.NO_PERSON else scale_of(analysis),
        key=key_of(analysis),
    )


def decided(chances: Sequence[float]) -> int:
    """Which of `KINDS`: first whether somebody is there, then whether it is a headshot."""
    return 2 if chances[2] > 0.5 else int(chances[1] >= chances[0])


def weighed(analysis: Analysis, model: Weights, lean: float = 0.0) -> tuple[list[float], dict[str, tuple[float, str]]]:
    """The chance of each of `KINDS`, and the departures from a headshot by criterion."""
    seen = analysis.features
    opinion, found, added = headshot_opinion(seen, model)
    headshot = share(model.calibrate_headshot(opinion) - lean)
    somebody = share(model.calibrate_somebody(model.somebody.read(seen)))
    return [somebody * headshot, somebody * (1 - headshot), 1 - somebody], _with_forest(found, added)


def headshot_opinion(
    seen: dict[str, float], model: Weights
) -> tuple[float, dict[str, tuple[float, str]], dict[str, float]]:
    """Log odds of a headshot before calibration, the departures, and what each value added in the forest."""
    offs = apart(seen, model.limits)
    found = departures(offs)
    values = {**seen, **offs, **summary(found)}
    by_forest, added = model.forest.read(values)
    return odds((share(model.criteria.read(values)) + by_forest) / 2), found, added


def _with_forest(found: dict[str, tuple[float, str]], added: dict[str, float]) -> dict[str, tuple[float, str]]:
    """Departures, with what the forest holds against the picture (a quarter of a chance weighs like one departure)."""
    told = {}
    for criterion, (off, by) in found.items():
        names = {name for signed in CRITERIA[criterion] for name in (signed, signed[1:])}
        told[criterion] = (off - 4.0 * sum(added.get(name, 0.0) for name in names), by)
    return told


def share(log_odds: float) -> float:
    """Log odds as a chance."""
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, log_odds))))


def odds(chance: float) -> float:
    """A chance as log odds."""
    chance = max(1e-4, min(1 - 1e-4, chance))
    return log(chance / (1 - chance))
