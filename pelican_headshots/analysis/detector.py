"""Run MediaPipe's models on a frame and return what they find."""

from __future__ import annotations

from contextlib import ExitStack
from math import log
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from ..values.analysis import Analysis
from ..values.geometry import Box
from .features.analyze import analyze_observation
from .features.body import estimate_head_box
from .features.face import measure_lid_gap
from .mediapipe_tasks import DetectionModels
from .observation import (
    MIN_LIKELY_FACE_SCORE,
    DetectedFace,
    DetectedHand,
    DetectedObject,
    FloatArray,
    GrayArray,
    ImageArray,
    Observation,
    RgbArray,
    to_grayscale,
)
from .regions import (
    MASK_LONG_SIDE_PX,
    FaceSquare,
    crop_face_square,
    crop_square_around,
    deduplicate_faces,
    is_brighter_on_right,
    is_inside_box,
    letterbox,
    shrink_frame,
    shrink_mask,
    split_into_tiles,
)

MAX_MESH_FACES = 5
"""Largest number of faces, largest face first, on which the mesh model runs."""
SCENE_INPUT_PX, THINGS_INPUT_PX, MESH_INPUT_PX = 224, 160, 256
"""Side of the square input of these models, in pixels."""
SCENE_CHANNELS, OUTLINE_CHANNELS, THINGS_CHANNELS = 1152, 128, 320
"""Length of the last axis of these models' feature maps: see `build_assets/models.py`."""
MIN_MESH_SCORE = -7.0
"""Score of a mesh below which there is certainly no face."""
MAX_LID_GAP_TO_RECHECK = 0.16
"""Gap between the eyelids, in eye widths, below which the eyes are measured again. This affects one face in eight."""
HANDS_LONG_SIDE_PX = 512
"""Long side of the frame in which hands are searched, in pixels. The model of hands scales it down to 192."""


