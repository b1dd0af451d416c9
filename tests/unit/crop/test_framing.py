"""Framing: a set follows the many, and every framing keeps hair and chin."""

from __future__ import annotations

from typing import get_args

import pytest
from msgspec.structs import replace

from pelican_headshots.crop.eye_alignment import SHOULDERS_BELOW_EYES, AlignedCrop, align_one, align_set
from pelican_headshots.crop.frame_limits import (
    CIRCLE_SHAPE,
    HAIR_ROOM,
    SQUARE_SHAPE,
    UPRIGHT_SHAPE,
    FrameShape,
    FrameTarget,
)
from pelican_headshots.crop.framing import FRAMINGS
from pelican_headshots.crop.head_geometry import HeadGeometry, measure_heads
from pelican_headshots.values.rendition import FramingName
from tests.support.headshots import build_head

ROOMY = build_head(at=(1000, 1200), apart=150)
TIGHT = build_head(at=(1000, 520), apart=230)
SHOULDERS = 3.2
"""Head units below the eyes at which shoulders are seen."""


def test_one_tight_photo_stands_out_and_the_others_keep_shoulders_and_space_above_the_hair() -> None:
    heads = measure_heads([ROOMY] * 9 + [build_head(at=(1000, 545), apart=270)])
    target, aligned = align_set(heads, UPRIGHT_SHAPE)
    assert target == UPRIGHT_SHAPE.preferred_target
    assert all(each.is_aligned for each in aligned[:9])
    assert target.eye_line - heads[0].eyes_to_hair_top / target.frame_height >= 0.06
    assert (1 - target.eye_line) * target.frame_height >= SHOULDERS
    assert not aligned[-1].is_aligned
    assert aligned[-1].is_on_line
    assert aligned[-1].relative_head_size > 1


def test_a_photo_that_may_be_left_aside_matches_if_that_costs_the_others_little() -> None:
    slightly_tight = build_head(at=(1000, 552), apart=230)
    heads = measure_heads([ROOMY] * 9 + [slightly_tight])
    assert not align_one(heads[-1], UPRIGHT_SHAPE.preferred_target, UPRIGHT_SHAPE).is_aligned
    target, aligned = align_set(heads, UPRIGHT_SHAPE)
    assert all(each.is_aligned for each in aligned)
    assert (1 - target.eye_line) * target.frame_height >= SHOULDERS


def test_a_set_of_mostly_tight_photos_is_tight() -> None:
    target, aligned = align_set(measure_heads([ROOMY] * 3 + [TIGHT] * 7), UPRIGHT_SHAPE)
    assert target.frame_height < UPRIGHT_SHAPE.preferred_target.frame_height
    assert all(each.is_aligned for each in aligned)


def test_tall_hair_moves_the_target_of_its_set() -> None:
    tall = replace(measure_heads([ROOMY])[0], eyes_to_hair_top=2.5)
    target, _ = align_set([tall] * 4, UPRIGHT_SHAPE)
    before = UPRIGHT_SHAPE.preferred_target
    assert target.eye_line - 2.5 / target.frame_height > before.eye_line - 2.5 / before.frame_height


def test_framings_go_from_tight_to_loose() -> None:
    heads = measure_heads([ROOMY] * 4)
    tight, normal, loose = (align_set(heads, UPRIGHT_SHAPE, FRAMINGS[name])[0] for name in get_args(FramingName))
    assert tight.frame_height < normal.frame_height < loose.frame_height


@pytest.mark.parametrize("shape", [UPRIGHT_SHAPE, SQUARE_SHAPE, CIRCLE_SHAPE])
@pytest.mark.parametrize("name", get_args(FramingName))
def test_no_framing_cuts_hair_or_chin(name: FramingName, shape: FrameShape) -> None:
    heads = measure_heads([ROOMY, TIGHT, build_head(roll=6), build_head(at=(1100, 1200), apart=260, roll=-9)])
    target, aligned = align_set(heads, shape, FRAMINGS[name])
    for head, each in zip(heads, aligned, strict=True):
        height = target.frame_height / each.relative_head_size
        eye_line = target.eye_line + each.eye_line_offset
        tilted = head.tilt(each.residual_roll - head.residual_roll)
        assert tilted.eyes_to_hair_top <= eye_line * height + 1e-3
        assert tilted.eyes_to_chin <= (1 - eye_line) * height + 1e-3


def test_a_head_that_cannot_match_keeps_space_above_its_hair() -> None:
    (head,) = measure_heads([ROOMY])
    tall = replace(head, eyes_to_hair_top=3.2)
    target = FrameTarget(0.46, 4.6)
    aligned = align_one(tall, target, UPRIGHT_SHAPE)
    assert not aligned.is_aligned
    height = target.frame_height / aligned.relative_head_size
    assert target.eye_line + aligned.eye_line_offset - 3.2 / height >= 0.03


def measure_hair_room(head: HeadGeometry, target: FrameTarget, aligned: AlignedCrop) -> float:
    """Return the space above the hair, as a fraction of the frame's height."""
    height = target.frame_height / aligned.relative_head_size
    tilted = head.tilt(aligned.residual_roll - head.residual_roll)
    return target.eye_line + aligned.eye_line_offset - tilted.eyes_to_hair_top / height


@pytest.mark.parametrize("hair", [2.1, 2.3, 2.6, 3.0])
def test_hair_has_its_space_in_any_set_if_the_photo_has_it(hair: float) -> None:
    tall = replace(measure_heads([ROOMY])[0], eyes_to_hair_top=hair)
    tight_heads = measure_heads([TIGHT] * 6)
    target, aligned = align_set([*tight_heads, tall], UPRIGHT_SHAPE)
    assert aligned[-1].is_on_line
    assert measure_hair_room(tall, target, aligned[-1]) >= HAIR_ROOM - 1e-6
    assert all(each.is_aligned for each in aligned[:6])


def test_a_photo_without_space_above_its_hair_still_matches_its_set() -> None:
    # The picture ends 0.1 head units above the hair, which is 2 % of the frame.
    low = build_head(at=(1000, 2.1 * 220), apart=220)
    heads = measure_heads([low] * 5)
    target, aligned = align_set(heads, UPRIGHT_SHAPE)
    assert all(each.is_aligned for each in aligned)
    assert 0 < measure_hair_room(heads[0], target, aligned[0]) < HAIR_ROOM


@pytest.mark.parametrize(("roomy_count", "shows_shoulders"), [(3, False), (6, True), (10, True)])
def test_shoulders_are_shown_if_more_than_half_of_a_set_can_show_them(roomy_count: int, shows_shoulders: bool) -> None:
    no_shoulders = build_head(at=(1000, 1900), apart=240)
    heads = measure_heads([ROOMY] * roomy_count + [no_shoulders] * (10 - roomy_count))
    target, _ = align_set(heads, UPRIGHT_SHAPE)
    assert ((1 - target.eye_line) * target.frame_height >= SHOULDERS_BELOW_EYES) == shows_shoulders
