"""The main face against the frame and the other faces, where it points, where its eyes look, hands at it."""

from __future__ import annotations

from math import hypot

import numpy as np

from ..core.head import angles, eyes_in_head, gaze
from .sight import Floats, SeenFace, Sight


def face_features(sight: Sight, main: SeenFace | None, faces: list[SeenFace]) -> dict[str, float]:
    w, h = sight.width, sight.height
    seen = {
        "faces": float(len(faces)),
        "face_candidates": float(len(sight.faces)),
        "face_score": max((f.score for f in sight.faces), default=0.0),
        "mesh_score": max((f.mesh_score for f in sight.faces), default=-20.0),
    }
    if main is None:
        return seen
    size = face_size(main)
    x, y = main.centre
    seen |= {
        "face_height": main.height / h,
        "face_share": main.height * main.width / (w * h),
        "face_x_off": abs(x / w - 0.5),
        "face_y": y / h,
        "face_room_above": main.box[1] / main.height,
        "face_room_below": (h - main.box[3]) / main.height,
        "face_room_side": min(main.box[0], w - main.box[2]) / main.width,
        "second_face": max((face_size(f) / size for f in faces if f is not main), default=0.0),
        "second_candidate": max((face_size(f) / size for f in sight.faces if f is not main), default=0.0),
    }
    if main.mesh is not None:
        seen |= _mesh_features(sight, main, main.mesh)
    seen |= _hand_features(sight, main, size)
    return seen


def face_size(face: SeenFace) -> float:
    return hypot(face.width, face.height)


def _mesh_features(sight: Sight, face: SeenFace, mesh: Floats) -> dict[str, float]:
    points = mesh.tolist()
    yaw, pitch, roll = angles(points)
    along, above, apart = eyes_in_head(points, roll)
    sideways, upward = gaze(points, yaw, pitch, roll)
    high = float(np.linalg.norm(mesh[10, :2] - mesh[152, :2]))
    mouth_width = float(np.linalg.norm(mesh[61, :2] - mesh[291, :2]))
    eye_opening = [
        _apart(mesh, a, b) / max(_apart(mesh, c, d), 1e-3) for a, b, c, d in ((159, 145, 33, 133), (386, 374, 263, 362))
    ]
    hull = mesh[:468, :2]
    inside = (hull[:, 0] >= 0) & (hull[:, 0] < sight.width) & (hull[:, 1] >= 0) & (hull[:, 1] < sight.height)
    return {
        "yaw": abs(yaw),
        "pitch": pitch,
        "pitch_off": abs(pitch),
        "roll": abs(roll),
        "eye_along": abs(along),
        "eye_above": above,
        "eyes_apart": apart,
        "gaze_off": abs(sideways),
        "gaze_up": upward,
        "gaze_total": hypot(sideways, upward - 8.0),
        "eyes_open": float(np.mean(eye_opening)),
        "eye_open_least": min(eye_opening),
        "mouth_open": float(np.linalg.norm(mesh[13, :2] - mesh[14, :2])) / high,
        "mouth_wide": mouth_width / max(float(np.linalg.norm(mesh[33, :2] - mesh[263, :2])), 1e-3),
        "mesh_in_frame": float(inside.mean()),
        "mesh_height": high / sight.height,
        "chin_to_bottom": (sight.height - float(mesh[152, 1])) / high,
        "hairline_to_top": float(mesh[10, 1]) / high,
        "mesh_to_box": high / face.height,
    }


def _apart(mesh: Floats, a: int, b: int) -> float:
    return float(np.linalg.norm(mesh[a, :2] - mesh[b, :2]))


def _hand_features(sight: Sight, face: SeenFace, size: float) -> dict[str, float]:
    """How near hands come to the face, in face diagonals from its middle; how much of a hand is over the face."""
    x, y = face.centre
    nearest, over, best = 4.0, 0.0, 0.0
    left, top, right, bottom = face.box
    for hand in sight.hands:
        if hand.score < 0.5:
            continue
        d = np.hypot(hand.points[:, 0] - x, hand.points[:, 1] - y) / size
        nearest = min(nearest, float(d.min()))
        best = max(best, hand.score)
        inside = (
            (hand.points[:, 0] > left)
            & (hand.points[:, 0] < right)
            & (hand.points[:, 1] > top)
            & (hand.points[:, 1] < bottom)
        )
        over = max(over, float(inside.mean()))
    wrists = [4.0]
    for body in sight.bodies:
        for i in (15, 16, 19, 20):
            if body[i, 3] > 0.4 and 0 <= body[i, 1] < sight.height:
                wrists.append(float(np.hypot(body[i, 0] - x, body[i, 1] - y)) / size)
    return {
        "hands": float(len(sight.hands)),
        "hand_score": best,
        "hand_near": nearest,
        "hand_over": over,
        "wrist_near": min(min(wrists), 4.0),
    }
