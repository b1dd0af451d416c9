"""MediaPipe's models, each opened as it is asked."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from .spared import spared

FAINT = 0.2
"""Detector score from which a face is worth asking the mesh model about; its score then tells whether it is one."""

_OTHERS = ("audio", "decision", "retrieval", "text")
UNUSED = ("matplotlib", "matplotlib.pyplot", "sounddevice", *(f"mediapipe.tasks.python.{name}" for name in _OTHERS))
"""What MediaPipe imports to draw, to listen, and for its other tasks."""


def opened(folder: Path, stack: ExitStack) -> SimpleNamespace:
    """The models in *folder*, which *stack* will close, and `mp`, MediaPipe itself."""
    with spared(*UNUSED):
        import mediapipe
        from mediapipe.tasks.python import BaseOptions, vision

    def task(kind: Any, options: Any, model: str, **settings: Any) -> Any:
        base = BaseOptions(model_asset_path=str(folder / model))
        return stack.enter_context(kind.create_from_options(options(base_options=base, **settings)))

    def detector(model: str) -> Any:
        return task(vision.FaceDetector, vision.FaceDetectorOptions, model, min_detection_confidence=FAINT)

    def embedder(model: str) -> Any:
        return task(vision.ImageEmbedder, vision.ImageEmbedderOptions, model)

    return SimpleNamespace(
        mp=mediapipe,
        short=detector("face_short_range.tflite"),
        full=detector("face_full_range.tflite"),
        mesh=task(
            vision.FaceLandmarker,
            vision.FaceLandmarkerOptions,
            "face_mesh.task",
            num_faces=2,
            min_face_detection_confidence=0.2,
            min_face_presence_confidence=0.01,
        ),
        pose=task(
            vision.PoseLandmarker,
            vision.PoseLandmarkerOptions,
            "pose.task",
            num_poses=5,
            min_pose_detection_confidence=0.3,
            min_pose_presence_confidence=0.001,
            output_segmentation_masks=True,
        ),
        hands=task(
            vision.HandLandmarker,
            vision.HandLandmarkerOptions,
            "hands.task",
            num_hands=3,
            min_hand_detection_confidence=0.3,
            min_hand_presence_confidence=0.01,
        ),
        scene=embedder("scene.tflite"),
        outline=embedder("outline.tflite"),
        things=embedder("things.tflite"),
        person=task(
            vision.ImageSegmenter,
            vision.ImageSegmenterOptions,
            "person_mask.tflite",
            output_confidence_masks=True,
            output_category_mask=False,
        ),
    )
