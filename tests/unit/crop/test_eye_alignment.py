"""Eye alignment: the crops of a set have one eye line and one head size, inside the photo, with hair and chin."""

from __future__ import annotations

from math import cos, hypot, radians, sin

import pytest
from msgspec.structs import replace

from pelican_headshots.crop import eye_alignment
from pelican_headshots.crop.eye_alignment import (
    EYE_LINE_TOLERANCE,
    HEAD_SIZE_TOLERANCE,
    AlignedCrop,
    align_one,
    align_set,
    explain_misfit,
)
from pelican_headshots.crop.frame_limits import (
    CIRCLE_SHAPE,
    SQUARE_SHAPE,
    UPRIGHT_SHAPE,
    FrameShape,
    FrameTarget,
    compute_min_frame_height,
)
from pelican_headshots.crop.framing import FRAMINGS
from pelican_headshots.crop.head_geometry import HeadGeometry, measure_heads
from pelican_headshots.values.analysis import Backdrop, Face
from pelican_headshots.values.geometry import FULL_IMAGE_BOX, Box, Point, Size
from tests.support.headshots import SIZE, MeasuredFace, build_head

SHAPES = (UPRIGHT_SHAPE, SQUARE_SHAPE, CIRCLE_SHAPE, FrameShape(3 / 4, False, FrameTarget(0.42, 6.6)))


def locate_in_crop(aligned: AlignedCrop, face: Face, size: Size) -> tuple[Point, float, float, Point, Point]:
    """Return the middle of the eyes, their distance, their slope, crown and chin, in fractions of the crop's height."""
    box = aligned.crop.box
    x0, y0 = box.center.x * size.width, box.center.y * size.height
    width, height = box.width * size.width, box.height * size.height
    c, s = cos(radians(aligned.crop.rotation_degrees)), sin(radians(aligned.crop.rotation_degrees))

    def to_crop(point: Point) -> Point:
        dx, dy = point.x * size.width - x0, point.y * size.height - y0
        return Point((c * dx - s * dy + width / 2) / height, (s * dx + c * dy + height / 2) / height)

    right, left = to_crop(face.right_eye), to_crop(face.left_eye)
    middle = Point((right.x + left.x) / 2, (right.y + left.y) / 2)
    lean = (left.y - right.y) / (left.x - right.x)
    return middle, hypot(left.x - right.x, left.y - right.y), lean, to_crop(face.crown), to_crop(face.chin)


def compute_corners(aligned: AlignedCrop, size: Size) -> list[Point]:
    """Return the corners of the crop, in fractions of the photo."""
    box, angle = aligned.crop.box, radians(-aligned.crop.rotation_degrees)
    width, height = box.width * size.width / 2, box.height * size.height / 2
    return [
        Point(
            box.center.x + (cos(angle) * x * width - sin(angle) * y * height) / size.width,
            box.center.y + (sin(angle) * x * width + cos(angle) * y * height) / size.height,
        )
        for x in (-1, 1)
        for y in (-1, 1)
    ]


MIXED_HEADS = [
    build_head(),
    build_head(at=(900, 900), apart=180, roll=6),
    build_head(at=(1100, 1200), apart=260, roll=-9),
    build_head(at=(1000, 800), apart=150),
    build_head(at=(700, 1000), apart=160, yaw=30),
    build_head(at=(1600, 1300), apart=200, size=Size(3000, 2400)),
]


@pytest.mark.parametrize("shape", SHAPES)
def test_differently_framed_heads_get_one_eye_line_and_one_size(shape: FrameShape) -> None:
    geometry, aligned = align_set(measure_heads(MIXED_HEADS), shape)
    for (face, _, size, _), each in zip(MIXED_HEADS, aligned, strict=True):
        assert each.is_aligned
        middle, apart, lean, crown, chin = locate_in_crop(each, face, size)
        assert middle.y == pytest.approx(geometry.eye_line, abs=0.001)
        assert lean == pytest.approx(0, abs=0.002)
        assert 0 < crown.y < middle.y < chin.y < 1
        if not face.yaw:
            assert apart * geometry.frame_height == pytest.approx(1, rel=0.002)
        assert each.crop.box.width * size.width / (each.crop.box.height * size.height) == pytest.approx(
            shape.ratio, rel=1e-5
        )
        for corner in compute_corners(each, size):
            assert -1e-4 <= corner.x <= 1 + 1e-4
            assert -1e-4 <= corner.y <= 1 + 1e-4


