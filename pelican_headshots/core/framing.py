"""How close the camera is (scale) and how the picture is lit as a whole (key)."""

from __future__ import annotations

from .analysis import Analysis

SCALES = (
    (0.35, "extreme close-up"),
    (1.0, "close-up"),
    (2.1, "medium close-up"),
    (4.0, "medium shot"),
    (5.6, "cowboy"),
)
"""How much of the person the frame shows below the chin, in heights of the face from chin to hairline, at most."""


def scale_of(analysis: Analysis) -> str | None:
    """Shot scale, from the lowest part of the main person that the frame shows; None without a person."""
    seen = analysis.features
    if seen.get("ankles_shown", 0.0) > 0.5:
        return "full"
    if "chin_to_bottom" in seen and seen.get("mesh_score", 0.0) > 5:
        below = seen["chin_to_bottom"]
        if below > 4.0 and seen.get("knees_shown", 0.0) > 0.5:
            return "full" if below > 6.5 else "cowboy"
        return next((name for limit, name in SCALES if below <= limit), "full")
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
    if middle < 20 and high < 45:
        return "low-key"
    if low > 68 and middle > 80:
        return "high-key"
    return "normal"
