"""Figures over verdicts, by scikit-learn where it has them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_score

from .corpus import LABELS, Sample
from .verdicts import Verdict

Pair = tuple[Sample, Verdict]
BINS = 10


def confusion(pairs: Sequence[Pair]) -> list[list[int]]:
    """Rows are labels, columns verdicts, in the order of `corpus.LABELS`."""
    if not pairs:
        return [[0] * len(LABELS) for _ in LABELS]
    counted: list[list[int]] = confusion_matrix(*_labels(pairs), labels=range(len(LABELS))).tolist()
    return counted


def macro_f1(pairs: Sequence[Pair]) -> float:
    """Mean, over the labels that occur, of the harmonic mean of precision and recall."""
    labelled, chosen = _labels(pairs)
    return float(f1_score(labelled, chosen, labels=sorted(set(labelled)), average="macro")) if pairs else 0.0


def compute_accuracy(pairs: Sequence[Pair]) -> float:
    return float(accuracy_score(*_labels(pairs))) if pairs else 0.0


def precision(pairs: Sequence[Pair], kind: int) -> float:
    labelled, chosen = _labels(pairs)
    found = precision_score(labelled, chosen, labels=[kind], average="macro", zero_division=0.0) if pairs else 0.0
    return float(found)


def calibration(pairs: Sequence[Pair]) -> list[tuple[float, float, int]]:
    """For each tenth of confidence that occurs: mean confidence, share right, how many."""
    confidence = [said.confidence for _, said in pairs]
    share_right, mean_confidence = calibration_curve(
        [row.label == said.chosen for row, said in pairs], confidence, n_bins=BINS
    )
    counts = np.bincount(np.searchsorted(np.linspace(0, 1, BINS + 1)[1:-1], confidence))
    return list(zip(mean_confidence.tolist(), share_right.tolist(), counts[counts > 0].tolist(), strict=True))


def calibration_error(pairs: Sequence[Pair]) -> float:
    """Expected calibration error: how far confidence is from the share right, over tenths, weighed by their size."""
    return sum(count * abs(said - was) for said, was, count in calibration(pairs)) / len(pairs) if pairs else 0.0


def _labels(pairs: Sequence[Pair]) -> tuple[list[int], list[int]]:
    """What was labelled and what was chosen, as scikit-learn takes them."""
    return [row.label for row, _ in pairs], [said.chosen for _, said in pairs]


def coverage(pairs: Sequence[Pair]) -> list[tuple[float, float]]:
    """(share of pictures kept, share of those right) as the least sure are set aside."""
    ranked = sorted(pairs, key=lambda pair: -pair[1].confidence)
    points, good = [], 0
    for count, (row, said) in enumerate(ranked, 1):
        good += row.label == said.chosen
        if count % max(1, len(ranked) // 60) == 0 or count == len(ranked):
            points.append((count / len(ranked), good / count))
    return points


def groups(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    """The parts of a corpus that are reported on their own."""

    def about(key: str, value: str) -> list[Pair]:
        return [pair for pair in pairs if pair[0].label_row.get(key) == value]

    found = {
        "hard": about("hard", "y"),
        "not hard": about("hard", "n"),
        "never fitted on (train = n)": about("train", "n"),
    }
    found |= {"black and white": about("bw", "y"), "in colour": about("bw", "n")}
    for key in ("light", "facing", "scale", "n_people"):
        for value in sorted({pair[0].label_row.get(key, "") for pair in pairs} - {"", "n/a"}):
            found[f"{key.replace('_', ' ')}: {value}"] = about(key, value)
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
    for name, words in notes.items():
        found[f"noted: {name}"] = [
            pair for pair in pairs if set(pair[0].label_row.get("notes", "").replace(",", " ").split()) & set(words)
        ]
    found["noted: child"] = [pair for pair in pairs if "child" in pair[0].label_row.get("notes", "")]
    return {name: part for name, part in found.items() if len(part) >= 8}


def pair_with_copies(pairs: Sequence[Pair], copies: Sequence[Pair]) -> dict[str, list[tuple[Verdict, Verdict, Sample]]]:
    """For each way of altering pictures: what was said of each one and of its copy."""
    of = {row.file: said for row, said in pairs if not row.label_row.get("variant")}
    found: dict[str, list[tuple[Verdict, Verdict, Sample]]] = {}
    for row, said in (*pairs, *copies):
        if row.label_row.get("variant"):
            found.setdefault(row.label_row["variant"], []).append((of[row.file], said, row))
    return found


def compute_agreement(pairs: Sequence[tuple[Verdict, Verdict, Sample]]) -> float:
    """Of pictures and their copies, the share that was said to be of one kind."""
    return sum(one.chosen == other.chosen for one, other, _ in pairs) / len(pairs) if pairs else 0.0


def summary(pairs: Sequence[Pair]) -> dict[str, float]:
    """The headline figures."""
    certain = [pair for pair in pairs if pair[1].is_sure]
    ranked = sorted(pairs, key=lambda pair: -pair[1].confidence)[: round(0.85 * len(pairs))]
    return {
        "pictures": len(pairs),
        "macro-F1": macro_f1(pairs),
        "right": compute_accuracy(pairs),
        "expected calibration error": calibration_error(pairs),
        "sure of": len(certain) / len(pairs) if pairs else 0.0,
        "right, of the sure": compute_accuracy(certain),
        "right, of the surest 85 %": compute_accuracy(ranked),
        "headshot precision, of the sure": precision(certain, 0),
        "headshot precision": precision(pairs, 0),
    }


def format_figure(value: float) -> str:
    return f"{value:.0f}" if value > 1 else f"{value:.3f}"
