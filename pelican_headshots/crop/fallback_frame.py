"""The crop of a headshot that cannot match its set: on the eye line first, then level, then of the same size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import product
from math import inf, log

from ..values.geometry import Value
from .frame_limits import (
    FrameShape,
    FrameTarget,
    compute_max_frame_height,
    compute_min_frame_height,
    compute_roomy_frame_height,
)
from .head_geometry import LEVEL_TOLERANCE_DEGREES, HeadGeometry

FALLBACK_EYE_LINES = tuple(round(0.14 + 0.01 * i, 2) for i in range(47))
"""Candidates for the eye line, as fractions of the frame's height from the top."""
FALLBACK_SIDE_SHIFTS = (0.0, 0.03, -0.03, 0.06, -0.06, 0.1, -0.1, 0.14, -0.14)
"""How far the head may be moved sideways, as fractions of the frame's width."""
LEVELING_SHARES = (1.0, 0.75, 0.5, 0.25, 0.0)
"""How much of the roll may be leveled, as fractions of it: a rotated frame needs more space."""
REFINEMENT_STEPS = tuple(i / 4 for i in range(-3, 4))
"""The best candidate is refined in quarters of a step to both sides."""
EYE_LINE_COST, LEAN_COST, HEAD_SIZE_COST, SIDE_SHIFT_COST, MARGIN_LEVEL_COSTS = (
    30000.0,
    10.0,
    10.0,
    8.0,
    (0.0, 2.0, 4.0, 30.0),
)
"""What a frame costs: per squared distance from the eye line (fractions of the frame's height), per degree of roll, per
logarithm of the head's relative size, per width of the frame moved sideways, and for each margin level."""


class FallbackFrame(Value, frozen=True):
    """A frame inside the picture for a headshot that cannot match its set."""

    eye_line: float
    frame_height: float
    side_shift: float
    leveled_share: float
    """How much of the roll is leveled, 0 to 1."""
    extend_backdrop: bool
    margin_level: int


def find_fallback_frame(head: HeadGeometry, target: FrameTarget, shape: FrameShape) -> FallbackFrame | None:
    """Return the frame inside the picture that differs least from *target*; None if there is none.

    The eye line counts most: 0.03 of the frame's height off the line costs about as much as 3 degrees of roll, and 0.01 as
    much as a head a third larger.
    """
    leveled_shares: Sequence[float] = (
        LEVELING_SHARES if abs(head.leveling_degrees) > LEVEL_TOLERANCE_DEGREES else (1.0,)
    )
    eye_lines = sorted(FALLBACK_EYE_LINES, key=lambda eye_line: abs(eye_line - target.eye_line))
    coarse = _search_frames(
        head,
        target,
        shape,
        margin_levels=range(len(MARGIN_LEVEL_COSTS)),
        leveled_shares=leveled_shares,
        eye_lines=eye_lines,
        side_shifts=FALLBACK_SIDE_SHIFTS,
    )
    if coarse is None:
        return None
    leveled_shares = [share for step in REFINEMENT_STEPS if 0 <= (share := coarse.leveled_share + 0.25 * step) <= 1]
    eye_lines = [coarse.eye_line + 0.01 * step for step in REFINEMENT_STEPS]
    side_shifts = [coarse.side_shift + 0.04 * step for step in REFINEMENT_STEPS]
    return _search_frames(
        head,
        target,
        shape,
        margin_levels=(coarse.margin_level,),
        leveled_shares=leveled_shares,
        eye_lines=eye_lines,
        side_shifts=side_shifts,
    )


def _search_frames(
    head: HeadGeometry,
    target: FrameTarget,
    shape: FrameShape,
    *,
    margin_levels: Iterable[int],
    leveled_shares: Sequence[float],
    eye_lines: Sequence[float],
    side_shifts: Sequence[float],
) -> FallbackFrame | None:
    best, least_cost = None, inf

    @cache  # the same at every margin level
    def compute_max_height(eye_line: float, side_shift: float, rotation_degrees: float, extend_backdrop: bool) -> float:
        return compute_max_frame_height(
            head, eye_line, shape, side_shift, rotation_degrees, extend_backdrop=extend_backdrop
        ) * (1 + 1e-6)

    for margin_level, leveled_share in product(margin_levels, leveled_shares):
        rotation_degrees = head.leveling_degrees * leveled_share
        tilted_head = head.tilt(rotation_degrees - head.leveling_degrees)
        base_cost = MARGIN_LEVEL_COSTS[margin_level] + LEAN_COST * abs(head.leveling_degrees - rotation_degrees)
        for eye_line in eye_lines:
            partial_cost = base_cost + EYE_LINE_COST * (eye_line - target.eye_line) ** 2
            if partial_cost >= least_cost:
                continue
            roomy_height = compute_roomy_frame_height(tilted_head, eye_line, target.hair_room)
            # A photo with less space above the hair than asked for shows what it has.
            required_height = 0.0 if margin_level else min(roomy_height, head.space_above_eyes / eye_line)
            wanted_height = max(target.frame_height, roomy_height if margin_level < 2 else 0.0)
            for side_shift in side_shifts:
                min_height = max(
                    required_height,
                    compute_min_frame_height(tilted_head, eye_line, shape, side_shift, margin_level),
                )
                for extend_backdrop in (False, True) if head.can_extend else (False,):
                    max_height = compute_max_height(eye_line, side_shift, rotation_degrees, extend_backdrop)
                    if min_height > max_height:
                        continue
                    frame_height = min(max(wanted_height, min_height), max_height)
                    cost = (
                        partial_cost
                        + HEAD_SIZE_COST * abs(log(frame_height / target.frame_height))
                        + SIDE_SHIFT_COST * abs(side_shift)
                        + 0.2 * extend_backdrop
                    )
                    if cost < least_cost:
                        best, least_cost = (
                            FallbackFrame(
                                eye_line, frame_height, side_shift, leveled_share, extend_backdrop, margin_level
                            ),
                            cost,
                        )
    return best
