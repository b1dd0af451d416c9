"""MediaPipe's models, opened once and asked about one frame after another."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from ..core.analysis import Analysis
from .quiet import quiet
from .sight import REAL_FACE, Floats, Frame, SeenFace, SeenHand, Sight
from .spared import spared

MASK_SIDE = 256
MESHES = 5
"""Faces, largest first, that the mesh model is asked about."""
SCENE_SIDE = 224
FAINT = 0.2
"""Detector score from which a face is worth asking the mesh model about; its score then tells whether it is one."""
_SCORE_UNIT = 10.0
"""`build_assets/compose.py` puts it into the mesh, to read the model's score by."""


class Looker:
    """Opens every model on entry and closes it on exit. Not to be shared between threads."""

    def __init__(self, models: Path) -> None:
        self._models = models
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with quiet():
            with spared("matplotlib", "matplotlib.pyplot", "sounddevice"):
                import mediapipe
                from mediapipe.tasks.python import BaseOptions, vision

            self._mp: Any = mediapipe

            def opened(task: Any, options: Any, model: str, **settings: Any) -> Any:
                base = BaseOptions(model_asset_path=str(self._models / model))
                return self._stack.enter_context(task.create_from_options(options(base_options=base, **settings)))

            self._short = opened(
                vision.FaceDetector,
                vision.FaceDetectorOptions,
                "face_short_range.tflite",
                min_detection_confidence=FAINT,
            )
            self._full = opened(
                vision.FaceDetector,
                vision.FaceDetectorOptions,
                "face_full_range.tflite",
                min_detection_confidence=FAINT,
            )
            self._mesh = opened(
                vision.FaceLandmarker,
                vision.FaceLandmarkerOptions,
                "face_mesh.task",
                num_faces=2,
                min_face_detection_confidence=0.2,
                min_face_presence_confidence=0.01,
            )
            self._pose = opened(
                vision.PoseLandmarker,
                vision.PoseLandmarkerOptions,
                "pose.task",
                num_poses=5,
                min_pose_detection_confidence=0.3,
                min_pose_presence_confidence=0.001,
                output_segmentation_masks=True,
            )
            self._hands = opened(
                vision.HandLandmarker,
                vision.HandLandmarkerOptions,
                "hands.task",
                num_hands=3,
                min_hand_detection_confidence=0.3,
                min_hand_presence_confidence=0.01,
            )
            self._scene = opened(vision.ImageEmbedder, vision.ImageEmbedderOptions, "scene.tflite")
            self._outline = opened(vision.ImageEmbedder, vision.ImageEmbedderOptions, "outline.tflite")
            self._person = opened(
                vision.ImageSegmenter,
                vision.ImageSegmenterOptions,
                "person_mask.tflite",
                output_confidence_masks=True,
                output_category_mask=False,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with quiet():
            self._stack.close()

    def look(self, frame: Frame) -> Analysis:
        """Measure *frame*: uint8 (height, width, 3), upright sRGB, long side about 1024 px. Same frame, same answer."""
        from .measuring import measured

        return measured(self.see(frame), frame)

    def see(self, frame: Frame) -> Sight:
        """Ask every model about *frame*."""
        with quiet():
            height, width = frame.shape[:2]
            sight = Sight(width, height)
            self._see_bodies(frame, sight)
            sight.mask = self._mask(frame)
            self._see_scene(frame, sight)
            sight.faces = self._faces(frame, sight)
            for number, face in enumerate(sight.faces[:MESHES]):
                self._add_mesh(frame, face, twice=number == 0)
            if not any(face.mesh_score > REAL_FACE for face in sight.faces):
                self._see_nearer(frame, sight)
            if sight.faces:
                sight.hands = self._hands_near(frame, sight.faces[0])
            return sight

    def _image(self, frame: Frame) -> Any:
        return self._mp.Image(image_format=self._mp.ImageFormat.SRGB, data=np.ascontiguousarray(frame))

    def _see_bodies(self, frame: Frame, sight: Sight) -> None:
        found = self._pose.detect(self._image(frame))
        for points in found.pose_landmarks:
            sight.body_scores.append(_score(points[0], points[1]))
            body = [
                (p.x * sight.width, p.y * sight.height, p.z * sight.width, p.visibility, p.presence) for p in points
            ]
            sight.bodies.append(np.array(body, np.float32))
        for mask in found.segmentation_masks or []:
            sight.body_masks.append(_shrunk(mask.numpy_view()))

    def _mask(self, frame: Frame) -> Floats:
        return _shrunk(self._person.segment(self._image(frame)).confidence_masks[0].numpy_view())

    def _see_scene(self, frame: Frame, sight: Sight) -> None:
        seen = self._embedded(self._scene, _square(frame, SCENE_SIDE))
        sight.scene, sight.somebody = seen[:-4], float(seen[-4:].max())
        sight.outline = self._embedded(self._outline, _square(frame, MASK_SIDE))

    def _see_nearer(self, frame: Frame, sight: Sight) -> None:
        """Where no face was found, look for somebody again, nearer."""
        sight.somebody_near = max(
            float(self._embedded(self._scene, _square(frame[top:bottom, left:right], SCENE_SIDE))[-4:].max())
            for left, top, right, bottom in _tiles(sight.width, sight.height)
        )

    def _embedded(self, model: Any, frame: Frame) -> Floats:
        return np.asarray(model.embed(self._image(frame)).embeddings[0].embedding, np.float32)

    def _faces(self, frame: Frame, sight: Sight) -> list[SeenFace]:
        """Faces, largest first: both detectors on the frame, then where a body has a head, then tiles."""
        faces = self._detected(self._short, frame, "short") + self._detected(self._full, frame, "full")
        faces = _distinct(faces)
        for body in sight.bodies:
            box = head_box(body)
            if any(_inside(face.centre, box) for face in faces):
                continue
            for face in self._again(frame, box):
                faces.append(face)
        if not faces:
            for left, top, right, bottom in _tiles(sight.width, sight.height):
                faces += self._detected(self._full, frame[top:bottom, left:right], "tile", (left, top))
        return sorted(_distinct(faces), key=lambda face: -face.height)

    def _detected(
        self, detector: Any, frame: Frame, by: str, at: tuple[int, int] = (0, 0), scale: float = 1.0
    ) -> list[SeenFace]:
        height, width = frame.shape[:2]
        faces = []
        for found in detector.detect(self._image(frame)).detections:
            box = found.bounding_box
            points = np.array([(p.x * width, p.y * height) for p in found.keypoints], np.float32)
            corners = np.array([box.origin_x, box.origin_y, box.origin_x + box.width, box.origin_y + box.height], float)
            corners = corners / scale + np.array([*at, *at])
            faces.append(
                SeenFace(
                    (float(corners[0]), float(corners[1]), float(corners[2]), float(corners[3])),
                    float(found.categories[0].score),
                    by,
                    points / scale + np.array(at, np.float32),
                )
            )
        return faces

    def _again(self, frame: Frame, box: tuple[float, float, float, float]) -> list[SeenFace]:
        """Look for a face in a square around *box*, enlarged to what the short-range model sees best."""
        crop, at, scale = _crop(frame, box, 1.6, 256)
        if crop is None:
            return []
        return [f for f in self._detected(self._short, crop, "head", at, scale) if _inside(f.centre, box)]

    def _add_mesh(self, frame: Frame, face: SeenFace, twice: bool) -> None:
        crop, at, scale = _crop(frame, face.box, 2.0, 384)
        if crop is None:
            return
        face.mesh, face.mesh_score = self._mesh_in(crop, at, scale, face.box)
        if twice and face.mesh is not None:
            left, top, right, bottom = face.box
            edge = 2 * at[0] + crop.shape[1] / scale
            box = (edge - right, top, edge - left, bottom)
            mesh, _ = self._mesh_in(crop[:, ::-1], at, scale, box)
            if mesh is not None:
                mesh[:, 0] = edge - mesh[:, 0]
                face.mirrored = mesh

    def _mesh_in(
        self, crop: Frame, at: tuple[int, int], scale: float, box: tuple[float, float, float, float]
    ) -> tuple[Floats | None, float]:
        """The mesh of the face whose middle lies in *box*, in pixels of the frame, and its score."""
        height, width = crop.shape[:2]
        best: Floats | None = None
        best_score = -20.0
        for points in self._mesh.detect(self._image(crop)).face_landmarks:
            mesh = np.array([(p.x * width, p.y * height, p.z * width) for p in points], np.float32)
            score = _score(points[468], points[473])
            mesh[468:, 2] = 0.0
            mesh /= scale
            mesh[:, :2] += np.array(at, np.float32)
            middle = mesh[:468, :2].mean(axis=0)
            if _inside((float(middle[0]), float(middle[1])), box) and score > best_score:
                best, best_score = mesh, score
        return best, best_score

    def _hands_near(self, frame: Frame, face: SeenFace) -> list[SeenHand]:
        crop, at, scale = _crop(frame, face.box, 3.2, 512)
        if crop is None:
            return []
        height, width = crop.shape[:2]
        found = self._hands.detect(self._image(crop))
        hands = []
        for points in found.hand_landmarks:
            hand = np.array([(p.x * width, p.y * height, p.z * width) for p in points], np.float32) / scale
            hand[:, :2] += np.array(at, np.float32)
            hands.append(SeenHand(hand, _score(points[0], points[1])))
        return hands


def _score(carrier: Any, unit: Any) -> float:
    """The model's own score (logit), which travels in the z of two points: see `build_assets/compose.py`."""
    return float(carrier.z / unit.z) * _SCORE_UNIT if unit.z else -20.0


def head_box(body: Floats) -> tuple[float, float, float, float]:
    """Where a body's head is, from nose, eyes, ears and mouth, widened by the shoulders where the head is edge-on."""
    head = body[:11, :2]
    middle = head.mean(axis=0)
    reach = max(
        float(np.linalg.norm(body[7, :2] - body[8, :2])),
        float(np.ptp(head[:, 1])) * 1.2,
        float(np.linalg.norm(body[11, :2] - body[12, :2])) * 0.35,
        8.0,
    )
    return (
        float(middle[0]) - reach * 0.7,
        float(middle[1]) - reach * 0.9,
        float(middle[0]) + reach * 0.7,
        float(middle[1]) + reach * 0.9,
    )


def _crop(
    frame: Frame, box: tuple[float, float, float, float], factor: float, side: int
) -> tuple[Frame | None, tuple[int, int], float]:
    """A square around *box*, *factor* times its longer side, as far as the frame goes; at most *side* pixels long.

    Gives the crop, its left top corner in the frame, and its scale; None where hardly anything of it is in the frame.
    """
    import cv2

    height, width = frame.shape[:2]
    reach = max(box[2] - box[0], box[3] - box[1]) * factor / 2
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    left, top = max(0, int(x - reach)), max(0, int(y - reach))
    right, bottom = min(width, int(x + reach) + 1), min(height, int(y + reach) + 1)
    if right - left < 16 or bottom - top < 16:
        return None, (0, 0), 1.0
    crop = frame[top:bottom, left:right]
    scale = side / max(right - left, bottom - top)
    if scale > 3.0:
        scale = 3.0
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    size = (max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
    return np.asarray(cv2.resize(crop, size, interpolation=how), np.uint8), (left, top), scale


def _square(frame: Frame, side: int) -> Frame:
    """The frame made to fit a black square, as these models were trained to see it."""
    import cv2

    scale = side / max(frame.shape[:2])
    wide, high = (max(1, round(length * scale)) for length in (frame.shape[1], frame.shape[0]))
    square = np.zeros((side, side, 3), np.uint8)
    top, left = (side - high) // 2, (side - wide) // 2
    square[top : top + high, left : left + wide] = cv2.resize(frame, (wide, high), interpolation=cv2.INTER_AREA)
    return square


def _shrunk(mask: Any) -> Floats:
    import cv2

    mask = np.asarray(mask, np.float32)
    mask = mask.reshape(mask.shape[:2])  # not squeezed: a picture may be one pixel wide
    scale = MASK_SIDE / max(mask.shape)
    size = (max(1, round(mask.shape[1] * scale)), max(1, round(mask.shape[0] * scale)))
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.float32)


def _inside(point: tuple[float, float], box: tuple[float, float, float, float]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _distinct(faces: list[SeenFace]) -> list[SeenFace]:
    """Each face once: the surer of two that overlap by more than 0.3, or of which one's centre is in the other."""
    kept: list[SeenFace] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if not any(_overlap(face.box, other.box) > 0.3 or _inside(face.centre, other.box) for other in kept):
            kept.append(face)
    return kept


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return 0.0
    shared = wide * high
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def _tiles(width: int, height: int) -> list[tuple[int, int, int, int]]:
    """Four overlapping tiles, each 0.6 of the frame each way."""
    wide, high = round(width * 0.6), round(height * 0.6)
    return [(left, top, left + wide, top + high) for top in (0, height - high) for left in (0, width - wide)]
