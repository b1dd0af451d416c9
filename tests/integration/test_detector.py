"""The detector finds people in real photos, and the classifier turns the analysis into a classification."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from pelican_headshots.analysis import model_files
from pelican_headshots.analysis.detector import Detector
from pelican_headshots.analysis.features.embeddings import PROBE_INPUTS, load_probes
from pelican_headshots.analysis.observation import to_grayscale
from pelican_headshots.classify.classifier import classify
from pelican_headshots.images.decode import decode_for_analysis
from pelican_headshots.pipeline import tasks
from pelican_headshots.values.analysis import Analysis
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.geometry import Box

AnalyzeFile = Callable[[Path], Analysis]
Pixels = NDArray[np.uint8]


def decode_file(path: Path) -> Pixels:
    return decode_for_analysis(path.read_bytes(), 1024, 1 << 30).pixels


def mirror_pixels(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[:, ::-1])


@pytest.fixture(scope="module")
def detector() -> Iterator[Detector]:
    if not (model_files.PACKAGED_MODEL_FOLDER / model_files.MANIFEST_FILENAME).exists():
        pytest.skip("models are not filled in: python -m build_assets")
    with Detector(model_files.find_models()) as detector:
        yield detector


@pytest.fixture(scope="module")
def analyze_file(detector: Detector) -> AnalyzeFile:
    return lambda path: detector.analyze(decode_file(path))


@pytest.fixture(scope="module")
def demo_portraits(shared: Callable[[str], Path]) -> Path:
    return shared("demo-photos")


def test_a_headshot_is_classified_as_one_with_a_reason(analyze_file: AnalyzeFile, demo_portraits: Path) -> None:
    classification = classify(analyze_file(demo_portraits / "team-archivist.jpg"))
    assert classification.kind is PhotoKind.HEADSHOT
    assert classification.reasons[0].startswith("a face, ")


def test_an_empty_corridor_is_classified_as_no_person(analyze_file: AnalyzeFile, demo_portraits: Path) -> None:
    analysis = analyze_file(demo_portraits / "corridor.jpg")
    assert (analysis.people_count, analysis.faces) == (0, ())
    assert classify(analysis).kind is PhotoKind.NO_PERSON
    assert classify(analysis).shot_scale is None


def test_the_same_photo_gives_the_same_analysis(analyze_file: AnalyzeFile, demo_portraits: Path) -> None:
    assert analyze_file(demo_portraits / "hands-and-face.jpg") == analyze_file(demo_portraits / "hands-and-face.jpg")


def test_eyes_are_between_crown_and_chin_and_inside_the_face(analyze_file: AnalyzeFile, demo_portraits: Path) -> None:
    face = analyze_file(demo_portraits / "team-producer.jpg").faces[0]
    assert face.crown.y < face.right_eye.y < face.chin.y
    assert face.right_eye.x < face.left_eye.x
    assert face.box.left < face.right_eye.x < face.box.right


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_eyelid_distance_is_small_when_the_eyes_are_shut(
    detector: Detector, demo_portraits: Path, mirrored: bool
) -> None:
    import cv2

    pixels = decode_file(demo_portraits / "team-producer.jpg")
    if mirrored:
        pixels = mirror_pixels(pixels)
    analysis = detector.analyze(pixels)
    with_shut_eyes, (height, width) = pixels.copy(), pixels.shape[:2]
    face = analysis.faces[0]
    eye_width = (face.left_eye.x - face.right_eye.x) * width * 0.46
    for eye in (face.right_eye, face.left_eye):
        x, y = int(eye.x * width), int(eye.y * height)
        skin = with_shut_eyes[int(y + eye_width), x].astype(float)
        cv2.ellipse(
            with_shut_eyes, (x, y), (int(eye_width * 0.62), int(eye_width * 0.36)), 0, 0, 360, skin.tolist(), -1
        )
        cv2.ellipse(
            with_shut_eyes, (x, y), (int(eye_width * 0.5), int(eye_width * 0.12)), 0, 15, 165, (skin * 0.35).tolist(), 4
        )
    assert detector.analyze(with_shut_eyes).features["lids_apart"] < 0.09 < 0.15 < analysis.features["lids_apart"]


@pytest.mark.parametrize("degrees", [-20, -10, 10, 20])
def test_the_face_in_a_photo_turned_clockwise_has_a_clockwise_roll(
    detector: Detector, demo_portraits: Path, degrees: int
) -> None:
    import cv2

    pixels = decode_file(demo_portraits / "team-printer.jpg")
    height, width = pixels.shape[:2]
    rotation = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    turned = np.asarray(cv2.warpAffine(pixels, rotation, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)
    change = detector.analyze(turned).faces[0].roll - detector.analyze(pixels).faces[0].roll
    assert change == pytest.approx(degrees, abs=3)


def test_the_yaw_of_a_mirrored_head_has_the_opposite_sign(detector: Detector, demo_portraits: Path) -> None:
    pixels = decode_file(demo_portraits / "by-the-window.jpg")
    original = detector.analyze(pixels).faces[0]
    mirrored = detector.analyze(mirror_pixels(pixels)).faces[0]
    assert abs(original.yaw) > 8
    assert mirrored.yaw == -original.yaw


@pytest.mark.parametrize("name", ["half-light.jpg", "two-heads.jpg", "corridor.jpg"])
def test_the_analysis_of_a_mirror_image_is_the_mirrored_analysis(
    detector: Detector, demo_portraits: Path, name: str
) -> None:
    pixels = decode_file(demo_portraits / name)
    assert detector.analyze(mirror_pixels(pixels)) == detector.analyze(pixels).mirror()


def test_a_black_and_white_photo_is_measured_like_the_color_photo(detector: Detector, demo_portraits: Path) -> None:
    pixels = decode_file(demo_portraits / "team-archivist.jpg")
    gray_pixels = np.repeat(to_grayscale(pixels)[..., None], 3, axis=2)
    color, gray = detector.analyze(pixels), detector.analyze(gray_pixels)
    assert gray.faces == color.faces
    color_features = (
        "quality_", "hand", "person_box", "second_", "animal_", "furniture_", "vehicle_", "held_", "tie_", "things_score",
    )  # fmt: skip
    assert {name: value for name, value in gray.features.items() if not name.startswith(color_features)} == {
        name: value for name, value in color.features.items() if not name.startswith(color_features)
    }


def test_a_person_is_among_the_objects_of_a_portrait(analyze_file: AnalyzeFile, demo_portraits: Path) -> None:
    analysis = analyze_file(demo_portraits / "team-archivist.jpg")
    best = max((seen for seen in analysis.objects if seen.name == "person"), key=lambda seen: seen.score)
    assert best.box.contains(analysis.faces[0].box)
    assert analysis.features["person_box_main"] == pytest.approx(best.score, abs=0.001)


def test_hands_beside_a_face_are_found(analyze_file: AnalyzeFile, demo_portraits: Path) -> None:
    features = analyze_file(demo_portraits / "hands-and-face.jpg").features
    assert features["hands"] >= 1
    assert features["hand_score"] > 1.5


def test_embeddings_fit_the_probes_and_a_person_scores_more_than_a_corridor(
    detector: Detector, demo_portraits: Path
) -> None:
    portrait, corridor = (
        detector.observe(decode_file(demo_portraits / name)) for name in ("team-archivist.jpg", "corridor.jpg")
    )
    for observation in (portrait, corridor):
        for probe, (direction, _) in load_probes().items():
            embedding = getattr(observation, PROBE_INPUTS[probe])
            assert embedding.shape in {direction.shape, (0,)}
    assert portrait.face_things.size
    assert corridor.near.shape == (4, portrait.scene.size)
    assert portrait.person_score > 0 > corridor.person_score


def test_with_a_high_headshot_bias_a_headshot_is_classified_as_something_else(
    analyze_file: AnalyzeFile, demo_portraits: Path
) -> None:
    analysis = analyze_file(demo_portraits / "team-archivist.jpg")
    assert classify(analysis, headshot_bias=20.0).kind is not PhotoKind.HEADSHOT


def test_an_analysis_is_the_same_after_json(analyze_file: AnalyzeFile, demo_portraits: Path) -> None:
    analysis = analyze_file(demo_portraits / "two-heads.jpg")
    assert msgspec.json.decode(msgspec.json.encode(analysis), type=Analysis) == analysis


def test_a_head_is_found_in_a_silhouette_without_a_face(analyze_file: AnalyzeFile, demo_portraits: Path) -> None:
    silhouette = analyze_file(demo_portraits / "doorway-silhouette.jpg")
    assert not silhouette.faces
    (head,) = silhouette.faceless_heads
    assert head.contains(Box(0.58, 0.5, 0.61, 0.57))
    (mirrored,) = silhouette.mirror().faceless_heads
    assert mirrored.right == pytest.approx(1 - head.left, abs=1e-4)
    assert mirrored.top == head.top


def test_the_classifier_imports_no_large_library() -> None:
    code = (
        "import sys; from pelican_headshots.classify.classifier import classify\n"
        "from pelican_headshots.values.analysis import Analysis\n"
        "classify(Analysis(0, (), {})); print(sorted({'numpy', 'PIL', 'mediapipe', 'cv2'} & set(sys.modules)))"
    )
    completed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert completed.stdout.strip() == "[]"


def test_the_models_print_nothing_to_the_terminal(demo_portraits: Path) -> None:
    if not (model_files.PACKAGED_MODEL_FOLDER / model_files.MANIFEST_FILENAME).exists():
        pytest.skip("models are not filled in: python -m build_assets")
    arguments = [sys.executable, "-m", "pelican_headshots", "inspect", str(demo_portraits / "two-heads.jpg"), "--json"]
    completed = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert '"portrait"' in completed.stdout or '"headshot"' in completed.stdout
    assert completed.stderr == "Analyzing 1 photo ...\n"


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1)])
def test_a_photo_one_pixel_wide_or_high_is_analyzed_and_has_no_people(
    detector: Detector, size: tuple[int, int]
) -> None:
    assert detector.analyze(np.full((*size, 3), 128, np.uint8)).people_count == 0


@pytest.mark.parametrize("seed", [6, 8, 14])
def test_a_photo_of_four_pixels_is_classified_as_no_person(detector: Detector, seed: int) -> None:
    # Face detectors find faces without height in some of them.
    pixels = np.random.default_rng(seed).integers(0, 256, (2, 2, 3), dtype=np.uint8)
    assert classify(detector.analyze(pixels)).kind is PhotoKind.NO_PERSON


def test_models_are_opened_only_when_a_photo_needs_them(demo_portraits: Path) -> None:
    with Detector(model_files.find_models()) as detector:
        detector.analyze(np.full((256, 256, 3), 128, np.uint8))
        opened = vars(detector._models)
        assert "pose" in opened
        assert not {"face_mesh", "hands"} & opened.keys()
        detector.analyze(decode_file(demo_portraits / "team-archivist.jpg"))
        assert {"face_mesh", "hands"} <= opened.keys()


@pytest.mark.usefixtures("detector")
def test_models_are_closed_while_photos_are_rendered_and_opened_again(demo_photos: Path) -> None:
    data, models = (demo_photos / "night" / "half-light.jpg").read_bytes(), model_files.find_models()
    analyzed = tasks.analyze_image(data, None, models, 1 << 30)
    assert tasks._get_detector.cache_info().currsize == 1
    tasks.render_image(data, [], 1 << 30)
    assert tasks._get_detector.cache_info().currsize == 0
    assert tasks.analyze_image(data, None, models, 1 << 30) == analyzed


def test_on_windows_models_are_given_as_bytes_and_see_the_same(
    detector: Detector, demo_photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # MediaPipe on Windows cannot open every path. On the system of this test, both ways work.
    pixels = decode_file(demo_photos / "team" / "navy-glaze_studio-manager.jpg")
    monkeypatch.setattr(sys, "platform", "win32")
    with Detector(model_files.find_models()) as from_bytes:
        seen = from_bytes.analyze(pixels)
    assert seen.faces
    assert seen == detector.analyze(pixels)
