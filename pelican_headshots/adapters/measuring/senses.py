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

from .sight import Floats, Sight

INNER = ("scene", "outline", "things", "face_things", "near")
"""What is read, as `Sight` names it; `near` are the scenes of four tiles, where no face was found."""
READS = {
    "scene_somebody": "scene", "outline_somebody": "outline", "things_somebody": "things", "scene_headshot": "scene",
    "things_headshot": "things", "face_headshot": "face_things",
}  # fmt: skip
"""Each sense, and what it reads."""
NEAR = "scene_near"
"""What `scene_somebody` reads in the tile where it says so most."""
Directions = Mapping[str, tuple[Floats, float]]
"""Each sense's direction through the map it reads, and its offset."""
FILE = Path(__file__).with_name("senses.json")


@cache
def directions() -> Directions:
    """The package's own. One that is not fitted yet is absent, and reads nothing."""
    given = json.loads(FILE.read_text(encoding="utf-8"))
    return {name: (np.array(given[name]["direction"]), float(given[name]["offset"])) for name in given}


def senses(sight: Sight) -> dict[str, float]:
    """What each sense reads in *sight*."""
    return read(directions(), {name: getattr(sight, name) for name in INNER})


def read(by: Directions, inner: Mapping[str, Floats]) -> dict[str, float]:
    """What each sense reads in inner maps, as far as there are any: about -1 for no, 1 for yes."""
    found = {
        name: float(direction @ inner[READS[name]] + offset)
        for name, (direction, offset) in by.items()
        if len(inner[READS[name]])
    }
    if len(inner["near"]):
        direction, offset = by["scene_somebody"]
        found[NEAR] = float((inner["near"] @ direction).max() + offset)
    return found
