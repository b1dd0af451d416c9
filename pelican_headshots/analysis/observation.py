"""What the models found in one frame, before anything is measured. Positions are pixels of the frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..values.geometry import Box

FloatArray = NDArray[np.floating[Any]]
RgbArray = NDArray[np.uint8]
"""(height, width, 3), sRGB."""
GrayArray = NDArray[np.uint8]
"""(height, width)."""

ImageArray = NDArray[np.uint8]
"""Input of a model: (height, width, 3), or (height, width) for gray, which takes a third of the time to crop and scale."""

MIN_REAL_FACE_SCORE, MIN_LIKELY_FACE_SCORE = 3.0, -3.0
"""Mesh score (logit) above which a face counts as real, and above which it is worth a look."""


def to_grayscale(frame: RgbArray) -> GrayArray:
    """Return *frame* as Rec. 601 luma, as Pillow's mode `L`.

    Models and measurements use it so that the classification depends on nobody's color, and is the same for a
    black-and-white copy.
    """
    import cv2

    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8)


@dataclass
class DetectedFace:
    """A face. *box* is left, top, right, bottom; *keypoints* are right eye, left eye, nose, mouth, two ears."""

    box: tuple[float, float, float, float]
    score: float
    source: str
    """What found it: `short`, `full`, `tile`, or `head` (a search around the head of a body)."""
    keypoints: FloatArray
    """(6, 2)."""
    mesh: FloatArray | None = None
    """(478, 3). 468..472 are the right iris, 473..477 the left."""
    mirrored_mesh: FloatArray | None = None
    """The mesh found in the mirrored crop, mirrored back. If both agree, angles and gaze can be trusted."""
    color_meshes: tuple[FloatArray, ...] = ()
    """Meshes found in color, and in the mirror image in color. Only for the main face, if its eyelids are close together."""
    mesh_score: float = -20.0
    """Logit: how sure the mesh model is that this is a face. People: 10 to 25. Dogs and patterns: mostly below 0."""

    @property
    def height(self) -> float:
        """The height of the box in pixels of the frame."""
        return self.box[3] - self.box[1]

    @property
    def width(self) -> float:
        """The width of the box in pixels of the frame."""
        return self.box[2] - self.box[0]

    @property
    def center(self) -> tuple[float, float]:
        """The center of the box (x, y) in pixels of the frame."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


@dataclass
class DetectedHand:
    """A hand: points (21, 3), and how sure the model is that this is a hand (logit)."""

    points: FloatArray
    score: float


@dataclass(frozen=True)
class DetectedObject:
    """A person or thing that the object detector found. *box* is inside the frame, in pixels."""

    name: str
    """A category of COCO: `person`, `dog`, `book` and 77 others."""
    score: float
    box: Box


@dataclass
class Observation:
    """Everything found. *bodies* are (33, 5): x, y, z in pixels, visibility, presence."""

    width: int
    height: int
    faces: list[DetectedFace] = field(default_factory=list)
    bodies: list[FloatArray] = field(default_factory=list)
    body_masks: list[FloatArray] = field(default_factory=list)
    """One for each body, 0..1, as large as *person_mask*."""
    hands: list[DetectedHand] = field(default_factory=list)
    objects: tuple[DetectedObject, ...] = ()
    """People and things, the surest first."""
    scene: FloatArray = field(default_factory=lambda: np.zeros(0, np.float32))
    """Embedding of the frame: mean over all positions of the pose detector's last feature map (1152)."""
    outline: FloatArray = field(default_factory=lambda: np.zeros(0, np.float32))
    """Embedding from the person mask's model: mean and maximum of each channel of a feature map (256)."""
    things: FloatArray = field(default_factory=lambda: np.zeros(0, np.float32))
    """Embedding of the whole frame by the model of things (320)."""
    face_things: FloatArray = field(default_factory=lambda: np.zeros(0, np.float32))
    """The same for the main face and what is next to it; empty if there is no face."""
    near: FloatArray = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    """As *scene*, for four tiles of the frame (4, 1152); empty if a face was found."""
    tiles_person_score: float | None = None
    """As *person_score*, the highest of four tiles of the frame; None if a face was found."""
    person_score: float = -10.0
    """Highest value (logit) of the pose detector's map of people."""
    person_mask: FloatArray = field(default_factory=lambda: np.zeros((1, 1), np.float32))
    """1 where the model sees a person, 0 elsewhere. Long side 256 pixels."""

    @property
    def real_faces(self) -> list[DetectedFace]:
        """The faces that the mesh model confirms, largest first, and those without a mesh that the detector is sure of."""
        return [f for f in self.faces if f.mesh_score > MIN_REAL_FACE_SCORE or (f.mesh is None and f.score > 0.75)]

    @property
    def main_face(self) -> DetectedFace | None:
        """The largest real face; if there is none, the candidate with the highest mesh score."""
        return next(iter(self.real_faces), None) or max(self.faces, key=lambda face: face.mesh_score, default=None)
