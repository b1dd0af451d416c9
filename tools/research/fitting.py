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

from pelican_headshots.adapters.measuring.senses import READS, read
from pelican_headshots.core.analysis import Analysis, Face
from pelican_headshots.core.features import FEATURES
from pelican_headshots.core.geometry import Box, Point
from pelican_headshots.core.judged.criteria import CRITERIA, TOTALS, Limit, apart, departures, summary
from pelican_headshots.core.judged.forest import MISSING, Forest
from pelican_headshots.core.judged.judge import Calibration, Sum, Term, Weights, headshot_opinion

from .corpus import Numbers, Row, folds

SOMEBODY = (
    "faces", "face_candidates", "face_score", "mesh_score", "face_height", "mask_share", "mask_peak", "mask_sure",
    "mask_bottom", "bodies", "body_candidates", "somebody", "body_score", "body_mask_share", "masks_agree",
    "second_body", "main_body_score", "body_presence", "body_visible", "head_seen", "shoulders_shown", "hips_shown",
    "knees_shown", "ankles_shown", "elbows_shown", "wrists_shown", "shoulder_width", "torso", "mesh_doubt",
    "gaze_doubt", "dark_share", "ground_detail", "eyes_apart", "hand_score", "second_candidate", "second_face",
    "scene_somebody", "outline_somebody", "things_somebody", "somebody_near", "scene_near",
)  # fmt: skip
"""Measurements that tell whether somebody is there."""
LEFT_OUT = {
    "skin_light", "face_light", "face_dark", "face_bright", "face_black", "face_white", "face_over_ground", "eye_dark",
    "face_pixels", "scene_somebody", "outline_somebody", "things_somebody", "somebody_near", "scene_near",
    "lids_apart",
}  # fmt: skip
"""Not for the forest: what follows the tone of somebody's skin, or a picture's resolution; what is for the doctor."""
HEADSHOT_SENSES = ("scene_headshot", "things_headshot", "face_headshot")
TREES = 60
LEAF = 9
"""Pictures in a leaf at least, each counted with its mirror image and its worn copy."""
RIDGE = 2.6
"""For each number that a sense reads."""
SOMEBODY_STRENGTH, CRITERIA_STRENGTH = 0.05, 0.03
"""How far the two sums may follow what they are fitted on (1 / ridge). A stronger sum of criteria would lean on the
senses of the scene, and those know least of the pictures that are unlike all of these: `docs/verdicts.md`."""

_NOWHERE = Point(0.0, 0.0)
_SOME_FACE = Face(Box(0.0, 0.0, 0.0, 0.0), 1.0, 0.0, 0.0, 0.0, _NOWHERE, _NOWHERE, _NOWHERE, _NOWHERE)
"""Judging counts faces; where they are is in the measurements."""


Senses = dict[str, tuple[Numbers, float]]
"""Each sense's direction through the inner map it reads, and its offset."""


@dataclass
class Fitted:
    """What fitting gives: the judge's weights, and the senses."""

    weights: Weights
    senses: Senses

    def features(self, row: Row) -> dict[str, float]:
        """Its measurements, with what these senses read."""
        return {**row.features, **read(self.senses, row.inner)}

    def analysis(self, row: Row) -> Analysis:
        return Analysis(people=row.faces, faces=(_SOME_FACE,) * row.faces, features=self.features(row))


def _where(which: NDArray[np.bool_]) -> list[int]:
    return [int(i) for i in np.flatnonzero(which)]


def fit(given: Sequence[Row]) -> Fitted:
    """Fit everything to *given*."""
    labels = np.array([row.label for row in given])
    sources = [row.source for row in given]
    senses = _senses(given, labels)
    # What a sense reads in its own pictures flatters it: here each picture is read by senses that never met its source.
    fold = folds(sources, 8, 1)
    table: list[dict[str, float]] = [{} for _ in given]
    for k in range(8):
        rest = _where(fold != k)
        others = _senses([given[i] for i in rest], labels[rest])
        for i in _where(fold == k):
            table[i] = {**given[i].features, **read(others, given[i].inner)}
    model = _model(table, labels, sources)
    calibrated = _calibrated(model, table, labels, sources)
    return Fitted(calibrated, senses)


def _senses(given: Sequence[Row], labels: NDArray[np.int64]) -> Senses:
    people = labels != 2
    found = {}
    for name, part in READS.items():
        there = np.array([len(row.inner[part]) > 0 for row in given])
        if not name.endswith("somebody"):
            there &= people
        inner = np.stack([given[i].inner[part] for i in _where(there)])
        found[name] = _sense(inner, people[there] if name.endswith("somebody") else labels[there] == 0)
    return found


def _sense(scenes: Numbers, yes: NDArray[np.bool_]) -> tuple[Numbers, float]:
    """Ridge regression onto ±1, both answers weighed alike."""
    from sklearn.linear_model import Ridge

    mean, deviation = scenes.mean(axis=0), scenes.std(axis=0) + 1e-6
    weight = np.where(yes, 0.5 / yes.mean(), 0.5 / (1 - yes.mean()))
    model = Ridge(alpha=RIDGE * scenes.shape[1]).fit(
        (scenes - mean) / deviation, np.where(yes, 1.0, -1.0), sample_weight=weight
    )
    direction = np.round(model.coef_ / deviation, 5)
    return direction, round(float(model.intercept_ - model.coef_ / deviation @ mean), 4)


