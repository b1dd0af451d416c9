"""Linear probes on the models' embeddings: is a person in the picture, and does it look like a headshot?

The embeddings of the pose detector, of the person mask's model and of the model of things mean nothing to a person. A
probe is a direction through one of them, fitted by `tools/research/fit_classifier.py`. Its score is an ordinary feature.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from ..observation import FloatArray, Observation

EMBEDDING_NAMES = ("scene", "outline", "things", "face_things", "near")
"""The fields of `Observation` that are embeddings. `near` has those of four tiles, if no face was found."""
PROBE_INPUTS = {
    "scene_somebody": "scene", "outline_somebody": "outline", "things_somebody": "things", "scene_headshot": "scene",
    "things_headshot": "things", "face_headshot": "face_things",
}  # fmt: skip
"""Name of the probe → the embedding it is applied to."""
TILES_PROBE = "scene_near"
"""The highest score of `scene_somebody` among the four tiles."""
LinearProbes = Mapping[str, tuple[FloatArray, float]]
"""Name of the probe → its direction through the embedding, and its offset."""
PROBES_FILE = Path(__file__).with_name("probes.json")


@cache
def load_probes() -> LinearProbes:
    """Return the probes of this package. A probe that is not fitted yet is absent."""
    stored = json.loads(PROBES_FILE.read_text(encoding="utf-8"))
    return {name: (np.array(stored[name]["direction"]), float(stored[name]["offset"])) for name in stored}


def measure_embeddings(observation: Observation) -> dict[str, float]:
    """Return the score of each probe for *observation*."""
    return apply_probes(load_probes(), {name: getattr(observation, name) for name in EMBEDDING_NAMES})


def apply_probes(probes: LinearProbes, embeddings: Mapping[str, FloatArray]) -> dict[str, float]:
    """Return the score of each probe whose embedding is there: about -1 for no, 1 for yes."""
    scores = {
        name: float(direction @ embeddings[PROBE_INPUTS[name]] + offset)
        for name, (direction, offset) in probes.items()
        if len(embeddings[PROBE_INPUTS[name]])
    }
    if len(embeddings["near"]):
        direction, offset = probes["scene_somebody"]
        scores[TILES_PROBE] = float((embeddings["near"] @ direction).max() + offset)
    return scores
