"""Head pose and gaze, computed from points of a face mesh.

Points are (x, y, z) with x to the picture's right, y down, z away from the camera, all in the same unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, atan2, degrees, hypot, radians, sin

MeshPoint = Sequence[float]

RIGHT_EYE_CORNERS = (33, 133)
LEFT_EYE_CORNERS = (263, 362)
"""Outer and inner corner of each eye in MediaPipe's mesh; *right* is the person's own."""
RIGHT_IRIS_CENTER, LEFT_IRIS_CENTER = 468, 473
SYMMETRIC_LANDMARKS = ((33, 263), (133, 362), (127, 356), (234, 454), (58, 288), (61, 291), (70, 300))
"""Pairs of matching points, the person's right side first: eyes, temples, ears, jaw, mouth, brows."""
FOREHEAD_LANDMARKS, CHIN_LANDMARKS = (10, 151, 9), (152, 199, 175)
"""Forehead and chin, along the middle line of the face."""
NEUTRAL_PITCH_DEGREES = -6.0
"""Measured pitch of a level head that looks into the lens. It is subtracted: see docs/accuracy.md."""
OUTER_CANTHAL_DISTANCE_MM = 89.0
"""Distance between the outer eye corners of an adult, in millimeters (Farkas, Anthropometry of the Head and Face)."""
EYEBALL_CENTER_TO_IRIS_MM = 10.5
"""From the center of the eyeball to the plane of the iris, in millimeters."""
EYEBALL_CENTER_DEPTH_MM = 6.0
"""From the line between an eye's corners to the center of the eyeball behind it, in millimeters."""


def average_points(points: Sequence[MeshPoint], indices: Sequence[int]) -> tuple[float, float, float]:
    """Return the mean of the points of a mesh at *indices*."""
    n = len(indices)
    return (
        sum(points[i][0] for i in indices) / n,
        sum(points[i][1] for i in indices) / n,
        sum(points[i][2] for i in indices) / n,
    )


def estimate_head_pose(mesh: Sequence[MeshPoint]) -> tuple[float, float, float]:
    """Return yaw, pitch and roll in degrees, with the signs of `values.analysis.Face`."""
    right = average_points(mesh, [pair[0] for pair in SYMMETRIC_LANDMARKS])
    left = average_points(mesh, [pair[1] for pair in SYMMETRIC_LANDMARKS])
    across = [left[i] - right[i] for i in range(3)]
    roll = atan2(across[1], across[0])
    yaw = atan2(across[2], hypot(across[0], across[1]))
    top, bottom = average_points(mesh, FOREHEAD_LANDMARKS), average_points(mesh, CHIN_LANDMARKS)
    up = [top[i] - bottom[i] for i in range(3)]
    pitch = atan2(up[2], hypot(up[0], up[1]))
    return degrees(yaw), degrees(pitch) - NEUTRAL_PITCH_DEGREES, degrees(roll)


def measure_iris_offsets(mesh: Sequence[MeshPoint], roll: float) -> tuple[float, float, float]:
    """Return how far the irises are off the middle of their eyes, and how far the two eyes disagree.

    Returns:
        The mean offset of both irises along the eye line (positive: to the picture's right) and across it (positive:
        up), and the difference between the two offsets along it. All in eye widths.
    """
    across = (_cos_degrees(roll), sin(radians(roll)))
    along: list[float] = []
    above: list[float] = []
    eye_width = max(
        hypot(mesh[outer][0] - mesh[inner][0], mesh[outer][1] - mesh[inner][1])
        for outer, inner in (RIGHT_EYE_CORNERS, LEFT_EYE_CORNERS)
    )
    for (outer, inner), iris in ((RIGHT_EYE_CORNERS, RIGHT_IRIS_CENTER), (LEFT_EYE_CORNERS, LEFT_IRIS_CENTER)):
        middle = average_points(mesh, (outer, inner))
        x, y = mesh[iris][0] - middle[0], mesh[iris][1] - middle[1]
        along.append((x * across[0] + y * across[1]) / eye_width)
        above.append(-(y * across[0] - x * across[1]) / eye_width)
    return sum(along) / 2, sum(above) / 2, abs(along[0] - along[1])


def estimate_gaze(mesh: Sequence[MeshPoint], yaw: float, pitch: float, roll: float) -> tuple[float, float]:
    """Return where the eyes look, in degrees off the lens: to the picture's right, and up.

    The iris is on a ball whose center is behind the eye's corners, so a turned head moves it the other way. Its offset
    is EYEBALL_CENTER_TO_IRIS_MM * sin(gaze) - EYEBALL_CENTER_DEPTH_MM * sin(head).
    """
    outer_right, outer_left = mesh[RIGHT_EYE_CORNERS[0]], mesh[LEFT_EYE_CORNERS[0]]
    px_per_mm = sum((outer_left[i] - outer_right[i]) ** 2 for i in range(3)) ** 0.5 / OUTER_CANTHAL_DISTANCE_MM
    across = (_cos_degrees(roll), sin(radians(roll)))
    x = y = 0.0
    for corners, iris in ((RIGHT_EYE_CORNERS, RIGHT_IRIS_CENTER), (LEFT_EYE_CORNERS, LEFT_IRIS_CENTER)):
        middle = average_points(mesh, corners)
        dx, dy = mesh[iris][0] - middle[0], mesh[iris][1] - middle[1]
        x += (dx * across[0] + dy * across[1]) / 2 / px_per_mm
        y -= (dy * across[0] - dx * across[1]) / 2 / px_per_mm
    return (
        degrees(asin(_clamp_to_unit((x + EYEBALL_CENTER_DEPTH_MM * sin(radians(yaw))) / EYEBALL_CENTER_TO_IRIS_MM))),
        degrees(asin(_clamp_to_unit((y + EYEBALL_CENTER_DEPTH_MM * sin(radians(pitch))) / EYEBALL_CENTER_TO_IRIS_MM))),
    )


def _cos_degrees(angle: float) -> float:
    return sin(radians(90.0 - angle))


def _clamp_to_unit(value: float) -> float:
    return max(-1.0, min(1.0, value))
