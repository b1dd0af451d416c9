"""Checks of one headshot: what each measures, and when it cannot be assessed."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pelican_headshots.advice import checks
from pelican_headshots.classify.explanations import explain_classification
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.geometry import Size
from tests.support.headshots import build_sample


def find_advice(one: checks.HeadshotSample, set_focus: float | None = None) -> set[str]:
    return {finding.check for finding in checks.run_checks(one, set_focus) if finding.is_advice}


def test_a_good_headshot_gets_no_advice() -> None:
    assert find_advice(build_sample(), -1.0) == set()


@pytest.mark.parametrize(
    ("check", "features"),
    [
        ("eyes", {"lids_apart": 0.05}), ("focus", {"quality_focus": -2.6}), ("burnt", {"quality_overexposed": 0.4}),
        ("blocked", {"quality_underexposed": 0.2}), ("cast", {"quality_skin_a": 10.0, "quality_skin_b": -12.0}),
        ("backdrop", {"quality_background_clutter": 0.2}), ("tilt", {"roll": -15.0}),
        ("shadow", {"quality_shadow_edge": 1.6}),
        ("company", {"second_person": 0.8}), ("hand", {"hand_over": 0.6}),
    ],
)  # fmt: skip
def test_each_defect_is_found_by_its_own_check_only(check: str, features: dict[str, float]) -> None:
    assert find_advice(build_sample(**features), -1.0) == {check}
    (sentence,) = [one.sentence for one in checks.run_checks(build_sample(**features), -1.0) if one.is_advice]
    assert ": " in sentence, "it says what to do"


def test_pixels_are_counted_in_the_crop_that_the_site_shows() -> None:
    large = build_sample("large.jpg")
    small = replace(large, size=Size(600, 750))
    assert checks.measure_frame_width(large) == pytest.approx(4 * (checks.measure_frame_width(small) or 0), rel=0.01)
    assert find_advice(large, -1.0) == set()
    assert find_advice(replace(large, size=Size(420, 525)), -1.0) == {"pixels"}


def test_a_check_that_cannot_be_assessed_has_no_score_and_says_why() -> None:
    findings = {
        finding.check: finding for finding in checks.run_checks(build_sample(quality_skin_a=1.0, quality_skin_b=1.0))
    }
    assert findings["focus"].score is None
    assert "no set" in findings["focus"].sentence
    assert findings["cast"].score is None
    assert "black and white" in findings["cast"].sentence


def test_scores_fall_as_measures_rise() -> None:
    scores = [checks.score_measure(measure / 10, 1.0, 0.2) for measure in range(30)]
    assert scores == sorted(scores, reverse=True)
    assert scores[10] == 50


def test_no_shadow_is_reported_on_a_face_called_evenly_lit() -> None:
    for stops in (0.0, 0.79, 0.81, 2.0):
        one = build_sample(quality_shadow_edge=1.6, face_key_to_fill=stops)
        even = "face evenly lit" in explain_classification(PhotoKind.HEADSHOT, one.analysis, {})
        assert even == (stops < 0.8)
        assert find_advice(one, -1.0) == (set() if even else {"shadow"})
