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

from ..analysis import Analysis
from ..cropped.headroom import head_unit
from ..cropped.reach import UPRIGHT
from ..geometry import Size, Value
from ..judged.why import evenly_lit

WIDEST_SLOT = 547
"""CSS pixels of the about page's picture in a window of 1440: 0.38 of its width, see `core/hung/sizes.py`."""


class Finding(Value, frozen=True):
    """One check of one picture. *score* is 0 (bad) to 100, None where it cannot be assessed (*sentence* says why)."""

    check: str
    measure: float | None
    score: int | None
    sentence: str

    @property
    def advice(self) -> bool:
        return self.score is not None and self.score < 50


class Case(Value, frozen=True):
    """What the doctor sees of one headshot."""

    path: str
    size: Size
    analysis: Analysis


def width(case: Case) -> float | None:
    """Pixels of the original in the width of the frame that people's pages give this head, as far as there are any.

    The frame preferred for one who stands alone: which frame a whole set meets in takes long to search for. None: no face.
    """
    if not case.analysis.faces:
        return None
    tall = head_unit(case.analysis.faces[0], case.size) * UPRIGHT.preferred.span
    return min(tall * UPRIGHT.ratio, case.size.width, case.size.height * UPRIGHT.ratio)


def mapped(measure: float, middle: float, width: float) -> int:
    """*measure* to 0..100: 50 at *middle*, less above it; *width* is how far from it the score has halved again."""
    return round(100 / (1 + exp(max(-60.0, min(60.0, (measure - middle) / width)))))


Check = Callable[[Case, Mapping[str, float]], tuple[float | None, float, float, str]]
"""Measure (None: cannot assess), middle and width of its mapping, and the sentence for a low score or for None."""


def _eyes(case: Case, seen: Mapping[str, float]) -> tuple[float | None, float, float, str]:
    if "eye_open_least" not in seen or seen.get("yaw", 0.0) > 25:
        return None, 0, 1, "the eyes are turned too far away"
    if "lids_apart" not in seen:
        return None, 0, 1, "the eyes are too small to tell"
    # Closer by 14 % than any open eyes of 504 faces: who laughs, or has narrow eyes, is not told that they are shut.
    return -seen["lids_apart"], -0.09, 0.005, "the eyes look shut"


def _focus(case: Case, seen: Mapping[str, float]) -> tuple[float | None, float, float, str]:
    if "craft_focus" not in seen:
        return None, 0, 1, "the face is too small to tell"
    if "set_focus" not in seen:
        return None, 0, 1, "there is no set to compare it with"
    return seen["set_focus"] - seen["craft_focus"], 1.1, 0.12, "softer about the eyes than the rest of the set"


def _blown(case: Case, seen: Mapping[str, float]) -> tuple[float | None, float, float, str]:
    if "craft_white" not in seen:
        return None, 0, 1, "no skin to measure"
    return seen["craft_white"], 0.18, 0.02, f"{seen['craft_white']:.0%} of the face is burnt out"


def _blocked(case: Case, seen: Mapping[str, float]) -> tuple[float | None, float, float, str]:
    if "craft_black" not in seen:
        return None, 0, 1, "no skin to measure"
    return seen["craft_black"], 0.035, 0.005, f"{seen['craft_black']:.0%} of the face is black without drawing"


def _cast(case: Case, seen: Mapping[str, float]) -> tuple[float | None, float, float, str]:
    a, b = seen.get("craft_skin_a"), seen.get("craft_skin_b")
    if a is None or b is None:
        return None, 0, 1, "no skin to measure"
    chroma = hypot(a, b)
    if chroma < 4:
        return None, 0, 1, "it is black and white"
    # Skin of every complexion lies about 50 degrees in CIE L*a*b*, well within 40; what lies off was coloured by light.
    off = abs((degrees(atan2(b, a)) - 50 + 180) % 360 - 180)
    way = "blue or magenta" if degrees(atan2(b, a)) < 50 else "green or yellow"
    return max(off / 40, chroma / 50), 0.87, 0.03, f"the light turns the skin {way}"


def _busy(case: Case, seen: Mapping[str, float]) -> tuple[float | None, float, float, str]:
    if "craft_ground_busy" not in seen:
        return None, 0, 1, "hardly any backdrop is to be seen"
    return seen["craft_ground_busy"], 0.1, 0.015, "the backdrop is busy"


def _pixels(case: Case, seen: Mapping[str, float]) -> tuple[float | None, float, float, str]:
    wide = width(case)
    if wide is None:
        return None, 0, 1, "no face was found"
    sentence = f"its head and shoulders are {wide:.0f} pixels wide; a person's page shows them at {WIDEST_SLOT}, softly"
    return WIDEST_SLOT / max(wide, 1.0), 1.25, 0.08, sentence


def _tilt(case: Case, seen: Mapping[str, float]) -> tuple[float | None, float, float, str]:
    if "roll" not in seen:
        return None, 0, 1, "no face was found"
    return abs(seen["roll"]), 11.0, 1.0, f"the head leans {abs(seen['roll']):.0f}°, more than is levelled by itself"


def _shadow(case: Case, seen: Mapping[str, float]) -> tuple[float | None, float, float, str]:
    if "craft_gap" not in seen:
        return None, 0, 1, "no skin to measure"
    # A step across a face that is evenly lit is nearly always the edge of a fringe, a beard or a cap.
    gap = 0.0 if evenly_lit(seen) else seen["craft_gap"]
    return gap, 0.4, 0.03, "a hard shadow lies across the face"


def _second(case: Case, seen: Mapping[str, float]) -> tuple[float | None, float, float, str]:
    others = max(seen.get("second_face", 0.0), seen.get("second_body", 0.0), 1.0 if case.analysis.people > 1 else 0.0)
    return others, 0.3, 0.05, "somebody else is in the picture"


def _hand(case: Case, seen: Mapping[str, float]) -> tuple[float | None, float, float, str]:
    if "hand_over" not in seen:
        return None, 0, 1, "no face was found"
    return seen["hand_over"], 0.1, 0.02, "a hand is over the face"


CHECKS: dict[str, Check] = {
    "eyes": _eyes, "focus": _focus, "burnt": _blown, "blocked": _blocked, "cast": _cast, "backdrop": _busy,
    "pixels": _pixels, "tilt": _tilt, "shadow": _shadow, "company": _second, "hand": _hand,
}  # fmt: skip


def examined(case: Case, set_focus: float | None = None) -> tuple[Finding, ...]:
    """Every check of one headshot. *set_focus* is the median `craft_focus` of its set, where there is a set."""
    seen = dict(case.analysis.features)
    if set_focus is not None:
        seen["set_focus"] = set_focus
    findings = []
    for name, check in CHECKS.items():
        measure, middle, width, sentence = check(case, seen)
        if measure is None:
            findings.append(Finding(name, None, None, f"cannot assess: {sentence}"))
        else:
            findings.append(Finding(name, round(measure, 4), mapped(measure, middle, width), sentence))
    return tuple(findings)


def set_focus(cases: Sequence[Case]) -> float | None:
    """The focus that headshots of a set have, from three on."""
    known = [case.analysis.features["craft_focus"] for case in cases if "craft_focus" in case.analysis.features]
    return median(known) if len(known) >= 3 else None
