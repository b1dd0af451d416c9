"""Consistency of a set: which headshots differ, and which of several is the best."""

from __future__ import annotations

from msgspec.structs import replace

from pelican_headshots.advice import checks, consistency
from pelican_headshots.values.analysis import Analysis
from tests.support.headshots import build_sample


def test_headshots_that_differ_from_their_set_are_described() -> None:
    samples = [build_sample(f"{n}.jpg") for n in range(6)]
    samples.append(build_sample("warm.jpg", quality_skin_b=29.0, quality_background_b=6.0))
    samples.append(build_sample("small.jpg", head=0.3))
    samples.append(build_sample("street.jpg", quality_background_l=20.0))
    differences = {one.path: " ".join(one.differences) for one in consistency.find_set_deviations(samples)}
    assert differences == {
        "warm.jpg": "skin is noticeably warmer (ΔE 11)",
        "small.jpg": "head 25% smaller",
        "street.jpg": "different backdrop",
    }
    assert consistency.find_set_deviations(samples[:2]) == ()


def test_another_skin_tone_is_not_taken_for_another_light() -> None:
    samples = [build_sample(f"{n}.jpg") for n in range(6)] + [
        build_sample("else.jpg", quality_skin_a=10.0, quality_skin_b=30.0)
    ]
    assert consistency.find_set_deviations(samples) == (), "the backdrop is as gray as behind the others"


def test_the_best_photo_is_the_first_without_a_defect() -> None:
    samples = (build_sample("1.jpg", roll=14.0), build_sample("2.jpg"), build_sample("3.jpg"))
    assert consistency.choose_best_frame({one.path: checks.run_checks(one) for one in samples}) == "2.jpg"


def test_a_photo_that_cannot_be_assessed_is_never_the_best() -> None:
    good, leaning = checks.run_checks(build_sample(), -1.0), checks.run_checks(build_sample(roll=14.0), -1.0)
    unknown = checks.run_checks(replace(build_sample(), analysis=Analysis(1, (), {})), -1.0)
    assert consistency.choose_best_frame({"1.jpg": unknown, "2.jpg": good}) == "2.jpg"
    assert consistency.choose_best_frame({"1.jpg": unknown, "2.jpg": leaning}) == "2.jpg"
    assert consistency.choose_best_frame({"1.jpg": leaning, "2.jpg": unknown, "3.jpg": good}) == "3.jpg"


def test_a_check_that_cannot_be_assessed_counts_less_than_a_defect() -> None:
    leaning = checks.run_checks(build_sample(roll=14.0), -1.0)
    gray = checks.run_checks(build_sample(quality_skin_a=1.0, quality_skin_b=1.0), -1.0)
    assert consistency.choose_best_frame({"color.jpg": leaning, "gray.jpg": gray}) == "gray.jpg"
