"""The main face against the frame and the other faces, where it points, where its eyes look, hands at it."""

from __future__ import annotations

from math import hypot

import numpy as np

from ...core.head import angles, eyes_in_head, gaze
from .sight import Floats, SeenFace, Sight

SMALLEST_EYE = 14.0
"""Pixels of the frame from corner to corner, below which nobody can say whether an eye is open."""


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
        "second_candidate": max(
            (face_size(f) / size for f in sight.faces if f is not main and (f.score > 0.5 or f.mesh_score > 0)),
            default=0.0,
        ),
    }
    if main.mesh is not None:
        seen |= _mesh_features(sight, main, main.mesh)
    seen |= _hand_features(sight, main, size)
    return seen


def face_size(face: SeenFace) -> float:
    return hypot(face.width, face.height)


def _mesh_features(sight: Sight, face: SeenFace, mesh: Floats) -> dict[str, float]:
    yaw, pitch, roll, sideways, upward, along, above = pointing(face)
    points = mesh.tolist()
    apart = eyes_in_head(points, roll)[2]
    high = _apart(mesh, 10, 152)
    openings = [_apart(mesh, a, b) / max(_apart(mesh, c, d), 1e-3) for a, b, c, d in _EYELIDS]
    hull = mesh[:468, :2]
    inside = (hull[:, 0] >= 0) & (hull[:, 0] < sight.width) & (hull[:, 1] >= 0) & (hull[:, 1] < sight.height)
    seen = {
        "yaw": abs(yaw),
        "pitch": pitch,
        "pitch_off": abs(pitch),
        "roll": abs(roll),
        "eye_along": abs(along),
        "eye_above": above,
        "eyes_apart": apart,
        "gaze_side": abs(sideways),
        "gaze_up": upward,
        "gaze_off": hypot(sideways, upward),
        "head_and_gaze": abs(yaw + sideways) / 2,
        "eyes_open": float(np.mean(openings)),
        "eye_open_least": min(openings),
        "mouth_open": _apart(mesh, 13, 14) / high,
        "mouth_wide": _apart(mesh, 61, 291) / max(_apart(mesh, 33, 263), 1e-3),
        "smile": float(mesh[[13, 14], 1].mean() - mesh[[61, 291], 1].mean()) / high,
        "mesh_in_frame": float(inside.mean()),
        "mesh_height": high / sight.height,
        "chin_to_bottom": (sight.height - float(mesh[152, 1])) / high,
        "hairline_to_top": float(mesh[10, 1]) / high,
        "mesh_to_box": high / face.height,
        "iris_size": _apart(mesh, 469, 471) / max(_apart(mesh, 33, 133), 1e-3),
        "face_pixels": high,
    }
    if (gap := lids_apart(face)) is not None:
        seen["lids_apart"] = gap
    if face.mirrored is not None:
        other = _pointing(face.mirrored.tolist())
        own = _pointing(points)
        seen["gaze_doubt"] = hypot(own[3] - other[3], own[4] - other[4])
        seen["turn_doubt"] = abs(own[0] - other[0])
        # A mirrored mesh keeps its numbering, so person's right and left are exchanged: compare what has no side.
        seen["mesh_doubt"] = float(np.linalg.norm(mesh[_MIDDLE, :2] - face.mirrored[_MIDDLE, :2], axis=1).mean()) / high
    return seen


def lids_apart(face: SeenFace) -> float | None:
    """How far the lids of the more open eye are apart, in eye widths; None where the eyes are too small to tell.

    Mean of seven places along the lids, over all looks at the face. From the contours of the eyes, which follow the lids:
    the mesh itself hardly does.
    """
    assert face.mesh is not None
    told = face.mesh[469:471, 2].any()  # not by a mesh of another folder's, made before contours travelled with it
    if not told or min(_apart(face.mesh, 33, 133), _apart(face.mesh, 263, 362)) < SMALLEST_EYE:
        return None
    # In a mirror, the person's right eye has the numbers of the left.
    looks = [_gaps(face.mesh)]
    if face.mirrored is not None:
        looks.append(_gaps(face.mirrored)[::-1])
    if face.upright:
        straight, mirrored = face.upright
        looks += [_gaps(straight), _gaps(mirrored)[::-1]]
    return max(float(np.mean(gaps)) for gaps in zip(*looks, strict=True))


def _gaps(mesh: Floats) -> tuple[float, float]:
    """Of the right and the left eye, from the two vectors told of each: lid to lid across corner to corner."""

    def gap(along_x: float, along_y: float, apart_x: float, apart_y: float) -> float:
        return abs(along_x * apart_y - along_y * apart_x) / (along_x**2 + along_y**2)

    right, left = mesh[469:473, 2].tolist(), mesh[474:478, 2].tolist()
    return gap(*right), gap(*left)


_EYELIDS = ((159, 145, 33, 133), (386, 374, 263, 362))
_MIDDLE = [10, 151, 9, 168, 6, 197, 195, 5, 4, 1, 2, 164, 0, 17, 200, 152]


def pointing(face: SeenFace) -> tuple[float, ...]:
    """Yaw, pitch, roll, gaze to the right and up (degrees), irises along and above (eye widths).

    The mean of the face and its mirror image: the model has a slight handedness, which this takes out.
    """
    assert face.mesh is not None
    own = _pointing(face.mesh.tolist())
    if face.mirrored is None:
        return own
    other = _pointing(face.mirrored.tolist())
    return tuple((a + b) / 2 for a, b in zip(own, other, strict=True))


def _pointing(points: list[list[float]]) -> tuple[float, ...]:
    """As `pointing`, for one mesh; of a mirror image put back, right and left are exchanged first."""
    if points[33][0] > points[263][0]:
        flipped = [[-p[0], p[1], p[2]] for p in points]
        yaw, pitch, roll = angles(flipped)
        along, above, _ = eyes_in_head(flipped, roll)
        sideways, upward = gaze(flipped, yaw, pitch, roll)
        return -yaw, pitch, -roll, -sideways, upward, -along, above
    yaw, pitch, roll = angles(points)
    along, above, _ = eyes_in_head(points, roll)
    sideways, upward = gaze(points, yaw, pitch, roll)
    return yaw, pitch, roll, sideways, upward, along, above


def _apart(mesh: Floats, a: int, b: int) -> float:
    return float(np.linalg.norm(mesh[a, :2] - mesh[b, :2]))


def _hand_features(sight: Sight, face: SeenFace, size: float) -> dict[str, float]:
    """How near hands come to the face, in face diagonals from its middle; how much of a hand is over the face."""
    x, y = face.centre
    nearest, over, best = 4.0, 0.0, -10.0
    left, top, right, bottom = face.box
    for hand in sight.hands:
        best = max(best, hand.score)
        if hand.score < 0.0:
            continue
        d = np.hypot(hand.points[:, 0] - x, hand.points[:, 1] - y) / size
        nearest = min(nearest, float(d.min()))
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
        "hands": float(sum(hand.score > 0 for hand in sight.hands)),
        "hand_score": best,
        "hand_near": nearest,
        "hand_over": over,
        "wrist_near": min(min(wrists), 4.0),
    }