def test_a_turned_head_is_as_large_and_has_space_in_front_of_it() -> None:
    turned, straight = build_head(yaw=35), build_head()
    _, (first, second) = align_set(measure_heads([turned, straight]), UPRIGHT_SHAPE)
    assert first.crop.box.height == pytest.approx(second.crop.box.height, rel=0.05)
    # The head turns to the right, so the crop has more space on that side.
    assert first.crop.box.center.x > second.crop.box.center.x


def test_a_tightly_framed_photo_changes_the_target_of_its_set_if_none_may_stand_out() -> None:
    loose = [build_head(at=(1000, 1200), apart=150) for _ in range(4)]
    tight = build_head(at=(1000, 560), apart=230)
    alone, _ = align_set(measure_heads(loose), UPRIGHT_SHAPE)
    strict = replace(FRAMINGS["normal"], max_misfit_share=0.0)
    together, aligned = align_set(measure_heads([*loose, tight]), UPRIGHT_SHAPE, strict)
    assert alone == UPRIGHT_SHAPE.preferred_target
    assert together.eye_line * together.frame_height < alone.eye_line * alone.frame_height
    assert all(each.is_aligned for each in aligned)


def test_an_even_backdrop_is_extended_and_a_textured_one_is_not() -> None:
    loose = [build_head(at=(1000, 1200), apart=150) for _ in range(20)]
    head_before_even_backdrop = build_head(
        at=(1000, 470), apart=230, backdrop=Backdrop(top_unevenness=3.0, left_unevenness=3.0, right_unevenness=3.0)
    )
    head_before_textured_backdrop = build_head(
        at=(1000, 470), apart=230, backdrop=Backdrop(top_unevenness=14.0, left_unevenness=14.0, right_unevenness=14.0)
    )
    _, aligned = align_set(measure_heads([*loose, head_before_even_backdrop]), UPRIGHT_SHAPE)
    assert aligned[-1].crop.extend_backdrop
    assert aligned[-1].is_aligned
    assert aligned[-1].crop.box.top < 0
    _, aligned = align_set(measure_heads([*loose, head_before_textured_backdrop]), UPRIGHT_SHAPE)
    assert not aligned[-1].crop.extend_backdrop
    assert FULL_IMAGE_BOX.contains(aligned[-1].crop.box)


def test_a_head_too_large_for_its_set_is_on_the_eye_line_and_reported_as_not_aligned() -> None:
    close = build_head(at=(1000, 1000), apart=490)
    aligned = align_one(measure_heads([close])[0], UPRIGHT_SHAPE.preferred_target, UPRIGHT_SHAPE)
    middle, _, lean, crown, chin = locate_in_crop(aligned, close[0], SIZE)
    assert not aligned.is_aligned
    assert aligned.relative_head_size > 1 + HEAD_SIZE_TOLERANCE
    assert aligned.is_on_line
    assert middle.y == pytest.approx(UPRIGHT_SHAPE.preferred_target.eye_line, abs=0.001)
    assert crown.y >= 0
    assert chin.y <= 1
    assert abs(lean) < 0.01


def test_a_head_that_cannot_be_on_the_eye_line_is_reported_as_such() -> None:
    close = build_head(at=(1000, 1200), apart=590)
    aligned = align_one(measure_heads([close])[0], UPRIGHT_SHAPE.preferred_target, UPRIGHT_SHAPE)
    _, _, _, crown, chin = locate_in_crop(aligned, close[0], SIZE)
    assert not aligned.is_aligned
    assert not aligned.is_on_line
    assert crown.y >= 0
    assert chin.y <= 1


