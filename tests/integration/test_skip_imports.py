"""Analyzing and rendering do not load modules that are never used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pelican_headshots.analysis import model_files

PROGRAM = """
import sys
from pathlib import Path
import numpy
from pelican_headshots.analysis.detector import Detector
import pelican_headshots.images.render
with Detector(Path(sys.argv[1])) as detector:
    detector.analyze(numpy.full((300, 200, 3), 90, numpy.uint8))
print([name for name in sys.modules if name.split(".")[0] in ("matplotlib", "sounddevice", "ssl")])
print("mediapipe.tasks.python.audio" in sys.modules)
"""


def test_no_module_for_plots_sound_or_the_network_is_loaded() -> None:
    pytest.importorskip("mediapipe", reason="needs requirements/test.txt")
    models = model_files.PACKAGED_MODEL_FOLDER
    if not (models / "pose.task").exists():
        pytest.skip("the models are not here: python -m build_assets")
    completed = subprocess.run([sys.executable, "-c", PROGRAM, str(models)], capture_output=True, text=True, check=True)
    assert completed.stdout.split() == ["[]", "False"]
