"""What a headshot must be, criterion by criterion, and how far a picture departs from it.

Nobody decided how far is too far: for each measurement the fitting takes the middle of the headshots it was shown, and
how far their outermost fortieth goes. A departure of 1 is as far as headshots go, of 2 twice that.
"""

from __future__ import annotations

from ..values.geometry import Value

MAX_DEVIATION = 6.0
"""Departures are cut off here: beyond, further is not worse."""
UNKNOWN_DEVIATION = 3.0
"""Departure in a criterion of which nothing could be measured."""

CRITERIA: dict[str, tuple[str, ...]] = {
    "alone": ("+faces", "+second_face", "+second_body", "+bodies", "+mask_elsewhere", "+second_candidate"),
    "close": (
        "-face_height", "+chin_to_bottom", "-hips_y", "+hips_shown", "+elbows_shown", "+elbow_most", "-elbows_y",
        "+wrists_shown", "-shoulder_width", "-shoulders_y",
    ),
    "facing": ("+yaw", "+pitch", "-pitch", "+roll", "+turn_doubt", "+mesh_doubt", "-mesh_score"),
    "gaze": (
        "+gaze_side", "+gaze_up", "-gaze_up", "+eye_along", "-eye_above", "+eye_above", "+eyes_apart", "+gaze_doubt",
        "+head_and_gaze", "-eye_open_least",
    ),
    "eyes": ("+lens_dark_least", "+eyes_shaded_least", "-eye_contrast", "-eye_white"),
    "light": (
        "+face_range", "+face_key_to_fill", "+cheek_key_to_fill", "+face_shadow", "+face_gradient", "+dark_share",
    ),
    "hands": ("+hand_score", "-hand_near", "+hand_over", "-wrist_near", "+face_other_light"),
    "place": ("+face_x_off", "-mesh_in_frame", "-face_room_side", "-hairline_to_top", "-face_y", "+face_y"),
}  # fmt: skip
"""Criterion → measurements, each with the side on which it departs."""


class Threshold(Value, frozen=True, array_like=True):
    """Of one measurement among headshots: the *middle*, and the *reach* from there to their outermost fortieth."""

    median: float
    tolerance: float


def compute_deviations(features: dict[str, float], thresholds: dict[str, Threshold]) -> dict[str, float]:
    """How far each measurement that could be made departs to its side, 0..FAR, by its signed name."""
    deviations = {}
    for signed in (signed for measurements in CRITERIA.values() for signed in measurements):
        value = features.get(signed[1:])
        if value is not None:
            threshold = thresholds[signed]
            deviation = ((value if signed[0] == "+" else -value) - threshold.median) / threshold.tolerance
            deviations[signed] = max(0.0, min(MAX_DEVIATION, deviation))
    return deviations


def find_worst_by_criterion(deviations: dict[str, float]) -> dict[str, tuple[float, str]]:
    """For each criterion how far the picture departs, and which measurement says so (empty where none could be made)."""
    worst_by_criterion = {}
    for criterion, measurements in CRITERIA.items():
        measured = [signed for signed in measurements if signed in deviations]
        worst = max(measured, key=lambda signed: deviations[signed], default="")
        worst_by_criterion[criterion] = (deviations[worst], worst[1:]) if worst else (UNKNOWN_DEVIATION, "")
    return worst_by_criterion


SUMMARY_NAMES = ("worst", "second", "three", "all")
"""The worst departure of any criterion, the second worst, the sum of the three worst, and the sum of all."""


def summarize_deviations(worst_by_criterion: dict[str, tuple[float, str]]) -> dict[str, float]:
    """The departures as `criterion …`, and `TOTALS`."""
    deviations = {f"criterion {name}": off for name, (off, _) in worst_by_criterion.items()}
    ranked = sorted(deviations.values(), reverse=True)
    return {**deviations, **dict(zip(SUMMARY_NAMES, (ranked[0], ranked[1], sum(ranked[:3]), sum(ranked)), strict=True))}