def test_a_backdrop_is_not_extended_for_a_difference_in_size_within_the_tolerance() -> None:
    # A frame of 6.3 head units with the eyes at 0.42 needs 2.646 of them above the eyes; here are 2.6.
    short = build_head(
        at=(1000, 2.6 * 180),
        apart=180,
        backdrop=Backdrop(top_unevenness=3.0, left_unevenness=3.0, right_unevenness=3.0),
    )
    aligned = align_one(measure_heads([short])[0], UPRIGHT_SHAPE.preferred_target, UPRIGHT_SHAPE)
    assert aligned.is_aligned
    assert not aligned.crop.extend_backdrop
    assert aligned.relative_head_size == pytest.approx(2.646 / 2.6, abs=0.001)
    assert locate_in_crop(aligned, short[0], SIZE)[0].y == pytest.approx(
        UPRIGHT_SHAPE.preferred_target.eye_line, abs=0.001
    )


def test_eyes_may_be_a_little_off_the_line_before_a_backdrop_is_extended() -> None:
    # 2.45 head units above the eyes: at 0.42 that is a frame 8 % lower than the set's; at 0.41 it is 5.4 %.
    short = build_head(
        at=(1000, 2.45 * 180),
        apart=180,
        backdrop=Backdrop(top_unevenness=3.0, left_unevenness=3.0, right_unevenness=3.0),
    )
    aligned = align_one(measure_heads([short])[0], UPRIGHT_SHAPE.preferred_target, UPRIGHT_SHAPE)
    assert aligned.is_aligned
    assert not aligned.crop.extend_backdrop
    assert aligned.eye_line_offset == pytest.approx(-EYE_LINE_TOLERANCE)
    assert 1 < aligned.relative_head_size < 1 + HEAD_SIZE_TOLERANCE
    shorter = build_head(
        at=(1000, 2.4 * 180),
        apart=180,
        backdrop=Backdrop(top_unevenness=3.0, left_unevenness=3.0, right_unevenness=3.0),
    )
    aligned = align_one(measure_heads([shorter])[0], UPRIGHT_SHAPE.preferred_target, UPRIGHT_SHAPE)
    assert aligned.is_aligned
    assert aligned.crop.extend_backdrop
    assert aligned.eye_line_offset == 0


def test_a_head_that_leans_too_far_is_leveled_in_part_and_not_aligned() -> None:
    head = build_head(roll=24)
    _, (aligned,) = align_set(measure_heads([head]), UPRIGHT_SHAPE)
    assert aligned.crop.rotation_degrees == pytest.approx(-20)
    assert aligned.residual_roll == pytest.approx(4)
    assert not aligned.is_aligned
    assert locate_in_crop(aligned, head[0], SIZE)[2] == pytest.approx(sin(radians(4)), abs=0.01)


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (build_head(roll=24), "leans"),
        (build_head(at=(1000, 400), apart=200), "cuts the hair"),
        (build_head(at=(1000, 1000), apart=430), "above"),
        (build_head(at=(1000, 2050), apart=220), "below or beside"),
    ],
)
def test_the_reason_why_a_headshot_is_not_aligned_is_given(head: MeasuredFace, reason: str) -> None:
    (geometry,) = measure_heads([head])
    assert not align_one(geometry, UPRIGHT_SHAPE.preferred_target, UPRIGHT_SHAPE).is_aligned
    assert reason in explain_misfit(geometry, UPRIGHT_SHAPE.preferred_target, UPRIGHT_SHAPE)


def build_wide_face(size: Size, at: tuple[float, float], apart: float) -> MeasuredFace:
    """Build a head whose face is 2.4 head units wide."""
    face, analysis, _, color = build_head(at=at, apart=apart, size=size)
    width = 1.2 * apart / size.width
    face_box = Box(at[0] / size.width - width, face.box.top, at[0] / size.width + width, face.box.bottom).clip()
    return replace(face, box=face_box), analysis, size, color


