"""How close the camera is (scale) and how the picture is lit as a whole (key)."""

from __future__ import annotations

from ..analysis import Analysis

SCALES = ((0.25, "close-up"), (1.5, "medium close-up"), (3.4, "medium shot"), (6.0, "cowboy"))
"""How much of the person the frame shows below the chin, in heights of the face from chin to hairline, at most.

Half-way between the labelled scales of a corpus: docs/verdicts.md.
"""


def scale_of(analysis: Analysis) -> str | None:
    """Shot scale, from the lowest part of the main person that the frame shows; None without a person."""
    seen = analysis.features
    if seen.get("ankles_shown", 0.0) > 0.5:
        return "full"
    if "chin_to_bottom" in seen and seen.get("mesh_score", 0.0) > 5:
        if seen.get("mesh_height", 0.0) > 0.7 and seen.get("mesh_in_frame", 1.0) < 0.97:
            return "extreme close-up"
        return next((name for limit, name in SCALES if seen["chin_to_bottom"] <= limit), "full")
    if seen.get("knees_shown", 0.0) > 0.5:
        return "cowboy"
    if seen.get("hips_shown", 0.0) > 0.4:
        return "medium shot"
    if seen.get("shoulders_shown", 0.0) > 0.4:
        return "medium close-up"
    return "medium shot" if analysis.people else None


def key_of(analysis: Analysis) -> str:
    """low-key where most of the picture is dark and little of it is light; high-key the other way round."""
    seen = analysis.features
    middle, low, high = seen.get("light_p50", 50.0), seen.get("light_p25", 30.0), seen.get("light_p75", 70.0)
    if middle < 28 and high < 60:
        return "low-key"
    if low > 58 and middle > 80:
        return "high-key"
    return "normal"
