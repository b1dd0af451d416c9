"""Fit the classifier's weights and probes, with scikit-learn.

Every step uses only the samples it gets, so that a fold of an evaluation is fitted exactly as the weights that ship. The
same samples always give the same weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
)
from pelican_headshots.classify.criteria import CRITERIA, HEADSHOT_PROBES, SUMMARY_NAMES, Threshold
from pelican_headshots.classify.feature_vector import FEATURE_DESCRIPTIONS
from pelican_headshots.classify.forest import MISSING_VALUE, Forest
from pelican_headshots.classify.people_count import MAX_COUNT, CountTerm, PeopleCountModel
from pelican_headshots.values.analysis import Analysis, Face
from pelican_headshots.values.geometry import Box, Point

from .corpus import Numbers, Sample, split_by_likeness, split_into_folds
from .feature_table import (
    CRITERION_NAMES,
    FeatureTable,
    compute_deviation_table,
    predict_headshot_log_odds,
    predict_log_odds,
)

PERSON_FEATURES = (
    "faces", "face_candidates", "face_score", "mesh_score", "face_height", "mask_share", "mask_peak", "mask_sure",
    "mask_bottom", "bodies", "body_candidates", "somebody", "body_mask_share", "masks_agree",
    "second_body", "body_presence", "body_visible", "head_seen", "shoulders_shown", "hips_shown",
    "knees_shown", "ankles_shown", "elbows_shown", "wrists_shown", "shoulder_width", "torso", "mesh_doubt",
    "gaze_doubt", "dark_share", "ground_detail", "eyes_apart", "hand_score", "second_candidate", "second_face",
    "scene_somebody", "outline_somebody", "things_somebody", "somebody_near", "scene_near",
    "person_boxes", "person_boxes_soft", "person_box_score", "person_box_main", "person_box_height", "person_box_width",
    "person_box_share", "second_box_score", "animal_score",
    "furniture_score", "vehicle_score", "things_score",
)  # fmt: skip
"""The features that say whether a person is in the picture."""
EXCLUDED_FEATURES = {
    "skin_light", "face_light", "face_dark", "face_bright", "face_black", "face_white", "face_over_ground", "eye_dark",
    "face_pixels", "scene_somebody", "outline_somebody", "things_somebody",
    "elbows_shown", "elbow_most", "somebody_near", "scene_near",
    "person_boxes", "person_boxes_soft", "person_box_score", "person_box_main", "person_box_width", "person_box_share",
    "second_box_score", "furniture_score", "vehicle_score", "things_score",
}  # fmt: skip
"""Not used in the forest: they depend on the tone of the skin or the resolution, or say only whether a person is there.
`elbow_firm` replaces the two other measurements of elbows."""
TREE_COUNT = 60
MIN_LEAF_SAMPLES = 6
"""Least number of samples in a leaf; each picture counts with its mirror image and its degraded copy."""
RIDGE_ALPHA_PER_DIMENSION = 2.6
"""Regularization of a probe for each number of its embedding."""
COUNT_FEATURES = (
    "faces", "second_face", "second_candidate", "bodies", "body_candidates", "second_body", "person_boxes",
    "person_boxes_soft", "person_box_score", "person_box_main", "second_box_score", "second_person", "second_person_sum",
    "mesh_score", "face_score", "scene_somebody", "things_somebody", "outline_somebody", "mask_elsewhere",
    "mask_share", "masks_agree", "face_candidates", "somebody",
)  # fmt: skip
"""The features that say how many people are in the picture."""
COUNT_MODEL_C = 0.1
MIN_COUNTED_SAMPLES, MIN_COUNT_EXAMPLES = 100, 20
"""Least number of samples with a labeled number of people, and of those above the threshold of a number."""
COUNT_PRECISIONS = (0.95, 0.975, 0.95)
"""How often 0, 1 and 2 people must be right where they are said. 1 is the most frequent by far."""
PROBE_FOLDS, CALIBRATION_FOLDS = 5, 4
CALIBRATION_EMBEDDINGS = ("scene", "things", "outline")
"""The embeddings by which pictures that look alike are held out for the calibration."""
PERSON_MODEL_C, CRITERIA_MODEL_C = 0.05, 0.03
"""Inverse regularization of the two logistic models. With less regularization, the model of the criteria would rely on the
probes of the scene, which are worst on pictures unlike the training data: see `docs/accuracy.md`."""

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
"""For figures that say nothing of sentences, positions of faces need not be recorded: the classifier only counts them."""

Probes = dict[str, tuple[Numbers, float]]
"""Name of the probe → its direction through the embedding, and its offset."""


@dataclass
class FittedModel:
    """The result of fitting: the classifier's weights and the probes."""

    weights: ClassifierWeights
    probes: Probes

    def features(self, row: Sample) -> dict[str, float]:
        """Return the features of a sample, with those of these probes."""
        return {**row.features, **apply_probes(self.probes, row.embeddings)}

    def analysis(self, row: Sample) -> Analysis:
        """Return the analysis of *row* with the features of this model's probes."""
        if row.seen:
            return msgspec.structs.replace(row.seen, features=self.features(row))
        return Analysis(people_count=row.faces, faces=(_PLACEHOLDER_FACE,) * row.faces, features=self.features(row))