@pytest.mark.parametrize("above", [1.0, 0.5])
def test_a_close_up_cut_at_the_top_fills_its_crop(above: float) -> None:
    # *above* head units above the eyes and 1.9 below them: the widest upright crop in the photo is narrower than the face.
    size, apart = Size(3000, 2000), 2000 / (above + 1.9)
    heads = [build_head(at=(1000, 1200), apart=150) for _ in range(4)] + [
        build_wide_face(size, (1500, above * apart), apart)
    ]
    _, aligned = align_set(measure_heads(heads), UPRIGHT_SHAPE)
    assert not aligned[-1].is_padded
    assert aligned[-1].crop.background_color is None
    assert FULL_IMAGE_BOX.contains(aligned[-1].crop.box)
    assert aligned[-1].crop.box.top == pytest.approx(0, abs=0.01)
    assert locate_in_crop(aligned[-1], heads[-1][0], size)[4].y < 1


def test_a_head_in_a_narrow_photo_is_on_the_line_with_a_background_in_the_photos_color() -> None:
    size = Size(900, 2500)
    strip = build_wide_face(size, (450, 1000), 400)
    aligned = align_one(measure_heads([strip])[0], UPRIGHT_SHAPE.preferred_target, UPRIGHT_SHAPE)
    assert aligned.is_padded
    assert aligned.crop.background_color == "#808080"
    assert aligned.eye_line_offset == 0
    _, _, _, crown, chin = locate_in_crop(aligned, strip[0], size)
    assert crown.y >= 0
    assert chin.y <= 1


def test_a_shoulder_beside_a_leaning_chin_may_be_cut() -> None:
    # Leveled, the corner lies 2.8 head units below the eyes and the chin 1.8; the photo ends 2.6 below them.
    face, analysis, size, color = build_head(at=(1000, 1928), roll=8)
    corner = Point((1000 - 1.8 * 220) / SIZE.width, (1928 + 2.55 * 220) / SIZE.height)
    with_shoulder = replace(face, outline=(*face.outline, corner))
    aligned = align_one(
        measure_heads([(with_shoulder, analysis, size, color)])[0], FrameTarget(0.48, 4.5), UPRIGHT_SHAPE
    )
    assert aligned.is_aligned
    assert locate_in_crop(aligned, face, SIZE)[4].y < 0.97


def test_a_circle_contains_the_whole_head() -> None:
    geometry, aligned = align_set(measure_heads(MIXED_HEADS), CIRCLE_SHAPE)
    for (face, _, size, _), each in zip(MIXED_HEADS, aligned, strict=True):
        _, _, _, crown, chin = locate_in_crop(each, face, size)
        for point in (crown, chin):
            assert hypot(point.x - 0.5, point.y - 0.5) < 0.5
    assert geometry.frame_height > 4.5


def test_a_set_without_headshots_has_the_preferred_target() -> None:
    assert align_set((), UPRIGHT_SHAPE) == (FrameTarget(0.42, 6.3), ())


def test_the_work_of_aligning_a_set_grows_no_faster_than_the_set(monkeypatch: pytest.MonkeyPatch) -> None:
    heads = measure_heads([build_head(at=(900 + i, 900 + 3 * i), apart=150 + i, roll=i % 19 - 9) for i in range(40)])
    calls = 0

    def count_calls(head: HeadGeometry, eye_line: float, shape: FrameShape, side_shift: float) -> float:
        nonlocal calls
        calls += 1
        return compute_min_frame_height(head, eye_line, shape, side_shift)

    monkeypatch.setattr(eye_alignment, "compute_min_frame_height", count_calls)
    align_set(heads[:20], UPRIGHT_SHAPE)
    calls_for_half = calls
    calls = 0
    align_set(heads, UPRIGHT_SHAPE)
    assert 0 < calls <= 2.2 * calls_for_half
