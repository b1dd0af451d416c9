"""How close the headshots of a set are cropped: the frame to prefer, and how many of them it must suit."""

from __future__ import annotations

from math import inf

from ..values.geometry import Value
from ..values.rendition import FramingName
from .frame_limits import HAIR_ROOM, FrameShape, FrameTarget


class Framing(Value, frozen=True):
    """What is asked of the target of a set."""

    height_factor: float
    """Height of the preferred frame over that of the shape's own."""
    eye_line_shift: float
    """How much lower the eyes are in it, as a fraction of its height."""
    preference_cost: float
    """What each photo of a set adds to the cost of a target (`eye_alignment.py`), times its squared distance from that."""
    max_misfit_share: float
    """The fraction of a set that may differ from it at little cost, so that the frame follows the others."""
    hair_room: float
    """The space above the hair, as a fraction of the frame's height, wherever the photo has it."""
    shoulder_share: float
    """The fraction of a set that must match a frame with shoulders, so that the set gets one."""

    def adjust_target(self, shape: FrameShape) -> FrameTarget:
        """Return the target to prefer for *shape*."""
        target = shape.preferred_target
        return FrameTarget(
            round(target.eye_line + self.eye_line_shift, 2),
            round(target.frame_height * self.height_factor, 1),
            self.hair_room,
        )


FRAMINGS: dict[FramingName, Framing] = {
    "tight": Framing(0.8, 0.04, 0.01, 0.0, 0.0, inf),
    "normal": Framing(1.0, 0.0, 0.02, 0.25, HAIR_ROOM, 0.55),
    "loose": Framing(1.2, -0.01, 0.05, 0.5, 0.08, 0.4),
}
NORMAL_FRAMING = FRAMINGS["normal"]
