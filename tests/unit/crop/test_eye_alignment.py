"""The eye-line lock: what comes out of it lies on one line, inside the picture, with hair and chin."""

from __future__ import annotations

from math import cos, hypot, radians, sin

import pytest
from msgspec.structs import replace

from pelican_headshots.crop.eye_alignment import (
    EYE_LINE_TOLERANCE,
    HEAD_SIZE_TOLERANCE,
    AlignedCrop,
    align_one,
    align_set,
    explain_misfit,
)
from pelican_headshots.crop.frame_limits import CIRCLE_SHAPE, SQUARE_SHAPE, UPRIGHT_SHAPE, FrameShape, FrameTarget
from pelican_headshots.crop.head_geometry import measure_heads
from pelican_headshots.crop.headshot_sets import align_sets
from pelican_headshots.people import routing
from pelican_headshots.people.gather import gather_people
from pelican_headshots.values.analysis import Analysis, Backdrop, Face
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.geometry import FULL_IMAGE_BOX, Box, Point, Size
from pelican_headshots.values.notes import Note, Notes
from pelican_headshots.values.photo import Photo, PhotoMetadata, PhotoRecord
from pelican_headshots.values.rendition import Rights

SIZE = Size(2000, 2500)
FORMATS = (UPRIGHT_SHAPE, SQUARE_SHAPE, CIRCLE_SHAPE, FrameShape(3 / 4, False, FrameTarget(0.42, 6.6)))


def somebody(
    *,
    at: tuple[float, float] = (1000, 1000),
    apart: float = 220.0,
    roll: float = 0.0,
    yaw: float = 0.0,
    size: Size = SIZE,
    backdrop: Backdrop = Backdrop(),
) -> tuple[Face, Analysis, Size, str]:
    """A plain head: eyes *apart* pixels, hair 2 and chin 1.8 head units from them, leaning *roll* degrees clockwise."""
    c, s = cos(radians(roll)), sin(radians(roll))

    def place(x: float, y: float) -> Point:
        x, y = x * apart, y * apart
        return Point((at[0] + c * x - s * y) / size.width, (at[1] + s * x + c * y) / size.height)

    seen = cos(radians(yaw))
    outline = [place(x, y) for x, y in ((-1.3, -1), (-0.8, -1.9), (0, -2), (0.8, -1.9), (1.3, -1), (1, 1.2), (0, 1.8))]
    face = Face(
        box=Box(at[0] / size.width - 0.1, at[1] / size.height - 0.1, at[0] / size.width + 0.1, 0.6),
        score=0.9,
        yaw=yaw,
        pitch=0.0,
        roll=roll,
        right_eye=place(-0.5 * seen, 0),
        left_eye=place(0.5 * seen, 0),
        chin=place(0, 1.8),
        crown=place(0, -2),
        outline=(*outline, place(-1, 1.2)),
    )
    return face, Analysis(1, (face,), {}, backdrop), size, "#808080"


def seen_in(placed: AlignedCrop, face: Face, size: Size) -> tuple[Point, float, float, Point, Point]:
    """In fractions of the rendered frame's height: middle of the eyes, their distance; their roll; crown; chin."""
    box = placed.crop.box
    x0, y0 = box.center.x * size.width, box.center.y * size.height
    wide, tall = box.width * size.width, box.height * size.height
    c, s = cos(radians(placed.crop.rotation_degrees)), sin(radians(placed.crop.rotation_degrees))

    def shown(point: Point) -> Point:
        dx, dy = point.x * size.width - x0, point.y * size.height - y0
        return Point((c * dx - s * dy + wide / 2) / tall, (s * dx + c * dy + tall / 2) / tall)

    right, left = shown(face.right_eye), shown(face.left_eye)
    middle = Point((right.x + left.x) / 2, (right.y + left.y) / 2)
    lean = (left.y - right.y) / (left.x - right.x)
    return middle, hypot(left.x - right.x, left.y - right.y), lean, shown(face.crown), shown(face.chin)


def corners(placed: AlignedCrop, size: Size) -> list[Point]:
    """The frame's corners in the picture."""
    box, level = placed.crop.box, radians(-placed.crop.rotation_degrees)
    wide, tall = box.width * size.width / 2, box.height * size.height / 2
    return [
        Point(
            box.center.x + (cos(level) * x * wide - sin(level) * y * tall) / size.width,
            box.center.y + (sin(level) * x * wide + cos(level) * y * tall) / size.height,
        )
        for x in (-1, 1)
        for y in (-1, 1)
    ]


