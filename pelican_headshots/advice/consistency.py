"""A set of headshots: which ones look inconsistent and how, and which of several frames of one person is the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import hypot
from statistics import median

from ..values.geometry import Value
from .checks import CheckResult, HeadshotSample

MIN_SET_SIZE = 4
"""Fewest headshots whose consistency is checked."""
MAX_SKIN_DELTA_E, MAX_BACKDROP_DELTA_E, MAX_HEAD_HEIGHT_DEVIATION = 7.0, 14.0, 0.15
"""Largest differences from the set's median: skin (CIE76 of a* and b*), backdrop (CIE76) and head height (a fraction)."""
MIN_BACKDROP_SHIFT_DELTA_E = 2.5
"""CIE76 by which the backdrop must be shifted like the skin: under a warmer light a grey backdrop is warmer too."""
MAX_GRAYSCALE_CHROMA = 4.0
"""Chroma of the skin up to which a photo counts as black and white."""


class SetDeviation(Value, frozen=True):
    """A headshot that differs from its set, and the differences in words."""

    path: str
    differences: tuple[str, ...]


def find_set_deviations(samples: Sequence[HeadshotSample]) -> tuple[SetDeviation, ...]:
    """Return the headshots that differ from the set: in the colour of the light, the size of the head or the backdrop.

    Complexions differ as much as lights do, so the light is only said to differ if skin and backdrop differ alike.
    """
    if len(samples) < MIN_SET_SIZE:
        return ()
    feature_sets = [sample.analysis.features for sample in samples]
    skin_a = _median_of_feature(feature_sets, "quality_skin_a")
    skin_b = _median_of_feature(feature_sets, "quality_skin_b")
    median_backdrop = [_median_of_feature(feature_sets, f"quality_background_{channel}") for channel in "lab"]
    head_heights = [_measure_head_height(sample) for sample in samples]
    median_height = median([height for height in head_heights if height] or [0.0])
    deviations = []
    for sample, features, head_height in zip(samples, feature_sets, head_heights, strict=True):
        differences = []
        if "quality_skin_a" in features and "quality_background_a" in features:
            a, b = features["quality_skin_a"] - skin_a, features["quality_skin_b"] - skin_b
            backdrop_shift = (
                features["quality_background_a"] - median_backdrop[1],
                features["quality_background_b"] - median_backdrop[2],
            )
            skin_shift = hypot(a, b)
            common_shift = (a * backdrop_shift[0] + b * backdrop_shift[1]) / max(skin_shift, 1e-6)
            is_grayscale = hypot(features["quality_skin_a"], features["quality_skin_b"]) <= MAX_GRAYSCALE_CHROMA
            if skin_shift > MAX_SKIN_DELTA_E and common_shift > MIN_BACKDROP_SHIFT_DELTA_E and not is_grayscale:
                direction = ("warmer" if b > 0 else "cooler") if abs(b) > abs(a) else ("redder" if a > 0 else "greener")
                differences.append(f"skin is noticeably {direction} (ΔE {skin_shift:.0f})")
        if head_height and median_height and abs(head_height / median_height - 1) > MAX_HEAD_HEIGHT_DEVIATION:
            differences.append(
                f"head {abs(head_height / median_height - 1):.0%} {'larger' if head_height > median_height else 'smaller'}"
            )
        if "quality_background_l" in features:
            distance = (
                sum((features[f"quality_background_{c}"] - m) ** 2 for c, m in zip("lab", median_backdrop, strict=True))
                ** 0.5
            )
            if distance > MAX_BACKDROP_DELTA_E:
                differences.append("different backdrop")
        if differences:
            deviations.append(SetDeviation(sample.path, tuple(differences)))
    return tuple(deviations)


def choose_best_frame(frames: Mapping[str, Sequence[CheckResult]]) -> str:
    """Return the path of the frame with the best checks among several frames of one person (path → results).

    A check that cannot be assessed for a frame counts as its worst score in the others, so that it never favours a frame.
    """
    scores = {
        path: {result.check: result.score for result in results if result.score is not None}
        for path, results in frames.items()
    }
    worst = {
        check: min(known[check] for known in scores.values() if check in known)
        for check in {check for known in scores.values() for check in known}
    }
    return max(sorted(frames), key=lambda path: (sum((worst | scores[path]).values()), len(scores[path])))


def _measure_head_height(sample: HeadshotSample) -> float:
    """Return the height of the head as a fraction of the photo's height, or 0 without a face."""
    if not sample.analysis.faces:
        return 0.0
    face = sample.analysis.faces[0]
    return max(face.chin.y - face.crown.y, face.box.height)


def _median_of_feature(feature_sets: Sequence[Mapping[str, float]], name: str) -> float:
    return median([features[name] for features in feature_sets if name in features] or [0.0])