def _list_indices(which: NDArray[np.bool_]) -> list[int]:
    return [int(i) for i in np.flatnonzero(which)]


def fit(samples: Sequence[Sample]) -> FittedModel:
    """Fit all weights and probes to *samples*."""
    labels = np.array([row.label for row in samples])
    sources = [row.source for row in samples]
    probes = _fit_probes(samples, labels)
    # A probe is too good on its own training data: each sample gets the scores of probes fitted without its source.
    fold = split_into_folds(sources, PROBE_FOLDS, 1)
    rows: list[dict[str, float]] = [{} for _ in samples]
    for k in range(PROBE_FOLDS):
        rest = _list_indices(fold != k)
        others = _fit_probes([samples[i] for i in rest], labels[rest])
        for i in _list_indices(fold == k):
            rows[i] = {**samples[i].features, **apply_probes(others, samples[i].embeddings)}
    table = FeatureTable.from_rows(rows)
    model = _fit_weights(table, labels, sources)
    calibrated = _fit_calibration(model, table, labels, samples)
    counting = msgspec.structs.replace(calibrated, people_count_model=_fit_people_count(rows, samples))
    return FittedModel(counting, probes)


def _fit_probes(samples: Sequence[Sample], labels: NDArray[np.int64]) -> Probes:
    people = labels != 2
    found = {}
    for name, part in PROBE_INPUTS.items():
        available = np.array([len(row.embeddings[part]) > 0 for row in samples])
        if not name.endswith("somebody"):
            available &= people
        inner = np.stack([samples[i].embeddings[part] for i in _list_indices(available)])
        found[name] = _fit_probe(inner, people[available] if name.endswith("somebody") else labels[available] == 0)
    return found


def _fit_probe(scenes: Numbers, yes: NDArray[np.bool_]) -> tuple[Numbers, float]:
    """Fit a ridge regression onto ±1, with both answers weighted equally."""
    from sklearn.linear_model import Ridge

    mean, deviation = scenes.mean(axis=0), scenes.std(axis=0) + 1e-6
    weight = np.where(yes, 0.5 / yes.mean(), 0.5 / (1 - yes.mean()))
    model = Ridge(alpha=RIDGE_ALPHA_PER_DIMENSION * scenes.shape[1]).fit(
        (scenes - mean) / deviation, np.where(yes, 1.0, -1.0), sample_weight=weight
    )
    direction = np.round(model.coef_ / deviation, 5)
    return direction, round(float(model.intercept_ - model.coef_ / deviation @ mean), 4)


def _fit_weights(table: FeatureTable, labels: NDArray[np.int64], sources: Sequence[str]) -> ClassifierWeights:
    people = _list_indices(labels != 2)
    persons = table.select(people)
    headshot = labels[people] == 0
    thresholds = _fit_thresholds(persons.select(_list_indices(headshot)))
    return ClassifierWeights(
        person_model=_fit_logistic_model(table, PERSON_FEATURES, labels != 2, PERSON_MODEL_C),
        thresholds=thresholds,
        criteria_model=_fit_criteria_model(persons, headshot, [sources[i] for i in people]),
        forest=_fit_forest(persons, headshot, thresholds),
        person_calibration=Calibration(1.0, 0.0),
        headshot_calibration=Calibration(1.0, 0.0),
        confidence_threshold=0.7,
    )


def get_people_count(label_row: Mapping[str, str]) -> int | None:
    """Return the labeled number of people, `MAX_COUNT` + 1 for all larger ones; None if it is not labeled."""
    label = label_row.get("n_people", "").removesuffix("+")
    return min(int(label), MAX_COUNT + 1) if label.isdigit() else None


