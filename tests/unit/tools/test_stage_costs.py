"""The processor time of each stage: what is added up, and what is printed."""

from __future__ import annotations

from collections import defaultdict

from tools.research.stage_costs import TimedModel, format_costs, measure, merge_runs


class CountingModel:
    def detect(self, number: int) -> int:
        return sum(range(number))


def test_what_a_model_does_is_counted_to_its_stage() -> None:
    times: defaultdict[str, float] = defaultdict(float)
    model = TimedModel(CountingModel(), "faces", times)
    assert model.detect(1_000_000) == 499_999_500_000
    first = times["faces"]
    assert first > 0
    model.detect(1_000_000)
    assert times["faces"] > first, "calls add up"
    assert measure(times, "decode", lambda: "pixels") == "pixels"
    assert set(times) == {"faces", "decode"}


def test_the_median_of_the_runs_and_the_mean_of_the_photos_are_printed() -> None:
    merged = merge_runs([{"decode": 0.1, "hands": 0.03}, {"decode": 0.9, "hands": 0.03}, {"decode": 0.2}])
    assert merged == {"decode": 0.2, "hands": 0.03}
    lines = format_costs([merged, {"decode": 0.4}], [{"decode": 0.1}]).splitlines()
    assert [line.split() for line in lines[1:]] == [
        ["decode", "300", "100"],
        ["hands", "15", "0"],
        ["all", "315", "100"],
    ]
    assert "face (2)" in lines[0]
    assert format_costs([merged], []).splitlines()[1].split() == ["decode", "200"]
