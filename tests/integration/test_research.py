"""The evaluation of the classifier: its figures, its page, its commands, and its result on real photos."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from math import copysign
from pathlib import Path

import pytest
from PIL import Image

from pelican_headshots.analysis import model_files
from pelican_headshots.analysis.features.embeddings import EMBEDDING_NAMES
from pelican_headshots.classify.classifier import classify, load_weights
from pelican_headshots.values.classification import Classification
from tools.research import evaluate, metrics
from tools.research.__main__ import COMMANDS
from tools.research.__main__ import main as research
from tools.research.corpus import Sample
from tools.research.measure_corpus import COPIES, make_copy
from tools.research.predictions import Prediction


def test_evaluate_writes_a_self_contained_page(shared: Callable[[str], Path], tmp_path: Path) -> None:
    if not (model_files.PACKAGED_MODEL_FOLDER / model_files.MANIFEST_FILENAME).exists():
        pytest.skip("models are not filled in: python -m build_assets")
    source = shared("demo-photos")
    names = ["team-producer.jpg", "corridor.jpg", "two-heads.jpg", "white-on-white.jpg"]
    with (tmp_path / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "label"])
        for name, label in zip(names, ["headshot", "other", "portrait", "other"], strict=True):
            (tmp_path / name).symlink_to(source / name)
            rows.writerow([name, label])
    text = evaluate.run(tmp_path, tmp_path / "out.html", workers=1)
    html = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "macro-F1" in text
    assert "white-on-white.jpg" in html
    assert 'src="data:image/jpeg' in html
    assert "http" not in html.replace("http-equiv", "")


@pytest.mark.slow
def test_classifications_survive_mirrors_small_sizes_and_missing_color(shared: Callable[[str], Path]) -> None:
    from pelican_headshots.analysis.detector import Detector
    from pelican_headshots.images.decode import decode_for_analysis

    corpus = shared("corpus")
    with (corpus / "labels.csv").open(encoding="utf-8", newline="") as file:
        names = [row["file"] for row in csv.DictReader(file)][::3]
    kept: dict[str, list[bool]] = {}
    with Detector(model_files.find_models()) as detector:

        def classify_bytes(data: bytes) -> Classification:
            return classify(detector.analyze(decode_for_analysis(data, 1024, 1 << 30).pixels))

        for name in names:
            data = (corpus / name).read_bytes()
            original = classify_bytes(data)
            for kind in COPIES:
                kept.setdefault(kind, []).append(classify_bytes(make_copy(data, kind)).kind is original.kind)
    shares = {kind: sum(same) / len(same) for kind, same in kept.items()}
    # Every third picture, ambiguous ones and depictions among them: fewer would not distinguish 95 from 97 percent.
    assert min(shares.values()) >= 0.95, json.dumps(shares)


def build_pair(label: int, chosen: int, confidence: float) -> tuple[Sample, Prediction]:
    chances = [(1 - confidence) / 2] * 3
    chances[chosen] = confidence
    return Sample("a.jpg", {}, {}, label, "a", 1, {}), Prediction(chances, chosen, confidence > 0.8, ())


def test_metrics_agree_with_counts_by_hand() -> None:
    pairs = [build_pair(0, 0, 0.9), build_pair(0, 1, 0.6), build_pair(1, 1, 0.9), build_pair(2, 2, 0.9)]
    assert metrics.confusion(pairs) == [[1, 1, 0], [0, 1, 0], [0, 0, 1]]
    assert metrics.macro_f1(pairs) == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)
    assert metrics.summary(pairs)["accuracy of sure"] == 1.0
    assert metrics.calibration_error([build_pair(0, 0, 0.9)] * 9 + [build_pair(1, 0, 0.9)]) == pytest.approx(0.0)


def test_agreement_of_copies_is_counted_for_each_kind_of_copy() -> None:
    def build_variant(chosen: int, variant: str) -> tuple[Sample, Prediction]:
        sample, prediction = build_pair(0, chosen, 0.9)
        return Sample(sample.file, {}, {}, 0, "a", 1, {"variant": variant}), prediction

    pairs = metrics.pair_with_copies(
        [build_variant(0, ""), build_variant(0, "degraded")], [build_variant(1, "quality 60")]
    )
    assert {kind: metrics.compute_agreement(both) for kind, both in pairs.items()} == {
        "degraded": 1.0,
        "quality 60": 0.0,
    }


def test_evaluate_counts_copies_apart_from_their_originals(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("file,label\na.jpg,other\n", encoding="utf-8")
    embeddings: dict[str, list[float]] = {name: [] for name in EMBEDDING_NAMES}
    terms = load_weights().person_model.coefficients
    unlike_people = {
        name: term.mean - 2 * copysign(term.standard_deviation, term.weight) for name, term in terms.items()
    }
    without_person = {"faces": 0, "features": unlike_people, **embeddings}
    with_person = {"faces": 1, "features": {name: term.fill_value for name, term in terms.items()}, **embeddings}
    (tmp_path / "m.json").write_text(
        json.dumps({"a.jpg": without_person, "a.jpg|quality 60": without_person, "a.jpg|640 px": with_person})
    )
    Image.new("RGB", (8, 8)).save(tmp_path / "a.jpg")
    text = evaluate.run(tmp_path, tmp_path / "out.html", tmp_path / "m.json")
    shares = {line[:34].strip(): line[34:].split() for line in text.splitlines()}
    assert shares["quality 60"][:2] == ["1", "1.000"]
    assert shares["640 px"][:2] == ["1", "0.000"]
    assert float(shares["pictures"][0]) == 1, "copies are counted in no other figure"


def test_each_research_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        with pytest.raises(SystemExit) as exit_info:
            research([command, "--help"])
        assert exit_info.value.code == 0
        assert f"usage: {command}" in capsys.readouterr().out
