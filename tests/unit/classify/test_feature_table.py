"""Fitting computes for all samples at once what the classifier computes for one."""

from __future__ import annotations

import numpy as np
import pytest

from pelican_headshots.classify.classifier import load_weights, predict_headshot_log_odds
from tools.research import feature_table
from tools.research.feature_table import FeatureTable


def test_fitting_and_classifying_compute_the_same_log_odds() -> None:
    weights, random = load_weights(), np.random.RandomState(0)
    names = {name[1:] for name in weights.thresholds} | {*weights.person_model.coefficients}
    rows = [{name: float(random.randn() * 5) for name in sorted(names) if random.rand() < 0.8} for _ in range(20)]
    table = FeatureTable.from_rows(rows)
    assert feature_table.predict_headshot_log_odds(weights, table).tolist() == pytest.approx(
        [predict_headshot_log_odds(row, weights)[0] for row in rows]
    )
    assert feature_table.predict_log_odds(weights.person_model, table).tolist() == pytest.approx(
        [weights.person_model.predict_log_odds(row) for row in rows]
    )
