"""Fitting the judge. Needs scikit-learn; nothing that builds a site imports this.

Every step uses only the rows it is given, so that a fold of an evaluation fits exactly as the shipped weights were
fitted. Same rows, same weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from pelican_headshots.analysis.features.embeddings import PROBE_INPUTS, apply_probes
from pelican_headshots.classify.classifier import (
    Calibration,
    ClassifierWeights,
    Coefficient,
    LogisticModel,
    predict_headshot_log_odds,
)
from pelican_headshots.classify.criteria import (
    CRITERIA,
    SUMMARY_NAMES,
    Threshold,
    compute_deviations,
    find_worst_by_criterion,
    summarize_deviations,
)
from pelican_headshots.classify.feature_vector import FEATURE_DESCRIPTIONS
from pelican_headshots.classify.forest import MISSING_VALUE, Forest
from pelican_headshots.values.analysis import Analysis, Face
from pelican_headshots.values.geometry import Box, Point

from .corpus import Numbers, Sample, folds

PERSON_FEATURES = (
    "faces", "face_candidates", "face_score", "mesh_score", "face_height", "mask_share", "mask_peak", "mask_sure",
    "mask_bottom", "bodies", "body_candidates", "somebody", "body_score", "body_mask_share", "masks_agree",
    "second_body", "main_body_score", "body_presence", "body_visible", "head_seen", "shoulders_shown", "hips_shown",
    "knees_shown", "ankles_shown", "elbows_shown", "wrists_shown", "shoulder_width", "torso", "mesh_doubt",
    "gaze_doubt", "dark_share", "ground_detail", "eyes_apart", "hand_score", "second_candidate", "second_face",
    "scene_somebody", "outline_somebody", "things_somebody", "somebody_near", "scene_near",
)  # fmt: skip
"""Measurements that tell whether somebody is there."""
EXCLUDED_FEATURES = {
    "skin_light", "face_light", "face_dark", "face_bright", "face_black", "face_white", "face_over_ground", "eye_dark",
    "face_pixels", "scene_somebody", "outline_somebody", "things_somebody", "somebody_near", "scene_near",
    "lids_apart",
}  # fmt: skip
"""Not for the forest: what follows the tone of somebody's skin, or a picture's resolution; what is for the doctor."""
HEADSHOT_SENSES = ("scene_headshot", "things_headshot", "face_headshot")
TREE_COUNT = 60
MIN_LEAF_SAMPLES = 9
"""Pictures in a leaf at least, each counted with its mirror image and its worn copy."""
RIDGE_ALPHA_PER_DIMENSION = 2.6
"""For each number that a sense reads."""
PERSON_MODEL_C, CRITERIA_MODEL_C = 0.05, 0.03
"""How far the two sums may follow what they are fitted on (1 / ridge). A stronger sum of criteria would lean on the
senses of the scene, and those know least of the pictures that are unlike all of these: `docs/accuracy.md`."""

_PLACEHOLDER_POINT = Point(0.0, 0.0)
_PLACEHOLDER_FACE = Face(
    Box(0.0, 0.0, 0.0, 0.0),
    1.0,
    0.0,
    0.0,
    0.0,
    _PLACEHOLDER_POINT,
    _PLACEHOLDER_POINT,
    _PLACEHOLDER_POINT,
    _PLACEHOLDER_POINT,
)
"""Judging counts faces; where they are is in the measurements."""


Senses = dict[str, tuple[Numbers, float]]
"""Each sense's direction through the inner map it reads, and its offset."""


@dataclass
class FittedModel:
    """What fitting gives: the judge's weights, and the senses."""

    weights: ClassifierWeights
    senses: Senses

    def features(self, row: Sample) -> dict[str, float]:
        """Its measurements, with what these senses read."""
        return {**row.features, **apply_probes(self.senses, row.inner_maps)}

    def analysis(self, row: Sample) -> Analysis:
        return Analysis(people_count=row.faces, faces=(_PLACEHOLDER_FACE,) * row.faces, features=self.features(row))


def _list_indices(which: NDArray[np.bool_]) -> list[int]:
    return [int(i) for i in np.flatnonzero(which)]


