"""Deviations from headshots, the worst of each criterion."""

from __future__ import annotations

from math import exp

import pytest

from pelican_headshots.classify.criteria import (
    CRITERIA,
    MAX_DEVIATION,
    Threshold,
    compute_deviations,
    find_worst_by_criterion,
)


def test_deviations_are_counted_in_thresholds_and_limited() -> None:
    limits = {signed: Threshold(0.0, 1.0) for measured in CRITERIA.values() for signed in measured}
    worst = find_worst_by_criterion(compute_deviations({"yaw": 2.0, "roll": 0.5, "gaze_side": 99.0}, limits))
    deviation, name = worst["facing"]
    assert deviation == pytest.approx(MAX_DEVIATION * (1 - exp(-2.0 / MAX_DEVIATION)))
    assert name == "yaw"
    deviation, name = worst["gaze"]
    assert deviation == pytest.approx(MAX_DEVIATION)
    assert name == "gaze_side"
    assert worst["alone"][1] == ""