class Detector:
    """Opens each model when it is first used and closes it on exit. Do not share one between threads.

    MediaPipe's C++ code writes log lines straight to file descriptor 2; `workers/process.py` keeps them off the terminal.
    """

    def __init__(self, model_folder: Path) -> None:
        self._model_folder = model_folder
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._models = DetectionModels(self._model_folder, self._stack)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def analyze(self, frame: RgbArray) -> Analysis:
        """Return the analysis of *frame*. The same frame always gives the same analysis.

        A frame and its mirror image give the same analysis, mirrored: the models always see the one of the two that is
        darker on the right.

        Args:
            frame: Upright sRGB pixels, uint8 of shape (height, width, 3), long side about 1024 pixels.
        """
        if not is_brighter_on_right(frame):
            return analyze_observation(self.observe(frame), frame)
        mirrored_frame = np.ascontiguousarray(frame[:, ::-1])
        return analyze_observation(self.observe(mirrored_frame), mirrored_frame).mirror()

    def observe(self, color_frame: RgbArray) -> Observation:
        """Return what the models find in *color_frame*.

        Most models see a grayscale copy: color would bias what is found in a face. Objects, hands and closed eyes are
        found in color, where they are easier to see.
        """
        frame = to_grayscale(color_frame)
        height, width = frame.shape[:2]
        observation = Observation(width, height)
        observation.objects = self._detect_objects(color_frame)
        self._detect_bodies(frame, observation)
        observation.person_mask = shrink_mask(
            self._models.person_mask.segment(self._to_mp_image(frame)).confidence_masks[0].numpy_view()
        )
        self._embed_scene(frame, observation)
        observation.faces = self._find_faces(frame, observation)
        for face in observation.faces[:MAX_MESH_FACES]:
            self._add_mesh(frame, face)
        if not observation.real_faces:
            self._embed_faceless_frame(frame, color_frame, observation)
        if observation.main_face is not None:
            self._add_other_meshes(frame, color_frame, observation.main_face)
            observation.hands = self._detect_hands(color_frame)
            observation.face_things = self._embed_face_surroundings(frame, observation.main_face)
        return observation

    def _to_mp_image(self, frame: ImageArray) -> Any:
        import cv2

        pixels: Any = np.ascontiguousarray(frame)
        if pixels.ndim == 2:
            pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB)
        return self._models.mediapipe.Image(image_format=self._models.mediapipe.ImageFormat.SRGB, data=pixels)

    def _detect_bodies(self, frame: ImageArray, observation: Observation) -> None:
        found = self._models.pose.detect(self._to_mp_image(frame))
        for points in found.pose_landmarks:
            body = [
                (p.x * observation.width, p.y * observation.height, p.z * observation.width, p.visibility, p.presence)
                for p in points
            ]
            observation.bodies.append(np.array(body, np.float32))
        for mask in found.segmentation_masks or []:
            observation.body_masks.append(shrink_mask(mask.numpy_view()))

    def _detect_objects(self, frame: ImageArray) -> tuple[DetectedObject, ...]:
        objects = []
        for detection in self._models.objects.detect(self._to_mp_image(frame)).detections:
            box, category = detection.bounding_box, detection.categories[0]
            if box.width < 1 or box.height < 1:
                continue
            left, top = float(box.origin_x), float(box.origin_y)
            objects.append(
                DetectedObject(
                    category.category_name, float(category.score), Box(left, top, left + box.width, top + box.height)
                )
            )
        return tuple(objects)

    def _embed_scene(self, frame: ImageArray, observation: Observation) -> None:
        observation.scene, observation.person_score = self._embed_people(frame)
        (outline,) = self._run(self._models.outline, letterbox(frame, MASK_LONG_SIDE_PX))
        outline = outline.reshape(-1, OUTLINE_CHANNELS)
        observation.outline = np.concatenate([outline.mean(axis=0), outline.max(axis=0)])
        observation.things = self._embed_things(frame)

    def _embed_people(self, frame: ImageArray) -> tuple[FloatArray, float]:
        """Return the pose detector's embedding of *frame*, and its highest score of a person."""
        scene, person_scores = self._run(self._models.scene, letterbox(frame, SCENE_INPUT_PX))
        return scene.reshape(-1, SCENE_CHANNELS).mean(axis=0), float(person_scores.max())

    def _embed_things(self, frame: ImageArray) -> FloatArray:
        (things,) = self._run(self._models.things, letterbox(frame, THINGS_INPUT_PX))
        return np.asarray(things.reshape(-1, THINGS_CHANNELS).mean(axis=0))

    def _embed_faceless_frame(self, frame: GrayArray, color_frame: RgbArray, observation: Observation) -> None:
        """Embed four tiles of *frame*, and all of it in color too; each embedding becomes the mean of gray and color.

        Small people, backs and silhouettes are easier to find in color. There is no face whose color could matter.
        """
        tiles = [
            self._embed_people(frame[top:bottom, left:right])
            for left, top, right, bottom in split_into_tiles(observation.width, observation.height)
        ]
        observation.near = np.stack([embedding for embedding, _ in tiles])
        observation.tiles_person_score = max(score for _, score in tiles)
        if (color_frame == frame[..., None]).all():
            return
        in_color = Observation(observation.width, observation.height)
        self._embed_scene(color_frame, in_color)
        for name in ("scene", "outline", "things"):
            both = [getattr(observation, name), getattr(in_color, name)]
            setattr(observation, name, np.asarray(np.mean(both, axis=0), np.float32))

    def _embed_face_surroundings(self, frame: ImageArray, face: DetectedFace) -> FloatArray:
        """Return the embedding of *face* and what is next to it; empty if this is unlikely to be a face."""
        crop, _, _ = crop_square_around(frame, face.box, 1.6, THINGS_INPUT_PX)
        if crop is None or face.mesh_score <= MIN_LIKELY_FACE_SCORE:
            return np.zeros(0, np.float32)
        return self._embed_things(crop)

    def _run(self, model: Any, frame: ImageArray) -> list[FloatArray]:
        """Return the outputs of an embedder, each flat."""
        return [np.asarray(each.embedding, np.float32) for each in model.embed(self._to_mp_image(frame)).embeddings]

    def _find_faces(self, frame: ImageArray, observation: Observation) -> list[DetectedFace]:
        """Return the faces, largest first, from both detectors on the frame, then near heads of bodies, then in tiles."""
        faces = self._detect_faces(self._models.short_range_faces, frame, "short") + self._detect_faces(
            self._models.full_range_faces, frame, "full"
        )
        faces = deduplicate_faces(faces)
        for body in observation.bodies:
            box = estimate_head_box(body)
            if any(is_inside_box(face.center, box) for face in faces):
                continue
            for face in self._detect_faces_around(frame, box):
                faces.append(face)
        if not faces:
            for left, top, right, bottom in split_into_tiles(observation.width, observation.height):
                faces += self._detect_faces(
                    self._models.full_range_faces, frame[top:bottom, left:right], "tile", (left, top)
                )
        return sorted(deduplicate_faces(faces), key=lambda face: -face.height)

    def _detect_faces(
        self, detector: Any, frame: ImageArray, source: str, offset: tuple[int, int] = (0, 0), scale: float = 1.0
    ) -> list[DetectedFace]:
        height, width = frame.shape[:2]
        faces = []
        for detection in detector.detect(self._to_mp_image(frame)).detections:
            box = detection.bounding_box
            if box.width < 1 or box.height < 1:  # happens in a picture of a few pixels
                continue
            points = np.array([(p.x * width, p.y * height) for p in detection.keypoints], np.float32)
            corners = np.array([box.origin_x, box.origin_y, box.origin_x + box.width, box.origin_y + box.height], float)
            corners = corners / scale + np.array([*offset, *offset])
            faces.append(
                DetectedFace(
                    (float(corners[0]), float(corners[1]), float(corners[2]), float(corners[3])),
                    float(detection.categories[0].score),
                    source,
                    points / scale + np.array(offset, np.float32),
                )
            )
        return faces

    def _detect_faces_around(self, frame: ImageArray, box: tuple[float, float, float, float]) -> list[DetectedFace]:
        """Find faces in a square around *box*, enlarged to the size that the short-range model sees best."""
        crop, offset, scale = crop_square_around(frame, box, 1.6, 256)
        if crop is None:
            return []
        return [
            f
            for f in self._detect_faces(self._models.short_range_faces, crop, "head", offset, scale)
            if is_inside_box(f.center, box)
        ]

    def _add_mesh(self, frame: ImageArray, face: DetectedFace) -> None:
        """Find the mesh of *face*, and once more in the square around this first mesh. The score is the mean of both."""
        first_mesh, first_score = self._find_mesh(frame, FaceSquare.from_detection(face))
        mesh, score = self._find_mesh(frame, FaceSquare.from_mesh(first_mesh))
        score = (first_score + score) / 2
        center = mesh[:468, :2].mean(axis=0)
        if score >= MIN_MESH_SCORE and is_inside_box((float(center[0]), float(center[1])), face.box):
            face.mesh, face.mesh_score = mesh, score

    def _add_other_meshes(self, frame: ImageArray, color_frame: RgbArray, face: DetectedFace) -> None:
        """Find the mesh of *face* in the mirror image too, and if the eyes may be closed, twice in color."""
        if face.mesh is None:
            return
        square = FaceSquare.from_mesh(face.mesh)
        face.mirrored_mesh, _ = self._find_mesh(frame, square, mirrored=True)
        if (measure_lid_gap(face) or 1.0) < MAX_LID_GAP_TO_RECHECK:
            face.color_meshes = (
                self._find_mesh(color_frame, square)[0],
                self._find_mesh(color_frame, square, mirrored=True)[0],
            )

    def _find_mesh(self, frame: ImageArray, square: FaceSquare, *, mirrored: bool = False) -> tuple[FloatArray, float]:
        """Return the mesh of the face in *square*, in pixels of the frame, and its score."""
        crop, to_frame = crop_face_square(frame, square, MESH_INPUT_PX, mirrored=mirrored)
        points, score, *_ = self._run(self._models.face_mesh, crop)
        mesh = points.reshape(-1, 3)
        mesh[:, :2] = mesh[:, :2] @ to_frame[:, :2].T + to_frame[:, 2]
        mesh[:, 2] *= square.side / MESH_INPUT_PX
        return mesh, float(score[0])

    def _detect_hands(self, frame: RgbArray) -> list[DetectedHand]:
        small_frame, scale = shrink_frame(frame, HANDS_LONG_SIDE_PX)
        height, width = small_frame.shape[:2]
        found = self._models.hands.detect(self._to_mp_image(small_frame))
        hands = []
        for points, (category, *_) in zip(found.hand_landmarks, found.handedness, strict=True):
            hand = np.array([(p.x * width, p.y * height, p.z * width) for p in points], np.float32) / scale
            # The probability of a right hand is that of a hand: see `build_assets/models.py`.
            probability = category.score if category.category_name == "Right" else 1.0 - category.score
            hands.append(DetectedHand(hand, log(max(probability, 1e-7) / max(1.0 - probability, 1e-7))))
        return hands
