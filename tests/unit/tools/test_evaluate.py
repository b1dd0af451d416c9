"""The evaluation of the classifier on measurements, and the commands around it."""

from __future__ import annotations

import json
from importlib.util import find_spec
from math import copysign
from pathlib import Path

import pytest
from PIL import Image

from pelican_headshots.analysis.features.embeddings import EMBEDDING_NAMES
from pelican_headshots.classify.classifier import load_weights
from tools.research import evaluate
from tools.research.__main__ import COMMANDS
from tools.research.__main__ import main as research


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
        if command == "quality_data" and find_spec("ssimulacra2") is None:
            continue  # an optional dependency: see tools/research/README.md
        with pytest.raises(SystemExit) as exit_info:
            research([command, "--help"])
        assert exit_info.value.code == 0
        assert f"usage: {command}" in capsys.readouterr().out
