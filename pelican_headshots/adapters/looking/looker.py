"""MediaPipe's models, asked about one frame after another."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from ...core.analysis import Analysis
from ..measuring.body import head_box
from ..measuring.face import lids_apart
from ..measuring.measure import known
from ..measuring.senses import INNER
from ..measuring.sight import REAL_FACE, Floats, Frame, SeenFace, SeenHand, Shown, Sight, colourless
from .opened import opened
from .places import MASK_SIDE, cut_out, distinct, inside, lighter_right, shrunk, square, tiles, upright

MESHES = 5
"""Faces, largest first, that the mesh model is asked about."""
SCENE_SIDE = 224
THINGS_SIDE = 160
"""Pixels of the square that the model of things is shown, see `build_assets/efficientnet.py`."""
LIDS_CLOSE = 0.16
"""Gap between the lids, in eye widths, below which the eyes are looked at again: of every eighth face."""
UPRIGHT_SIDE = 512
_SCORE_UNIT = 10.0
"""`build_assets/compose.py` puts it into the mesh, to read the model's score by."""


class Looker:
    """Opens every model on entry and closes it on exit. Not to be shared between threads.

    MediaPipe's C++ writes notes straight to file descriptor 2: `adapters/work/child.py` keeps them off the terminal.
    """

    def __init__(self, models: Path) -> None:
        self._folder = models
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._models: Any = opened(self._folder, self._stack)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def look(self, frame: Frame) -> Analysis:
        """Measure *frame*: uint8 (height, width, 3), upright sRGB, long side about 1024 px. Same frame, same answer.

        Of a frame and its mirror image always the same one is looked at, so that both get the same answer.
        """
        if not lighter_right(frame):
            return known(self.sights(frame), frame)
        turned = np.ascontiguousarray(frame[:, ::-1])
        return known(self.sights(turned), turned).mirrored()

    def sights(self, frame: Frame) -> list[Sight]:
        """What is seen in a black-and-white print of *frame*; where that shows no face, then in its colours as well.

        Colour would sway what is seen of a face; but small people, backs and silhouettes stand out by it. Both sights
        have the mean of their inner maps.
        """
        print_ = colourless(frame)
        seen = self.see(print_, frame)
        if seen.real_faces or (frame == print_[..., None]).all():
            return [seen]
        colourful = self.see(frame, frame)
        for name in INNER:
            maps = [found for found in (getattr(sight, name) for sight in (seen, colourful)) if len(found)]
            if maps:
                mean = np.asarray(np.mean(maps, axis=0), np.float32)
                setattr(seen, name, mean)
                setattr(colourful, name, mean)
        return [seen, colourful]

    def see(self, frame: Shown, colours: Frame) -> Sight:
        """Ask every model about *frame*; about hands and shut eyes *colours*, the same picture: they stand out there."""
        height, width = frame.shape[:2]
        sight = Sight(width, height)
        self._see_bodies(frame, sight)
        sight.mask = shrunk(self._models.person.segment(self._image(frame)).confidence_masks[0].numpy_view())
        self._see_scene(frame, sight)
        sight.faces = self._faces(frame, sight)
        for number, face in enumerate(sight.faces[:MESHES]):
            self._add_mesh(frame, face, twice=number == 0)
        if not any(face.mesh_score > REAL_FACE for face in sight.faces):
            self._see_nearer(frame, sight)
        if sight.main is not None:
            self._look_upright(colours, sight.main)
            sight.hands = self._hands_near(colours, sight.main)
            sight.face_things = self._things_near(frame, sight.main)
        return sight

    def _image(self, frame: Shown) -> Any:
        import cv2

        pixels: Any = np.ascontiguousarray(frame)
        if pixels.ndim == 2:
            pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB)
        return self._models.mp.Image(image_format=self._models.mp.ImageFormat.SRGB, data=pixels)

    def _see_bodies(self, frame: Shown, sight: Sight) -> None:
        found = self._models.pose.detect(self._image(frame))
        for points in found.pose_landmarks:
            sight.body_scores.append(_score(points[0], points[1]))
            body = [
                (p.x * sight.width, p.y * sight.height, p.z * sight.width, p.visibility, p.presence) for p in points
            ]
            sight.bodies.append(np.array(body, np.float32))
        for mask in found.segmentation_masks or []:
            sight.body_masks.append(shrunk(mask.numpy_view()))

    def _see_scene(self, frame: Shown, sight: Sight) -> None:
        seen = self._embedded(self._models.scene, square(frame, SCENE_SIDE))
        sight.scene, sight.somebody = seen[:-4], float(seen[-4:].max())
        sight.outline = self._embedded(self._models.outline, square(frame, MASK_SIDE))
        sight.things = self._embedded(self._models.things, square(frame, THINGS_SIDE))

    def _see_nearer(self, frame: Shown, sight: Sight) -> None:
        """Where no face was found, look for somebody again, nearer."""
        seen = np.stack(
            [
                self._embedded(self._models.scene, square(frame[top:bottom, left:right], SCENE_SIDE))
                for left, top, right, bottom in tiles(sight.width, sight.height)
            ]
        )
        sight.near, sight.somebody_near = seen[:, :-4], float(seen[:, -4:].max())

    def _things_near(self, frame: Shown, face: SeenFace) -> Floats:
        """What the model of things holds of *face* and what is next to it; nothing where it is hardly a face."""
        crop, _, _ = cut_out(frame, face.box, 1.6, THINGS_SIDE)
        if crop is None or face.mesh_score <= 0:
            return np.zeros(0, np.float32)
        return self._embedded(self._models.things, square(crop, THINGS_SIDE))

    def _embedded(self, model: Any, frame: Shown) -> Floats:
        return np.asarray(model.embed(self._image(frame)).embeddings[0].embedding, np.float32)

    def _faces(self, frame: Shown, sight: Sight) -> list[SeenFace]:
        """Faces, largest first: both detectors on the frame, then where a body has a head, then tiles."""
        faces = self._detected(self._models.short, frame, "short") + self._detected(self._models.full, frame, "full")
        faces = distinct(faces)
        for body in sight.bodies:
            box = head_box(body)
            if any(inside(face.centre, box) for face in faces):
                continue
            for face in self._again(frame, box):
                faces.append(face)
        if not faces:
            for left, top, right, bottom in tiles(sight.width, sight.height):
                faces += self._detected(self._models.full, frame[top:bottom, left:right], "tile", (left, top))
        return sorted(distinct(faces), key=lambda face: -face.height)

    def _detected(
        self, detector: Any, frame: Shown, by: str, at: tuple[int, int] = (0, 0), scale: float = 1.0
    ) -> list[SeenFace]:
        height, width = frame.shape[:2]
        faces = []
        for found in detector.detect(self._image(frame)).detections:
            box = found.bounding_box
            if box.width < 1 or box.height < 1:  # in a picture of a few pixels
                continue
            points = np.array([(p.x * width, p.y * height) for p in found.keypoints], np.float32)
            corners = np.array([box.origin_x, box.origin_y, box.origin_x + box.width, box.origin_y + box.height], float)
            corners = corners / scale + np.array([*at, *at])
            faces.append(
                SeenFace(
                    (float(corners[0]), float(corners[1]), float(corners[2]), float(corners[3])),
                    float(found.categories[0].score),
                    by,
                    points / scale + np.array(at, np.float32),
                )
            )
        return faces

    def _again(self, frame: Shown, box: tuple[float, float, float, float]) -> list[SeenFace]:
        """Look for a face in a square around *box*, enlarged to what the short-range model sees best."""
        crop, at, scale = cut_out(frame, box, 1.6, 256)
        if crop is None:
            return []
        return [f for f in self._detected(self._models.short, crop, "head", at, scale) if inside(f.centre, box)]

    def _add_mesh(self, frame: Shown, face: SeenFace, twice: bool) -> None:
        crop, at, scale = cut_out(frame, face.box, 2.0, 384)
        if crop is None:
            return
        face.mesh, face.mesh_score = self._mesh_in(crop, at, scale, face.box)
        if twice and face.mesh is not None:
            left, top, right, bottom = face.box
            edge = 2 * at[0] + crop.shape[1] / scale
            box = (edge - right, top, edge - left, bottom)
            mesh, _ = self._mesh_in(crop[:, ::-1], at, scale, box)
            if mesh is not None:
                mesh[:, 0] = edge - mesh[:, 0]
                face.mirrored = mesh

    def _look_upright(self, frame: Frame, face: SeenFace) -> None:
        """Look again at a *face* whose eyes may be shut, turned upright, and at its mirror image."""
        if face.mesh is None or (lids_apart(face) or 1.0) >= LIDS_CLOSE:
            return
        crop, all_of_it = upright(frame, face.mesh, UPRIGHT_SIDE), (0.0, 0.0, float(UPRIGHT_SIDE), float(UPRIGHT_SIDE))
        straight, mirrored = (self._mesh_in(look, (0, 0), 1.0, all_of_it)[0] for look in (crop, crop[:, ::-1]))
        if straight is not None and mirrored is not None:
            face.upright = (straight, mirrored)

    def _mesh_in(
        self, crop: Shown, at: tuple[int, int], scale: float, box: tuple[float, float, float, float]
    ) -> tuple[Floats | None, float]:
        """The mesh of the face whose middle lies in *box*, in pixels of the frame, and its score."""
        height, width = crop.shape[:2]
        best: Floats | None = None
        best_score = -20.0
        for points in self._models.mesh.detect(self._image(crop)).face_landmarks:
            mesh = np.array([(p.x * width, p.y * height, p.z * width) for p in points], np.float32)
            score = _score(points[468], points[473])
            mesh[[468, 473], 2] = 0.0
            mesh /= scale
            mesh[:, :2] += np.array(at, np.float32)
            middle = mesh[:468, :2].mean(axis=0)
            if inside((float(middle[0]), float(middle[1])), box) and score > best_score:
                best, best_score = mesh, score
        return best, best_score

    def _hands_near(self, frame: Shown, face: SeenFace) -> list[SeenHand]:
        crop, at, scale = cut_out(frame, face.box, 3.2, 512)
        if crop is None:
            return []
        height, width = crop.shape[:2]
        found = self._models.hands.detect(self._image(crop))
        hands = []
        for points in found.hand_landmarks:
            hand = np.array([(p.x * width, p.y * height, p.z * width) for p in points], np.float32) / scale
            hand[:, :2] += np.array(at, np.float32)
            hands.append(SeenHand(hand, _score(points[0], points[1])))
        return hands


def _score(carrier: Any, unit: Any) -> float:
    """The model's own score (logit), which travels in the z of two points: see `build_assets/compose.py`."""
    return float(carrier.z / unit.z) * _SCORE_UNIT if unit.z else -20.0