MIXED = [
    somebody(),
    somebody(at=(900, 900), apart=180, roll=6),
    somebody(at=(1100, 1200), apart=260, roll=-9),
    somebody(at=(1000, 800), apart=150),
    somebody(at=(700, 1000), apart=160, yaw=30),
    somebody(at=(1600, 1300), apart=200, size=Size(3000, 2400)),
]


@pytest.mark.parametrize("format", FORMATS)
def test_differently_framed_heads_come_out_alike(format: FrameShape) -> None:
    geometry, placed = align_set(measure_heads(MIXED), format)
    for (face, _, size, _), each in zip(MIXED, placed, strict=True):
        assert each.is_aligned
        middle, apart, lean, crown, chin = seen_in(each, face, size)
        assert middle.y == pytest.approx(geometry.eye_line, abs=0.001)
        assert lean == pytest.approx(0, abs=0.002)
        assert 0 < crown.y < middle.y < chin.y < 1
        if not face.yaw:
            assert apart * geometry.frame_height == pytest.approx(1, rel=0.002)
        assert each.crop.box.width * size.width / (each.crop.box.height * size.height) == pytest.approx(
            format.ratio, rel=1e-5
        )
        for corner in corners(each, size):
            assert -1e-4 <= corner.x <= 1 + 1e-4
            assert -1e-4 <= corner.y <= 1 + 1e-4


def test_a_turned_head_is_as_large_and_has_room_to_look_into() -> None:
    turned, straight = somebody(yaw=35), somebody()
    _, (first, second) = align_set(measure_heads([turned, straight]), UPRIGHT_SHAPE)
    assert first.crop.box.height == pytest.approx(second.crop.box.height, rel=0.05)
    # It turns to the right, so there is more picture right of it.
    assert first.crop.box.center.x > second.crop.box.center.x


def test_a_tight_photograph_moves_its_whole_set() -> None:
    loose = [somebody(at=(1000, 1200), apart=150) for _ in range(4)]
    tight = somebody(at=(1000, 560), apart=230)
    alone, _ = align_set(measure_heads(loose), UPRIGHT_SHAPE)
    together, placed = align_set(measure_heads([*loose, tight]), UPRIGHT_SHAPE)
    assert alone == UPRIGHT_SHAPE.preferred_target
    assert together.eye_line * together.frame_height < alone.eye_line * alone.frame_height
    assert all(each.is_aligned for each in placed)


def test_an_even_backdrop_is_continued_and_a_textured_one_never() -> None:
    loose = [somebody(at=(1000, 1200), apart=150) for _ in range(20)]
    even = somebody(
        at=(1000, 470), apart=230, backdrop=Backdrop(top_unevenness=3.0, left_unevenness=3.0, right_unevenness=3.0)
    )
    textured = somebody(
        at=(1000, 470), apart=230, backdrop=Backdrop(top_unevenness=14.0, left_unevenness=14.0, right_unevenness=14.0)
    )
    _, placed = align_set(measure_heads([*loose, even]), UPRIGHT_SHAPE)
    assert placed[-1].crop.extend_backdrop
    assert placed[-1].is_aligned
    assert placed[-1].crop.box.top < 0
    _, placed = align_set(measure_heads([*loose, textured]), UPRIGHT_SHAPE)
    assert not placed[-1].crop.extend_backdrop
    assert FULL_IMAGE_BOX.contains(placed[-1].crop.box)


def test_what_cannot_meet_the_set_stands_on_its_line_all_the_same_and_is_told_apart() -> None:
    close = somebody(at=(1000, 1000), apart=490)
    placed = align_one(*measure_heads([close]), UPRIGHT_SHAPE.preferred_target, UPRIGHT_SHAPE)
    middle, _, lean, crown, chin = seen_in(placed, close[0], SIZE)
    assert not placed.is_aligned
    assert placed.relative_head_size > 1 + HEAD_SIZE_TOLERANCE
    assert placed.is_on_line
    assert middle.y == pytest.approx(UPRIGHT_SHAPE.preferred_target.eye_line, abs=0.001)
    assert crown.y >= 0
    assert chin.y <= 1
    assert abs(lean) < 0.01


