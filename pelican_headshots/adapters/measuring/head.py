"""The whole head, hair and beard included, and the backdrop at the picture's edges, from the person mask."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

from ...core.analysis import Backdrop
from ...core.geometry import Point
from .sight import Floats, Frame, Sight

Mask = NDArray[np.bool_]

HAIR = 0.4
"""Mask value from which a pixel belongs to somebody: below one half, because the mask ends early at loose hair."""
REACH_UP = 1.1
"""Hair and hats reach at most this far above the hairline, in heights of the face from chin to hairline."""
REACH_ASIDE = 1.15
"""... and to each side of the face's middle line, in widths of the face."""
JAW_ASIDE = 0.8
"""The same below the mouth, where shoulders begin."""
DIRECTIONS = 16
STRIP = 0.025
"""Side of the blocks along an edge that are measured, of the frame's longer side. Nearer than half of it to the edge,
somebody touches it."""
CLEAR = 0.2
"""Mask value up to which a pixel is backdrop."""


def outline(sight: Sight, mesh: Floats) -> tuple[Point, ...]:
    """A polygon around hair, face and chin, as fractions of the picture: its farthest points in sixteen directions.

    *mesh* is (478, 3) in pixels of the frame. Points at the picture's edge mean that the picture cuts the head there.
    """
    import cv2

    scale = sight.mask.shape[1] / sight.width
    face = mesh[:468, :2] * scale
    chin, hairline, mouth = face[152], face[10], (face[13] + face[14]) / 2
    tall = float(np.linalg.norm(hairline - chin))
    up = (hairline - chin) / max(tall, 1e-3)
    aside = np.array([-up[1], up[0]])
    wide = float(np.ptp(face @ aside))
    height, width = sight.mask.shape
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32) + 0.5
    above = (columns - chin[0]) * up[0] + (rows - chin[1]) * up[1]
    beside = np.abs((columns - chin[0]) * aside[0] + (rows - chin[1]) * aside[1])
    jaw = float((mouth - chin) @ up)
    near = (above >= 0) & (above <= tall * (1 + REACH_UP))
    near &= beside <= np.where(above > jaw, REACH_ASIDE, JAW_ASIDE) * wide
    head = ((sight.mask > HAIR) & near).astype(np.uint8)
    _, labels = cv2.connectedComponents(head)
    middle = face.mean(axis=0)
    x, y = min(max(int(middle[0]), 0), width - 1), min(max(int(middle[1]), 0), height - 1)
    own = labels == labels[y, x] if labels[y, x] else np.zeros((1, 1), bool)
    lines = np.flatnonzero(own.any(axis=1))
    # What lies farthest begins or ends a line of pixels.
    ends = np.stack([own[lines].argmax(axis=1), own.shape[1] - 1 - own[lines, ::-1].argmax(axis=1)], axis=1)
    found = np.stack([ends.ravel(), np.repeat(lines, 2)], axis=1)
    # Both corners of each pixel on the diagonal, so that nothing is lost to the mask's coarseness.
    hair = np.concatenate([found, found + 1.0])
    points = np.concatenate([hair, face]) / scale
    farthest = [
        points[int(np.argmax(points @ np.array([cos(a), sin(a)])))]
        for a in (2 * pi * i / DIRECTIONS for i in range(DIRECTIONS))
    ]
    return tuple(Point(round(float(x) / sight.width, 4), round(float(y) / sight.height, 4)) for x, y in farthest)


def backdrop(sight: Sight, frame: Frame) -> Backdrop:
    """How even the picture is along its edges, where nobody is."""
    import cv2

    height, width = frame.shape[:2]
    thick = max(4, round(max(width, height) * STRIP))
    if min(width, height) < 4 * thick:
        return Backdrop()
    mask: Floats = np.asarray(cv2.resize(sight.mask, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    free: Mask = np.asarray(mask <= CLEAR)
    top = 255.0
    if free[: thick // 2].all():
        top = _unevenness(np.swapaxes(frame, 0, 1), free.T, thick)
    left, left_clear = _side(frame, free, thick)
    right, right_clear = _side(frame[:, ::-1], free[:, ::-1], thick)
    return Backdrop(top=top, left=left, right=right, left_clear=left_clear, right_clear=right_clear)


def _side(frame: Frame, free: Mask, thick: int) -> tuple[float, float]:
    """Unevenness of the left edge down to where somebody touches it, and how far down that is (0..1)."""
    touched = np.flatnonzero(~free[:, : thick // 2].all(axis=1))
    down = max(0, int(touched[0]) - thick) if len(touched) else frame.shape[0]
    if down < 4 * thick:
        return 255.0, 0.0
    return _unevenness(frame[:down], free[:down], thick), round(down / frame.shape[0], 4)


def _unevenness(frame: Frame, free: Mask, thick: int) -> float:
    """The worst of: texture within blocks of the left edge, steps from one to the next, and from it to that beside it.

    In levels of 0..255. Blocks with somebody in them do not count; where they are most, it is 255. A backdrop of paper or
    a clear wall stays below about 6, whatever its gradient; foliage, bricks and blurred lights are above 10.
    """
    count = frame.shape[0] // thick
    clear: Mask = np.asarray(free[: count * thick, : 2 * thick].reshape(count, -1).all(axis=1))
    if clear.mean() < 0.6:
        return 255.0
    edge, inner = (
        frame[: count * thick, first : first + thick].reshape(count, thick, thick, 3).astype(np.float32)
        for first in (0, thick)
    )
    means = edge.mean(axis=(1, 2))
    pairs = clear[1:] & clear[:-1]
    texture = float(np.percentile(edge.std(axis=(1, 2)).mean(axis=1)[clear], 90))
    steps = float(np.percentile(np.abs(np.diff(means, axis=0)).max(axis=1)[pairs], 95)) if pairs.any() else 0.0
    depth = float(np.percentile(np.abs(means - inner.mean(axis=(1, 2))).max(axis=1)[clear], 95))
    return round(max(texture, steps, depth), 2)
