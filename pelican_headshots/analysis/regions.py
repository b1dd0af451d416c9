"""Regions of a frame: crops, tiles, squares, and which boxes are the same face. Positions are pixels of the frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .observation import DetectedFace, FloatArray, ImageArray, RgbArray, to_grayscale

MASK_LONG_SIDE_PX = 256
"""Long side of a mask, in pixels."""
FACE_SQUARE_SIZE = 1.5
"""Side of the square in which the mesh of a face is found, in long sides of the face: what the model was trained on."""


def is_brighter_on_right(frame: RgbArray) -> bool:
    """Return whether the right half is brighter. True for a frame or for its mirror image, never for both."""
    import cv2

    columns = cv2.resize(to_grayscale(frame), (64, 64), interpolation=cv2.INTER_AREA).astype(float).mean(axis=0)
    return float(columns @ (np.arange(64) - 31.5)) > 0


def crop_square_around(
    frame: ImageArray, box: tuple[float, float, float, float], size_factor: float, max_side_px: int
) -> tuple[ImageArray | None, tuple[int, int], float]:
    """Crop a square around *box*, as far as the frame reaches.

    Args:
        frame: The pixels to crop.
        box: Left, top, right, bottom.
        size_factor: Side of the square, in long sides of *box*.
        max_side_px: The crop is scaled to this long side, but enlarged at most three times.

    Returns:
        The crop, its top left corner in the frame, and its scale. The crop is None if less than 16 pixels of it are in
        the frame.
    """
    import cv2

    height, width = frame.shape[:2]
    half_side = max(box[2] - box[0], box[3] - box[1]) * size_factor / 2
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    left, top = max(0, int(x - half_side)), max(0, int(y - half_side))
    right, bottom = min(width, int(x + half_side) + 1), min(height, int(y + half_side) + 1)
    if right - left < 16 or bottom - top < 16:
        return None, (0, 0), 1.0
    crop = frame[top:bottom, left:right]
    scale = min(max_side_px / max(right - left, bottom - top), 3.0)
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    size = (max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
    return np.asarray(cv2.resize(crop, size, interpolation=interpolation), np.uint8), (left, top), scale


@dataclass(frozen=True)
class FaceSquare:
    """A square around a face, turned so that its eyes are level. *angle* is that of the eye line, in radians, clockwise."""

    x: float
    y: float
    side: float
    angle: float

    @classmethod
    def from_detection(cls, face: DetectedFace) -> FaceSquare:
        """Return the square around the box of *face*."""
        right_eye, left_eye = face.keypoints[0], face.keypoints[1]
        return cls(*face.center, FACE_SQUARE_SIZE * max(face.width, face.height), _measure_angle(right_eye, left_eye))

    @classmethod
    def from_mesh(cls, mesh: FloatArray) -> FaceSquare:
        """Return the square around a mesh of the face, which is more exact."""
        angle = _measure_angle(mesh[33], mesh[263])
        rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        level_points = mesh[:468, :2] @ rotation.T
        low, high = level_points.min(axis=0), level_points.max(axis=0)
        x, y = rotation.T @ ((low + high) / 2)
        return cls(float(x), float(y), FACE_SQUARE_SIZE * float((high - low).max()), angle)


def _measure_angle(right: FloatArray, left: FloatArray) -> float:
    return float(np.arctan2(left[1] - right[1], left[0] - right[0]))


def crop_face_square(
    frame: ImageArray, square: FaceSquare, side_px: int, *, mirrored: bool = False
) -> tuple[ImageArray, FloatArray]:
    """Return *square* as *side_px* × *side_px* pixels, and the transform (2, 3) of its positions to those of *frame*.

    Outside the frame, it is black. If *mirrored*, the crop is a mirror image.
    """
    import cv2

    scale = side_px / square.side
    cos, sin = np.cos(square.angle) * scale, np.sin(square.angle) * scale
    half = side_px / 2
    to_crop = np.array(
        [
            [cos, sin, half - cos * square.x - sin * square.y],
            [-sin, cos, half + sin * square.x - cos * square.y],
        ]
    )
    if mirrored:
        to_crop[0] = -to_crop[0]
        to_crop[0, 2] += side_px
    to_frame = np.asarray(cv2.invertAffineTransform(to_crop), np.float64)
    if scale < 0.7:  # warpAffine alone would skip pixels
        blur = 0.45 / scale
        reach = (abs(cos) + abs(sin)) / scale * square.side / 2 + 4 * blur + 2
        height, width = frame.shape[:2]
        left, top = (int(np.clip(each - reach, 0, end - 1)) for each, end in ((square.x, width), (square.y, height)))
        right, bottom = (int(np.clip(each + reach, 1, end)) for each, end in ((square.x, width), (square.y, height)))
        frame = np.asarray(cv2.GaussianBlur(frame[top:bottom, left:right], (0, 0), blur), np.uint8)
        to_crop[:, 2] += to_crop[:, :2] @ (left, top)
    return np.asarray(cv2.warpAffine(frame, to_crop, (side_px, side_px)), np.uint8), to_frame


def letterbox(frame: ImageArray, side: int) -> ImageArray:
    """Fit the frame into a black square of *side* pixels, as the models were trained."""
    import cv2

    scale = side / max(frame.shape[:2])
    width, height = (max(1, round(length * scale)) for length in (frame.shape[1], frame.shape[0]))
    canvas = np.zeros((side, side, *frame.shape[2:]), np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    canvas[top : top + height, left : left + width] = cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA)
    return canvas


def shrink_frame(frame: RgbArray, long_side: int) -> tuple[RgbArray, float]:
    """Return *frame* with at most *long_side* pixels on its long side, and its scale."""
    import cv2

    height, width = frame.shape[:2]
    scale = min(1.0, long_side / max(height, width))
    if scale == 1.0:
        return frame, scale
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8), scale


def shrink_mask(mask: Any) -> FloatArray:
    """Return a model's mask as rows × columns of 0 to 1, with a long side of `MASK_LONG_SIDE_PX`."""
    import cv2

    mask = np.asarray(mask, np.float32)
    mask = mask.reshape(mask.shape[:2])  # no squeeze(): a picture may be one pixel wide
    scale = MASK_LONG_SIDE_PX / max(mask.shape)
    size = (max(1, round(mask.shape[1] * scale)), max(1, round(mask.shape[0] * scale)))
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.float32)


