"""Single readings that change the kind of a picture are among its reasons."""

from __future__ import annotations

from pelican_headshots.classify.classifier import (
    Calibration,
    ClassifierWeights,
    Coefficient,
    LogisticModel,
    classify,
    load_weights,
)
from pelican_headshots.classify.criteria import CRITERIA, HEADSHOT_PROBES, PERSON_READINGS, Threshold
from pelican_headshots.classify.forest import Forest
from pelican_headshots.values.analysis import Analysis
from pelican_headshots.values.classification import PhotoKind
from tests.support.analyses import make_face, make_person_box
from tools.research.single_readings import WHOLE, FlipCount, count_flips, find_ranges

SIGNED_NAMES = [signed for names in CRITERIA.values() for signed in names]
WEIGHTS = ClassifierWeights(
    person_model=LogisticModel(
        {"faces": Coefficient(0.0, 0.0, 1.0, 3.0), "things_somebody": Coefficient(0.0, 0.0, 1.0, 4.0)}, bias=1.0
    ),
    thresholds={signed: Threshold(0.0, 1.0) for signed in SIGNED_NAMES},
    criteria_model=LogisticModel(
        {"worst": Coefficient(0.0, 0.0, 1.0, -2.0)}
        | {name: Coefficient(0.0, 0.0, 1.0, 2.0) for name in HEADSHOT_PROBES},
        bias=3.0,
    ),
    forest=Forest((), ((-1.0, 0.0, 0.0, 0.5),)),
    person_calibration=Calibration(1.0, 0.0),
    headshot_calibration=Calibration(1.0, 0.0),
    confidence_threshold=0.7,
)
"""A headshot deviates from 0 in no criterion, and the picture as a whole does not speak against it."""


def build_headshot(**changed: float) -> Analysis:
    features = {signed[1:]: 0.0 for signed in SIGNED_NAMES} | dict.fromkeys(HEADSHOT_PROBES, 0.0)
    return Analysis(
        1, (make_face(),), features | {"faces": 1.0, "things_somebody": 0.0} | changed, objects=(make_person_box(),)
    )


def test_ranges_are_those_of_all_pictures() -> None:
    ranges = find_ranges([Analysis(0, (), {"yaw": 3.0}), Analysis(0, (), {"yaw": 40.0, "roll": 1.0})])
    assert ranges == {"yaw": (3.0, 40.0), "roll": (1.0, 1.0)}


def test_readings_that_change_the_kind_are_counted_and_named() -> None:
    counts = count_flips([build_headshot(), build_headshot(mesh_doubt=9.0, scene_headshot=-4.0)], WEIGHTS)
    facing, whole = len(CRITERIA["facing"]), len(HEADSHOT_PROBES)
    assert counts["facing"] == FlipCount(tried=facing, flipped=1, named=1, unsure=0)
    assert counts[WHOLE] == FlipCount(tried=whole, flipped=1, named=1, unsure=0)
    assert counts["close"] == FlipCount(tried=len(CRITERIA["close"])), "no picture has a worse value"
    assert counts["face"].tried == 2, "the person model has one feature of faces"


def test_an_unconfirmed_reading_is_said_only_if_it_decides() -> None:
    sentence = "perhaps the head does not face the camera"
    doubtful = classify(build_headshot(mesh_doubt=9.0), model=WEIGHTS)
    assert doubtful.kind is PhotoKind.PORTRAIT
    assert sentence in doubtful.reasons
    also_far = classify(build_headshot(mesh_doubt=9.0, face_height=-9.0), model=WEIGHTS)
    assert also_far.kind is PhotoKind.PORTRAIT
    assert sentence not in also_far.reasons, "it would be a portrait all the same"


def test_a_reading_that_alone_decides_whether_a_person_is_there_is_said() -> None:
    decision = "decided by the picture as a whole"
    nobody = classify(Analysis(0, (), {"faces": 0.0, "things_somebody": -1.0}), model=WEIGHTS)
    assert nobody.reasons == ("no face and no body found", decision)
    somebody = classify(build_headshot(faces=-1.0, things_somebody=1.0), model=WEIGHTS)
    assert decision in somebody.reasons
    assert decision not in classify(build_headshot(faces=3.0, things_somebody=1.0), model=WEIGHTS).reasons
    close = classify(Analysis(0, (), {"faces": -0.2, "things_somebody": -0.5}), model=WEIGHTS)
    assert close.reasons[1] == "decided by the picture as a whole and the search for faces"


def test_everything_that_says_whether_a_person_is_there_belongs_to_one_reading() -> None:
    names = [name for names in PERSON_READINGS.values() for name in names]
    assert len(names) == len(set(names))
    assert load_weights().person_model.coefficients.keys() <= set(names)
