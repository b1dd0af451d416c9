"""Crops for a set of headshots, with all eyes on one line and all heads the same size.

Lengths are in *head units*: 1 is the distance between the eyes of a head that looks into the lens. In these units a leveled
head has the same size whatever distance it was photographed from; photos differ only in the space around it. A crop is then
two numbers, a `FrameTarget`, and each photo allows some targets and not others. The set gets a target that most photos
allow, as near as possible to that of its `Framing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import cos, inf, log, radians, sin
from operator import itemgetter

from ..values.geometry import Box, Value
from ..values.rendition import Crop
from .fallback_frame import find_fallback_frame
from .frame_limits import (
    FrameShape,
    FrameTarget,
    compute_max_frame_height,
    compute_min_frame_height,
    compute_roomy_frame_height,
)
from .framing import NORMAL_FRAMING, Framing
from .head_geometry import LEVEL_TOLERANCE_DEGREES, MAX_LEVELING_DEGREES, HeadGeometry

EYE_LINES = tuple(round(0.36 + 0.01 * i, 2) for i in range(17))
"""Candidates for the eye line of a set: fractions of the frame's height, from the top."""
FRAME_HEIGHTS = tuple(round(4.3 + 0.1 * i, 1) for i in range(43))
"""Candidates for the frame height of a set, in head units. Crown to chin is about 3.8."""
SIDE_SHIFTS = (0.0, 0.03, -0.03, 0.06, -0.06)
"""How far a head may be moved sideways where space is lacking, as fractions of the frame's width."""
HEAD_SIZE_TOLERANCE = 0.055
"""Heads whose sizes differ by no more than this fraction count as the same size. The distance between the eyes, by which a
head is measured, varies as much between adults (Dodgson 2004, Variation and extrema of human interpupillary distance)."""
EYE_LINE_TOLERANCE = 0.01
"""Eyes no further off the line than this fraction of the frame's height count as on it: 4 pixels in a card 400 high."""
EYE_LINE_OFFSETS = (0.0, -0.005, 0.005, -EYE_LINE_TOLERANCE, EYE_LINE_TOLERANCE)
SHOULDERS_BELOW_EYES = 2.75
"""A frame that ends this many head units below the eyes, about one below the chin, shows the shoulders."""
EXTENSION_COST, SIZE_MISMATCH_COST, MAX_MISFIT_COST = 0.1, 6.0, 3.0
"""What a target costs; 1 is one photo that does not match the set. A photo with an extended backdrop costs 0.1. A head of
another size costs 1 plus 6 times the logarithm of the size ratio, at most 3."""
LEFT_ASIDE_COST = 0.2
"""What a photo costs instead that the framing leaves aside: it matches if that changes little, and changes nothing else."""

FrameHeightRange = tuple[float, float]
"""Smallest and largest frame height that a photo allows, in head units; none if the first is larger."""


class AlignedCrop(Value, frozen=True):
    """The crop of one headshot, and how it differs from its set."""

    crop: Crop
    relative_head_size: float = 1.0
    """Size of the head against that of the set; 1 is the same."""
    eye_line_offset: float = 0.0
    """How far the eyes are below the set's line (positive) or above it, as a fraction of the frame's height."""
    residual_roll: float = 0.0
    """Degrees by which the head still leans, clockwise positive."""
    is_padded: bool = False

    @property
    def is_on_line(self) -> bool:
        """Whether the eyes are on the set's line."""
        return abs(self.eye_line_offset) < EYE_LINE_TOLERANCE + 0.0005

    @property
    def is_aligned(self) -> bool:
        """Whether the crop matches its set: eye line, head size and roll, without padding."""
        return (
            not self.is_padded
            and abs(log(self.relative_head_size)) < HEAD_SIZE_TOLERANCE + 0.001
            and self.is_on_line
            and abs(self.residual_roll) < LEVEL_TOLERANCE_DEGREES
        )


def align_set(
    heads: Sequence[HeadGeometry], shape: FrameShape, framing: Framing = NORMAL_FRAMING
) -> tuple[FrameTarget, tuple[AlignedCrop, ...]]:
    """Choose the target for a set of headshots, and crop each of them.

    If more photos than the framing leaves aside have too little space around the head, the target of the whole set is
    changed first. If that does not help a photo, its backdrop is extended where it is even. If neither helps, the photo is
    cropped closer and does not match its set, as its `AlignedCrop` says. Nothing is enlarged: the pixels of a crop are those
    of the original.

    Returns:
        The target, and the crops in the order of *heads*.
    """
    if not heads:
        return framing.adjust_target(shape), ()
    target = _choose_target(heads, shape, framing)
    return target, tuple(align_one(head, target, shape) for head in heads)


