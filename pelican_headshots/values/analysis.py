"""What was measured in a picture: people, faces, pose, tone. Dear to make, remembered, and free of opinion."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from .geometry import Box, Point, Share, Value

Degrees = Annotated[float, Meta(ge=-360, le=360)]
ToneLevel = Annotated[float, Meta(ge=0, le=255)]
Measurement = Annotated[float, Meta(ge=-1e9, le=1e9)]


class Face(Value, frozen=True):
    """One face. Points and boxes are fractions of the upright picture; angles are degrees, 0 looking into the lens.

    *yaw* is positive when the head turns to the picture's right, *pitch* when it looks up, *roll* when it leans
    clockwise as seen. *right_eye* is the person's own right, so it usually lies left in the picture.
    """

    box: Box
    score: Share
    yaw: Degrees
    pitch: Degrees
    roll: Degrees
    right_eye: Point
    left_eye: Point
    chin: Point
    crown: Point
    outline: tuple[Point, ...] = ()
    """Around hair, face and chin. Points at the picture's edge mean that it cuts the head there."""

    def mirror(self) -> Face:
        """The same face in the picture's mirror image. The mirror makes a right eye a left one."""
        return Face(
            box=_mirror_box(self.box),
            score=self.score,
            yaw=-self.yaw,
            pitch=self.pitch,
            roll=-self.roll,
            right_eye=_mirror_point(self.left_eye),
            left_eye=_mirror_point(self.right_eye),
            chin=_mirror_point(self.chin),
            crown=_mirror_point(self.crown),
            outline=tuple(_mirror_point(point) for point in self.outline),
        )


def _mirror_box(box: Box) -> Box:
    return Box(round(1 - box.right, 4), box.top, round(1 - box.left, 4), box.bottom)


def _mirror_point(point: Point) -> Point:
    return Point(round(1 - point.x, 4), point.y)


class Backdrop(Value, frozen=True):
    """How even the picture is along its edges, in levels of 0..255: what is below 8 may be continued past the edge.

    255 where somebody stands at the edge. The sides are judged down to where somebody touches them, which is the share
    of the picture's height in *left_clear* and *right_clear*.
    """

    top_unevenness: ToneLevel = 255.0
    left_unevenness: ToneLevel = 255.0
    right_unevenness: ToneLevel = 255.0
    left_clear_share: Share = 0.0
    right_clear_share: Share = 0.0

    def mirror(self) -> Backdrop:
        return Backdrop(
            self.top_unevenness,
            self.right_unevenness,
            self.left_unevenness,
            self.right_clear_share,
            self.left_clear_share,
        )


class Analysis(Value, frozen=True):
    """Everything the looking found in one picture."""

    people_count: Annotated[int, Meta(ge=0, le=1_000_000)]
    faces: tuple[Face, ...]
    features: dict[str, Measurement]
    """Named measurements the judge reads; `core/features.py` says what each is and in which unit."""
    backdrop: Backdrop = Backdrop()
    faceless_heads: tuple[Box, ...] = ()
    """Where no face can be read: whole heads of those seen from behind, in profile, or hidden. May reach outside."""

    def merge(self, other: Analysis) -> Analysis:
        """This look, which found no face, and another at the same picture: the mean of what both could measure."""
        features = {**other.features, **self.features}
        for name in self.features.keys() & other.features.keys():
            features[name] = round((self.features[name] + other.features[name]) / 2, 4)
        faces = self.faces or other.faces
        faceless_heads = () if faces else max(self.faceless_heads, other.faceless_heads, key=len)
        return Analysis(max(self.people_count, other.people_count), faces, features, self.backdrop, faceless_heads)

    def mirror(self) -> Analysis:
        """What would have been found in the picture's mirror image: measurements have no left and right."""
        return Analysis(
            self.people_count,
            tuple(face.mirror() for face in self.faces),
            self.features,
            self.backdrop.mirror(),
            tuple(_mirror_box(head) for head in self.faceless_heads),
        )
