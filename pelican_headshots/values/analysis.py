"""The measurements of one picture: people, faces, pose and tone.

They are expensive to make, so they are cached. They contain no classification: that is made anew from them in each build.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Protocol, TypeVar

from msgspec import Meta

from .geometry import Box, Point, Share, Value

Degrees = Annotated[float, Meta(ge=-360, le=360)]
ToneLevel = Annotated[float, Meta(ge=0, le=255)]
MAX_SHARED_AREA = 0.7
"""Share of a person's box inside another's from which both are the same person, or one is a part of the other."""
Measurement = Annotated[float, Meta(ge=-1e9, le=1e9)]


class Face(Value, frozen=True):
    """One face. Points and boxes are fractions of the upright picture; angles are degrees, 0 facing the camera.

    *yaw* is positive when the head turns to the right of the picture, *pitch* when it looks up, *roll* when it leans
    clockwise in the picture. *right_eye* is the person's own right eye, which is usually on the left in the picture.
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
    """A polygon around hair, face and chin. Points on the edge of the picture mean that the edge cuts the head there."""

    def mirror(self) -> Face:
        """Return the face as it is in the mirrored picture. The right eye becomes the left one."""
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
    """How uneven the background is along the edges of the picture, in levels (0 to 255).

    An edge below 8 is even enough to be continued past the edge; 255 means that a person touches it. The left and right
    edges are measured from the top down to the first point where a person touches them: *left_clear_share* and
    *right_clear_share*, as fractions of the height of the picture.
    """

    top_unevenness: ToneLevel = 255.0
    left_unevenness: ToneLevel = 255.0
    right_unevenness: ToneLevel = 255.0
    left_clear_share: Share = 0.0
    right_clear_share: Share = 0.0

    def mirror(self) -> Backdrop:
        """Return the values of the picture flipped left to right."""
        return Backdrop(
            self.top_unevenness,
            self.right_unevenness,
            self.left_unevenness,
            self.right_clear_share,
            self.left_clear_share,
        )


class SeenObject(Value, frozen=True):
    """A person, an animal or a thing that the object detector is fairly sure of: score 0.3 or more."""

    name: Annotated[str, Meta(pattern=r"^[a-z]+( [a-z]+)*\Z", max_length=30)]
    """A category of COCO: `person`, `dog`, `book` and 77 others."""
    score: Share
    box: Box

    def mirror(self) -> SeenObject:
        """Return the object in the mirror image of the picture."""
        return SeenObject(self.name, self.score, _mirror_box(self.box))


class ObjectBox(Protocol):
    """What `find_distinct_people` needs of an object; the unit of the boxes does not matter."""

    @property
    def name(self) -> str:
        """A category of COCO."""

    @property
    def score(self) -> float:
        """How sure the detector is, 0 to 1."""

    @property
    def box(self) -> Box:
        """Where it is."""


AnyObject = TypeVar("AnyObject", bound=ObjectBox)


def find_distinct_people(objects: Iterable[AnyObject]) -> list[AnyObject]:
    """Return each person among *objects* once, the surest first, without boxes of parts of a person."""
    found: list[AnyObject] = []
    for person in sorted((each for each in objects if each.name == "person"), key=lambda each: -each.score):
        if all(
            person.box.share_inside(other.box) < MAX_SHARED_AREA
            and other.box.share_inside(person.box) < MAX_SHARED_AREA
            for other in found
        ):
            found.append(person)
    return found


class Analysis(Value, frozen=True):
    """All measurements of one picture."""

    people_count: Annotated[int, Meta(ge=0, le=1_000_000)]
    """The number of faces or of bodies, the larger one; `Classification.people_count` is the one to rely on."""
    faces: tuple[Face, ...]
    features: dict[str, Measurement]
    """Measurements by name. `classify/feature_vector.py` lists what each means and in which unit."""
    backdrop: Backdrop = Backdrop()
    faceless_heads: tuple[Box, ...] = ()
    """Whole heads without a measurable face: seen from behind, in profile, or hidden. May reach outside the picture."""
    objects: tuple[SeenObject, ...] = ()
    """People, animals and things, the surest first."""

    def mirror(self) -> Analysis:
        """Return the analysis of the mirrored picture. The features stay: none of them depends on left or right."""
        return Analysis(
            self.people_count,
            tuple(face.mirror() for face in self.faces),
            self.features,
            self.backdrop.mirror(),
            tuple(_mirror_box(head) for head in self.faceless_heads),
            tuple(seen.mirror() for seen in self.objects),
        )