def _fit_people_count(rows: list[dict[str, float]], samples: Sequence[Sample]) -> PeopleCountModel | None:
    """Fit the model that counts people; None if too few numbers are labeled. Thresholds are from held-out sources."""
    counts = [get_people_count(sample.label_row) for sample in samples]
    labeled = [i for i, count in enumerate(counts) if count is not None]
    if len(labeled) < MIN_COUNTED_SAMPLES or {counts[i] for i in labeled} != {*range(MAX_COUNT + 2)}:
        return None
    rows, labels = [rows[i] for i in labeled], np.array([counts[i] for i in labeled], np.int64)
    fold = split_into_folds([samples[i].source for i in labeled], 6, 7)
    probabilities = np.zeros((len(rows), MAX_COUNT + 2))
    for k in range(6):
        rest = _list_indices(fold != k)
        if len(set(labels[rest].tolist())) < MAX_COUNT + 2:
            return None
        part = _fit_count_model([rows[i] for i in rest], labels[rest])
        for i in _list_indices(fold == k):
            probabilities[i] = part.predict_probabilities(rows[i])
    thresholds = tuple(_find_count_threshold(probabilities, labels, count) for count in range(MAX_COUNT + 1))
    return msgspec.structs.replace(_fit_count_model(rows, labels), thresholds=thresholds)


def _fit_count_model(rows: list[dict[str, float]], labels: NDArray[np.int64]) -> PeopleCountModel:
    from sklearn.linear_model import LogisticRegression

    values, absent, mean, deviation = _standardize(FeatureTable.from_rows(rows), COUNT_FEATURES)
    model = LogisticRegression(C=COUNT_MODEL_C, max_iter=5000, tol=1e-8).fit(values, labels)
    terms = {
        name: CountTerm(
            round(float(absent[i]), 4),
            round(float(mean[i]), 4),
            round(float(deviation[i]), 5),
            tuple(round(float(v), 5) for v in model.coef_[:, i]),
        )
        for i, name in enumerate(COUNT_FEATURES)
    }
    return PeopleCountModel(terms, tuple(round(float(v), 4) for v in model.intercept_), ())


def _find_count_threshold(probabilities: Numbers, labels: NDArray[np.int64], count: int) -> float:
    """Return the lowest probability from which *count* is right often enough."""
    chosen = np.flatnonzero(probabilities.argmax(axis=1) == count)
    ranked = chosen[np.argsort(-probabilities[chosen, count], kind="stable")]
    share_right = np.cumsum(labels[ranked] == count) / np.arange(1, len(ranked) + 1)
    enough = np.flatnonzero(share_right >= COUNT_PRECISIONS[count])
    if not len(enough) or enough[-1] + 1 < MIN_COUNT_EXAMPLES:
        return 1.0
    return round(float(probabilities[ranked[enough[-1]], count]), 3)


def _fit_thresholds(headshots: FeatureTable) -> dict[str, Threshold]:
    found = {}
    signed_names = [signed for measurements in CRITERIA.values() for signed in measurements]
    for signed, column in zip(signed_names, headshots.get([name[1:] for name in signed_names]).T, strict=True):
        values = (1.0 if signed[0] == "+" else -1.0) * column[~np.isnan(column)]
        median = float(np.median(values))
        distance = float(np.percentile(values, 97.5)) - median
        tolerance = max(distance, 1e-3 * (1 + abs(median)), 0.25 * float(values.std()))
        found[signed] = Threshold(round(median, 4), round(tolerance, 4) + 1e-4)
    return found


def _fit_criteria_model(persons: FeatureTable, headshot: NDArray[np.bool_], sources: Sequence[str]) -> LogisticModel:
    """Fit the logistic model of the criteria. A sample's deviations are from thresholds fitted on other sources."""
    fold = split_into_folds(sources, 6, 3)
    names = (*CRITERION_NAMES, *SUMMARY_NAMES)
    values = np.zeros((len(fold), len(names)))
    for k in range(6):
        thresholds = _fit_thresholds(persons.select(_list_indices((fold != k) & headshot)))
        rows = _list_indices(fold == k)
        values[rows] = compute_deviation_table(persons.select(rows), thresholds).get(names)
    table = FeatureTable(names, values).add(FeatureTable(HEADSHOT_PROBES, persons.get(HEADSHOT_PROBES)))
    return _fit_logistic_model(table, table.names, headshot, CRITERIA_MODEL_C)


def _fit_logistic_model(
    table: FeatureTable, names: Sequence[str], yes: NDArray[np.bool_], strength: float
) -> LogisticModel:
    from sklearn.linear_model import LogisticRegression

    scaled, absent, mean, deviation = _standardize(table, names)
    model = LogisticRegression(C=strength, max_iter=5000, tol=1e-8).fit(scaled, yes)
    terms = {
        name: Coefficient(*(round(float(v), 4) for v in (absent[i], mean[i])), *(
            round(float(v), 5) for v in (deviation[i], model.coef_[0][i])))
        for i, name in enumerate(names)
    }  # fmt: skip
    return LogisticModel(terms, round(float(model.intercept_[0]), 4))


