"""Heads found again in rendered crops have their eyes on one line and the same size."""

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
def analysis_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[check_eye_line.AnalysisCache]:
    if not (model_files.PACKAGED_MODEL_FOLDER / model_files.MANIFEST_FILENAME).exists():
        pytest.skip("models are not filled in: python -m build_assets")
    with Detector(model_files.find_models()) as detector:
        yield check_eye_line.AnalysisCache(tmp_path_factory.mktemp("cache"), inf, detector)


def check_heads_are_aligned(analysis_cache: check_eye_line.AnalysisCache, photos: list[Path], min_aligned: int) -> None:
    """Check that at least *min_aligned* of *photos* are aligned, and measure the heads in their rendered crops."""
    _, members = check_eye_line.align_files(analysis_cache, photos)
    aligned = [member for member in members if member.aligned_crop.is_aligned]
    assert len(aligned) >= min_aligned
    found = check_eye_line.measure_rendered_crops(analysis_cache, aligned)
    assert len(found) == len(aligned)
    eyes, units, level = check_eye_line.spread(found)
    assert eyes <= 0.01
    assert units <= 0.03
    assert level >= 0.95


@pytest.mark.slow
def test_the_headshots_of_the_demo_have_one_eye_line(
    demo_photos: Path, analysis_cache: check_eye_line.AnalysisCache
) -> None:
    check_heads_are_aligned(analysis_cache, sorted((demo_photos / "team").glob("*.jpg")), 9)


@pytest.mark.slow
def test_headshots_by_many_photographers_have_one_eye_line(
    shared: Callable[[str], Path], analysis_cache: check_eye_line.AnalysisCache
) -> None:
    corpus = shared("corpus")
    with open(corpus / "labels.csv", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] == "headshot" and row["depiction"] != "y"]
    check_heads_are_aligned(analysis_cache, [corpus / row["file"] for row in rows], 200)
