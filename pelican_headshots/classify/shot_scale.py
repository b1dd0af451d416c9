"""Shot scale (how much of the person is in the frame) and tonal key (how light the picture is)."""

from __future__ import annotations

from ..values.analysis import Analysis

SHOT_SCALE_LIMITS = ((0.25, "close-up"), (1.5, "medium close-up"), (3.4, "medium shot"), (6.0, "cowboy"))
"""Largest space below the chin for each shot scale, in heights of the face from chin to hairline.

The limits are halfway between the labeled scales of a corpus: see docs/accuracy.md.
"""


def classify_shot_scale(analysis: Analysis) -> str | None:
    """Return the shot scale, from the lowest visible part of the main person; None without a person."""
    features = analysis.features
    if features.get("ankles_shown", 0.0) > 0.5:
        return "full"
    if "chin_to_bottom" in features and features.get("mesh_score", 0.0) > 0.5:
        if features.get("mesh_height", 0.0) > 0.7 and features.get("mesh_in_frame", 1.0) < 0.97:
            return "extreme close-up"
        return next((name for limit, name in SHOT_SCALE_LIMITS if features["chin_to_bottom"] <= limit), "full")
    if features.get("knees_shown", 0.0) > 0.5:
        return "cowboy"
    if features.get("hips_shown", 0.0) > 0.4:
        return "medium shot"
    if features.get("shoulders_shown", 0.0) > 0.4:
        return "medium close-up"
    return "medium shot" if analysis.people_count else None


def classify_tonal_key(analysis: Analysis) -> str:
    """Return `low-key` if most of the picture is dark and little is light, `high-key` for the reverse, or `normal`."""
    features = analysis.features
    median, lower_quartile, upper_quartile = (
        features.get("light_p50", 50.0),
        features.get("light_p25", 30.0),
        features.get("light_p75", 70.0),
    )
    if median < 28 and upper_quartile < 60:
        return "low-key"
    if lower_quartile > 58 and median > 80:
        return "high-key"
    return "normal"
