"""A Pelican plugin for benchmarks: the preset `balanced` gets the qualities at which our files look like the other tools'.

They have the same mean SSIMULACRA2 as libaom files of speed 8 at quality 50, and as JPEG files with the standard tables at
quality 73 (`python -m bench ... --looks 10` measures it). Everything else stays.
"""

from __future__ import annotations

from pelican_headshots.images.quality_presets import QUALITY_PRESETS

QUALITIES_OF_EQUAL_SCORE = {"avif": 41, "jpeg": 77}


def register() -> None:
    """Pelican calls this, before any picture is planned."""
    QUALITY_PRESETS["balanced"].update(QUALITIES_OF_EQUAL_SCORE)
