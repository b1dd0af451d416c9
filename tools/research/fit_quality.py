"""Fit the choice of quality to the lines of `quality_data.py`, and measure how good it is.

Prints coefficients for `images/quality_presets.py`, fitted on the lines marked `fit`, and a table for the lines marked
`test`, which come from other sources.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pelican_headshots.images import quality_presets
from pelican_headshots.images.quality_presets import FACE_FEATURE_INDICES, IMAGE_FEATURE_INDICES, TRIAL_QUALITY

Line = dict[str, Any]


def interpolate(line: Line, format: str, number: float, column: int) -> float:
    """Interpolate bytes (column 0), score (1) or score of the face (2) at quality *number*, between the measured ones."""
    rows = {int(q): row for q, row in line[format].items()}
    steps = sorted(rows)
    values = [rows[q][column] for q in steps]
    if column == 0:
        return float(np.exp(np.interp(number, steps, np.log(values))))
    return float(np.interp(number, steps, values))


def ridge(features: np.ndarray, scores: np.ndarray, weight: float) -> tuple[float, ...]:
    """Return (constant, coefficients...) of a ridge regression on standardized features."""
    mean, spread = features.mean(axis=0), features.std(axis=0)
    z = (features - mean) / spread
    w = np.linalg.solve(z.T @ z + weight * np.eye(z.shape[1]), z.T @ (scores - scores.mean())) / spread
    return (float(scores.mean() - w @ mean), *map(float, w))


def predict_left_out_error(features: np.ndarray, scores: np.ndarray, weight: float, one: int) -> float:
    """Return how much too high the score of picture number *one* is if predicted from the others."""
    others = np.arange(len(scores)) != one
    constant, *coefficients = ridge(features[others], scores[others], weight)
    return float(constant + features[one] @ np.array(coefficients) - scores[one])


def print_coefficients(lines: list[Line], format: str) -> None:
    """Fit the model of one format and print it as a line of Python."""
    base = TRIAL_QUALITY[format]
    trials = [line[f"trial {format}"] for line in lines]
    scores = np.array([interpolate(line, format, base, 1) for line in lines])
    whole = ridge(np.array([t[0] for t in trials])[:, IMAGE_FEATURE_INDICES], scores, 1.0)
    faces = [(line, t[1]) for line, t in zip(lines, trials, strict=True) if line["box"] and t[1]]
    face_scores = np.array([interpolate(line, format, base, 2) for line, _ in faces])
    face_features = np.array([t for _, t in faces])[:, FACE_FEATURE_INDICES]
    face = ridge(face_features, face_scores, 3.0)
    error = float(np.std([predict_left_out_error(face_features, face_scores, 3.0, i) for i in range(len(faces))]))
    slopes = [(interpolate(line, format, base + 6, 1) - interpolate(line, format, base - 6, 1)) / 12 for line in lines]
    slope, intercept = np.polyfit(scores, slopes, 1)
    groups = [
        f"({', '.join(f'{n:.4g}' for n in group)})" for group in ([np.median(scores), *whole], face, (intercept, slope))
    ]
    print(f'    "{format}": QualityModel({groups[0]}, {groups[1]}, {error:.2f}, {groups[2]}),')


def print_table(lines: list[Line], format: str) -> tuple[np.ndarray, np.ndarray]:
    """Print bytes and scores of individual qualities, beside one quality for all with the same median score.

    Returns the scores of one quality for all, and of individual qualities.
    """
    base = TRIAL_QUALITY[format]
    own = [base + quality_presets.compute_quality_offset(format, *line[f"trial {format}"]) for line in lines]
    ours = evaluate_qualities(lines, format, own)
    median = float(np.median(ours["score"]))
    fixed = {}
    for name, encoder in (("one quality", format), ("one quality, plain Pillow", f"plain {format}")):
        same = find_quality_for_median(lines, encoder, median)
        fixed[name] = evaluate_qualities(lines, encoder, [same] * len(lines))
        print(format_row(format, f"{name} ({same:.1f})", fixed[name], fixed["one quality"]))
    print(format_row(format, f"individual ({min(own)} to {max(own)})", ours, fixed["one quality"]))
    best = compute_best_bytes(lines, format, median, min(fixed["one quality"]["score"]))
    saved = best / np.mean(fixed["one quality"]["bytes"]) - 1
    print(f"  {format}: with every score known in advance, {saved:+.1%} at the same median and minimum")
    missed = [
        floor - score
        for floor, score in ((compute_face_floor(format), score) for score in ours["face"])
        if floor > score
    ]
    print(f"  {format}: faces below their minimum of {compute_face_floor(format):.1f}: {[round(m, 1) for m in missed]}")
    return np.array(fixed["one quality"]["score"]), np.array(ours["score"])


def evaluate_qualities(lines: list[Line], encoder: str, numbers: Sequence[float]) -> dict[str, list[float]]:
    """Return file sizes and scores of the pictures of *lines* if each is encoded at its quality in *numbers*."""
    pairs = list(zip(lines, numbers, strict=True))
    return {
        "bytes": [interpolate(line, encoder, q, 0) for line, q in pairs],
        "score": [interpolate(line, encoder, q, 1) for line, q in pairs],
        "face": [interpolate(line, encoder, q, 2) for line, q in pairs if line["box"]],
    }


def find_quality_for_median(lines: list[Line], encoder: str, median: float) -> float:
    """Return the quality at which the median score of *lines* is *median*."""
    measured = [int(q) for q in lines[0][encoder]]
    grid = np.linspace(min(measured), max(measured), 200)
    return float(
        np.interp(median, [np.median([interpolate(line, encoder, q, 1) for line in lines]) for q in grid], grid)
    )


def compute_face_floor(format: str) -> float:
    """Return the score that a face must reach in *format*."""
    return quality_presets._QUALITY_MODELS[format].image_coefficients[0] - quality_presets.MAX_FACE_SCORE_SHORTFALL


def format_row(format: str, name: str, result: dict[str, list[float]], beside: dict[str, list[float]]) -> str:
    """Return a row of the table. Sizes are compared with those of *beside*."""
    score, size = np.array(result["score"]), float(np.mean(result["bytes"]))
    return (
        f"| {format} | {name} | {size / 1000:.1f} | {size / np.mean(beside['bytes']) - 1:+.1%} | {np.median(score):.1f} | "
        f"{score.mean():.1f} | {np.percentile(score, 5):.1f} | {score.min():.1f} | {min(result['face']):.1f} |"
    )


def compute_best_bytes(lines: list[Line], format: str, median: float, worst: float) -> float:
    """Return mean bytes of the best possible choice: the most expensive half at score *worst*, the others at *median*."""

    def cost(line: Line, score: float) -> float:
        steps = np.linspace(min(map(int, line[format])), max(map(int, line[format])), 60)
        return interpolate(
            line, format, float(np.interp(score, [interpolate(line, format, q, 1) for q in steps], steps)), 0
        )

    pairs = sorted(((cost(line, median), cost(line, worst)) for line in lines), key=lambda pair: pair[1] - pair[0])
    half = len(pairs) // 2
    return float(np.mean([low for _, low in pairs[:half]] + [high for high, _ in pairs[half:]]))


def plot(scores: dict[str, tuple[np.ndarray, np.ndarray]], path: Path) -> None:
    """Draw the sorted scores of one quality for all beside those of individual qualities."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(scores), figsize=(9, 3.4), sharey=True, layout="constrained")
    for axis, (format, (fixed, ours)) in zip(axes, scores.items(), strict=True):
        share = np.arange(1, len(fixed) + 1) / len(fixed) * 100
        axis.plot(share, np.sort(fixed), color="#999999", label="one quality for all")
        axis.plot(share, np.sort(ours), color="#b3541e", label="individual quality")
        axis.set_title(format.upper() if format == "jpeg" else "AVIF")
        axis.set_xlabel("share of the pictures, worst first (%)")
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("SSIMULACRA2")
    axes[0].legend(frameon=False)
    figure.savefig(path, dpi=110)


def main(arguments: Sequence[str]) -> int:
    """Print the coefficients and the table, and draw the plot if it is asked for."""
    parser = argparse.ArgumentParser(prog="fit_quality", description=__doc__)
    parser.add_argument("data", type=Path, help="what quality_data wrote")
    parser.add_argument("plot", type=Path, nargs="?", help="picture to draw; needs matplotlib")
    args = parser.parse_args(arguments)
    everything = [json.loads(line) for line in args.data.read_text(encoding="utf-8").splitlines()]
    parts = {label: [line for line in everything if line["set"] == label] for label in ("fit", "test")}
    for format in TRIAL_QUALITY:
        print_coefficients(parts["fit"], format)
    drawn = {format: print_table(parts["test"], format) for format in TRIAL_QUALITY}
    if args.plot:
        plot(drawn, args.plot)
    return 0