def fit(given: Sequence[Sample]) -> FittedModel:
    """Fit everything to *given*."""
    labels = np.array([row.label for row in given])
    sources = [row.source for row in given]
    senses = _fit_senses(given, labels)
    # What a sense reads in its own pictures flatters it: here each picture is read by senses that never met its source.
    fold = folds(sources, 8, 1)
    table: list[dict[str, float]] = [{} for _ in given]
    for k in range(8):
        rest = _list_indices(fold != k)
        others = _fit_senses([given[i] for i in rest], labels[rest])
        for i in _list_indices(fold == k):
            table[i] = {**given[i].features, **apply_probes(others, given[i].inner_maps)}
    model = _fit_weights(table, labels, sources)
    calibrated = _fit_calibration(model, table, labels, sources)
    return FittedModel(calibrated, senses)


def _fit_senses(given: Sequence[Sample], labels: NDArray[np.int64]) -> Senses:
    people = labels != 2
    found = {}
    for name, part in PROBE_INPUTS.items():
        there = np.array([len(row.inner_maps[part]) > 0 for row in given])
        if not name.endswith("somebody"):
            there &= people
        inner = np.stack([given[i].inner_maps[part] for i in _list_indices(there)])
        found[name] = _fit_sense(inner, people[there] if name.endswith("somebody") else labels[there] == 0)
    return found


def _fit_sense(scenes: Numbers, yes: NDArray[np.bool_]) -> tuple[Numbers, float]:
    """Ridge regression onto ±1, both answers weighed alike."""
    from sklearn.linear_model import Ridge

    mean, deviation = scenes.mean(axis=0), scenes.std(axis=0) + 1e-6
    weight = np.where(yes, 0.5 / yes.mean(), 0.5 / (1 - yes.mean()))
    model = Ridge(alpha=RIDGE_ALPHA_PER_DIMENSION * scenes.shape[1]).fit(
        (scenes - mean) / deviation, np.where(yes, 1.0, -1.0), sample_weight=weight
    )
    direction = np.round(model.coef_ / deviation, 5)
    return direction, round(float(model.intercept_ - model.coef_ / deviation @ mean), 4)


def _fit_weights(table: list[dict[str, float]], labels: NDArray[np.int64], sources: Sequence[str]) -> ClassifierWeights:
    people = _list_indices(labels != 2)
    persons = [table[i] for i in people]
    headshot = labels[people] == 0
    limits = _fit_thresholds([row for row, yes in zip(persons, headshot, strict=True) if yes])
    return ClassifierWeights(
        person_model=_fit_logistic_model(table, PERSON_FEATURES, labels != 2, PERSON_MODEL_C),
        thresholds=limits,
        criteria_model=_fit_criteria_model(persons, headshot, [sources[i] for i in people]),
        forest=_forest(persons, headshot, limits),
        person_calibration=Calibration(1.0, 0.0),
        headshot_calibration=Calibration(1.0, 0.0),
        confidence_threshold=0.7,
    )


def _fit_thresholds(headshots: list[dict[str, float]]) -> dict[str, Threshold]:
    found = {}
    for signed in (signed for measurements in CRITERIA.values() for signed in measurements):
        sign = 1.0 if signed[0] == "+" else -1.0
        values = np.array([sign * row[signed[1:]] for row in headshots if signed[1:] in row])
        middle = float(np.median(values))
        reach = max(float(np.percentile(values, 97.5)) - middle, 1e-3 * (1 + abs(middle)), 0.25 * float(values.std()))
        found[signed] = Threshold(round(middle, 4), round(reach, 4) + 1e-4)
    return found


def _fit_criteria_model(
    persons: list[dict[str, float]], headshot: NDArray[np.bool_], sources: Sequence[str]
) -> LogisticModel:
    """Departures here are from other sources' headshots: nobody departs from limits drawn around himself."""
    fold = folds(sources, 6, 3)
    values: list[dict[str, float]] = [{} for _ in persons]
    for k in range(6):
        limits = _fit_thresholds([persons[i] for i in _list_indices((fold != k) & headshot)])
        for i in _list_indices(fold == k):
            found = summarize_deviations(find_worst_by_criterion(compute_deviations(persons[i], limits)))
            values[i] = {**found, **{name: persons[i][name] for name in HEADSHOT_SENSES if name in persons[i]}}
    names = (*(f"criterion {name}" for name in CRITERIA), *SUMMARY_NAMES, *HEADSHOT_SENSES)
    return _fit_logistic_model(values, names, headshot, CRITERIA_MODEL_C)


