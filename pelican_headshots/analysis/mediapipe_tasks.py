"""Open MediaPipe's models with the options that the detector needs."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
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


@dataclass(frozen=True)
class DetectionModels:
    """The open models, each an object of MediaPipe, which has no type hints."""

    mediapipe: Any
    """The module itself, to make images with."""
    short_range_faces: Any
    full_range_faces: Any
    face_mesh: Any
    pose: Any
    hands: Any
    person_mask: Any
    scene: Any
    outline: Any
    things: Any
    objects: Any


def open_models(model_folder: Path, stack: ExitStack) -> DetectionModels:
    """Open the models in *model_folder*. *stack* closes them."""
    with skip_imports(*SKIPPED_IMPORTS):
        import mediapipe
        from mediapipe.tasks.python import BaseOptions, vision

    def open_task(task_class: Any, options_class: Any, filename: str, **settings: Any) -> Any:
        base = BaseOptions(model_asset_path=str(model_folder / filename))
        return stack.enter_context(task_class.create_from_options(options_class(base_options=base, **settings)))

    def open_face_detector(filename: str) -> Any:
        return open_task(
            vision.FaceDetector, vision.FaceDetectorOptions, filename, min_detection_confidence=MIN_DETECTION_SCORE
        )

    def open_embedder(filename: str) -> Any:
        """Open a model whose outputs are wanted as they are."""
        return open_task(vision.ImageEmbedder, vision.ImageEmbedderOptions, filename)

    return DetectionModels(
        mediapipe=mediapipe,
        short_range_faces=open_face_detector("face_short_range.tflite"),
        full_range_faces=open_face_detector("face_full_range.tflite"),
        face_mesh=open_embedder("face_mesh.tflite"),
        pose=open_task(
            vision.PoseLandmarker,
            vision.PoseLandmarkerOptions,
            "pose.task",
            num_poses=5,
            min_pose_detection_confidence=0.3,
            output_segmentation_masks=True,
        ),
        hands=open_task(
            vision.HandLandmarker,
            vision.HandLandmarkerOptions,
            "hands.task",
            num_hands=3,
            min_hand_detection_confidence=0.3,
            min_hand_presence_confidence=0.01,
        ),
        scene=open_embedder("scene.tflite"),
        outline=open_embedder("outline.tflite"),
        things=open_embedder("things.tflite"),
        objects=open_task(
            vision.ObjectDetector,
            vision.ObjectDetectorOptions,
            "objects.tflite",
            score_threshold=MIN_OBJECT_SCORE,
            max_results=MAX_OBJECTS,
        ),
        person_mask=open_task(
            vision.ImageSegmenter,
            vision.ImageSegmenterOptions,
            "person_mask.tflite",
            output_confidence_masks=True,
            output_category_mask=False,
        ),
    )
