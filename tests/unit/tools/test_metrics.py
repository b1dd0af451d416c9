"""Figures about the classifier's predictions."""

from __future__ import annotations

import pytest

from tools.research import metrics
from tools.research.corpus import Sample
from tools.research.predictions import Prediction


def build_pair(label: int, chosen: int, confidence: float) -> tuple[Sample, Prediction]:
    chances = [(1 - confidence) / 2] * 3
    chances[chosen] = confidence
    return Sample("a.jpg", {}, {}, label, "a", 1, {}), Prediction(chances, chosen, confidence > 0.8, ())


def test_metrics_agree_with_counts_by_hand() -> None:
    pairs = [build_pair(0, 0, 0.9), build_pair(0, 1, 0.6), build_pair(1, 1, 0.9), build_pair(2, 2, 0.9)]
    assert metrics.confusion(pairs) == [[1, 1, 0], [0, 1, 0], [0, 0, 1]]
    assert metrics.macro_f1(pairs) == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)
    assert metrics.summary(pairs)["accuracy of sure"] == 1.0
    assert metrics.calibration_error([build_pair(0, 0, 0.9)] * 9 + [build_pair(1, 0, 0.9)]) == pytest.approx(0.0)


def test_agreement_of_copies_is_counted_for_each_kind_of_copy() -> None:
    def build_variant(chosen: int, variant: str) -> tuple[Sample, Prediction]:
        sample, prediction = build_pair(0, chosen, 0.9)
        return Sample(sample.file, {}, {}, 0, "a", 1, {"variant": variant}), prediction

    pairs = metrics.pair_with_copies(
        [build_variant(0, ""), build_variant(0, "degraded")], [build_variant(1, "quality 60")]
    )
    assert {kind: metrics.compute_agreement(both) for kind, both in pairs.items()} == {
        "degraded": 1.0,
        "quality 60": 0.0,
    }
