"""Turn the observations of a picture into its `Analysis`: arithmetic on arrays, no model is run."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

from msgspec.structs import astuple

from ...values.analysis import Analysis, Face, SeenObject
from ...values.geometry import Box, Point
from ..head_pose import LEFT_EYE_CORNERS, RIGHT_EYE_CORNERS, average_points
from ..observation import DetectedFace, Observation, RgbArray, to_grayscale
from .body import estimate_whole_head_box, find_distinct_bodies, measure_body
from .embeddings import measure_embeddings
from .face import measure_face, measure_head_and_gaze
from .head_outline import measure_backdrop, trace_head_outline
from .image_quality import measure_image_quality
from .lighting import measure_lighting
from .objects import measure_objects, measure_other_people

MIN_SEEN_OBJECT_SCORE = 0.3
"""Lowest score of the objects that an analysis keeps."""


def analyze_observation(observation: Observation, frame: RgbArray) -> Analysis:
    """Return the analysis of *frame*, with every feature of `classify/feature_vector.py` that can be measured."""
    faces, main_face, bodies = observation.real_faces, observation.main_face, find_distinct_bodies(observation)
    features: dict[str, float] = {}
    features.update(measure_body(observation, main_face))
    features.update(measure_face(observation, main_face, faces))
    features.update(measure_objects(observation, main_face))
    features.update(measure_other_people(observation, main_face))
    features.update(measure_lighting(observation, main_face, to_grayscale(frame)))
    features.update(measure_image_quality(observation, main_face, frame))
    features.update(measure_embeddings(observation))
    return Analysis(
        people_count=max(len(faces), len(bodies)),
        faces=tuple(_to_face(observation, face) for face in faces),
        faceless_heads=() if faces else tuple(_to_box(observation, estimate_whole_head_box(body)) for body in bodies),
        features={name: round(value, 4) for name, value in sorted(features.items()) if not isnan(value)},
        backdrop=measure_backdrop(observation, frame),
        objects=tuple(
            SeenObject(each.name, round(each.score, 3), _to_box(observation, astuple(each.box)))
            for each in observation.objects
            if each.score >= MIN_SEEN_OBJECT_SCORE
        ),
    )


def _to_box(observation: Observation, pixel_box: Sequence[float]) -> Box:
    left, top, right, bottom = pixel_box
    w, h = observation.width, observation.height
    return Box(*(round(float(v), 4) for v in (left / w, top / h, right / w, bottom / h)))


def _to_face(observation: Observation, face: DetectedFace) -> Face:
    w, h = observation.width, observation.height

    def to_point(x: float, y: float) -> Point:
        return Point(round(float(x) / w, 4), round(float(y) / h, 4))

    if face.mesh is not None:
        mesh = face.mesh.tolist()
        yaw, pitch, roll = measure_head_and_gaze(face)[:3]
        right_eye, left_eye, chin = (
            average_points(mesh, RIGHT_EYE_CORNERS),
            average_points(mesh, LEFT_EYE_CORNERS),
            mesh[152],
        )
        hairline = mesh[10]
    else:
        yaw = pitch = roll = 0.0
        right_eye, left_eye = face.keypoints[0].tolist(), face.keypoints[1].tolist()
        mouth = face.keypoints[3].tolist()
        between_eyes = ((right_eye[0] + left_eye[0]) / 2, (right_eye[1] + left_eye[1]) / 2)
        chin = (mouth[0] + (mouth[0] - between_eyes[0]) * 0.6, mouth[1] + (mouth[1] - between_eyes[1]) * 0.6)
        hairline = (between_eyes[0] * 2 - mouth[0], between_eyes[1] * 2 - mouth[1])
    crown = estimate_crown(observation, (chin[0], chin[1]), (hairline[0], hairline[1]))
    return Face(
        box=_to_box(observation, face.box),
        score=round(face.score, 3),
        yaw=round(yaw, 1),
        pitch=round(pitch, 1),
        roll=round(roll, 1),
        right_eye=to_point(right_eye[0], right_eye[1]),
        left_eye=to_point(left_eye[0], left_eye[1]),
        chin=to_point(chin[0], chin[1]),
        crown=to_point(*crown),
        outline=trace_head_outline(observation, face.mesh) if face.mesh is not None else (),
    )


def estimate_crown(
    observation: Observation, chin: tuple[float, float], hairline: tuple[float, float]
) -> tuple[float, float]:
    """Return the top of the head, including hair and hats, in pixels of the frame.

    Follows the face's middle line upward until the person mask ends. The result is at least 0.18 and at most one face
    height above the hairline. It may be above the frame.
    """
    dx, dy = hairline[0] - chin[0], hairline[1] - chin[1]
    scale = observation.person_mask.shape[1] / observation.width
    steps = 60
    best_fraction = 0.0
    for i in range(steps + 1):
        fraction = i / steps
        x, y = (hairline[0] + dx * fraction) * scale, (hairline[1] + dy * fraction) * scale
        if y < 0 or not 0 <= x < observation.person_mask.shape[1]:
            break
        if observation.person_mask[min(int(y), observation.person_mask.shape[0] - 1), int(x)] < 0.5:
            break
        best_fraction = fraction
    best_fraction = max(best_fraction, 0.18)
    return hairline[0] + dx * best_fraction, hairline[1] + dy * best_fraction
