"""Predictions of decision trees."""

from __future__ import annotations

import pytest

from pelican_headshots.classify.forest import Forest


def test_a_forest_predicts_by_its_trees_and_says_what_each_feature_added() -> None:
    tree = (0, 10.0, 8, 0.5, -1, 0, 0, 0.9, -1, 0, 0, 0.1)
    forest = Forest(("yaw",), (tree,))
    assert forest.predict({"yaw": 3.0})[0] == 0.9
    chance, contributions = forest.predict({"yaw": 30.0})
    assert chance == 0.1
    assert contributions["yaw"] == pytest.approx(-0.4)
