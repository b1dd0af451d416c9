"""A set of headshots: which of them break it and how, and which of several frames of one person is the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import hypot
from statistics import median

from ..values.geometry import Value
from .checks import CheckResult, HeadshotSample

MIN_SET_SIZE = 4
"""Headshots that make a set."""
MAX_SKIN_DELTA_E, MAX_BACKDROP_DELTA_E, MAX_HEAD_HEIGHT_DEVIATION = 7.0, 14.0, 0.15
"""From where a picture breaks its set: CIE76 of the skin's a* and b*, of the whole backdrop; share of the head's height."""
MIN_BACKDROP_SHIFT_DELTA_E = 2.5
"""CIE76 by which the backdrop must lean the skin's way: under a warmer light a grey wall is warmer as well."""
MAX_GRAYSCALE_CHROMA = 4.0
"""Chroma of the skin up to which a picture is black and white."""


class SetDeviation(Value, frozen=True):
    """A headshot that differs from its set, and how in words."""

    path: str
    differences: tuple[str, ...]


def find_set_deviations(samples: Sequence[HeadshotSample]) -> tuple[SetDeviation, ...]:
    """Which of *cases* break the set they are: warmer or cooler light, larger or smaller heads, another backdrop.

    Complexions differ as much as lights do. So light is only said to differ where skin and backdrop lean the same way.
    """
    if len(samples) < MIN_SET_SIZE:
        return ()
    feature_sets = [case.analysis.features for case in samples]
    skin_a, skin_b = _median_of_feature(feature_sets, "craft_skin_a"), _median_of_feature(feature_sets, "craft_skin_b")
    median_backdrop = [_median_of_feature(feature_sets, f"craft_ground_{channel}") for channel in "lab"]
    head_heights = [_measure_head_height(case) for case in samples]
    median_height = median([head for head in head_heights if head] or [0.0])
    found = []
    for sample, features, head_height in zip(samples, feature_sets, head_heights, strict=True):
        differences = []
        if "craft_skin_a" in features and "craft_ground_a" in features:
            a, b = features["craft_skin_a"] - skin_a, features["craft_skin_b"] - skin_b
            backdrop_shift = (
                features["craft_ground_a"] - median_backdrop[1],
                features["craft_ground_b"] - median_backdrop[2],
            )
            skin_shift = hypot(a, b)
            along = (a * backdrop_shift[0] + b * backdrop_shift[1]) / max(skin_shift, 1e-6)
            is_grayscale = hypot(features["craft_skin_a"], features["craft_skin_b"]) <= MAX_GRAYSCALE_CHROMA
            if skin_shift > MAX_SKIN_DELTA_E and along > MIN_BACKDROP_SHIFT_DELTA_E and not is_grayscale:
                direction = ("warmer" if b > 0 else "cooler") if abs(b) > abs(a) else ("redder" if a > 0 else "greener")
                differences.append(f"{direction} by {skin_shift:.0f} ΔE")
        if head_height and median_height and abs(head_height / median_height - 1) > MAX_HEAD_HEIGHT_DEVIATION:
            differences.append(
                f"head {abs(head_height / median_height - 1):.0%} {'larger' if head_height > median_height else 'smaller'}"
            )
        if "craft_ground_l" in features:
            distance = (
                sum((features[f"craft_ground_{c}"] - m) ** 2 for c, m in zip("lab", median_backdrop, strict=True))
                ** 0.5
            )
            if distance > MAX_BACKDROP_DELTA_E:
                differences.append("other backdrop")
        if differences:
            found.append(SetDeviation(sample.path, tuple(differences)))
    return tuple(found)


def choose_best_frame(frames: Mapping[str, Sequence[CheckResult]]) -> str:
    """Return the one of several *frames* of one person (path → findings) whose checks are best.

    A check that cannot be assessed of one frame counts as in the frame where it is worst: it is no reason to prefer one.
    """
    scores = {
        path: {each.check: each.score for each in found if each.score is not None} for path, found in frames.items()
    }
    worst = {
        check: min(known[check] for known in scores.values() if check in known)
        for check in {check for known in scores.values() for check in known}
    }
    return max(sorted(frames), key=lambda path: (sum((worst | scores[path]).values()), len(scores[path])))


def _measure_head_height(sample: HeadshotSample) -> float:
    """Height of the head as a share of the frame."""
    if not sample.analysis.faces:
        return 0.0
    face = sample.analysis.faces[0]
    return max(face.chin.y - face.crown.y, face.box.height)


def _median_of_feature(feature_sets: Sequence[Mapping[str, float]], name: str) -> float:
    return median([features[name] for features in feature_sets if name in features] or [0.0])
