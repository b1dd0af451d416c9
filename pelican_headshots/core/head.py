"""Where a head points and where its eyes look, from points of a face mesh. Plain arithmetic on a few points.

Points are (x, y, z) with x to the picture's right, y down, z away from the camera, all in the same unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, atan2, degrees, hypot, radians, sin

Vector = Sequence[float]

RIGHT_EYE = (33, 133)
LEFT_EYE = (263, 362)
"""Outer and inner corner of each eye in MediaPipe's mesh; *right* is the person's own."""
RIGHT_IRIS, LEFT_IRIS = 468, 473
PAIRS = ((33, 263), (133, 362), (127, 356), (234, 454), (58, 288), (61, 291), (70, 300))
"""The same place on both sides of the face, person's right first: eyes, temples, ears, jaw, mouth, brows."""
UPPER, LOWER = (10, 151, 9), (152, 199, 175)
"""Forehead and chin, down the middle."""
NEUTRAL_PITCH = -6.0
"""What `pitch` measures on a level head looking into the lens, taken off. Measured: see docs/verdicts.md."""
CANTHI = 89.0
"""Outer eye corner to outer eye corner of an adult, in millimetres (Farkas, Anthropometry of the Head and Face)."""
IRIS_RADIUS = 10.5
"""Centre of the eyeball to the iris' plane, in millimetres."""
EYE_DEPTH = 6.0
"""Line between an eye's corners to the centre of the eyeball behind it, in millimetres."""


def mean(points: Sequence[Vector], indices: Sequence[int]) -> tuple[float, float, float]:
    n = len(indices)
    return (
        sum(points[i][0] for i in indices) / n,
        sum(points[i][1] for i in indices) / n,
        sum(points[i][2] for i in indices) / n,
    )


def angles(mesh: Sequence[Vector]) -> tuple[float, float, float]:
    """Yaw, pitch and roll in degrees; signs as in `core.analysis.Face`."""
    right = mean(mesh, [pair[0] for pair in PAIRS])
    left = mean(mesh, [pair[1] for pair in PAIRS])
    across = [left[i] - right[i] for i in range(3)]
    roll = atan2(across[1], across[0])
    yaw = atan2(across[2], hypot(across[0], across[1]))
    top, bottom = mean(mesh, UPPER), mean(mesh, LOWER)
    up = [top[i] - bottom[i] for i in range(3)]
    pitch = atan2(up[2], hypot(up[0], up[1]))
    return degrees(yaw), degrees(pitch) - NEUTRAL_PITCH, degrees(roll)


def eyes_in_head(mesh: Sequence[Vector], roll: float) -> tuple[float, float, float]:
    """Irises against the middle of their eyes, along and across the eye line, in eye widths; and their disagreement.

    Mean of both eyes: positive is to the picture's right, and up. Disagreement is between the two eyes' first values.
    """
    across = (_cos(roll), sin(radians(roll)))
    along: list[float] = []
    above: list[float] = []
    width = max(
        hypot(mesh[outer][0] - mesh[inner][0], mesh[outer][1] - mesh[inner][1])
        for outer, inner in (RIGHT_EYE, LEFT_EYE)
    )
    for (outer, inner), iris in ((RIGHT_EYE, RIGHT_IRIS), (LEFT_EYE, LEFT_IRIS)):
        middle = mean(mesh, (outer, inner))
        x, y = mesh[iris][0] - middle[0], mesh[iris][1] - middle[1]
        along.append((x * across[0] + y * across[1]) / width)
        above.append(-(y * across[0] - x * across[1]) / width)
    return sum(along) / 2, sum(above) / 2, abs(along[0] - along[1])


def gaze(mesh: Sequence[Vector], yaw: float, pitch: float, roll: float) -> tuple[float, float]:
    """Where the eyes look, in degrees off the lens: to the picture's right, and up.

    The iris sits on a ball whose centre lies behind the eye's corners, so a turned head shifts it the other way: what
    is seen is IRIS_RADIUS * sin(gaze) - EYE_DEPTH * sin(head).
    """
    outer_right, outer_left = mesh[RIGHT_EYE[0]], mesh[LEFT_EYE[0]]
    unit = sum((outer_left[i] - outer_right[i]) ** 2 for i in range(3)) ** 0.5 / CANTHI
    across = (_cos(roll), sin(radians(roll)))
    x = y = 0.0
    for corners, iris in ((RIGHT_EYE, RIGHT_IRIS), (LEFT_EYE, LEFT_IRIS)):
        middle = mean(mesh, corners)
        dx, dy = mesh[iris][0] - middle[0], mesh[iris][1] - middle[1]
        x += (dx * across[0] + dy * across[1]) / 2 / unit
        y -= (dy * across[0] - dx * across[1]) / 2 / unit
    return (
        degrees(asin(_clamped((x + EYE_DEPTH * sin(radians(yaw))) / IRIS_RADIUS))),
        degrees(asin(_clamped((y + EYE_DEPTH * sin(radians(pitch))) / IRIS_RADIUS))),
    )


def _cos(angle: float) -> float:
    return sin(radians(90.0 - angle))


def _clamped(value: float) -> float:
    return max(-1.0, min(1.0, value))