def _fit_logistic_model(
    table: Sequence[dict[str, float]], names: Sequence[str], yes: NDArray[np.bool_], strength: float
) -> LogisticModel:
    from sklearn.linear_model import LogisticRegression

    values = np.array([[row.get(name, np.nan) for name in names] for row in table])
    absent = np.nanmedian(values, axis=0)
    values = np.where(np.isnan(values), absent, values)
    mean, deviation = values.mean(axis=0), values.std(axis=0) + 1e-6
    scaled = np.clip((values - mean) / deviation, -4, 4)
    model = LogisticRegression(C=strength, max_iter=5000, tol=1e-8).fit(scaled, yes)
    terms = {
        name: Coefficient(*(round(float(v), 4) for v in (absent[i], mean[i])), *(
            round(float(v), 5) for v in (deviation[i], model.coef_[0][i])))
        for i, name in enumerate(names)
    }  # fmt: skip
    return LogisticModel(terms, round(float(model.intercept_[0]), 4))


def _forest(persons: list[dict[str, float]], headshot: NDArray[np.bool_], limits: dict[str, Threshold]) -> Forest:
    """Over the measurements, each one's departures, and their totals."""
    from sklearn.ensemble import ExtraTreesClassifier

    names = (
        tuple(sorted((set(FEATURE_DESCRIPTIONS) & {name for row in persons for name in row}) - EXCLUDED_FEATURES))
        + tuple(limits)
        + SUMMARY_NAMES
    )
    table = []
    for row in persons:
        deviations = compute_deviations(row, limits)
        table.append({**row, **deviations, **summarize_deviations(find_worst_by_criterion(deviations))})
    values = np.array([[row.get(name, MISSING_VALUE) for name in names] for row in table], np.float32)
    model = ExtraTreesClassifier(
        TREE_COUNT, min_samples_leaf=MIN_LEAF_SAMPLES, max_features=0.25, class_weight="balanced", random_state=0
    ).fit(values, headshot)
    return Forest(names, tuple(_tree(member.tree_) for member in model.estimators_))


def _tree(tree: Any) -> tuple[float, ...]:
    """As `Forest` reads it: nodes in order of a walk that goes below first."""
    flat: list[float] = []

    def walk(node: int) -> None:
        at = len(flat)
        leaf = tree.children_left[node] < 0
        chance = tree.value[node][0]
        flat.extend(
            [
                -1 if leaf else int(tree.feature[node]),
                0 if leaf else round(float(tree.threshold[node]), 4),
                0,
                round(float(chance[1] / chance.sum()), 3),
            ]
        )
        if not leaf:
            walk(tree.children_left[node])
            flat[at + 2] = len(flat)
            walk(tree.children_right[node])

    walk(0)
    return tuple(flat)


def _fit_calibration(
    model: ClassifierWeights, table: list[dict[str, float]], labels: NDArray[np.int64], sources: Sequence[str]
) -> ClassifierWeights:
    """*model* with its confidence made honest by what it said of sources held out, and `sure` set to ask about 12 %."""
    from sklearn.linear_model import LogisticRegression

    fold = folds(sources, 6, 5)
    somebody, headshot = np.zeros(len(table)), np.zeros(len(table))
    for k in range(6):
        rest = _list_indices(fold != k)
        part = _fit_weights([table[i] for i in rest], labels[rest], [sources[i] for i in rest])
        for i in _list_indices(fold == k):
            somebody[i] = part.person_model.predict_log_odds(table[i])
            headshot[i] = predict_headshot_log_odds(table[i], part)[0]

    def platt(log_odds: Numbers, yes: NDArray[np.bool_]) -> Calibration:
        fitted = LogisticRegression(C=10.0).fit(log_odds[:, None], yes)
        return Calibration(round(float(fitted.coef_[0][0]), 4), round(float(fitted.intercept_[0]), 4))

    people = labels != 2
    one, two = platt(somebody, people), platt(headshot[people], labels[people] == 0)
    there = 1 / (1 + np.exp(-(one.slope * somebody + one.intercept)))
    shot = 1 / (1 + np.exp(-(two.slope * headshot + two.intercept)))
    confidence = np.where(there > 0.5, there * np.maximum(shot, 1 - shot), 1 - there)
    return msgspec.structs.replace(
        model,
        person_calibration=one,
        headshot_calibration=two,
        confidence_threshold=round(float(np.percentile(confidence, 12)), 2),
    )
