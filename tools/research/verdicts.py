"""What is said of labelled pictures: by the weights that ship, or by weights that never met their source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pelican_headshots.adapters.measuring.senses import directions
from pelican_headshots.core.judged.judge import decided, judge, weighed, weights

from .corpus import Row
from .fitting import Fitted, fit


@dataclass
class Verdict:
    """What was said of one row: the chance of each kind, which was chosen, whether it was sure, and why."""

    chances: list[float]
    chosen: int
    sure: bool
    why: tuple[str, ...]

    @property
    def confidence(self) -> float:
        return self.chances[self.chosen]


def shipped() -> Fitted:
    """The package's own weights and senses."""
    return Fitted(
        weights(),
        {name: (np.asarray(direction, np.float64), offset) for name, (direction, offset) in directions().items()},
    )


def verdict(row: Row, fitted: Fitted) -> Verdict:
    analysis = fitted.analysis(row)
    chances, _ = weighed(analysis, fitted.weights)
    chosen = decided(chances)
    return Verdict(chances, chosen, chances[chosen] >= fitted.weights.sure, judge(analysis, model=fitted.weights).why)


def held_out(given: Sequence[Row], trainable: Sequence[bool], fold: NDArray[np.int64]) -> list[Verdict]:
    """Every row judged by weights that met nothing of its *fold*, fitted on the *trainable* rows of the others."""
    found: dict[int, Verdict] = {}
    for k in sorted(set(fold.tolist())):
        fitted = fit([row for i, row in enumerate(given) if fold[i] != k and trainable[i]])
        found.update({i: verdict(given[i], fitted) for i in map(int, np.flatnonzero(fold == k))})
    return [found[i] for i in range(len(given))]
