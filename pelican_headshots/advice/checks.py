"""Checks of one headshot: advice about photographic quality, never about the person.

Each check follows ISO/IEC 29794-5: a native measure, a documented mapping to a score of 0 to 100, or "cannot assess".
Nothing here judges expression, age, looks or clothing. The midpoints of the mappings were set on one half of the headshots
of a labelled corpus, so that 95 to 98 % of them pass; `docs/advice.md` has the figures for the other half.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import atan2, degrees, exp, hypot
from statistics import median

from ..classify.explanations import is_evenly_lit
from ..crop.frame_limits import UPRIGHT_SHAPE
from ..crop.head_geometry import compute_head_unit_px
from ..values.analysis import Analysis
from ..values.geometry import Size, Value

WIDEST_SLOT_CSS_PX = 547
"""CSS pixels of the picture on the about page in a window 1440 wide: 38 % of its width, see `layout/sizes.py`."""


class CheckResult(Value, frozen=True):
    """The result of one check of one photo.

    *score* is 0 (bad) to 100, or None if the check cannot be assessed; then *sentence* says why.
    """

    check: str
    measure: float | None
    score: int | None
    sentence: str

    @property
    def is_advice(self) -> bool:
        """Whether the score is low enough to tell the photographer."""
        return self.score is not None and self.score < 50


class HeadshotSample(Value, frozen=True):
    """What the checks need of one headshot."""

    path: str
    size: Size
    analysis: Analysis


def measure_frame_width(sample: HeadshotSample) -> float | None:
    """Return how many pixels wide the original's crop on a person's page would be, or None without a face.

    The crop is the one preferred for a person alone, because finding the crop that suits a whole set takes long.
    """
    if not sample.analysis.faces:
        return None
    frame_height = (
        compute_head_unit_px(sample.analysis.faces[0], sample.size) * UPRIGHT_SHAPE.preferred_target.frame_height
    )
    return min(frame_height * UPRIGHT_SHAPE.ratio, sample.size.width, sample.size.height * UPRIGHT_SHAPE.ratio)


def score_measure(measure: float, midpoint: float, spread: float) -> int:
    """Map *measure* to a score of 0 to 100 on a logistic curve: 50 at *midpoint*, less above it.

    *spread* is the scale of the curve: one spread above the midpoint the score is 27.
    """
    return round(100 / (1 + exp(max(-60.0, min(60.0, (measure - midpoint) / spread)))))


Measured = tuple[float | None, str]
"""A measure and the message for a low score; or None and the reason why it cannot be assessed."""
Measure = Callable[[HeadshotSample, Mapping[str, float]], Measured]


def _make_feature_check(feature: str, sentence: str, unknown: str) -> Measure:
    """Return a check of the absolute value of *feature*, which also fills *sentence*; *unknown* if it is missing."""

    def check_feature(_sample: HeadshotSample, features: Mapping[str, float]) -> Measured:
        if feature not in features:
            return None, unknown
        return abs(features[feature]), sentence.format(abs(features[feature]))

    return check_feature


def _check_eyes(_sample: HeadshotSample, features: Mapping[str, float]) -> Measured:
    if "eye_open_least" not in features or features.get("yaw", 0.0) > 25:
        return None, "the eyes are turned too far away"
    if "lids_apart" not in features:
        return None, "the eyes are too small to tell"
    return -features["lids_apart"], "the eyes look shut: choose another photo"


def _check_focus(_sample: HeadshotSample, features: Mapping[str, float]) -> Measured:
    if "quality_focus" not in features:
        return None, "the face is too small to tell"
    if "set_focus" not in features:
        return None, "there is no set to compare it with"
    return features["set_focus"] - features[
        "quality_focus"
    ], "softer about the eyes than the rest of the set: choose a sharper photo"


def _check_color_cast(_sample: HeadshotSample, features: Mapping[str, float]) -> Measured:
    a, b = features.get("quality_skin_a"), features.get("quality_skin_b")
    if a is None or b is None:
        return None, _NO_SKIN
    chroma, hue = hypot(a, b), degrees(atan2(b, a))
    if chroma < 4:
        return None, "it is black and white"
    # Skin of every complexion has a hue near 50 degrees in CIE L*a*b*, well within 40; other hues come from the light.
    hue_offset = abs((hue - 50 + 180) % 360 - 180)
    return max(
        hue_offset / 40, chroma / 50
    ), f"the light turns the skin {'blue or magenta' if hue < 50 else 'green or yellow'}: correct the white balance"


def _check_resolution(sample: HeadshotSample, _features: Mapping[str, float]) -> Measured:
    frame_width = measure_frame_width(sample)
    if frame_width is None:
        return None, _NO_FACE
    sentence = (
        f"head and shoulders are only {frame_width:.0f} pixels wide: they look soft on a person's page, which shows them "
        f"at {WIDEST_SLOT_CSS_PX}: export the photo larger, or crop it less"
    )
    return WIDEST_SLOT_CSS_PX / max(frame_width, 1.0), sentence


def _check_hard_shadow(_sample: HeadshotSample, features: Mapping[str, float]) -> Measured:
    if "quality_shadow_edge" not in features:
        return None, _NO_SKIN
    # On an evenly lit face, a step in brightness is nearly always the edge of a fringe, a beard or a cap.
    return 0.0 if is_evenly_lit(features) else features[
        "quality_shadow_edge"
    ], "a hard shadow lies across the face: soften the light, or brighten the shadow"


def _check_second_person(_sample: HeadshotSample, features: Mapping[str, float]) -> Measured:
    return features.get("second_person", 0.0), "somebody else is in the picture: crop them out, or choose another photo"


_NO_SKIN, _NO_FACE = "no skin to measure", "no face was found"

CHECKS: dict[str, tuple[Measure, float, float]] = {
    # 14 % below the narrowest open eyes of 504 faces, so that laughing or narrow eyes are not called shut.
    "eyes": (_check_eyes, -0.09, 0.005),
    "focus": (_check_focus, 1.1, 0.12),
    "burnt": (
        _make_feature_check(
            "quality_overexposed", "{:.0%} of the face is overexposed: expose it less, or develop it darker", _NO_SKIN
        ),
        0.18,
        0.02,
    ),
    "blocked": (
        _make_feature_check(
            "quality_underexposed",
            "{:.0%} of the face is black without detail: light it, or brighten the shadows",
            _NO_SKIN,
        ),
        0.035,
        0.005,
    ),
    "cast": (_check_color_cast, 0.87, 0.03),
    "backdrop": (
        _make_feature_check(
            "quality_background_clutter",
            "the backdrop is busy: photograph against an even wall, or blur it",
            "hardly any backdrop is visible",
        ),
        0.1,
        0.015,
    ),
    "pixels": (_check_resolution, 1.25, 0.08),
    "tilt": (
        _make_feature_check(
            "roll", "the head leans {:.0f}°, more than is corrected automatically: rotate the photo", _NO_FACE
        ),
        11.0,
        1.0,
    ),
    "shadow": (_check_hard_shadow, 0.4, 0.03),
    "company": (_check_second_person, 0.3, 0.05),
    "hand": (_make_feature_check("hand_over", "a hand is over the face: choose another photo", _NO_FACE), 0.1, 0.02),
}
"""Name → check, and the midpoint and spread of its mapping (see `score_measure`)."""


def run_checks(sample: HeadshotSample, median_focus: float | None = None) -> tuple[CheckResult, ...]:
    """Run every check on one headshot. *median_focus* is the median `quality_focus` of its set, if there is a set."""
    features = dict(sample.analysis.features)
    if median_focus is not None:
        features["set_focus"] = median_focus
    results = []
    for name, (check, midpoint, spread) in CHECKS.items():
        measure, sentence = check(sample, features)
        if measure is None:
            results.append(CheckResult(name, None, None, f"cannot assess: {sentence}"))
        else:
            results.append(CheckResult(name, round(measure, 4), score_measure(measure, midpoint, spread), sentence))
    return tuple(results)


def measure_set_focus(samples: Sequence[HeadshotSample]) -> float | None:
    """Return the median focus of a set of at least three headshots, or None."""
    focus_values = [
        sample.analysis.features["quality_focus"] for sample in samples if "quality_focus" in sample.analysis.features
    ]
    return median(focus_values) if len(focus_values) >= 3 else None
