"""Looking and judging, seen from outside: a frame goes in, a verdict comes out."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from pelican_headshots.analysis import model_files
from pelican_headshots.analysis.detector import Detector
from pelican_headshots.analysis.features.body import estimate_head_box, estimate_whole_head_box, find_distinct_bodies
from pelican_headshots.analysis.observation import Observation, to_grayscale
from pelican_headshots.classify.classifier import classify
from pelican_headshots.images.decode import decode_for_analysis
from pelican_headshots.values.analysis import Analysis
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.geometry import Box

Look = Callable[[Path], Analysis]


@pytest.fixture(scope="module")
def looker() -> Iterator[Detector]:
    if not (model_files.PACKAGED_MODEL_FOLDER / model_files.MANIFEST_FILENAME).exists():
        pytest.skip("models are not filled in: python -m build_assets")
    with Detector(model_files.find_models()) as looker:
        yield looker


@pytest.fixture(scope="module")
def look(looker: Detector) -> Look:
    return lambda path: looker.analyze(decode_for_analysis(path.read_bytes(), 1024, 1 << 30).pixels)


@pytest.fixture(scope="module")
def plaster(shared: Callable[[str], Path]) -> Path:
    return shared("demo-photos")


def test_a_headshot_is_a_headshot_and_says_why(look: Look, plaster: Path) -> None:
    shot = classify(look(plaster / "team-archivist.jpg"))
    assert shot.kind is PhotoKind.HEADSHOT
    assert shot.reasons[0].startswith("one face, ")


def test_nobody_in_a_corridor(look: Look, plaster: Path) -> None:
    analysis = look(plaster / "corridor.jpg")
    assert (analysis.people_count, analysis.faces) == (0, ())
    assert classify(analysis).kind is PhotoKind.NO_PERSON
    assert classify(analysis).shot_scale is None


def test_same_frame_same_answer(look: Look, plaster: Path) -> None:
    assert look(plaster / "hands-and-face.jpg") == look(plaster / "hands-and-face.jpg")


def test_eyes_and_chin_lie_where_they_should(look: Look, plaster: Path) -> None:
    face = look(plaster / "team-producer.jpg").faces[0]
    assert face.crown.y < face.right_eye.y < face.chin.y
    assert face.right_eye.x < face.left_eye.x
    assert face.box.left < face.right_eye.x < face.box.right


@pytest.mark.parametrize("mirrored", [False, True])
def test_lids_close_where_eyes_are_shut(looker: Detector, plaster: Path, mirrored: bool) -> None:
    import cv2

    pixels = decode_for_analysis((plaster / "team-producer.jpg").read_bytes(), 1024, 1 << 30).pixels
    if mirrored:
        pixels = np.ascontiguousarray(pixels[:, ::-1])
    seen = looker.analyze(pixels)
    shut, (height, width) = pixels.copy(), pixels.shape[:2]
    face = seen.faces[0]
    wide = (face.left_eye.x - face.right_eye.x) * width * 0.46
    for eye in (face.right_eye, face.left_eye):
        x, y = int(eye.x * width), int(eye.y * height)
        skin = shut[int(y + wide), x].astype(float)
        cv2.ellipse(shut, (x, y), (int(wide * 0.62), int(wide * 0.36)), 0, 0, 360, skin.tolist(), -1)
        cv2.ellipse(shut, (x, y), (int(wide * 0.5), int(wide * 0.12)), 0, 15, 165, (skin * 0.35).tolist(), 4)
    assert looker.analyze(shut).features["lids_apart"] < 0.09 < 0.15 < seen.features["lids_apart"]


@pytest.mark.parametrize("degrees", [-20, -10, 10, 20])
def test_a_picture_turned_clockwise_has_a_face_rolled_clockwise(looker: Detector, plaster: Path, degrees: int) -> None:
    import cv2

    pixels = decode_for_analysis((plaster / "team-printer.jpg").read_bytes(), 1024, 1 << 30).pixels
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    turned = np.asarray(cv2.warpAffine(pixels, turn, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)
    change = looker.analyze(turned).faces[0].roll - looker.analyze(pixels).faces[0].roll
    assert change == pytest.approx(degrees, abs=3)


def test_a_mirrored_head_turns_the_other_way(looker: Detector, plaster: Path) -> None:
    pixels = decode_for_analysis((plaster / "by-the-window.jpg").read_bytes(), 1024, 1 << 30).pixels
    plain = looker.analyze(pixels).faces[0]
    mirrored = looker.analyze(np.ascontiguousarray(pixels[:, ::-1])).faces[0]
    assert abs(plain.yaw) > 8
    assert mirrored.yaw == -plain.yaw


@pytest.mark.parametrize("name", ["half-light.jpg", "two-heads.jpg", "corridor.jpg"])
def test_a_mirror_image_is_looked_at_as_the_same_picture(looker: Detector, plaster: Path, name: str) -> None:
    pixels = decode_for_analysis((plaster / name).read_bytes(), 1024, 1 << 30).pixels
    assert looker.analyze(np.ascontiguousarray(pixels[:, ::-1])) == looker.analyze(pixels).mirror()


def test_a_black_and_white_print_measures_like_the_picture(looker: Detector, plaster: Path) -> None:
    pixels = decode_for_analysis((plaster / "team-archivist.jpg").read_bytes(), 1024, 1 << 30).pixels
    print_ = np.repeat(to_grayscale(pixels)[..., None], 3, axis=2)
    colourful, grey = looker.analyze(pixels), looker.analyze(print_)
    assert grey.faces == colourful.faces
    in_colour = (
        "craft_",
        "hand",
        "person_box",
        "second_",
        "animal_",
        "furniture_",
        "vehicle_",
        "held_",
        "tie_",
        "things_score",
    )
    assert {name: value for name, value in grey.features.items() if not name.startswith(in_colour)} == {
        name: value for name, value in colourful.features.items() if not name.startswith(in_colour)
    }


def test_a_person_is_among_the_objects_of_a_portrait(look: Look, plaster: Path) -> None:
    analysis = look(plaster / "team-archivist.jpg")
    best = max((seen for seen in analysis.objects if seen.name == "person"), key=lambda seen: seen.score)
    assert best.box.contains(analysis.faces[0].box)
    assert analysis.features["person_box_main"] == pytest.approx(best.score, abs=0.001)


def test_leaning_towards_care_takes_doubtful_headshots_off_the_team_page(look: Look, plaster: Path) -> None:
    analysis = look(plaster / "team-archivist.jpg")
    assert classify(analysis, headshot_bias=20.0).kind is not PhotoKind.HEADSHOT


def test_an_analysis_survives_json(look: Look, plaster: Path) -> None:
    analysis = look(plaster / "two-heads.jpg")
    assert msgspec.json.decode(msgspec.json.encode(analysis), type=Analysis) == analysis


def test_somebody_whose_body_is_found_twice_is_one_person() -> None:
    def body(x: float) -> np.ndarray:
        points = np.zeros((33, 5), np.float32)
        points[:, :2] = x, 400
        points[11, 0], points[12, 0] = x + 100, x - 100
        points[:, 3:] = 1.0
        return points

    bodies = [body(300), body(330), body(700)]
    assert len(find_distinct_bodies(Observation(1000, 1000, bodies=bodies, body_scores=[5.0, 3.0, 4.0]))) == 2
    assert len(find_distinct_bodies(Observation(1000, 1000, bodies=bodies, body_scores=[5.0, 3.0, -4.0]))) == 1


def test_a_whole_head_holds_more_than_the_features_of_a_body() -> None:
    points = np.zeros((33, 5), np.float32)
    points[:11, :2] = [[500 + 6 * i, 300 + 4 * i] for i in range(-5, 6)]
    points[11, :2], points[12, :2] = (600, 480), (400, 480)
    left, top, right, bottom = estimate_whole_head_box(points)
    part = estimate_head_box(points)
    assert left < part[0] and top < part[1] and right > part[2] and bottom > part[3]
    # Hair reaches farther up than the chin down.
    assert 300 - top > bottom - 300


def test_where_no_face_can_be_read_there_is_a_head_still(look: Look, plaster: Path) -> None:
    silhouette = look(plaster / "doorway-silhouette.jpg")
    assert not silhouette.faces
    (head,) = silhouette.faceless_heads
    assert head.contains(Box(0.58, 0.5, 0.61, 0.57))
    (turned,) = silhouette.mirror().faceless_heads
    assert turned.right == pytest.approx(1 - head.left, abs=1e-4) and turned.top == head.top


def test_judging_imports_nothing_heavy() -> None:
    code = (
        "import sys; from pelican_headshots.classify.classifier import classify\n"
        "from pelican_headshots.values.analysis import Analysis\n"
        "classify(Analysis(0, (), {})); print(sorted({'numpy', 'PIL', 'mediapipe', 'cv2'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_the_terminal_stays_clean(plaster: Path) -> None:
    if not (model_files.PACKAGED_MODEL_FOLDER / model_files.MANIFEST_FILENAME).exists():
        pytest.skip("models are not filled in: python -m build_assets")
    command = [sys.executable, "-m", "pelican_headshots", "inspect", str(plaster / "two-heads.jpg"), "--json"]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert '"portrait"' in said.stdout or '"headshot"' in said.stdout
    assert said.stderr == "Analyzing 1 photo ...\n"


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1)])
def test_a_line_of_pixels_is_looked_at_and_holds_nobody(looker: Detector, size: tuple[int, int]) -> None:
    assert looker.analyze(np.full((*size, 3), 128, np.uint8)).people_count == 0


@pytest.mark.parametrize("seed", [6, 8, 14])
def test_a_picture_of_four_pixels_holds_nobody(looker: Detector, seed: int) -> None:
    """Face detectors find faces without height in some."""
    pixels = np.random.default_rng(seed).integers(0, 256, (2, 2, 3), dtype=np.uint8)
    assert classify(looker.analyze(pixels)).kind is PhotoKind.NO_PERSON
