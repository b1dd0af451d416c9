"""Features of the main face: its size and position, head pose, gaze, other faces, and hands near it."""

from __future__ import annotations

from math import hypot

import numpy as np

from ..head_pose import estimate_gaze, estimate_head_pose, measure_iris_offsets
from ..observation import MIN_LIKELY_FACE_SCORE, DetectedFace, FloatArray, Observation

MIN_EYE_WIDTH_PX = 14.0
"""Distance between an eye's corners, in pixels of the frame, below which one cannot see whether it is open."""


def measure_face(
    observation: Observation, main_face: DetectedFace | None, faces: list[DetectedFace]
) -> dict[str, float]:
    """Return the features of *main_face*, of the other faces, and of hands near it.

    Args:
        observation: What the models found.
        main_face: The face to measure; without one only faces are counted.
        faces: All faces that count as people.
    """
    w, h = observation.width, observation.height
    features = {
        "faces": float(len(faces)),
        "face_candidates": float(len(observation.faces)),
        "face_score": max((f.score for f in observation.faces), default=0.0),
        "mesh_score": max((f.mesh_score for f in observation.faces), default=-20.0),
    }
    if main_face is None:
        return features
    face_diagonal = compute_face_diagonal(main_face)
    x, y = main_face.center
    features |= {
        "face_height": main_face.height / h,
        "face_share": main_face.height * main_face.width / (w * h),
        "face_x_off": abs(x / w - 0.5),
        "face_y": y / h,
        "face_room_above": main_face.box[1] / main_face.height,
        "face_room_below": (h - main_face.box[3]) / main_face.height,
        "face_room_side": min(main_face.box[0], w - main_face.box[2]) / main_face.width,
        "second_face": max(
            (compute_face_diagonal(f) / face_diagonal for f in faces if f is not main_face), default=0.0
        ),
        "second_candidate": max(
            (
                compute_face_diagonal(f) / face_diagonal
                for f in observation.faces
                if f is not main_face and (f.score > 0.5 or f.mesh_score > MIN_LIKELY_FACE_SCORE)
            ),
            default=0.0,
        ),
    }
    if main_face.mesh is not None:
        features |= _measure_mesh(observation, main_face, main_face.mesh)
    features |= _measure_hands(observation, main_face, face_diagonal)
    return features


def compute_face_diagonal(face: DetectedFace) -> float:
    """Return the diagonal of the face's box in pixels of the frame, the unit of distances near a face."""
    return hypot(face.width, face.height)


def _measure_mesh(observation: Observation, face: DetectedFace, mesh: FloatArray) -> dict[str, float]:
    yaw, pitch, roll, gaze_right, gaze_up, iris_right, iris_up = measure_head_and_gaze(face)
    points = mesh.tolist()
    eye_disagreement = measure_iris_offsets(points, roll)[2]
    face_height = _measure_distance(mesh, 10, 152)
    openings = [
        _measure_distance(mesh, a, b) / max(_measure_distance(mesh, c, d), 1e-3) for a, b, c, d in _EYELID_LANDMARKS
    ]
    face_points = mesh[:468, :2]
    in_frame = (
        (face_points[:, 0] >= 0)
        & (face_points[:, 0] < observation.width)
        & (face_points[:, 1] >= 0)
        & (face_points[:, 1] < observation.height)
    )
    features = {
        "yaw": abs(yaw),
        "pitch": pitch,
        "pitch_off": abs(pitch),
        "roll": abs(roll),
        "eye_along": abs(iris_right),
        "eye_above": iris_up,
        "eyes_apart": eye_disagreement,
        "gaze_side": abs(gaze_right),
        "gaze_up": gaze_up,
        "gaze_off": hypot(gaze_right, gaze_up),
        "head_and_gaze": abs(yaw + gaze_right) / 2,
        "eyes_open": float(np.mean(openings)),
        "eye_open_least": min(openings),
        "mouth_open": _measure_distance(mesh, 13, 14) / face_height,
        "mouth_wide": _measure_distance(mesh, 61, 291) / max(_measure_distance(mesh, 33, 263), 1e-3),
        "smile": float(mesh[[13, 14], 1].mean() - mesh[[61, 291], 1].mean()) / face_height,
        "mesh_in_frame": float(in_frame.mean()),
        "mesh_height": face_height / observation.height,
        "chin_to_bottom": (observation.height - float(mesh[152, 1])) / face_height,
        "hairline_to_top": float(mesh[10, 1]) / face_height,
        "mesh_to_box": face_height / face.height,
        "iris_size": _measure_distance(mesh, 469, 471) / max(_measure_distance(mesh, 33, 133), 1e-3),
        "face_pixels": face_height,
    }
    if (lid_gap := measure_lid_gap(face)) is not None:
        features["lids_apart"] = lid_gap
    if face.mirrored_mesh is not None:
        mirrored_angles = _measure_mesh_head_and_gaze(face.mirrored_mesh.tolist())
        own_angles = _measure_mesh_head_and_gaze(points)
        features["gaze_doubt"] = hypot(own_angles[3] - mirrored_angles[3], own_angles[4] - mirrored_angles[4])
        features["turn_doubt"] = abs(own_angles[0] - mirrored_angles[0])
        # A mirrored mesh keeps its numbering, so the person's right and left are exchanged: compare the middle line only.
        features["mesh_doubt"] = (
            float(
                np.linalg.norm(mesh[_MIDLINE_LANDMARKS, :2] - face.mirrored_mesh[_MIDLINE_LANDMARKS, :2], axis=1).mean()
            )
            / face_height
        )
    return features