def is_inside_box(point: tuple[float, float], box: tuple[float, float, float, float]) -> bool:
    """Return whether the point (x, y) is in the box (left, top, right, bottom) or on its edge."""
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def deduplicate_faces(faces: list[DetectedFace]) -> list[DetectedFace]:
    """Return each face once: of two that overlap (IoU above 0.3, or center in the other's box), the one with more score."""
    kept: list[DetectedFace] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if not any(compute_iou(face.box, other.box) > 0.3 or is_inside_box(face.center, other.box) for other in kept):
            kept.append(face)
    return kept


def compute_iou(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    """Return the intersection over union of two boxes (left, top, right, bottom): 0 if apart, 1 if the same."""
    shared_width = min(a[2], b[2]) - max(a[0], b[0])
    shared_height = min(a[3], b[3]) - max(a[1], b[1])
    if shared_width <= 0 or shared_height <= 0:
        return 0.0
    shared_area = shared_width * shared_height
    return shared_area / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared_area)


def split_into_tiles(width: int, height: int) -> list[tuple[int, int, int, int]]:
    """Return four overlapping tiles (left, top, right, bottom), each 0.6 of the frame wide and high."""
    tile_width, tile_height = round(width * 0.6), round(height * 0.6)
    return [
        (left, top, left + tile_width, top + tile_height)
        for top in (0, height - tile_height)
        for left in (0, width - tile_width)
    ]
