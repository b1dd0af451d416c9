"""Fitted senses of the scene as a whole: is somebody there, and does it look like a headshot.

The inner maps of the pose detector, of the person mask and of the model of things are numbers that mean nothing to a
person; a sense is one direction through them, found by `tools/research/fit_judge.py`. What it reads is a measurement like
any other, so it is made here, where pictures are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from ..observation import FloatArray, Observation

EMBEDDING_NAMES = ("scene", "outline", "things", "face_things", "near")
"""What is read, as `Sight` names it; `near` are the scenes of four tiles, where no face was found."""
PROBE_INPUTS = {
    "scene_somebody": "scene", "outline_somebody": "outline", "things_somebody": "things", "scene_headshot": "scene",
    "things_headshot": "things", "face_headshot": "face_things",
}  # fmt: skip
"""Each sense, and what it reads."""
TILES_PROBE = "scene_near"
"""What `scene_somebody` reads in the tile where it says so most."""
LinearProbes = Mapping[str, tuple[FloatArray, float]]
"""Each sense's direction through the map it reads, and its offset."""
PROBES_FILE = Path(__file__).with_name("senses.json")


@cache
def load_probes() -> LinearProbes:
    """The package's own. One that is not fitted yet is absent, and reads nothing."""
    stored = json.loads(PROBES_FILE.read_text(encoding="utf-8"))
    return {name: (np.array(stored[name]["direction"]), float(stored[name]["offset"])) for name in stored}


def measure_embeddings(observation: Observation) -> dict[str, float]:
    """What each sense reads in *sight*."""
    return apply_probes(load_probes(), {name: getattr(observation, name) for name in EMBEDDING_NAMES})


def apply_probes(probes: LinearProbes, embeddings: Mapping[str, FloatArray]) -> dict[str, float]:
    """What each sense reads in inner maps, as far as there are any: about -1 for no, 1 for yes."""
    scores = {
        name: float(direction @ embeddings[PROBE_INPUTS[name]] + offset)
        for name, (direction, offset) in probes.items()
        if len(embeddings[PROBE_INPUTS[name]])
    }
    if len(embeddings["near"]):
        direction, offset = probes["scene_somebody"]
        scores[TILES_PROBE] = float((embeddings["near"] @ direction).max() + offset)
    return scores