def _standardize(table: FeatureTable, names: Sequence[str]) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Return the standardized values, clipped to four deviations, with the fill values, means and deviations used."""
    values = table.get(names)
    absent = np.nanmedian(values, axis=0)
    values = np.where(np.isnan(values), absent, values)
    mean, deviation = values.mean(axis=0), values.std(axis=0) + 1e-6
    return np.clip((values - mean) / deviation, -4, 4), absent, mean, deviation


def _fit_forest(persons: FeatureTable, headshot: NDArray[np.bool_], thresholds: dict[str, Threshold]) -> Forest:
    """Fit the forest to the features, their deviations and the summary of these."""
    from sklearn.ensemble import ExtraTreesClassifier

    names = (
        tuple(sorted((set(FEATURE_DESCRIPTIONS) & {*persons.names}) - EXCLUDED_FEATURES))
        + tuple(thresholds)
        + SUMMARY_NAMES
    )
    extended = persons.add(compute_deviation_table(persons, thresholds))
    values = np.nan_to_num(extended.get(names), nan=MISSING_VALUE).astype(np.float32)
    model = ExtraTreesClassifier(
        TREE_COUNT, min_samples_leaf=MIN_LEAF_SAMPLES, max_features=0.25, class_weight="balanced", random_state=0
    ).fit(values, headshot)
    return Forest(names, tuple(_flatten_tree(member.tree_) for member in model.estimators_))


def _flatten_tree(tree: Any) -> tuple[float, ...]:
    """Flatten a tree of scikit-learn to what `Forest` reads: each node is followed by its lower child."""
    flat: list[float] = []

    def walk(node: int) -> None:
        at = len(flat)
        leaf = tree.children_left[node] < 0
        value = tree.value[node][0]
        flat.extend(
            [
                -1 if leaf else int(tree.feature[node]),
                0 if leaf else round(float(tree.threshold[node]), 4),
                0,
                round(float(value[1] / value.sum()), 3),
            ]
        )
        if not leaf:
            walk(tree.children_left[node])
            flat[at + 2] = len(flat)
            walk(tree.children_right[node])

    walk(0)
    return tuple(flat)


def _fit_calibration(
    model: ClassifierWeights, table: FeatureTable, labels: NDArray[np.int64], samples: Sequence[Sample]
) -> ClassifierWeights:
    """Calibrate *model*, and set the threshold so that about 12 % of the samples are unsure.

    Each sample counts twice: held out with its source, and held out with the pictures that look like it.
    """
    from sklearn.linear_model import LogisticRegression

    sources = [sample.source for sample in samples]
    person_by_fold, headshot_by_fold = np.zeros((2, len(sources))), np.zeros((2, len(sources)))
    folds = (
        split_into_folds(sources, CALIBRATION_FOLDS, 5),
        split_by_likeness(samples, CALIBRATION_EMBEDDINGS, CALIBRATION_FOLDS, 5),
    )
    for which, fold in enumerate(folds):
        for k in sorted(set(fold.tolist())):
            rest, rows = _list_indices(fold != k), _list_indices(fold == k)
            part = _fit_weights(table.select(rest), labels[rest], [sources[i] for i in rest])
            person_by_fold[which, rows] = predict_log_odds(part.person_model, table.select(rows))
            headshot_by_fold[which, rows] = predict_headshot_log_odds(part, table.select(rows))
    person_log_odds, headshot_log_odds = person_by_fold.ravel(), headshot_by_fold.ravel()
    labels = np.concatenate([labels, labels])

    def fit_platt(log_odds: Numbers, yes: NDArray[np.bool_]) -> Calibration:
        fitted = LogisticRegression(C=10.0).fit(log_odds[:, None], yes)
        return Calibration(round(float(fitted.coef_[0][0]), 4), round(float(fitted.intercept_[0]), 4))

    people = labels != 2
    person_calibration = fit_platt(person_log_odds, people)
    headshot_calibration = fit_platt(headshot_log_odds[people], labels[people] == 0)
    person = 1 / (1 + np.exp(-(person_calibration.slope * person_log_odds + person_calibration.intercept)))
    headshot = 1 / (1 + np.exp(-(headshot_calibration.slope * headshot_log_odds + headshot_calibration.intercept)))
    confidence = np.where(person > 0.5, person * np.maximum(headshot, 1 - headshot), 1 - person)
    return msgspec.structs.replace(
        model,
        person_calibration=person_calibration,
        headshot_calibration=headshot_calibration,
        confidence_threshold=round(float(np.percentile(confidence, 12)), 2),
    )
