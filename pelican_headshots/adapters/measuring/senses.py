"""Fitted senses of the scene as a whole: is somebody there, and does it look like a headshot.

The inner maps of the pose detector and of the person mask are numbers that mean nothing to a person; a sense is one
direction through them, found by `scripts/fit_judge.py`. What it reads is a measurement like any other, so it is made
here, where pictures are.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np

from .sight import Floats, Sight

SCENE, OUTLINE = 1152, 256
"""How many numbers each of the two inner maps gives."""
READS = {"scene_somebody": "scene", "outline_somebody": "outline", "scene_headshot": "scene"}
"""Each sense, and what it reads."""
FILE = Path(__file__).with_name("senses.json")


@cache
def directions() -> dict[str, tuple[Floats, float]]:
    """Each sense's direction through the map it reads, and its offset."""
    given = json.loads(FILE.read_text(encoding="utf-8"))
    return {name: (np.array(given[name]["direction"]), float(given[name]["offset"])) for name in READS}


def senses(sight: Sight) -> dict[str, float]:
    """What each sense reads in *sight*: about -1 for no, 1 for yes."""
    return {
        name: float(direction @ getattr(sight, READS[name]) + offset)
        for name, (direction, offset) in directions().items()
    }
