"""Which number of quality a picture is encoded with: equal looks, not equal numbers.

The presets' numbers were found at equal SSIMULACRA2 on photographs (`docs/pictures.md`): JPEG 76 looks like WebP 81 and
AVIF 56. From there a picture moves by what a small trial encode tells: one that takes badly to compression, or whose
largest face does, goes up; one that would look better than most need goes down.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

QUALITY_PRESETS: dict[str, dict[str, int]] = {
    "light": {"avif": 43, "jpeg": 66, "webp": 71, "png": 0},
    "balanced": {"avif": 50, "jpeg": 73, "webp": 82, "png": 0},
    "archival": {"avif": 73, "jpeg": 90, "webp": 92, "png": 0},
}
"""By preset (`HEADSHOTS["quality"]`), then by format. WebP stands above equal looks: its colours go first."""

DENSE_QUALITY_DROP = {"light": 10, "balanced": 13, "archival": 0}
"""By preset: steps by which the quality of a file may fall that only dense screens fetch. Two pixels of theirs are seen as
one; brought to the size it is seen at, such a file scores higher than what other screens get (`docs/pictures.md`)."""

TRIAL_QUALITY = {"avif": 50, "jpeg": 73}
"""The quality of the trial encode."""

TRIAL_FORMATS = {"avif", "jpeg"}
"""Whose numbers a trial moves. WebP was not measured, and keeps its preset's."""

IMAGE_FEATURE_INDICES = (0, 1, 3, 5, 9)
FACE_FEATURE_INDICES = (1, 5, 9)
"""Which of the features of `adapters/pictures/trial.py` are used."""

MAX_SCORE_SHORTFALL, MAX_SCORE_EXCESS = 4.0, 2.0
"""SSIMULACRA2 by which a picture may fall short of the usual score, or exceed it, before its quality is moved."""
MAX_FACE_SCORE_SHORTFALL = 1.5
"""The same for the largest face: its floor. Held with the standard error of the prediction as a margin."""
MAX_QUALITY_DECREASE, MAX_QUALITY_INCREASE, MAX_QUALITY_INCREASE_FOR_FACE = 8, 3, 6
"""Steps of quality a picture is moved at most. What a low score misses is mostly grain: to keep it costs much and shows
little, but in a face."""


class QualityModel(NamedTuple):
    """Regressions of one format, made by `tools/research/fit_quality.py`."""

    image_coefficients: tuple[float, ...]
    """The usual score, then constant and coefficients of a picture's score in the trial."""
    face_coefficients: tuple[float, ...]
    """Constant and coefficients of its largest face's score."""
    face_standard_error: float
    """Standard error of that, on pictures it was not fitted on."""
    score_per_step: tuple[float, float]
    """Score won by one step of quality: constant, and change with the score."""


_QUALITY_MODELS = {
    "avif": QualityModel(
        (72.32, 51.69, 2.787, -5.34, -4.007, 3.38, -4.939), (51.87, -8.749, 0.8148, 0.3566), 1.62, (4.506, -0.05109)
    ),
    "jpeg": QualityModel(
        (73.58, 51.98, 1.641, -4.398, -3.862, 3.617, -5.488), (51.72, -7.675, 0.7659, -0.5347), 1.63, (2.164, -0.02126)
    ),
}


def compute_quality_offset(format: str, image_features: Sequence[float], face_features: Sequence[float] | None) -> int:
    """Steps by which to move the quality of a picture, from the features of its trial. Raises KeyError."""
    usual_score, *coefficients = _QUALITY_MODELS[format].image_coefficients
    score = _predict_score(coefficients, [image_features[i] for i in IMAGE_FEATURE_INDICES])
    step_constant, step_slope = _QUALITY_MODELS[format].score_per_step

    def steps_for_gain(score_gain: float) -> float:
        return score_gain / max(step_constant + step_slope * (score + score_gain / 2), 0.2)

    steps = min(
        max(
            steps_for_gain(min(max(score, usual_score - MAX_SCORE_SHORTFALL), usual_score + MAX_SCORE_EXCESS) - score),
            -MAX_QUALITY_DECREASE,
        ),
        MAX_QUALITY_INCREASE,
    )
    if face_features is not None:
        face_score = _predict_score(
            _QUALITY_MODELS[format].face_coefficients, [face_features[i] for i in FACE_FEATURE_INDICES]
        )
        missing_score = (
            usual_score - MAX_FACE_SCORE_SHORTFALL + _QUALITY_MODELS[format].face_standard_error - face_score
        )
        steps = max(steps, min(steps_for_gain(missing_score), MAX_QUALITY_INCREASE_FOR_FACE))
    return round(steps)


def _predict_score(coefficients: Sequence[float], features: Sequence[float]) -> float:
    return coefficients[0] + sum(c * f for c, f in zip(coefficients[1:], features, strict=True))