def _model(table: list[dict[str, float]], labels: NDArray[np.int64], sources: Sequence[str]) -> Weights:
    people = _where(labels != 2)
    persons = [table[i] for i in people]
    headshot = labels[people] == 0
    limits = _limits([row for row, yes in zip(persons, headshot, strict=True) if yes])
    return Weights(
        somebody=_sum(table, SOMEBODY, labels != 2, SOMEBODY_STRENGTH),
        limits=limits,
        criteria=_criteria(persons, headshot, [sources[i] for i in people]),
        forest=_forest(persons, headshot, limits),
        calibrate_somebody=Calibration(1.0, 0.0),
        calibrate_headshot=Calibration(1.0, 0.0),
        sure=0.7,
    )


def _limits(headshots: list[dict[str, float]]) -> dict[str, Limit]:
    found = {}
    for signed in (signed for measurements in CRITERIA.values() for signed in measurements):
        sign = 1.0 if signed[0] == "+" else -1.0
        values = np.array([sign * row[signed[1:]] for row in headshots if signed[1:] in row])
        middle = float(np.median(values))
        reach = max(float(np.percentile(values, 97.5)) - middle, 1e-3 * (1 + abs(middle)), 0.25 * float(values.std()))
        found[signed] = Limit(round(middle, 4), round(reach, 4) + 1e-4)
    return found


def _criteria(persons: list[dict[str, float]], headshot: NDArray[np.bool_], sources: Sequence[str]) -> Sum:
    """Departures here are from other sources' headshots: nobody departs from limits drawn around himself."""
    fold = folds(sources, 6, 3)
    values: list[dict[str, float]] = [{} for _ in persons]
    for k in range(6):
        limits = _limits([persons[i] for i in _where((fold != k) & headshot)])
        for i in _where(fold == k):
            found = summary(departures(apart(persons[i], limits)))
            values[i] = {**found, **{name: persons[i][name] for name in HEADSHOT_SENSES if name in persons[i]}}
    names = (*(f"criterion {name}" for name in CRITERIA), *TOTALS, *HEADSHOT_SENSES)
    return _sum(values, names, headshot, CRITERIA_STRENGTH)


def _sum(table: Sequence[dict[str, float]], names: Sequence[str], yes: NDArray[np.bool_], strength: float) -> Sum:
    from sklearn.linear_model import LogisticRegression

    values = np.array([[row.get(name, np.nan) for name in names] for row in table])
    absent = np.nanmedian(values, axis=0)
    values = np.where(np.isnan(values), absent, values)
    mean, deviation = values.mean(axis=0), values.std(axis=0) + 1e-6
    scaled = np.clip((values - mean) / deviation, -4, 4)
    model = LogisticRegression(C=strength, max_iter=5000, tol=1e-8).fit(scaled, yes)
    terms = {
        name: Term(*(round(float(v), 4) for v in (absent[i], mean[i])), *(
            round(float(v), 5) for v in (deviation[i], model.coef_[0][i])))
        for i, name in enumerate(names)
    }  # fmt: skip
    return Sum(terms, round(float(model.intercept_[0]), 4))


def _forest(persons: list[dict[str, float]], headshot: NDArray[np.bool_], limits: dict[str, Limit]) -> Forest:
    """Over the measurements, each one's departures, and their totals."""
    from sklearn.ensemble import ExtraTreesClassifier

    names = (
        tuple(sorted((set(FEATURES) & {name for row in persons for name in row}) - LEFT_OUT)) + tuple(limits) + TOTALS
    )
    table = []
    for row in persons:
        offs = apart(row, limits)
        table.append({**row, **offs, **summary(departures(offs))})
    values = np.array([[row.get(name, MISSING) for name in names] for row in table], np.float32)
    model = ExtraTreesClassifier(
        TREES, min_samples_leaf=LEAF, max_features=0.25, class_weight="balanced", random_state=0
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


def _calibrated(
    model: Weights, table: list[dict[str, float]], labels: NDArray[np.int64], sources: Sequence[str]
) -> Weights:
    """*model* with its confidence made honest by what it said of sources held out, and `sure` set to ask about 12 %."""
    from sklearn.linear_model import LogisticRegression

    fold = folds(sources, 6, 5)
    somebody, headshot = np.zeros(len(table)), np.zeros(len(table))
    for k in range(6):
        rest = _where(fold != k)
        part = _model([table[i] for i in rest], labels[rest], [sources[i] for i in rest])
        for i in _where(fold == k):
            somebody[i] = part.somebody.read(table[i])
            headshot[i] = headshot_opinion(table[i], part)[0]

    def platt(said: Numbers, yes: NDArray[np.bool_]) -> Calibration:
        fitted = LogisticRegression(C=10.0).fit(said[:, None], yes)
        return Calibration(round(float(fitted.coef_[0][0]), 4), round(float(fitted.intercept_[0]), 4))

    people = labels != 2
    one, two = platt(somebody, people), platt(headshot[people], labels[people] == 0)
    there = 1 / (1 + np.exp(-(one.stretch * somebody + one.move)))
    shot = 1 / (1 + np.exp(-(two.stretch * headshot + two.move)))
    confidence = np.where(there > 0.5, there * np.maximum(shot, 1 - shot), 1 - there)
    return msgspec.structs.replace(
        model, calibrate_somebody=one, calibrate_headshot=two, sure=round(float(np.percentile(confidence, 12)), 2)
    )
