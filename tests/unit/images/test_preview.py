"""The time to render the final pictures is estimated, to decide whether previews are shown first."""

from __future__ import annotations

import pytest

from pelican_headshots.images import preview
from pelican_headshots.values.rendition import Crop, Rendition


def test_the_estimated_render_time_grows_with_the_renditions_and_shrinks_with_the_workers() -> None:
    large = {"a": {"k": Rendition(Crop(), 2400, 1600, "avif", 57)}}
    small = {"a": {"k": Rendition(Crop(), 480, 320, "jpeg", 80)}}
    assert (
        preview.estimate_render_seconds(small, 1)
        < preview.estimate_render_seconds(large, 1)
        < preview.estimate_render_seconds(large | {"b": large["a"]}, 1)
    )
    many = {str(number): renditions for number in range(8) for renditions in large.values()}
    assert preview.estimate_render_seconds(many, 2) == pytest.approx(preview.estimate_render_seconds(many, 1) / 2)
    assert preview.estimate_render_seconds({}, 2) == 0
