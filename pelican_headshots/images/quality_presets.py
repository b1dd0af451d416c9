"""The encoder qualities of each preset.

In a preset, AVIF and JPEG look equally good: they have the same SSIMULACRA2 score on photographs (`docs/pictures.md`).
"""

from __future__ import annotations

QUALITY_PRESETS: dict[str, dict[str, int]] = {
    "light": {"avif": 40, "jpeg": 66, "webp": 71, "png": 0},
    "balanced": {"avif": 47, "jpeg": 73, "webp": 82, "png": 0},
    "archival": {"avif": 72, "jpeg": 90, "webp": 92, "png": 0},
}
"""Quality by preset (`HEADSHOTS["quality"]`) and format; of AVIF on SVT-AV1's scale. WebP is set higher than an equal score
asks for, because its colors degrade first."""

DENSE_QUALITY_DROP = {"light": 10, "balanced": 13, "archival": 0}
"""By preset: quality steps by which files that only high-density screens fetch may be lower. On such a screen, two pixels
are seen as one; scaled to the size at which it is seen, the file still scores higher than the file that other screens get
(`docs/pictures.md`)."""
