"""The eye-line lock: crops of many headshots with every pair of eyes on one line and every head the same size.

All lengths here are *head units*: 1 is the distance between the eyes of a head that looks into the lens. In those units,
and levelled, a head is the same from whatever distance it was photographed; what differs is the room each photographer
left around it. A frame is then two numbers, `Geometry`, and each photograph allows some of them and not others. The
geometry is chosen that most photographs allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import cos, inf, log, radians, sin

from ..values.geometry import Box, Value
from ..values.rendition import Crop
from .fallback_frame import find_fallback_frame
from .frame_limits import FrameShape, FrameTarget, compute_max_frame_height, compute_min_frame_height
from .head_geometry import LEVEL_TOLERANCE_DEGREES, MAX_LEVELING_DEGREES, HeadGeometry

EYE_LINES = tuple(round(0.36 + 0.01 * i, 2) for i in range(17))
"""Heights of the eyes in the frame, from the top, among which a set's is chosen."""
FRAME_HEIGHTS = tuple(round(4.3 + 0.1 * i, 1) for i in range(43))
"""Heights of the frame, in head units, among which a set's is chosen. Crown to chin is about 3.8 of them."""
SIDE_SHIFTS = (0.0, 0.03, -0.03, 0.06, -0.06)
"""How far the head may stand off its place sideways, in widths of the frame, where room is lacking."""
HEAD_SIZE_TOLERANCE = 0.05
"""Heads whose sizes differ by no more than this stand together as one size. The distance of the eyes itself, by which a
head is measured, varies by as much from one adult to the next (Dodgson 2004, Variation and extrema of human interpupillary
distance)."""
EYE_LINE_TOLERANCE = 0.005
"""Eyes no further off the line than this share of the frame's height stand on it: two pixels of a card 400 high."""
EYE_LINE_OFFSETS = (0.0, -EYE_LINE_TOLERANCE, EYE_LINE_TOLERANCE)
EXTENSION_COST, SIZE_MISMATCH_COST, MAX_MISFIT_COST, PREFERENCE_COST = 0.1, 6.0, 3.0, 0.01
"""What a geometry is charged, in photographs that do not stand as the set does: for one with a continued backdrop; more for
one whose head is larger or smaller (by the logarithm: a third of it is two more); for one off the line, or odder still; and
for each photograph of the set, by the square of the geometry's distance from the preferred one."""


class AlignedCrop(Value, frozen=True):
    """A headshot's crop. *size* is its head against the set's (1 = the same); *line* by how much of the frame's height its
    eyes stand below (positive) the set's line; *lean* what is left of its roll in degrees."""

    crop: Crop
    relative_head_size: float = 1.0
    eye_line_offset: float = 0.0
    residual_roll: float = 0.0
    is_padded: bool = False

    @property
    def is_on_line(self) -> bool:
        """Whether its eyes stand as high as the others'."""
        return abs(self.eye_line_offset) < EYE_LINE_TOLERANCE + 0.0005

    @property
    def is_aligned(self) -> bool:
        """Whether it stands as the others do."""
        return (
            not self.is_padded
            and abs(log(self.relative_head_size)) < HEAD_SIZE_TOLERANCE + 0.001
            and self.is_on_line
            and abs(self.residual_roll) < LEVEL_TOLERANCE_DEGREES
        )


def align_set(heads: Sequence[HeadGeometry], shape: FrameShape) -> tuple[FrameTarget, tuple[AlignedCrop, ...]]:
    """The geometry for a set of headshots in frames of *format*, and each one's crop, in their order.

    A photograph that lacks margin is first given a geometry it can meet, together with the whole set; then its backdrop
    is continued where it is even; and if neither helps it is cut closer and stands out, which `Placed` says. Nothing is
    enlarged: a crop's pixels are the original's.
    """
    if not heads:
        return shape.preferred_target, ()
    target = _choose_target(heads, shape)
    return target, tuple(align_one(head, target, shape) for head in heads)


