"""Importing without what is never used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pelican_headshots.analysis.skip_imports import skip_imports
from tests.support.site import REPOSITORY


def test_a_spared_module_is_empty_within_and_whole_afterwards() -> None:
    sys.modules.pop("colorsys", None)
    with skip_imports("colorsys"):
        import colorsys

        assert not hasattr(colorsys, "rgb_to_hsv")
    import colorsys as whole

    assert whole.rgb_to_hsv(1.0, 0.0, 0.0) == (0.0, 1.0, 1.0)


def test_what_is_loaded_already_stays() -> None:
    import json

    with skip_imports("json"):
        assert sys.modules["json"] is json
    assert sys.modules["json"] is json


def test_looking_and_developing_load_neither_plots_nor_sound_nor_a_network() -> None:
    pytest.importorskip("mediapipe")
    models = REPOSITORY / "pelican_headshots" / "models"
    if not (models / "pose.task").exists():
        pytest.skip("the models are not here: python -m build_assets")
    looked = (
        "import sys, numpy; from pathlib import Path; from pelican_headshots.analysis.detector import Detector\n"
        "import pelican_headshots.images.render\n"
        f"with Detector(Path({str(models)!r})) as detector:\n"
        "    detector.analyze(numpy.full((300, 200, 3), 90, numpy.uint8))\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('matplotlib', 'sounddevice', 'ssl')])\n"
        "print('mediapipe.tasks.python.audio' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", looked], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["[]", "False"]
