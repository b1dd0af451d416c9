"""The line, measured where it counts: heads are found anew in the crops as they are rendered."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from math import inf
from pathlib import Path

import pytest

from pelican_headshots.analysis import model_files
from pelican_headshots.analysis.detector import Detector
from tools.research import check_eye_line


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[check_eye_line.AnalysisCache]:
    if not (model_files.PACKAGED_MODEL_FOLDER / model_files.MANIFEST_FILENAME).exists():
        pytest.skip("models are not filled in: python -m build_assets")
    with Detector(model_files.find_models()) as looker:
        yield check_eye_line.AnalysisCache(tmp_path_factory.mktemp("looks"), inf, looker)


def check(looks: check_eye_line.AnalysisCache, photos: list[Path], least: int) -> None:
    """At least *least* of *photos* stand as their set does, and all of those are found in their crops, on one line."""
    _, line = check_eye_line.align_files(looks, photos)
    met = [each for each in line if each.aligned_crop.is_aligned]
    assert len(met) >= least
    found = check_eye_line.measure_rendered_crops(looks, met)
    assert len(found) == len(met)
    eyes, units, level = check_eye_line.spread(found)
    assert eyes <= 0.01
    assert units <= 0.03
    assert level >= 0.95


@pytest.mark.slow
def test_the_demos_heads_stand_on_one_line(demo_photos: Path, looks: check_eye_line.AnalysisCache) -> None:
    check(looks, sorted((demo_photos / "team").glob("*.jpg")), 9)


@pytest.mark.slow
def test_heads_of_many_photographers_stand_on_one_line(
    shared: Callable[[str], Path], looks: check_eye_line.AnalysisCache
) -> None:
    corpus = shared("corpus")
    with open(corpus / "labels.csv", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] == "headshot" and row["depiction"] != "y"]
    check(looks, [corpus / row["file"] for row in rows], 140)
