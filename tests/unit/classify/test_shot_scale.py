"""Shot scales, from close-up to full length."""

from __future__ import annotations

import pytest

from pelican_headshots.classify.shot_scale import classify_shot_scale
from pelican_headshots.values.analysis import Analysis, Face
from pelican_headshots.values.geometry import Box, Point

CENTER = Point(0.5, 0.5)

FACE = Face(Box(0.3, 0.2, 0.7, 0.6), 0.9, 0.0, 0.0, 0.0, CENTER, CENTER, CENTER, CENTER)


@pytest.mark.parametrize(
    ("chin_to_bottom", "scale"),
    [(0.1, "close-up"), (0.9, "medium close-up"), (2.5, "medium shot"), (4.5, "cowboy"), (9.0, "full")],
)
def test_the_shot_scale_follows_from_where_the_photo_ends(chin_to_bottom: float, scale: str) -> None:
    assert classify_shot_scale(Analysis(1, (FACE,), {"chin_to_bottom": chin_to_bottom, "mesh_score": 25.0})) == scale