def _choose_target(heads: Sequence[HeadGeometry], shape: FrameShape, framing: Framing) -> FrameTarget:
    preferred, follower_count = framing.adjust_target(shape), len(heads) - round(framing.max_misfit_share * len(heads))
    best = best_with_shoulders = (inf, preferred, 0)
    eye_heights = {round(eye_line + offset, 3) for eye_line in EYE_LINES for offset in EYE_LINE_OFFSETS}
    ranges_by_eye_height = {
        height: [_find_height_ranges(head, height, shape, framing.hair_room) for head in heads]
        for height in eye_heights
    }
    for eye_line in EYE_LINES:
        neighbors = zip(
            *(ranges_by_eye_height[round(eye_line + offset, 3)] for offset in EYE_LINE_OFFSETS), strict=True
        )
        height_ranges = [tuple(map(_join_ranges, zip(*ranges, strict=True))) for ranges in neighbors]
        for frame_height in FRAME_HEIGHTS:
            distance_squared = ((eye_line - preferred.eye_line) / 0.05) ** 2 + (
                log(frame_height / preferred.frame_height) / 0.15
            ) ** 2
            costs = sorted(
                _compute_misfit_cost(frame_height, inside_range, extended_range)
                for inside_range, extended_range in height_ranges
            )
            cost = framing.preference_cost * len(heads) * distance_squared + sum(costs[:follower_count])
            cost += LEFT_ASIDE_COST * sum(each >= 1 for each in costs[follower_count:])
            match_count = sum(each < 1 for each in costs)
            candidate = (cost, FrameTarget(eye_line, frame_height, framing.hair_room), match_count)
            best = min(best, candidate, key=itemgetter(0))
            if (1 - eye_line) * frame_height >= SHOULDERS_BELOW_EYES:
                best_with_shoulders = min(best_with_shoulders, candidate, key=itemgetter(0))
    _, target, match_count = best_with_shoulders
    return target if match_count >= framing.shoulder_share * len(heads) else best[1]


def _compute_misfit_cost(
    frame_height: float, inside_range: FrameHeightRange, extended_range: FrameHeightRange
) -> float:
    if (inside_mismatch := _compute_size_mismatch(frame_height, *inside_range)) <= HEAD_SIZE_TOLERANCE:
        return inside_mismatch
    if (extended_mismatch := _compute_size_mismatch(frame_height, *extended_range)) <= HEAD_SIZE_TOLERANCE:
        return EXTENSION_COST + extended_mismatch
    return min(1 + SIZE_MISMATCH_COST * extended_mismatch, MAX_MISFIT_COST)


def _compute_size_mismatch(frame_height: float, min_height: float, max_height: float) -> float:
    """Return how much larger or smaller a head becomes if the frame must be between the two heights.

    0 is the same size, 0.1 about a tenth; infinite if no height is possible.
    """
    return abs(log(min(max(frame_height, min_height), max_height) / frame_height)) if min_height <= max_height else inf


def _find_height_ranges(
    head: HeadGeometry, eye_line: float, shape: FrameShape, hair_room: float
) -> tuple[FrameHeightRange, FrameHeightRange]:
    """Return the frame heights that a photo allows with the eyes at *eye_line*: inside it, and with an extended backdrop."""
    inside, extended = (
        _join_ranges(
            [
                _compute_height_range(head, eye_line, shape, shift, hair_room, extend_backdrop=extend_backdrop)
                for shift in SIDE_SHIFTS
            ]
        )
        if head.can_extend or not extend_backdrop
        else (inf, 0.0)
        for extend_backdrop in (False, True)
    )
    return inside, extended


def _join_ranges(ranges: Sequence[FrameHeightRange]) -> FrameHeightRange:
    """Return one range from the smallest to the largest height of all *ranges*."""
    nonempty = [(low, high) for low, high in ranges if low <= high]
    return (min(low for low, _ in nonempty), max(high for _, high in nonempty)) if nonempty else (inf, 0.0)


