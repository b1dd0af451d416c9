"""From what was seen to what is known about a picture: an `Analysis`. Arithmetic on arrays, no model is asked."""

from __future__ import annotations

from collections.abc import Sequence

from ...core.analysis import Analysis, Face
from ...core.geometry import Box, Point
from ...core.head import LEFT_EYE, RIGHT_EYE, mean
from .body import body_features, persons, whole_head
from .craft import craft_features
from .face import face_features, pointing
from .head import backdrop, outline
from .light import light_features
from .senses import senses
from .sight import Frame, SeenFace, Sight, colourless


def known(sights: Sequence[Sight], frame: Frame) -> Analysis:
    """What one or two sights of *frame* tell together."""
    found = [measured(sight, frame) for sight in sights]
    return found[0] if len(found) == 1 else found[0].together(found[1])


def measured(sight: Sight, frame: Frame) -> Analysis:
    """Everything `core.features` names that can be known of this picture."""
    faces, main, bodies = sight.real_faces, sight.main, persons(sight)
    features: dict[str, float] = {}
    features.update(body_features(sight, main))
    features.update(face_features(sight, main, faces))
    features.update(light_features(sight, main, colourless(frame)))
    features.update(craft_features(sight, main, frame))
    features.update(senses(sight))
    return Analysis(
        people=max(len(faces), len(bodies)),
        faces=tuple(_face(sight, face) for face in faces),
        heads=() if faces else tuple(_box(sight, whole_head(body)) for body in bodies),
        features={name: round(value, 4) for name, value in sorted(features.items()) if value == value},
        backdrop=backdrop(sight, frame),
    )


def _box(sight: Sight, pixels: Sequence[float]) -> Box:
    left, top, right, bottom = pixels
    w, h = sight.width, sight.height
    return Box(*(round(float(v), 4) for v in (left / w, top / h, right / w, bottom / h)))


def _face(sight: Sight, face: SeenFace) -> Face:
    w, h = sight.width, sight.height

    def point(x: float, y: float) -> Point:
        return Point(round(float(x) / w, 4), round(float(y) / h, 4))

    if face.mesh is not None:
        mesh = face.mesh.tolist()
        yaw, pitch, roll = pointing(face)[:3]
        right, left, chin = mean(mesh, RIGHT_EYE), mean(mesh, LEFT_EYE), mesh[152]
        top = mesh[10]
    else:
        yaw = pitch = roll = 0.0
        right, left = face.points[0].tolist(), face.points[1].tolist()
        mouth = face.points[3].tolist()
        middle = ((right[0] + left[0]) / 2, (right[1] + left[1]) / 2)
        chin = (mouth[0] + (mouth[0] - middle[0]) * 0.6, mouth[1] + (mouth[1] - middle[1]) * 0.6)
        top = (middle[0] * 2 - mouth[0], middle[1] * 2 - mouth[1])
    crown = crown_of(sight, (chin[0], chin[1]), (top[0], top[1]))
    return Face(
        box=_box(sight, face.box),
        score=round(face.score, 3),
        yaw=round(yaw, 1),
        pitch=round(pitch, 1),
        roll=round(roll, 1),
        right_eye=point(right[0], right[1]),
        left_eye=point(left[0], left[1]),
        chin=point(chin[0], chin[1]),
        crown=point(*crown),
        outline=outline(sight, face.mesh) if face.mesh is not None else (),
    )


def crown_of(sight: Sight, chin: tuple[float, float], hairline: tuple[float, float]) -> tuple[float, float]:
    """Top of the head, hair and hats included: up the face's own middle line until the person mask ends.

    Never below the hairline, never more than a face height above it. Pixels of the frame; may lie above its edge.
    """
    dx, dy = hairline[0] - chin[0], hairline[1] - chin[1]
    scale = sight.mask.shape[1] / sight.width
    steps = 60
    best = 0.0
    for i in range(steps + 1):
        part = i / steps
        x, y = (hairline[0] + dx * part) * scale, (hairline[1] + dy * part) * scale
        if y < 0 or not 0 <= x < sight.mask.shape[1]:
            break
        if sight.mask[min(int(y), sight.mask.shape[0] - 1), int(x)] < 0.5:
            break
        best = part
    best = max(best, 0.18)
    return hairline[0] + dx * best, hairline[1] + dy * best
