"""Open MediaPipe's models with the options that the detector needs."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any

from .skip_imports import skip_imports

MIN_DETECTION_SCORE = 0.2
"""Detector score from which the mesh model is run; the mesh score then decides whether it is a face."""
MIN_OBJECT_SCORE = 0.1
MAX_OBJECTS = 30
"""Lowest score and largest number of the objects that the object detector returns."""

_UNUSED_TASKS = ("audio", "decision", "retrieval", "text")
SKIPPED_IMPORTS = (
    "matplotlib",
    "matplotlib.pyplot",
    "sounddevice",
    *(f"mediapipe.tasks.python.{name}" for name in _UNUSED_TASKS),
)
"""What MediaPipe imports for plots, for audio, and for tasks that are not used here."""


class DetectionModels:
    """MediaPipe's models, which have no type hints. Each is opened when it is first used, and closed by *stack*.

    A photo without a face needs no mesh and no hands.
    """

    def __init__(self, model_folder: Path, stack: ExitStack) -> None:
        self._model_folder, self._stack = model_folder, stack
        with skip_imports(*SKIPPED_IMPORTS):
            import mediapipe
            from mediapipe.tasks.python import BaseOptions, vision
        self.mediapipe: Any = mediapipe
        """The module itself, to make images with."""
        self._base_options: Any = BaseOptions
        self._vision: Any = vision

    def _open(self, task_name: str, filename: str, **options: Any) -> Any:
        path = self._model_folder / filename
        if (
            sys.platform == "win32"
        ):  # where MediaPipe cannot open every path, such as one with a user's name in Japanese
            base = self._base_options(model_asset_buffer=path.read_bytes())
        else:
            base = self._base_options(model_asset_path=str(path))
        task_options = getattr(self._vision, f"{task_name}Options")(base_options=base, **options)
        return self._stack.enter_context(getattr(self._vision, task_name).create_from_options(task_options))

    @cached_property
    def short_range_faces(self) -> Any:
        """Finds near faces."""
        return self._open("FaceDetector", "face_short_range.tflite", min_detection_confidence=MIN_DETECTION_SCORE)

    @cached_property
    def full_range_faces(self) -> Any:
        """Finds faces at any distance."""
        return self._open("FaceDetector", "face_full_range.tflite", min_detection_confidence=MIN_DETECTION_SCORE)

    @cached_property
    def face_mesh(self) -> Any:
        """Finds the points of a face in a square with level eyes."""
        return self._open("ImageEmbedder", "face_mesh.tflite")

    @cached_property
    def pose(self) -> Any:
        """Finds bodies and their joints."""
        return self._open(
            "PoseLandmarker",
            "pose.task",
            num_poses=5,
            min_pose_detection_confidence=0.3,
            output_segmentation_masks=True,
        )

    @cached_property
    def hands(self) -> Any:
        """Finds hands."""
        return self._open(
            "HandLandmarker",
            "hands.task",
            num_hands=3,
            min_hand_detection_confidence=0.3,
            min_hand_presence_confidence=0.01,
        )

    @cached_property
    def scene(self) -> Any:
        """Embeds the scene: the pose detector's inner vector."""
        return self._open("ImageEmbedder", "scene.tflite")

    @cached_property
    def outline(self) -> Any:
        """Embeds the scene: the person mask's inner vector."""
        return self._open("ImageEmbedder", "outline.tflite")

    @cached_property
    def things(self) -> Any:
        """Embeds a scene or what is near a face: a network that recognizes a thousand kinds of things."""
        return self._open("ImageEmbedder", "things.tflite")

    @cached_property
    def objects(self) -> Any:
        """Finds objects of 80 categories."""
        return self._open("ObjectDetector", "objects.tflite", score_threshold=MIN_OBJECT_SCORE, max_results=MAX_OBJECTS)

    @cached_property
    def person_mask(self) -> Any:
        """Tells which pixels are people."""
        return self._open(
            "ImageSegmenter", "person_mask.tflite", output_confidence_masks=True, output_category_mask=False
        )
