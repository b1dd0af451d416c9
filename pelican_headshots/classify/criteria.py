"""The criteria of a headshot, and how far a picture deviates from them.

The limits are fitted, not chosen: for each feature, the fitting takes the median of labeled headshots and the distance to
their outermost 2.5 %. A deviation of 1 is that distance, 2 is twice that distance.
"""

from __future__ import annotations

from math import exp

from ..values.geometry import Value

MAX_DEVIATION = 4.0
"""The limit that a large deviation approaches, so that a single reading which is far off cannot outweigh all others."""
UNKNOWN_DEVIATION = 2.0
"""Deviation in a criterion for which nothing could be measured."""

CRITERIA: dict[str, tuple[str, ...]] = {
    "alone": ("+second_person", "+second_person_sum"),
    "close": (
        "-face_height", "+chin_to_bottom", "-hips_y", "+hips_shown", "+elbow_firm", "-elbows_y",
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
    "hands": ("+hand_score", "-hand_near", "-wrist_near", "+face_other_light"),
    "place": ("+face_x_off", "-mesh_in_frame", "-face_room_side", "-hairline_to_top", "-face_y", "+face_y"),
}  # fmt: skip
"""Criterion → features, each with the direction that speaks against a headshot."""


HEADSHOT_PROBES = ("scene_headshot", "things_headshot", "face_headshot")
"""Features that are no criterion: whether the picture as a whole looks like a headshot."""

PERSON_READINGS: dict[str, tuple[str, ...]] = {
    "face": (
        "faces", "face_candidates", "face_score", "mesh_score", "face_height", "mesh_doubt", "gaze_doubt", "eyes_apart",
        "second_candidate", "second_face",
    ),
    "body": (
        "bodies", "body_candidates", "body_score", "body_presence", "body_visible", "main_body_score", "second_body",
        "head_seen", "shoulders_shown", "elbows_shown", "wrists_shown", "hips_shown", "knees_shown", "ankles_shown",
        "shoulder_width", "torso", "somebody", "somebody_near", "hand_score",
    ),
    "objects": (
        "person_boxes", "person_boxes_soft", "person_box_score", "person_box_main", "person_box_height",
        "person_box_width", "person_box_share", "second_box_score", "animal_score", "furniture_score", "vehicle_score",
        "things_score",
    ),
    "mask": ("mask_share", "mask_peak", "mask_sure", "mask_bottom", "body_mask_share", "masks_agree"),
    "scene": (
        "scene_somebody", "outline_somebody", "things_somebody", "scene_near", "dark_share", "ground_detail",
    ),
}  # fmt: skip
"""What says whether a person is in the picture → its features."""


class Threshold(Value, frozen=True, array_like=True):
    """One feature among headshots: its *median*, and the distance from there to the outermost 2.5 % (*tolerance*)."""

    median: float
    tolerance: float


def compute_deviations(features: dict[str, float], thresholds: dict[str, Threshold]) -> dict[str, float]:
    """Return the deviation, softened to 0..MAX_DEVIATION, of each feature that was measured, by its signed name."""
    deviations = {}
    for signed in (signed for measurements in CRITERIA.values() for signed in measurements):
        value = features.get(signed[1:])
        if value is not None:
            threshold = thresholds[signed]
            deviation = ((value if signed[0] == "+" else -value) - threshold.median) / threshold.tolerance
            deviations[signed] = MAX_DEVIATION * (1.0 - exp(-max(0.0, deviation) / MAX_DEVIATION))
    return deviations


def find_worst_by_criterion(deviations: dict[str, float]) -> dict[str, tuple[float, str]]:
    """Return for each criterion the largest deviation and its feature (empty if none was measured)."""
    worst_by_criterion = {}
    for criterion, measurements in CRITERIA.items():
        measured = [signed for signed in measurements if signed in deviations]
        worst = max(measured, key=lambda signed: deviations[signed], default="")
        worst_by_criterion[criterion] = (deviations[worst], worst[1:]) if worst else (UNKNOWN_DEVIATION, "")
    return worst_by_criterion


SUMMARY_NAMES = ("worst", "second", "three", "all")
"""The largest deviation of any criterion, the second largest, the sum of the three largest, and the sum of all."""


def summarize_deviations(worst_by_criterion: dict[str, tuple[float, str]]) -> dict[str, float]:
    """Return the deviation of each criterion as `criterion …`, and `SUMMARY_NAMES`."""
    deviations = {f"criterion {name}": off for name, (off, _) in worst_by_criterion.items()}
    ranked = sorted(deviations.values(), reverse=True)
    return {**deviations, **dict(zip(SUMMARY_NAMES, (ranked[0], ranked[1], sum(ranked[:3]), sum(ranked)), strict=True))}
