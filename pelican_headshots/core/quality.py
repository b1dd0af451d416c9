"""Which number of quality each format is asked for: equal looks, not equal numbers.

The steps were found at equal SSIMULACRA2 on photographs (`docs/pictures.md`): JPEG 76 looks like WebP 81 and AVIF 56.
"""

from __future__ import annotations

PRESETS: dict[str, dict[str, int]] = {
    "light": {"avif": 46, "jpeg": 70, "webp": 74, "png": 0},
    "balanced": {"avif": 57, "jpeg": 80, "webp": 82, "png": 0},
    "archival": {"avif": 73, "jpeg": 90, "webp": 92, "png": 0},
}
"""By preset (`HEADSHOTS["quality"]`), then by format."""


def quality(preset: str, format: str) -> int:
    """The number *format* is encoded with under *preset*. Raises KeyError for one that does not exist."""
    return PRESETS[preset][format]
