"""Imports that are skipped: an empty module inside the block, the real one afterwards."""

from __future__ import annotations

import json
import sys

from pelican_headshots.analysis.skip_imports import skip_imports


def test_a_skipped_module_is_empty_inside_the_block_and_complete_afterwards() -> None:
    sys.modules.pop("colorsys", None)
    with skip_imports("colorsys"):
        import colorsys as skipped

        assert not hasattr(skipped, "rgb_to_hsv")
    import colorsys

    assert colorsys.rgb_to_hsv(1.0, 0.0, 0.0) == (0.0, 1.0, 1.0)


def test_a_module_that_is_already_loaded_is_not_skipped() -> None:
    with skip_imports("json"):
        assert sys.modules["json"] is json
    assert sys.modules["json"] is json
