"""Features of many samples as one array, for fitting: the same arithmetic as `classify/`, for all samples at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pelican_headshots.classify.classifier import ClassifierWeights, LogisticModel
from pelican_headshots.classify.criteria import CRITERIA, MAX_DEVIATION, SUMMARY_NAMES, UNKNOWN_DEVIATION, Threshold
from pelican_headshots.classify.forest import MISSING_VALUE, Forest

from .corpus import Numbers

CRITERION_NAMES = tuple(f"criterion {name}" for name in CRITERIA)


@dataclass
class FeatureTable:
    """One row for each sample, one column for each name. What was not measured is NaN."""

    names: tuple[str, ...]
    values: Numbers

    @classmethod
    def from_rows(cls, rows: Sequence[Mapping[str, float]]) -> FeatureTable:
        """Return the table of *rows*; NaN where a row lacks a feature."""
        names = tuple(sorted({name for row in rows for name in row}))
        return cls(names, np.array([[row.get(name, np.nan) for name in names] for row in rows], np.float64))

    def select(self, indices: Sequence[int]) -> FeatureTable:
        """Return the rows with these *indices*."""
        return FeatureTable(self.names, self.values[list(indices)])

    def get(self, names: Sequence[str]) -> Numbers:
        """Return the columns *names*; NaN where there is none of that name."""
        position = {name: i for i, name in enumerate(self.names)}
        columns = [
            self.values[:, position[name]] if name in position else np.full(len(self.values), np.nan) for name in names
        ]
        return np.stack(columns, axis=1)

    def add(self, other: FeatureTable) -> FeatureTable:
        """Return the columns of both tables."""
        return FeatureTable((*self.names, *other.names), np.hstack([self.values, other.values]))


def compute_deviation_table(table: FeatureTable, thresholds: Mapping[str, Threshold]) -> FeatureTable:
    """Return the deviations of each signed feature, the worst of each criterion, and the summary of these."""
    signed_names = tuple(thresholds)
    signs = np.array([1.0 if signed[0] == "+" else -1.0 for signed in signed_names])
    medians = np.array([thresholds[signed].median for signed in signed_names])
    tolerances = np.array([thresholds[signed].tolerance for signed in signed_names])
    raw = (signs * table.get([signed[1:] for signed in signed_names]) - medians) / tolerances
    deviations = MAX_DEVIATION * (1.0 - np.exp(-np.maximum(raw, 0.0) / MAX_DEVIATION))
    position = {signed: i for i, signed in enumerate(signed_names)}
    worst = []
    for measurements in CRITERIA.values():
        own = deviations[:, [position[signed] for signed in measurements]]
        found = np.max(np.where(np.isnan(own), -1.0, own), axis=1)
        worst.append(np.where(found < 0, UNKNOWN_DEVIATION, found))
    by_criterion = np.stack(worst, axis=1)
    ranked = -np.sort(-by_criterion, axis=1)
    summary = np.stack([ranked[:, 0], ranked[:, 1], ranked[:, :3].sum(axis=1), ranked.sum(axis=1)], axis=1)
    return FeatureTable(
        (*signed_names, *CRITERION_NAMES, *SUMMARY_NAMES), np.hstack([deviations, by_criterion, summary])
    )


def predict_log_odds(model: LogisticModel, table: FeatureTable) -> Numbers:
    """Return the log odds of each row by a logistic model."""
    values = table.get(tuple(model.coefficients))
    total = np.full(len(values), model.bias)
    for column, term in zip(values.T, model.coefficients.values(), strict=True):
        scaled = (np.where(np.isnan(column), term.fill_value, column) - term.mean) / term.standard_deviation
        total += term.weight * np.clip(scaled, -4.0, 4.0)
    return total


def predict_forest(forest: Forest, table: FeatureTable) -> Numbers:
    """Return the probability of each row by a forest."""
    values = np.nan_to_num(table.get(forest.features), nan=MISSING_VALUE)
    total, rows = np.zeros(len(values)), np.arange(len(values))
    for tree in forest.trees:
        nodes = np.reshape(np.array(tree), (-1, 4))
        features, children = nodes[:, 0].astype(int), (nodes[:, 2] / 4).astype(int)
        at = np.zeros(len(values), int)
        while (inner := features[at] >= 0).any():
            is_low = values[rows, np.maximum(features[at], 0)] <= nodes[at, 1]
            at = np.where(inner, np.where(is_low, at + 1, children[at]), at)
        total += nodes[at, 3]
    return total / len(forest.trees)


def predict_headshot_log_odds(weights: ClassifierWeights, table: FeatureTable) -> Numbers:
    """Return the uncalibrated log odds of a headshot for each sample."""
    extended = table.add(compute_deviation_table(table, weights.thresholds))
    criteria = 1.0 / (1.0 + np.exp(-np.clip(predict_log_odds(weights.criteria_model, extended), -30.0, 30.0)))
    probability = np.clip((criteria + predict_forest(weights.forest, extended)) / 2, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(probability / (1 - probability)), np.float64)
