"""The outline of the head with hair and beard, and how even the backdrop is, both from the person mask."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

from ...values.analysis import Backdrop
from ...values.geometry import Point
from ..observation import FloatArray, Observation, RgbArray

BoolArray = NDArray[np.bool_]

MIN_HAIR_MASK_VALUE = 0.4
"""Mask value above which a pixel counts as hair: below one half, because the mask ends early at loose hair."""
MAX_HAIR_ABOVE_HAIRLINE = 1.1
"""How far hair and hats may reach above the hairline, in heights of the face from chin to hairline."""
MAX_HAIR_BESIDE_MIDLINE = 1.15
"""How far hair may reach to each side of the face's middle line, in widths of the face."""
MAX_JAW_BESIDE_MIDLINE = 0.8
"""The same below the mouth, where the shoulders begin."""
OUTLINE_DIRECTIONS = 16
EDGE_BLOCK_SHARE = 0.025
"""Side of the measured blocks along an edge, as a share of the frame's long side. A person touches the edge if they are
nearer than half of this."""
MAX_BACKGROUND_MASK_VALUE = 0.2
"""Mask value up to which a pixel counts as backdrop."""


def trace_head_outline(observation: Observation, mesh: FloatArray) -> tuple[Point, ...]:
    """Return a polygon around hair, face and chin: the farthest points in sixteen directions.

    Args:
        observation: What was found in the frame; its person mask is used.
        mesh: The mesh of the face, (478, 3), in pixels of the frame.

    Returns:
        Points as fractions of the picture. A point at the picture's edge means that the picture cuts the head there.
    """
    import cv2

    scale = observation.person_mask.shape[1] / observation.width
    face = mesh[:468, :2] * scale
    chin, hairline, mouth = face[152], face[10], (face[13] + face[14]) / 2
    face_height = float(np.linalg.norm(hairline - chin))
    up = (hairline - chin) / max(face_height, 1e-3)
    sideways = np.array([-up[1], up[0]])
    face_width = float(np.ptp(face @ sideways))
    height, width = observation.person_mask.shape
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32) + 0.5
    height_above_chin = (columns - chin[0]) * up[0] + (rows - chin[1]) * up[1]
    distance_from_midline = np.abs((columns - chin[0]) * sideways[0] + (rows - chin[1]) * sideways[1])
    mouth_height = float((mouth - chin) @ up)
    near_face = (height_above_chin >= 0) & (height_above_chin <= face_height * (1 + MAX_HAIR_ABOVE_HAIRLINE))
    near_face &= (
        distance_from_midline
        <= np.where(height_above_chin > mouth_height, MAX_HAIR_BESIDE_MIDLINE, MAX_JAW_BESIDE_MIDLINE) * face_width
    )
    head = ((observation.person_mask > MIN_HAIR_MASK_VALUE) & near_face).astype(np.uint8)
    _, labels = cv2.connectedComponents(head)
    center = face.mean(axis=0)
    x, y = min(max(int(center[0]), 0), width - 1), min(max(int(center[1]), 0), height - 1)
    head_pixels = labels == labels[y, x] if labels[y, x] else np.zeros((1, 1), bool)
    head_rows = np.flatnonzero(head_pixels.any(axis=1))
    # The farthest pixel in any direction is the first or last of its row.
    row_ends = np.stack(
        [head_pixels[head_rows].argmax(axis=1), head_pixels.shape[1] - 1 - head_pixels[head_rows, ::-1].argmax(axis=1)],
        axis=1,
    )
    edge_pixels = np.stack([row_ends.ravel(), np.repeat(head_rows, 2)], axis=1)
    # Two opposite corners of each pixel, because a pixel of the mask covers several of the frame.
    edge_corners = np.concatenate([edge_pixels, edge_pixels + 1.0])
    points = np.concatenate([edge_corners, face]) / scale
    farthest = [
        points[int(np.argmax(points @ np.array([cos(a), sin(a)])))]
        for a in (2 * pi * i / OUTLINE_DIRECTIONS for i in range(OUTLINE_DIRECTIONS))
    ]
    return tuple(
        Point(round(float(x) / observation.width, 4), round(float(y) / observation.height, 4)) for x, y in farthest
    )


def measure_backdrop(observation: Observation, frame: RgbArray) -> Backdrop:
    """Measure how even the picture is along its edges, where there is no person."""
    import cv2

    height, width = frame.shape[:2]
    block_side = max(4, round(max(width, height) * EDGE_BLOCK_SHARE))
    if min(width, height) < 4 * block_side:
        return Backdrop()
    mask: FloatArray = np.asarray(
        cv2.resize(observation.person_mask, (width, height), interpolation=cv2.INTER_LINEAR), np.float32
    )
    is_background: BoolArray = np.asarray(mask <= MAX_BACKGROUND_MASK_VALUE)
    top = 255.0
    if is_background[: block_side // 2].all():
        top = _measure_unevenness(np.swapaxes(frame, 0, 1), is_background.T, block_side)
    left, left_clear = _measure_side(frame, is_background, block_side)
    right, right_clear = _measure_side(frame[:, ::-1], is_background[:, ::-1], block_side)
    return Backdrop(
        top_unevenness=top,
        left_unevenness=left,
        right_unevenness=right,
        left_clear_share=left_clear,
        right_clear_share=right_clear,
    )


def _measure_side(frame: RgbArray, is_background: BoolArray, block_side: int) -> tuple[float, float]:
    """Return the unevenness of the left edge down to where a person touches it, and how far down that is (0..1)."""
    touched_rows = np.flatnonzero(~is_background[:, : block_side // 2].all(axis=1))
    clear_height = max(0, int(touched_rows[0]) - block_side) if len(touched_rows) else frame.shape[0]
    if clear_height < 4 * block_side:
        return 255.0, 0.0
    return _measure_unevenness(frame[:clear_height], is_background[:clear_height], block_side), round(
        clear_height / frame.shape[0], 4
    )


def _measure_unevenness(frame: RgbArray, is_background: BoolArray, block_side: int) -> float:
    """Return the unevenness of the left edge, in levels 0..255.

    It is the largest of three: texture within a block, difference between neighboring blocks along the edge, and
    difference between a block and the next one inward. Blocks with a person in them do not count; if fewer than 60 % of
    the blocks are clear, the result is 255. A paper backdrop or a plain wall is below about 6, whatever its gradient;
    foliage, bricks and blurred lights are above 10.
    """
    block_count = frame.shape[0] // block_side
    clear_blocks: BoolArray = np.asarray(
        is_background[: block_count * block_side, : 2 * block_side].reshape(block_count, -1).all(axis=1)
    )
    if clear_blocks.mean() < 0.6:
        return 255.0
    edge, inner = (
        frame[: block_count * block_side, first : first + block_side]
        .reshape(block_count, block_side, block_side, 3)
        .astype(np.float32)
        for first in (0, block_side)
    )
    means = edge.mean(axis=(1, 2))
    clear_pairs = clear_blocks[1:] & clear_blocks[:-1]
    texture = float(np.percentile(edge.std(axis=(1, 2)).mean(axis=1)[clear_blocks], 90))
    steps = (
        float(np.percentile(np.abs(np.diff(means, axis=0)).max(axis=1)[clear_pairs], 95)) if clear_pairs.any() else 0.0
    )
    depth = float(np.percentile(np.abs(means - inner.mean(axis=(1, 2))).max(axis=1)[clear_blocks], 95))
    return round(max(texture, steps, depth), 2)