def _choose_target(heads: Sequence[HeadGeometry], shape: FrameShape) -> FrameTarget:
    best, least_cost = shape.preferred_target, inf
    eye_heights = {
        round(eyes + preference_distance, 3) for eyes in EYE_LINES for preference_distance in EYE_LINE_OFFSETS
    }
    ranges_by_eye_height = {eyes: [_find_height_ranges(head, eyes, shape) for head in heads] for eyes in eye_heights}
    for eye_line in EYE_LINES:
        near = zip(*(ranges_by_eye_height[round(eye_line + off, 3)] for off in EYE_LINE_OFFSETS), strict=True)
        height_ranges = [tuple(map(_join_ranges, zip(*each, strict=True))) for each in near]
        for frame_height in FRAME_HEIGHTS:
            off = ((eye_line - shape.preferred_target.eye_line) / 0.05) ** 2 + (
                log(frame_height / shape.preferred_target.frame_height) / 0.15
            ) ** 2
            cost = PREFERENCE_COST * len(heads) * off
            for inside_range, extended_range in height_ranges:
                if cost >= least_cost:
                    break
                if (inside_mismatch := _compute_size_mismatch(frame_height, *inside_range)) <= HEAD_SIZE_TOLERANCE:
                    cost += inside_mismatch
                elif (
                    extended_mismatch := _compute_size_mismatch(frame_height, *extended_range)
                ) <= HEAD_SIZE_TOLERANCE:
                    cost += EXTENSION_COST + extended_mismatch
                else:
                    cost += min(1 + SIZE_MISMATCH_COST * extended_mismatch, MAX_MISFIT_COST)
            if cost < least_cost:
                best, least_cost = FrameTarget(eye_line, frame_height), cost
    return best


def _compute_size_mismatch(frame_height: float, min_height: float, max_height: float) -> float:
    """How much larger or smaller a head comes out (0.1 is a tenth) than in a frame of *span*, where frames may have from
    *least* to *most*; without bound if there is none."""
    return abs(log(min(max(frame_height, min_height), max_height) / frame_height)) if min_height <= max_height else inf


FrameHeightRange = tuple[float, float]
"""Least and greatest span of the frames that a photograph allows."""


def _find_height_ranges(
    head: HeadGeometry, eye_line: float, shape: FrameShape
) -> tuple[FrameHeightRange, FrameHeightRange]:
    """What it allows with the eyes at *eyes*: inside the picture, and with the backdrop continued."""
    inside = _find_range_over_side_shifts(head, eye_line, shape, extend_backdrop=False)
    return inside, _find_range_over_side_shifts(
        head, eye_line, shape, extend_backdrop=True
    ) if head.can_extend else inside


def _join_ranges(ranges: Sequence[FrameHeightRange]) -> FrameHeightRange:
    """All frames between those that neighbouring places of the eyes allow."""
    nonempty = [reach for reach in ranges if reach[0] <= reach[1]]
    return (min(low for low, _ in nonempty), max(high for _, high in nonempty)) if nonempty else (inf, 0.0)


def _find_range_over_side_shifts(
    head: HeadGeometry, eye_line: float, shape: FrameShape, *, extend_backdrop: bool
) -> FrameHeightRange:
    return _join_ranges(
        [
            (
                compute_min_frame_height(head, eye_line, shape, slide),
                compute_max_frame_height(
                    head, eye_line, shape, slide, head.leveling_degrees, extend_backdrop=extend_backdrop
                ),
            )
            for slide in SIDE_SHIFTS
        ]
    )


