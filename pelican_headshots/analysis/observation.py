"""What the models saw in one frame, before anything is concluded from it. Places are pixels of the frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]
RgbArray = NDArray[np.uint8]
"""(height, width, 3), sRGB."""
GrayArray = NDArray[np.uint8]
"""(height, width)."""

ImageArray = NDArray[np.uint8]
"""What a model is shown: a Frame, or a print of it in one channel, which is cut and scaled in a third of the time."""

MIN_REAL_FACE_SCORE = 8.0
"""Mesh score (logit) above which a face counts as somebody's."""


def to_grayscale(frame: RgbArray) -> GrayArray:
    """*frame* as a black-and-white print of it: Rec. 601 luma, as cameras and Pillow make one.

    Models and measurements are shown this, so that a verdict depends on nobody's colour and survives the loss of it.
    """
    import cv2

    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8)


@dataclass
class DetectedFace:
    """A face. *box* is left, top, right, bottom; *points* are right eye, left eye, nose, mouth, two ears."""

    box: tuple[float, float, float, float]
    score: float
    source: str
    """short, full, tile or head (a second look where the pose says a head is)."""
    keypoints: FloatArray
    """(6, 2)."""
    mesh: FloatArray | None = None
    """(478, 3); 468..472 are the right iris, 473..477 the left, with z that is no depth: see `build_assets/compose.py`."""
    mirrored_mesh: FloatArray | None = None
    """The mesh of the same crop seen in a mirror, put back: where both agree, angles and gaze can be trusted."""
    leveled_meshes: tuple[FloatArray, ...] = ()
    """Meshes of it turned upright and seen from farther off, and of the mirror image of that, in pixels of their own; only
    of the main face, and where its lids are close."""
    mesh_score: float = -20.0
    """Logit: how sure the mesh model is that this is a face. People: 15 to 35; dogs, patterns: mostly below 5."""

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]

    @property
    def center(self) -> tuple[float, float]:
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


@dataclass
class DetectedHand:
    """A hand: (21, 3) points, and how sure the model is that it is one (logit)."""

    points: FloatArray
    score: float


@dataclass
class Observation:
    """Everything seen. *bodies* are (33, 5): x, y, z in pixels, visibility, presence."""

    width: int
    height: int
    faces: list[DetectedFace] = field(default_factory=list)
    bodies: list[FloatArray] = field(default_factory=list)
    body_scores: list[float] = field(default_factory=list)
    """How sure the model is that each is a body (logit)."""
    body_masks: list[FloatArray] = field(default_factory=list)
    """One for each body, 0..1, as large as *mask*."""
    hands: list[DetectedHand] = field(default_factory=list)
    scene: FloatArray = field(default_factory=lambda: np.zeros(0, np.float32))
    """What the pose detector's inner map holds on average (1152), wherever things are in the frame."""
    outline: FloatArray = field(default_factory=lambda: np.zeros(0, np.float32))
    """The same of the person mask's inner map: means and peaks of its channels (256)."""
    things: FloatArray = field(default_factory=lambda: np.zeros(0, np.float32))
    """What the model of things holds on average in its inner map of the whole frame (320)."""
    face_things: FloatArray = field(default_factory=lambda: np.zeros(0, np.float32))
    """The same of the main face and what is next to it; empty without one."""
    near: FloatArray = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    """As *scene*, of each of four tiles of the frame (4, 1152); asked only where no face was found, else empty."""
    tiles_person_score: float | None = None
    """Peak of the map of people over four tiles of the frame; asked only where no face was found."""
    person_score: float = -10.0
    """Peak of its map of people (logit)."""
    person_mask: FloatArray = field(default_factory=lambda: np.zeros((1, 1), np.float32))
    """People against the rest, 0..1, long side 256."""

    @property
    def real_faces(self) -> list[DetectedFace]:
        """Faces that the mesh takes for faces, largest first; of those it cannot read, the detector's sure ones."""
        return [f for f in self.faces if f.mesh_score > MIN_REAL_FACE_SCORE or (f.mesh is None and f.score > 0.75)]

    @property
    def main_face(self) -> DetectedFace | None:
        """The largest real face; where there is none, whatever looks most like one."""
        return next(iter(self.real_faces), None) or max(self.faces, key=lambda face: face.mesh_score, default=None)