def test_what_cannot_stand_on_the_line_is_told_apart_too() -> None:
    close = somebody(at=(1000, 1200), apart=590)
    placed = align_one(*measure_heads([close]), UPRIGHT_SHAPE.preferred_target, UPRIGHT_SHAPE)
    _, _, _, crown, chin = seen_in(placed, close[0], SIZE)
    assert not placed.is_aligned
    assert not placed.is_on_line
    assert crown.y >= 0
    assert chin.y <= 1


def test_a_backdrop_is_not_continued_for_a_difference_in_size_that_nobody_sees() -> None:
    # A frame of 6.3 head units with the eyes at 0.42 needs 2.646 of them above the eyes; here are 2.6.
    short = somebody(
        at=(1000, 2.6 * 180),
        apart=180,
        backdrop=Backdrop(top_unevenness=3.0, left_unevenness=3.0, right_unevenness=3.0),
    )
    placed = align_one(*measure_heads([short]), UPRIGHT_SHAPE.preferred_target, UPRIGHT_SHAPE)
    assert placed.is_aligned
    assert not placed.crop.extend_backdrop
    assert placed.relative_head_size == pytest.approx(2.646 / 2.6, abs=0.001)
    assert seen_in(placed, short[0], SIZE)[0].y == pytest.approx(UPRIGHT_SHAPE.preferred_target.eye_line, abs=0.001)


def test_eyes_may_stand_a_little_off_the_line_before_a_backdrop_is_continued() -> None:
    # 2.5 head units above the eyes: at 0.42 that is a frame 5.6 % lower than the set's; at 0.415 it is 4.4 %.
    short = somebody(
        at=(1000, 2.5 * 180),
        apart=180,
        backdrop=Backdrop(top_unevenness=3.0, left_unevenness=3.0, right_unevenness=3.0),
    )
    placed = align_one(*measure_heads([short]), UPRIGHT_SHAPE.preferred_target, UPRIGHT_SHAPE)
    assert placed.is_aligned
    assert not placed.crop.extend_backdrop
    assert placed.eye_line_offset == pytest.approx(-EYE_LINE_TOLERANCE)
    assert 1 < placed.relative_head_size < 1 + HEAD_SIZE_TOLERANCE
    shorter = somebody(
        at=(1000, 2.45 * 180),
        apart=180,
        backdrop=Backdrop(top_unevenness=3.0, left_unevenness=3.0, right_unevenness=3.0),
    )
    placed = align_one(*measure_heads([shorter]), UPRIGHT_SHAPE.preferred_target, UPRIGHT_SHAPE)
    assert placed.is_aligned
    assert placed.crop.extend_backdrop
    assert placed.eye_line_offset == 0


def test_a_head_that_leans_too_far_is_levelled_in_part_and_told_apart() -> None:
    face = somebody(roll=24)
    _, (placed,) = align_set(measure_heads([face]), UPRIGHT_SHAPE)
    assert placed.crop.rotation_degrees == pytest.approx(-20)
    assert placed.residual_roll == pytest.approx(4)
    assert not placed.is_aligned
    assert seen_in(placed, face[0], SIZE)[2] == pytest.approx(sin(radians(4)), abs=0.01)


@pytest.mark.parametrize(
    ("face", "why"),
    [
        (somebody(roll=24), "leans"),
        (somebody(at=(1000, 400), apart=200), "cuts the hair"),
        (somebody(at=(1000, 1000), apart=430), "above"),
        (somebody(at=(1000, 2050), apart=220), "below or beside"),
    ],
)
def test_what_keeps_a_headshot_out_of_the_line_is_said(face: tuple[Face, Analysis, Size, str], why: str) -> None:
    (sitter,) = measure_heads([face])
    assert not align_one(sitter, UPRIGHT_SHAPE.preferred_target, UPRIGHT_SHAPE).is_aligned
    assert why in explain_misfit(sitter, UPRIGHT_SHAPE.preferred_target, UPRIGHT_SHAPE)


def shaped(size: Size, at: tuple[float, float], apart: float) -> tuple[Face, Analysis, Size, str]:
    """Somebody whose face is 2.4 head units wide."""
    face, analysis, _, ground = somebody(at=at, apart=apart, size=size)
    wide = 1.2 * apart / size.width
    bare = Box(at[0] / size.width - wide, face.box.top, at[0] / size.width + wide, face.box.bottom).clip()
    return replace(face, box=bare), analysis, size, ground


