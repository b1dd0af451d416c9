"""The classifier: which features it uses, and that it always answers."""

from __future__ import annotations

from pelican_headshots.classify.classifier import classify, load_weights
from pelican_headshots.classify.criteria import SUMMARY_NAMES
from pelican_headshots.classify.feature_vector import FEATURE_DESCRIPTIONS
from pelican_headshots.values.analysis import Analysis


def test_every_input_of_the_classifier_has_a_description() -> None:
    model = load_weights()
    used = {*model.person_model.coefficients, *(signed[1:] for signed in model.thresholds)}
    assert used <= set(FEATURE_DESCRIPTIONS)
    assert set(model.forest.features) <= {*FEATURE_DESCRIPTIONS, *model.thresholds, *SUMMARY_NAMES}


def test_the_trees_do_not_use_skin_tone() -> None:
    assert not {"skin_light", "face_light", "face_dark", "face_bright"} & set(load_weights().forest.features)


def test_a_photo_without_features_is_classified() -> None:
    shot = classify(Analysis(0, (), {}))
    assert shot.shot_scale is None
    assert 0 <= shot.confidence <= 1
