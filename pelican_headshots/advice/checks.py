"""The headshot doctor: advice about craft, never about a person.

After the shape of ISO/IEC 29794-5: a native measure, a documented mapping to a score of 0 to 100, or "cannot assess".
Nothing here looks at expression, age, looks or what somebody wears. The middles of the mappings were set on one half of
the headshots of a labelled corpus, at what 95 to 98 of 100 of them stay clear of; `docs/doctor.md` has the figures on
pictures of the other half.
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
"""CSS pixels of the about page's picture in a window of 1440: 0.38 of its width, see `core/hung/sizes.py`."""


class CheckResult(Value, frozen=True):
    """One check of one picture. *score* is 0 (bad) to 100, None where it cannot be assessed (*sentence* says why)."""

    check: str
    measure: float | None
    score: int | None
    sentence: str

    @property
    def is_advice(self) -> bool:
        return self.score is not None and self.score < 50


class HeadshotSample(Value, frozen=True):
    """What the doctor sees of one headshot."""

    path: str
    size: Size
    analysis: Analysis


def measure_frame_width(sample: HeadshotSample) -> float | None:
    """Pixels of the original in the width of the frame that people's pages give this head, as far as there are any.

    The frame preferred for one who stands alone: which frame a whole set meets in takes long to search for. None: no face.
    """
    if not sample.analysis.faces:
        return None
    frame_height = (
        compute_head_unit_px(sample.analysis.faces[0], sample.size) * UPRIGHT_SHAPE.preferred_target.frame_height
    )
    return min(frame_height * UPRIGHT_SHAPE.ratio, sample.size.width, sample.size.height * UPRIGHT_SHAPE.ratio)


def score_measure(measure: float, midpoint: float, spread: float) -> int:
    """*measure* to 0..100: 50 at *middle*, less above it; *width* is how far from it the score has halved again."""
    return round(100 / (1 + exp(max(-60.0, min(60.0, (measure - midpoint) / spread)))))


Measured = tuple[float | None, str]
"""A measure and the sentence for a low score; None where it cannot be assessed, and the sentence says why."""
Measure = Callable[[HeadshotSample, Mapping[str, float]], Measured]


def _amount(feature: str, sentence: str, unknown: str) -> Measure:
    """The size of one *feature*, which stands in the *sentence* as well; *unknown* where there is none."""

    def measure(case: HeadshotSample, seen: Mapping[str, float]) -> Measured:
        if feature not in seen:
            return None, unknown
        return abs(seen[feature]), sentence.format(abs(seen[feature]))

    return measure


def _check_eyes(sample: HeadshotSample, features: Mapping[str, float]) -> Measured:
    if "eye_open_least" not in features or features.get("yaw", 0.0) > 25:
        return None, "the eyes are turned too far away"
    if "lids_apart" not in features:
        return None, "the eyes are too small to tell"
    return -features["lids_apart"], "the eyes look shut"


def _check_focus(sample: HeadshotSample, features: Mapping[str, float]) -> Measured:
    if "craft_focus" not in features:
        return None, "the face is too small to tell"
    if "set_focus" not in features:
        return None, "there is no set to compare it with"
    return features["set_focus"] - features["craft_focus"], "softer about the eyes than the rest of the set"


def _check_color_cast(sample: HeadshotSample, features: Mapping[str, float]) -> Measured:
    a, b = features.get("craft_skin_a"), features.get("craft_skin_b")
    if a is None or b is None:
        return None, _NO_SKIN
    chroma, hue = hypot(a, b), degrees(atan2(b, a))
    if chroma < 4:
        return None, "it is black and white"
    # Skin of every complexion lies about 50 degrees in CIE L*a*b*, well within 40; what lies off was coloured by light.
    hue_offset = abs((hue - 50 + 180) % 360 - 180)
    return max(
        hue_offset / 40, chroma / 50
    ), f"the light turns the skin {'blue or magenta' if hue < 50 else 'green or yellow'}"


def _check_resolution(sample: HeadshotSample, features: Mapping[str, float]) -> Measured:
    frame_width = measure_frame_width(sample)
    if frame_width is None:
        return None, _NO_FACE
    sentence = f"its head and shoulders are {frame_width:.0f} pixels wide; a person's page shows them at {WIDEST_SLOT_CSS_PX}, softly"
    return WIDEST_SLOT_CSS_PX / max(frame_width, 1.0), sentence


def _check_hard_shadow(sample: HeadshotSample, features: Mapping[str, float]) -> Measured:
    if "craft_gap" not in features:
        return None, _NO_SKIN
    # A step across a face that is evenly lit is nearly always the edge of a fringe, a beard or a cap.
    return 0.0 if is_evenly_lit(features) else features["craft_gap"], "a hard shadow lies across the face"


def _check_second_person(sample: HeadshotSample, features: Mapping[str, float]) -> Measured:
    others = max(
        features.get("second_face", 0.0),
        features.get("second_body", 0.0),
        1.0 if sample.analysis.people_count > 1 else 0.0,
    )
    return others, "somebody else is in the picture"


_NO_SKIN, _NO_FACE = "no skin to measure", "no face was found"

CHECKS: dict[str, tuple[Measure, float, float]] = {
    # Closer by 14 % than any open eyes of 504 faces: who laughs, or has narrow eyes, is not told that they are shut.
    "eyes": (_check_eyes, -0.09, 0.005),
    "focus": (_check_focus, 1.1, 0.12),
    "burnt": (_amount("craft_white", "{:.0%} of the face is burnt out", _NO_SKIN), 0.18, 0.02),
    "blocked": (_amount("craft_black", "{:.0%} of the face is black without drawing", _NO_SKIN), 0.035, 0.005),
    "cast": (_check_color_cast, 0.87, 0.03),
    "backdrop": (
        _amount("craft_ground_busy", "the backdrop is busy", "hardly any backdrop is to be seen"),
        0.1,
        0.015,
    ),
    "pixels": (_check_resolution, 1.25, 0.08),
    "tilt": (_amount("roll", "the head leans {:.0f}°, more than is levelled by itself", _NO_FACE), 11.0, 1.0),
    "shadow": (_check_hard_shadow, 0.4, 0.03),
    "company": (_check_second_person, 0.3, 0.05),
    "hand": (_amount("hand_over", "a hand is over the face", _NO_FACE), 0.1, 0.02),
}
"""Name → measure, and middle and width of its mapping."""


def run_checks(sample: HeadshotSample, median_focus: float | None = None) -> tuple[CheckResult, ...]:
    """Every check of one headshot. *set_focus* is the median `craft_focus` of its set, where there is a set."""
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
    """The focus that headshots of a set have, from three on."""
    focus_values = [
        case.analysis.features["craft_focus"] for case in samples if "craft_focus" in case.analysis.features
    ]
    return median(focus_values) if len(focus_values) >= 3 else None