def measure_lid_gap(face: DetectedFace) -> float | None:
    """Return the gap between the eyelids of the more open eye, in eye widths; None if the eyes are too small.

    This is the mean of seven places along the lids, over all meshes of the face.
    """
    assert face.mesh is not None
    if min(_measure_distance(face.mesh, 33, 133), _measure_distance(face.mesh, 263, 362)) < MIN_EYE_WIDTH_PX:
        return None
    # In a mirrored mesh, the person's right eye has the indices of the left.
    lid_gaps = [_measure_lid_gaps(face.mesh)]
    if face.mirrored_mesh is not None:
        lid_gaps.append(_measure_lid_gaps(face.mirrored_mesh)[::-1])
    if face.color_meshes:
        straight, mirrored = face.color_meshes
        lid_gaps += [_measure_lid_gaps(straight), _measure_lid_gaps(mirrored)[::-1]]
    return max(float(np.mean(gaps)) for gaps in zip(*lid_gaps, strict=True))


def _measure_lid_gaps(mesh: FloatArray) -> tuple[float, float]:
    """Return the gap of the right and of the left eye: the vector between the lids, across that between the corners."""

    def measure_gap(outer: int, inner: int, upper: list[int], lower: list[int]) -> float:
        corners = mesh[inner, :2] - mesh[outer, :2]
        lids = (mesh[lower, :2] - mesh[upper, :2]).mean(axis=0)
        return float(abs(corners[0] * lids[1] - corners[1] * lids[0]) / (corners @ corners))

    return (
        measure_gap(33, 133, [246, 161, 160, 159, 158, 157, 173], [7, 163, 144, 145, 153, 154, 155]),
        measure_gap(263, 362, [466, 388, 387, 386, 385, 384, 398], [249, 390, 373, 374, 380, 381, 382]),
    )


_EYELID_LANDMARKS = ((159, 145, 33, 133), (386, 374, 263, 362))
_MIDLINE_LANDMARKS = [10, 151, 9, 168, 6, 197, 195, 5, 4, 1, 2, 164, 0, 17, 200, 152]


def measure_head_and_gaze(face: DetectedFace) -> tuple[float, ...]:
    """Return yaw, pitch, roll, gaze to the right and up (degrees), iris offset along and across the eye line (eye widths).

    Each is the mean of the face and its mirror image, because the model treats left and right slightly differently.
    """
    assert face.mesh is not None
    own_angles = _measure_mesh_head_and_gaze(face.mesh.tolist())
    if face.mirrored_mesh is None:
        return own_angles
    mirrored_angles = _measure_mesh_head_and_gaze(face.mirrored_mesh.tolist())
    return tuple((a + b) / 2 for a, b in zip(own_angles, mirrored_angles, strict=True))


def _measure_mesh_head_and_gaze(points: list[list[float]]) -> tuple[float, ...]:
    """Measure one mesh. If it was mirrored back, right and left are exchanged first."""
    if points[33][0] > points[263][0]:
        flipped = [[-p[0], p[1], p[2]] for p in points]
        yaw, pitch, roll = estimate_head_pose(flipped)
        iris_right, iris_up, _ = measure_iris_offsets(flipped, roll)
        gaze_right, gaze_up = estimate_gaze(flipped, yaw, pitch, roll)
        return -yaw, pitch, -roll, -gaze_right, gaze_up, -iris_right, iris_up
    yaw, pitch, roll = estimate_head_pose(points)
    iris_right, iris_up, _ = measure_iris_offsets(points, roll)
    gaze_right, gaze_up = estimate_gaze(points, yaw, pitch, roll)
    return yaw, pitch, roll, gaze_right, gaze_up, iris_right, iris_up


def _measure_distance(mesh: FloatArray, a: int, b: int) -> float:
    return float(np.linalg.norm(mesh[a, :2] - mesh[b, :2]))


def _measure_hands(observation: Observation, face: DetectedFace, face_diagonal: float) -> dict[str, float]:
    """Return how near hands come to the face's center, in face diagonals, and how much of a hand is over the face."""
    x, y = face.center
    nearest, most_over_face, best_score, largest = 4.0, 0.0, -10.0, 0.0
    left, top, right, bottom = face.box
    for hand in observation.hands:
        best_score = max(best_score, hand.score)
        if hand.score < 0.0:
            continue
        distances = np.hypot(hand.points[:, 0] - x, hand.points[:, 1] - y) / face_diagonal
        nearest = min(nearest, float(distances.min()))
        largest = max(largest, float(np.ptp(hand.points[:, :2], axis=0).max()) / face_diagonal)
        over_face = (
            (hand.points[:, 0] > left)
            & (hand.points[:, 0] < right)
            & (hand.points[:, 1] > top)
            & (hand.points[:, 1] < bottom)
        )
        most_over_face = max(most_over_face, float(over_face.mean()))
    wrists = [4.0]
    for body in observation.bodies:
        for i in (15, 16, 19, 20):
            if body[i, 3] > 0.4 and 0 <= body[i, 1] < observation.height:
                wrists.append(float(np.hypot(body[i, 0] - x, body[i, 1] - y)) / face_diagonal)
    return {
        "hands": float(sum(hand.score > 0 for hand in observation.hands)),
        "hand_score": best_score,
        "hand_near": nearest,
        "hand_over": most_over_face,
        "hand_size": largest,
        "wrist_near": min(*wrists, 4.0),
    }