@pytest.mark.parametrize("above", [1.0, 0.5])
def test_a_close_up_cut_at_the_top_fills_its_frame(above: float) -> None:
    # So many head units above the eyes, 1.9 below them: the widest upright frame in it is narrower than the face.
    size, apart = Size(3000, 2000), 2000 / (above + 1.9)
    faces = [somebody(at=(1000, 1200), apart=150) for _ in range(4)] + [shaped(size, (1500, above * apart), apart)]
    _, placed = align_set(measure_heads(faces), UPRIGHT_SHAPE)
    assert not placed[-1].is_padded
    assert placed[-1].crop.background_color is None
    assert FULL_IMAGE_BOX.contains(placed[-1].crop.box)
    assert placed[-1].crop.box.top == pytest.approx(0, abs=0.01)
    assert seen_in(placed[-1], faces[-1][0], size)[4].y < 1


def test_a_head_in_a_strip_stands_on_the_line_in_its_own_colour() -> None:
    size = Size(900, 2500)
    strip = shaped(size, (450, 1000), 400)
    placed = align_one(*measure_heads([strip]), UPRIGHT_SHAPE.preferred_target, UPRIGHT_SHAPE)
    assert placed.is_padded
    assert placed.crop.background_color == "#808080"
    assert placed.eye_line_offset == 0
    _, _, _, crown, chin = seen_in(placed, strip[0], size)
    assert crown.y >= 0
    assert chin.y <= 1


def test_a_shoulder_beside_a_leaning_chin_may_be_cut() -> None:
    # Levelled, the corner lies 2.8 head units below the eyes and the chin 1.8; the picture ends 2.6 below them.
    face, *rest = somebody(at=(1000, 1928), roll=8)
    corner = Point((1000 - 1.8 * 220) / SIZE.width, (1928 + 2.55 * 220) / SIZE.height)
    low = replace(face, outline=(*face.outline, corner))
    placed = align_one(*measure_heads([(low, *rest)]), FrameTarget(0.48, 4.5), UPRIGHT_SHAPE)  # type: ignore[list-item]
    assert placed.is_aligned
    assert seen_in(placed, face, SIZE)[4].y < 0.97


def test_a_headshot_that_stands_out_is_remarked_upon_with_all_that_sets_it_apart() -> None:
    many = {f"{name}.jpg": somebody(at=(1000, 1200), apart=150) for name in "abcd"}
    # Leaning too far, in a picture that ends below the chin.
    many["e.jpg"] = somebody(at=(1000, 2060), apart=230, roll=26)
    photos = [
        Photo(f"team/{name}", name * 4, PhotoRecord(size, analysis, PhotoMetadata(), Rights(), (ground,) * 3))
        for name, (_, analysis, size, ground) in many.items()
    ]
    notes = {"team": Notes(photos={name: Note(kind=PhotoKind.HEADSHOT) for name in many})}
    entries = [entry for folder in routing.build_gallery_folders(photos, notes) for entry in folder.entries]
    (remark,) = align_sets(gather_people(entries)).remarks.values()
    assert remark.startswith("team/e.jpg has its eyes ")
    assert " below the line and still leans by " in remark


def test_a_circle_holds_the_whole_head() -> None:
    geometry, placed = align_set(measure_heads(MIXED), CIRCLE_SHAPE)
    for (face, _, size, _), each in zip(MIXED, placed, strict=True):
        _, _, _, crown, chin = seen_in(each, face, size)
        for point in (crown, chin):
            assert hypot(point.x - 0.5, point.y - 0.5) < 0.5
    assert geometry.frame_height > 4.5


def test_nobody_is_no_set() -> None:
    assert align_set((), UPRIGHT_SHAPE) == (FrameTarget(0.42, 6.3), ())


def test_a_hundred_people_are_lined_up_at_once() -> None:
    from time import process_time

    many = measure_heads([somebody(at=(900 + i, 900 + 3 * i), apart=150 + i, roll=i % 19 - 9) for i in range(100)])
    began = process_time()
    align_set(many, UPRIGHT_SHAPE)
    assert process_time() - began < 1.0
