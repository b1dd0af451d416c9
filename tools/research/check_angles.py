"""Compare measured yaw, pitch, roll and gaze with known angles: CORPUS [--faces N].

No photo says how far a head in it was turned. So the mesh of a level, frontal face is textured with its own photo, rotated
by known angles, drawn over the blurred photo, and analyzed again. The measured angles should change by just these angles.
The eyes turn with the head, so gaze should change too; each iris is placed in front of its eye's corners as on an eyeball.
This cannot show how true the mesh's own depth is, with which it is rotated.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from pelican_headshots.analysis.detector import Detector
from pelican_headshots.analysis.features.face import measure_head_and_gaze
from pelican_headshots.analysis.head_pose import (
    EYEBALL_CENTER_DEPTH_MM,
    EYEBALL_CENTER_TO_IRIS_MM,
    LEFT_EYE_CORNERS,
    LEFT_IRIS_CENTER,
    OUTER_CANTHAL_DISTANCE_MM,
    RIGHT_EYE_CORNERS,
    RIGHT_IRIS_CENTER,
)
from pelican_headshots.analysis.model_files import find_models
from pelican_headshots.analysis.observation import FloatArray, RgbArray
from pelican_headshots.images.decode import decode_for_analysis

TURNS = [(yaw, 0, 0) for yaw in (-40, -30, -20, -10, 10, 20, 30, 40)]
TURNS += [(0, pitch, 0) for pitch in (-20, -10, 10, 20)] + [(0, 0, roll) for roll in (-20, -10, 10, 20)]
"""Degrees of yaw, pitch and roll, with the signs of `values.analysis.Face`."""
DISTANCE = 8.0
"""Distance from the lens to the face, in face heights: the perspective of a portrait lens."""


def set_iris_depth(mesh: FloatArray) -> FloatArray:
    """Give the irises of *mesh* (478, 3), which have no depth, the depth they have on a head relative to the eye corners."""
    outer = mesh[[RIGHT_EYE_CORNERS[0], LEFT_EYE_CORNERS[0]]]
    px_per_mm = float(np.linalg.norm(outer[0] - outer[1])) / OUTER_CANTHAL_DISTANCE_MM
    for corners, first in ((RIGHT_EYE_CORNERS, RIGHT_IRIS_CENTER), (LEFT_EYE_CORNERS, LEFT_IRIS_CENTER)):
        mesh[first : first + 5, 2] = (
            mesh[list(corners), 2].mean() - (EYEBALL_CENTER_TO_IRIS_MM - EYEBALL_CENTER_DEPTH_MM) * px_per_mm
        )
    return mesh


def rotate_mesh(mesh: FloatArray, yaw: float, pitch: float, roll: float) -> FloatArray:
    """Rotate *mesh* (n, 3) about its center by angles in degrees, and project it in perspective."""
    a, b, c = np.radians([yaw, pitch, roll])
    # x to the right, y down, z away from the camera. A positive yaw takes the face's left side away from it.
    by_yaw = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    by_pitch = np.array([[1, 0, 0], [0, np.cos(b), np.sin(b)], [0, -np.sin(b), np.cos(b)]])
    by_roll = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    center = mesh.mean(axis=0)
    points = (mesh - center) @ (by_roll @ by_pitch @ by_yaw).T
    far = DISTANCE * float(np.ptp(mesh[:, 1]))
    points[:, :2] *= (far / (far + points[:, 2]))[:, None]
    return np.asarray(points + center)


def draw_rotated_face(pixels: RgbArray, mesh: FloatArray, moved: FloatArray) -> RgbArray:
    """Draw each triangle of the face in *pixels* where *moved* has it, farthest first, over the blurred picture."""
    height, width = pixels.shape[:2]
    subdivision = cv2.Subdiv2D((-width, -height, 3 * width, 3 * height))
    index_by_point = {(round(float(x), 3), round(float(y), 3)): i for i, (x, y) in enumerate(mesh[:, :2])}
    for point in index_by_point:
        subdivision.insert(point)
    canvas = cv2.GaussianBlur(pixels, (0, 0), float(np.ptp(mesh[:, 1])) / 8)
    triangles = []
    for corners in np.asarray(subdivision.getTriangleList()).reshape(-1, 3, 2):
        indices = [index_by_point.get((round(float(x), 3), round(float(y), 3))) for x, y in corners]
        if None not in indices:
            triangles.append([i for i in indices if i is not None])
    for triangle in sorted(triangles, key=lambda t: -float(moved[t, 2].mean())):
        before, after = mesh[triangle, :2].astype(np.float32), moved[triangle, :2].astype(np.float32)
        if _area(before) * _area(after) <= 0:
            continue  # faces away from the camera
        left, top = np.maximum(np.floor(after.min(axis=0)).astype(int), 0)
        right, bottom = np.minimum(np.ceil(after.max(axis=0)).astype(int) + 1, (width, height))
        if right <= left or bottom <= top:
            continue
        after -= (left, top)
        size = (int(right - left), int(bottom - top))
        warped = cv2.warpAffine(pixels, cv2.getAffineTransform(before, after), size)
        patch = np.zeros(size[::-1], np.uint8)
        cv2.fillConvexPoly(patch, np.round(after * 16).astype(np.int32), 1, cv2.LINE_8, 4)
        canvas[top:bottom, left:right][patch > 0] = warped[patch > 0]
    return np.asarray(canvas, np.uint8)


def _area(corners: FloatArray) -> float:
    """Return twice the area of a triangle, negative if its corners run the other way round."""
    (ax, ay), (bx, by) = (corners[1:] - corners[0]).tolist()
    return float(ax * by - ay * bx)


def main(arguments: Sequence[str]) -> int:
    """Print the errors of the measured angles, in degrees."""
    parser = argparse.ArgumentParser(prog="check_angles", description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--faces", type=int, default=12)
    args = parser.parse_args(arguments)
    with (args.corpus / "labels.csv").open(encoding="utf-8", newline="") as file:
        names = [
            row["file"] for row in csv.DictReader(file) if (row["label"], row["facing"]) == ("headshot", "frontal")
        ]
    errors: dict[str, list[float]] = {}
    used = 0
    with Detector(find_models()) as detector:
        for name in names[::7]:
            pixels = decode_for_analysis((args.corpus / name).read_bytes(), 512, 1 << 30).pixels
            face = next(iter(detector.observe(pixels).faces), None)
            if face is None or face.mesh is None or used == args.faces:
                continue
            base = measure_head_and_gaze(face)
            if max(abs(base[0]), abs(base[1]), abs(base[2])) > 6:
                continue
            used += 1
            mesh = set_iris_depth(face.mesh.astype(float))
            for yaw, pitch, roll in TURNS:
                rotated = draw_rotated_face(pixels, mesh, rotate_mesh(mesh, yaw, pitch, roll))
                again = next(iter(detector.observe(rotated).faces), None)
                if again is None or again.mesh is None:
                    errors.setdefault("no face", []).append(float(abs(yaw)))
                    continue
                now = measure_head_and_gaze(again)
                for i, (angle, wanted) in enumerate((("yaw", yaw), ("pitch", pitch), ("roll", roll))):
                    if wanted:
                        errors.setdefault(f"{angle} {abs(wanted)}", []).append(
                            (now[i] - base[i] - wanted) * np.sign(wanted)
                        )
                if yaw:
                    errors.setdefault(f"gaze {abs(yaw)}", []).append((now[3] - base[3] - yaw) * np.sign(yaw))
    print(f"{used} faces; error in degrees (positive: too much turn)")
    for angle, differences in errors.items():
        values = np.array(differences)
        print(f"{angle:16} {len(values):3}  mean {values.mean():6.1f}  mean of absolute {np.abs(values).mean():5.1f}")
    return 0
