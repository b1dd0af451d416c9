"""Metrics of predictions, from scikit-learn if it has them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_score

from .corpus import LABELS, Sample
from .predictions import Prediction

Pair = tuple[Sample, Prediction]
BINS = 10


def confusion(pairs: Sequence[Pair]) -> list[list[int]]:
    """Return the confusion matrix: rows are labels, columns predictions, in the order of `corpus.LABELS`."""
    if not pairs:
        return [[0] * len(LABELS) for _ in LABELS]
    counted: list[list[int]] = confusion_matrix(*_labels(pairs), labels=range(len(LABELS))).tolist()
    return counted


def macro_f1(pairs: Sequence[Pair]) -> float:
    """Return the mean F1 score of the labels that occur."""
    labels, chosen = _labels(pairs)
    return float(f1_score(labels, chosen, labels=sorted(set(labels)), average="macro")) if pairs else 0.0


def compute_accuracy(pairs: Sequence[Pair]) -> float:
    """Return the share of the pairs whose two kinds are the same."""
    return float(accuracy_score(*_labels(pairs))) if pairs else 0.0


def compute_log_loss(pairs: Sequence[Pair]) -> float:
    """Return the mean negative log of the probability given to the right label."""
    if not pairs:
        return 0.0
    return float(-np.mean([np.log(max(1e-6, predicted.probabilities[sample.label])) for sample, predicted in pairs]))


def precision(pairs: Sequence[Pair], kind: int) -> float:
    """Return the share of what was classified as *kind* that is of that kind."""
    labels, chosen = _labels(pairs)
    found = precision_score(labels, chosen, labels=[kind], average="macro", zero_division=0.0) if pairs else 0.0
    return float(found)


def calibration(pairs: Sequence[Pair]) -> list[tuple[float, float, int]]:
    """Return for each tenth of confidence that occurs: mean confidence, accuracy, number of predictions."""
    confidence = [predicted.confidence for _, predicted in pairs]
    share_right, mean_confidence = calibration_curve(
        [sample.label == predicted.chosen for sample, predicted in pairs], confidence, n_bins=BINS
    )
    counts = np.bincount(np.searchsorted(np.linspace(0, 1, BINS + 1)[1:-1], confidence))
    return list(zip(mean_confidence.tolist(), share_right.tolist(), counts[counts > 0].tolist(), strict=True))


def calibration_error(pairs: Sequence[Pair]) -> float:
    """Return the expected calibration error: mean difference of confidence and accuracy, weighted by tenths' size."""
    return (
        sum(count * abs(predicted - accuracy) for predicted, accuracy, count in calibration(pairs)) / len(pairs)
        if pairs
        else 0.0
    )


def _labels(pairs: Sequence[Pair]) -> tuple[list[int], list[int]]:
    """Return labels and predictions, as scikit-learn takes them."""
    return [sample.label for sample, _ in pairs], [predicted.chosen for _, predicted in pairs]


def coverage(pairs: Sequence[Pair]) -> list[tuple[float, float]]:
    """Return pairs of coverage and accuracy: the share of pictures with most confidence, and how many of them are right."""
    ranked = sorted(pairs, key=lambda pair: -pair[1].confidence)
    points, good = [], 0
    for count, (sample, predicted) in enumerate(ranked, 1):
        good += sample.label == predicted.chosen
        if count % max(1, len(ranked) // 60) == 0 or count == len(ranked):
            points.append((count / len(ranked), good / count))
    return points


def groups(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    """Return the groups of a corpus that are reported separately."""

    def select(key: str, value: str) -> list[Pair]:
        return [pair for pair in pairs if pair[0].label_row.get(key) == value]

    found = {
        "hard": select("hard", "y"),
        "not hard": select("hard", "n"),
        "never used for fitting (train = n)": select("train", "n"),
    }
    found |= {"black and white": select("bw", "y"), "in color": select("bw", "n")}
    for key in ("light", "facing", "scale", "n_people"):
        for value in sorted({pair[0].label_row.get(key, "") for pair in pairs} - {"", "n/a"}):
            found[f"{key.replace('_', ' ')}: {value}"] = select(key, value)
    lit = sorted(
        (pair for pair in pairs if "skin_light" in pair[0].features), key=lambda p: p[0].features["skin_light"]
    )
    third = len(lit) // 3
    if third > 10:
        found["darkest third of faces"] = lit[:third]
        found["middle third of faces"] = lit[third : 2 * third]
        found["lightest third of faces"] = lit[2 * third :]
    notes = {
        "glasses": ("glasses",),
        "head coverings": ("hijab", "headscarf", "turban", "hat", "cap", "helmet", "hood"),
    }
    for name, keywords in notes.items():
        found[f"noted: {name}"] = [
            pair for pair in pairs if set(pair[0].label_row.get("notes", "").replace(",", " ").split()) & set(keywords)
        ]
    found["noted: child"] = [pair for pair in pairs if "child" in pair[0].label_row.get("notes", "")]
    return {name: part for name, part in found.items() if len(part) >= 8}


def pair_with_copies(
    pairs: Sequence[Pair], copies: Sequence[Pair]
) -> dict[str, list[tuple[Prediction, Prediction, Sample]]]:
    """Return for each kind of copy the predictions for the picture and for its copy."""
    by_file = {sample.file: predicted for sample, predicted in pairs if not sample.label_row.get("variant")}
    found: dict[str, list[tuple[Prediction, Prediction, Sample]]] = {}
    for sample, predicted in (*pairs, *copies):
        if sample.label_row.get("variant"):
            found.setdefault(sample.label_row["variant"], []).append((by_file[sample.file], predicted, sample))
    return found


def compute_agreement(pairs: Sequence[tuple[Prediction, Prediction, Sample]]) -> float:
    """Return the share of copies that were classified like their picture."""
    return sum(one.chosen == other.chosen for one, other, _ in pairs) / len(pairs) if pairs else 0.0


def summary(pairs: Sequence[Pair]) -> dict[str, float]:
    """Return the headline figures by name."""
    sure = [pair for pair in pairs if pair[1].is_sure]
    ranked = sorted(pairs, key=lambda pair: -pair[1].confidence)[: round(0.85 * len(pairs))]
    return {
        "pictures": len(pairs),
        "macro-F1": macro_f1(pairs),
        "accuracy": compute_accuracy(pairs),
        "log loss": compute_log_loss(pairs),
        "expected calibration error": calibration_error(pairs),
        "share sure": len(sure) / len(pairs) if pairs else 0.0,
        "accuracy of sure": compute_accuracy(sure),
        "accuracy of the surest 85 %": compute_accuracy(ranked),
        "headshot precision of sure": precision(sure, 0),
        "headshot precision": precision(pairs, 0),
    }


def format_figure(value: float) -> str:
    """Return a count without and a share with three decimal places."""
    return f"{value:.0f}" if value > 1 else f"{value:.3f}"
