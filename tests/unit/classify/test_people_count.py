"""The number of people is exact, or not said."""

from __future__ import annotations

import pytest

from pelican_headshots.classify.people_count import CountTerm, PeopleCountModel

MODEL = PeopleCountModel(
    {"faces": CountTerm(0.0, 1.0, 1.0, (-3.0, 0.0, 2.0, 4.0))}, biases=(0.0, 2.0, 0.0, -4.0), thresholds=(0.6, 0.6, 0.6)
)


@pytest.mark.parametrize(("faces", "count"), [(0.0, 0), (1.0, 1), (2.0, None), (9.0, None)])
def test_a_number_is_said_only_if_it_is_sure_and_small(faces: float, count: int | None) -> None:
    assert MODEL.count_people({"faces": faces}) == count


def test_probabilities_sum_to_one_even_if_nothing_was_measured() -> None:
    assert sum(MODEL.predict_probabilities({})) == pytest.approx(1.0)