def _compute_height_range(
    head: HeadGeometry,
    eye_line: float,
    shape: FrameShape,
    side_shift: float,
    hair_room: float,
    *,
    extend_backdrop: bool,
) -> FrameHeightRange:
    """Return the frame heights that a photo allows, with *hair_room* above the hair if the photo has it on this line."""
    lowest = compute_min_frame_height(head, eye_line, shape, side_shift)
    highest = compute_max_frame_height(
        head, eye_line, shape, side_shift, head.leveling_degrees, extend_backdrop=extend_backdrop
    )
    roomy = compute_roomy_frame_height(head, eye_line, hair_room)
    return (max(lowest, roomy) if roomy <= highest else lowest), highest


def align_one(head: HeadGeometry, target: FrameTarget, shape: FrameShape) -> AlignedCrop:
    """Crop one headshot to *target* if the picture allows it, else as close to it as possible."""
    for extend_backdrop, offset in product((False, True) if head.can_extend else (False,), EYE_LINE_OFFSETS):
        eye_line, frame_height = target.eye_line + offset, target.frame_height
        ranges = {
            shift: _compute_height_range(
                head, eye_line, shape, shift, target.hair_room, extend_backdrop=extend_backdrop
            )
            for shift in SIDE_SHIFTS
        }
        side_shift = min(SIDE_SHIFTS, key=lambda shift: _compute_size_mismatch(frame_height, *ranges[shift]))
        lowest, highest = ranges[side_shift]
        if _compute_size_mismatch(frame_height, lowest, highest) <= HEAD_SIZE_TOLERANCE:
            frame_height = min(max(frame_height, lowest), highest)
            return _make_aligned_crop(
                head,
                target,
                shape,
                eye_line=eye_line,
                frame_height=frame_height,
                side_shift=side_shift,
                rotation_degrees=head.leveling_degrees,
                extend_backdrop=extend_backdrop,
            )
    fallback = find_fallback_frame(head, target, shape)
    if fallback is None:
        return _make_padded_crop(head, target, shape)
    rotation_degrees = head.leveling_degrees * fallback.leveled_share
    return _make_aligned_crop(
        head,
        target,
        shape,
        eye_line=fallback.eye_line,
        frame_height=fallback.frame_height,
        side_shift=fallback.side_shift,
        rotation_degrees=rotation_degrees,
        extend_backdrop=fallback.extend_backdrop,
    )


def explain_misfit(head: HeadGeometry, target: FrameTarget, shape: FrameShape) -> str:
    """Return why a photo does not match its set, as the end of a sentence."""
    if abs(head.residual_roll) >= LEVEL_TOLERANCE_DEGREES:
        return f"its head leans by more than the {MAX_LEVELING_DEGREES:.0f} degrees that are leveled"
    if head.is_hair_cut_off:
        return "the photo itself cuts the hair"
    if compute_min_frame_height(head, target.eye_line, shape) > target.frame_height * (1 + HEAD_SIZE_TOLERANCE):
        return "its hair reaches beyond the set's frame"
    if head.space_above_eyes < target.eye_line * target.frame_height / (1 + HEAD_SIZE_TOLERANCE):
        return "there is too little space above the head, and no even backdrop to extend"
    return "there is too little space below or beside the head"


def _make_padded_crop(head: HeadGeometry, target: FrameTarget, shape: FrameShape) -> AlignedCrop:
    """Return a padded crop for a picture that the head fills: the whole head on the line, the picture's color around it."""
    frame_height = max(
        target.frame_height, compute_min_frame_height(head.tilt(-head.leveling_degrees), target.eye_line, shape)
    )
    unpadded = _make_aligned_crop(
        head,
        target,
        shape,
        eye_line=target.eye_line,
        frame_height=frame_height,
        side_shift=0.0,
        rotation_degrees=0.0,
        extend_backdrop=False,
    )
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
    target: FrameTarget,
    shape: FrameShape,
    *,
    eye_line: float,
    frame_height: float,
    side_shift: float,
    rotation_degrees: float,
    extend_backdrop: bool,
) -> AlignedCrop:
    height, width = frame_height, frame_height * shape.ratio
    eye_x = 0.5 + head.looking_room + side_shift
    # The frame's center relative to the eyes, in the leveled frame; rotated back it is its place in the picture.
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
