"""Advice about headshots: what is measured, what is said, and when nothing can be said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from pelican_headshots.advice import checks, consistency
from pelican_headshots.classify.explanations import explain_classification
from pelican_headshots.values.analysis import Analysis, Face
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.geometry import Box, Point, Size
from tests.support.site import REPOSITORY, Site
from tools.research import advice_defects

SOUND = {
    "eye_open_least": 0.28, "lids_apart": 0.24, "craft_focus": -1.0, "craft_white": 0.0, "craft_black": 0.001,
    "craft_skin_a": 14.0, "craft_skin_b": 18.0, "craft_ground_busy": 0.01, "craft_ground_l": 60.0,
    "craft_ground_a": 0.0, "craft_ground_b": 0.0, "roll": 2.0, "craft_gap": 0.2, "second_person": 0.0, "hand_over": 0.0,
}  # fmt: skip


def case(path: str = "a.jpg", *, head: float = 0.4, **features: float) -> checks.HeadshotSample:
    box = Box(0.3, 0.3, 0.7, 0.3 + head * 0.8)
    face = Face(box, 0.9, 0, 0, 0, Point(0.4, 0.4), Point(0.6, 0.4), Point(0.5, 0.3 + head), Point(0.5, 0.3))
    return checks.HeadshotSample(path, Size(2400, 3000), Analysis(1, (face,), {**SOUND, **features}))


def advised(one: checks.HeadshotSample, set_focus: float | None = None) -> set[str]:
    return {finding.check for finding in checks.run_checks(one, set_focus) if finding.is_advice}


def test_a_sound_headshot_gets_no_advice() -> None:
    assert advised(case(), -1.0) == set()


@pytest.mark.parametrize(
    ("check", "features"),
    [
        ("eyes", {"lids_apart": 0.05}), ("focus", {"craft_focus": -2.6}), ("burnt", {"craft_white": 0.4}),
        ("blocked", {"craft_black": 0.2}), ("cast", {"craft_skin_a": 10.0, "craft_skin_b": -12.0}),
        ("backdrop", {"craft_ground_busy": 0.2}), ("tilt", {"roll": -15.0}), ("shadow", {"craft_gap": 1.6}),
        ("company", {"second_person": 0.8}), ("hand", {"hand_over": 0.6}),
    ],
)  # fmt: skip
def test_each_check_speaks_of_its_own_defect_alone(check: str, features: dict[str, float]) -> None:
    assert advised(case(**features), -1.0) == {check}


def test_too_few_pixels_are_told_by_the_crop_that_the_site_makes() -> None:
    large = case("large.jpg")
    small = replace(large, size=Size(600, 750))
    assert checks.measure_frame_width(large) == pytest.approx(4 * (checks.measure_frame_width(small) or 0), rel=0.01)
    assert advised(large, -1.0) == set() and advised(replace(large, size=Size(420, 525)), -1.0) == {"pixels"}


def test_what_cannot_be_assessed_is_said_so() -> None:
    alone = {finding.check: finding for finding in checks.run_checks(case(craft_skin_a=1.0, craft_skin_b=1.0))}
    assert alone["focus"].score is None and "no set" in alone["focus"].sentence
    assert alone["cast"].score is None and "black and white" in alone["cast"].sentence


def test_scores_fall_as_measures_rise() -> None:
    scores = [checks.score_measure(measure / 10, 1.0, 0.2) for measure in range(30)]
    assert scores == sorted(scores, reverse=True) and scores[10] == 50


def test_a_set_and_those_that_break_it() -> None:
    cases = [case(f"{n}.jpg") for n in range(6)]
    cases.append(case("warm.jpg", craft_skin_b=29.0, craft_ground_b=6.0))
    cases.append(case("small.jpg", head=0.3))
    cases.append(case("street.jpg", craft_ground_l=20.0))
    found = {one.path: " ".join(one.differences) for one in consistency.find_set_deviations(cases)}
    assert found == {
        "warm.jpg": "skin is noticeably warmer (ΔE 11)",
        "small.jpg": "head 25% smaller",
        "street.jpg": "different backdrop",
    }
    assert consistency.find_set_deviations(cases[:2]) == ()


def test_a_complexion_is_no_light() -> None:
    cases = [case(f"{n}.jpg") for n in range(6)] + [case("else.jpg", craft_skin_a=10.0, craft_skin_b=30.0)]
    assert consistency.find_set_deviations(cases) == (), "the wall behind is as grey as behind the others"


def test_the_best_of_several_frames() -> None:
    frames = {one.path: checks.run_checks(one) for one in (case("1.jpg", roll=14.0), case("2.jpg"), case("3.jpg"))}
    assert consistency.choose_best_frame(frames) == "2.jpg"


def test_a_frame_of_which_nothing_can_be_assessed_is_not_the_best() -> None:
    sound, leaning = checks.run_checks(case(), -1.0), checks.run_checks(case(roll=14.0), -1.0)
    unknown = checks.run_checks(replace(case(), analysis=Analysis(1, (), {})), -1.0)
    assert consistency.choose_best_frame({"1.jpg": unknown, "2.jpg": sound}) == "2.jpg"
    assert consistency.choose_best_frame({"1.jpg": unknown, "2.jpg": leaning}) == "2.jpg"
    assert consistency.choose_best_frame({"1.jpg": leaning, "2.jpg": unknown, "3.jpg": sound}) == "3.jpg"


def test_a_single_check_that_cannot_be_assessed_costs_a_frame_no_more_than_the_others_lost() -> None:
    leaning = checks.run_checks(case(roll=14.0), -1.0)
    grey = checks.run_checks(case(craft_skin_a=1.0, craft_skin_b=1.0), -1.0)
    assert consistency.choose_best_frame({"colour.jpg": leaning, "grey.jpg": grey}) == "grey.jpg"


def test_no_shadow_is_reported_on_a_face_called_evenly_lit() -> None:
    for stops in (0.0, 0.79, 0.81, 2.0):
        one = case(craft_gap=1.6, face_key_to_fill=stops)
        even = "face evenly lit" in explain_classification(PhotoKind.HEADSHOT, one.analysis, {})
        assert even == (stops < 0.8)
        assert advised(one, -1.0) == (set() if even else {"shadow"})


def test_the_command_in_words_and_json(site: Site, demo_photos: Path) -> None:
    site.add(demo_photos / "team" / "ochre-clay_assistant.jpg", "team/jo-clay-1_assistant.jpg")
    site.write("content/photos/team/notes.toml", '[photos."jo-clay-1_assistant.jpg"]\nkind = "headshot"\n')
    site.configure()

    def ran(*flags: str) -> str:
        made = subprocess.run(
            [sys.executable, "-m", "pelican_headshots", "advise", *flags],
            cwd=site.folder, env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        return made.stdout

    (report,) = json.loads(ran("--json"))["sets"]
    (findings,) = report["findings"].values()
    assert [finding["check"] for finding in findings] == list(checks.CHECKS)
    assert "team: 1 headshot" in ran()


@pytest.mark.slow
def test_planted_defects(shared: Callable[[str], Path]) -> None:
    for way, one in advice_defects.measure(shared("corpus")).items():
        false = len(one["false_alarms"])
        assert one["found"] / (one["found"] + false) >= 0.9, (way, one)
        assert one["found"] >= 0.5 * one["damaged"], (way, one)
