"""Choose the encoder quality of each picture, so that pictures look equally good.

The presets were chosen at equal SSIMULACRA2 scores on photographs (`docs/pictures.md`): JPEG 76 looks like WebP 81 and
AVIF 56. A small trial encode then adjusts the quality of each picture: up if the picture or its largest face would
look worse than usual, down if it would look better than needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

QUALITY_PRESETS: dict[str, dict[str, int]] = {
    "light": {"avif": 43, "jpeg": 66, "webp": 71, "png": 0},
    "balanced": {"avif": 50, "jpeg": 73, "webp": 82, "png": 0},
    "archival": {"avif": 73, "jpeg": 90, "webp": 92, "png": 0},
}
"""Quality by preset (`HEADSHOTS["quality"]`) and format. WebP is set higher than an equal score asks for, because its
colors degrade first."""

DENSE_QUALITY_DROP = {"light": 10, "balanced": 13, "archival": 0}
"""By preset: quality steps by which files that only high-density screens fetch may be lower. On such a screen, two pixels
are seen as one; scaled to the size at which it is seen, the file still scores higher than the file that other screens get
(`docs/pictures.md`)."""

TRIAL_QUALITY = {"avif": 50, "jpeg": 73}
"""The quality of the trial encode."""

TRIAL_FORMATS = {"avif", "jpeg"}
"""Formats whose quality a trial adjusts. WebP was not measured and keeps the quality of the preset."""

IMAGE_FEATURE_INDICES = (0, 1, 3, 5, 9)
FACE_FEATURE_INDICES = (1, 5, 9)
"""Indices of the features from `images/quality.py` that are used."""

MAX_SCORE_SHORTFALL, MAX_SCORE_EXCESS = 4.0, 2.0
"""SSIMULACRA2 points by which a picture may be below or above the usual score before its quality is adjusted."""
MAX_FACE_SCORE_SHORTFALL = 1.5
"""The same for the largest face, below the usual score. The standard error of the prediction is added as a margin."""
MAX_QUALITY_DECREASE, MAX_QUALITY_INCREASE, MAX_QUALITY_INCREASE_FOR_FACE = 8, 3, 6
"""Largest adjustment in quality steps. A low score is mostly lost grain, which is expensive to keep and hardly visible
except in a face."""


class QualityModel(NamedTuple):
    """Regressions for one format, fitted by `tools/research/fit_quality.py`."""

    image_coefficients: tuple[float, ...]
    """The usual score, then the constant and coefficients for the score of a picture in the trial."""
    face_coefficients: tuple[float, ...]
    """Constant and coefficients for the score of the largest face."""
    face_standard_error: float
    """Standard error of the face score, on pictures that it was not fitted on."""
    score_per_step: tuple[float, float]
    """Score gained per quality step: constant, and change with the score."""


_QUALITY_MODELS = {
    "avif": QualityModel(
        (72.32, 51.69, 2.787, -5.34, -4.007, 3.38, -4.939), (51.87, -8.749, 0.8148, 0.3566), 1.62, (4.506, -0.05109)
    ),
    "jpeg": QualityModel(
        (73.58, 51.98, 1.641, -4.398, -3.862, 3.617, -5.488), (51.72, -7.675, 0.7659, -0.5347), 1.63, (2.164, -0.02126)
    ),
}


def compute_quality_offset(format: str, image_features: Sequence[float], face_features: Sequence[float] | None) -> int:
    """Return the quality steps to add for a picture, from the features of its trial.

    Raises:
        KeyError: If the format is not in `TRIAL_FORMATS`.
    """
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