def align_one(head: HeadGeometry, target: FrameTarget, shape: FrameShape) -> AlignedCrop:
    """The set's geometry if the picture allows it; else the frame that differs least from it."""
    for extend_backdrop, offset in product((False, True) if head.can_extend else (False,), EYE_LINE_OFFSETS):
        eye_line, frame_height = target.eye_line + offset, target.frame_height
        min_heights = {slide: compute_min_frame_height(head, eye_line, shape, slide) for slide in SIDE_SHIFTS}
        max_heights = {
            slide: compute_max_frame_height(
                head, eye_line, shape, slide, head.leveling_degrees, extend_backdrop=extend_backdrop
            )
            for slide in SIDE_SHIFTS
        }
        side_shift = min(
            SIDE_SHIFTS, key=lambda slide: _compute_size_mismatch(frame_height, min_heights[slide], max_heights[slide])
        )
        if (
            _compute_size_mismatch(frame_height, min_heights[side_shift], max_heights[side_shift])
            <= HEAD_SIZE_TOLERANCE
        ):
            frame_height = min(max(frame_height, min_heights[side_shift]), max_heights[side_shift])
            return _make_aligned_crop(
                head,
                eye_line,
                frame_height,
                side_shift,
                head.leveling_degrees,
                shape,
                target,
                extend_backdrop=extend_backdrop,
            )
    fallback = find_fallback_frame(head, target, shape)
    if fallback is None:
        return _make_padded_crop(head, target, shape)
    rotation_degrees = head.leveling_degrees * fallback.leveled_share
    return _make_aligned_crop(
        head,
        fallback.eye_line,
        fallback.frame_height,
        fallback.side_shift,
        rotation_degrees,
        shape,
        target,
        extend_backdrop=fallback.extend_backdrop,
    )


def explain_misfit(head: HeadGeometry, target: FrameTarget, shape: FrameShape) -> str:
    """What keeps a photograph from standing as its set does, as the end of a sentence."""
    if abs(head.residual_roll) >= LEVEL_TOLERANCE_DEGREES:
        return f"its head leans by more than the {MAX_LEVELING_DEGREES:.0f} degrees that are levelled"
    if head.is_hair_cut_off:
        return "the photograph itself cuts the hair"
    if compute_min_frame_height(head, target.eye_line, shape) > target.frame_height * (1 + HEAD_SIZE_TOLERANCE):
        return "its hair reaches beyond the set's frame"
    if head.space_above_eyes < target.eye_line * target.frame_height / (1 + HEAD_SIZE_TOLERANCE):
        return "there is too little room above the head, and no even backdrop to continue"
    return "there is too little room below or beside the head"


def _make_padded_crop(head: HeadGeometry, target: FrameTarget, shape: FrameShape) -> AlignedCrop:
    """A head that fills its picture in the wrong shape: all of it on the line, with the picture's colour around it."""
    frame_height = max(
        target.frame_height, compute_min_frame_height(head.tilt(-head.leveling_degrees), target.eye_line, shape)
    )
    unpadded = _make_aligned_crop(head, target.eye_line, frame_height, 0.0, 0.0, shape, target, extend_backdrop=False)
    crop = Crop(unpadded.crop.box, 0.0, False, head.background_color)
    return AlignedCrop(
        crop,
        unpadded.relative_head_size,
        unpadded.eye_line_offset,
        head.residual_roll - head.leveling_degrees,
        is_padded=True,
    )


def _make_aligned_crop(
    head: HeadGeometry,
    eye_line: float,
    frame_height: float,
    side_shift: float,
    rotation_degrees: float,
    shape: FrameShape,
    target: FrameTarget,
    *,
    extend_backdrop: bool,
) -> AlignedCrop:
    height, width = frame_height, frame_height * shape.ratio
    eye_x = 0.5 + head.looking_room + side_shift
    # The frame's middle seen from the eyes: level in the frame, turned back in the picture.
    vx, vy = (0.5 - eye_x) * width, (0.5 - eye_line) * height
    c, s = cos(radians(rotation_degrees)), sin(radians(rotation_degrees))
    x, y = head.eyes_x + c * vx + s * vy, head.eyes_y - s * vx + c * vy
    box = Box(
        (x - width / 2) / head.image_width,
        (y - height / 2) / head.image_height,
        (x + width / 2) / head.image_width,
        (y + height / 2) / head.image_height,
    )
    crop = Crop(
        Box(*(round(edge, 6) for edge in (box.left, box.top, box.right, box.bottom))),
        round(rotation_degrees, 2),
        extend_backdrop,
    )
    return AlignedCrop(
        crop,
        target.frame_height / frame_height,
        eye_line - target.eye_line,
        head.residual_roll + rotation_degrees - head.leveling_degrees,
    )
