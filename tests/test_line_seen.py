"""The line, measured where it counts: heads are found anew in the crops as they are rendered."""

from __future__ import annotations

import csv
import importlib.util
import sys
from collections.abc import Callable, Iterator
from math import inf
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pelican_headshots.adapters.looking import models
from pelican_headshots.adapters.looking.looker import Looker

from .conftest import REPOSITORY


@pytest.fixture(scope="module")
def script() -> Iterator[ModuleType]:
    """`scripts/check_line.py`, which does the measuring."""
    spec = importlib.util.spec_from_file_location("check_line", REPOSITORY / "scripts" / "check_line.py")
    assert spec and spec.loader
    found = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    yield found
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def looks(script: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if not (models.PACKAGED / models.MANIFEST).exists():
        pytest.skip("models are not filled in: python -m build_assets")
    with Looker(models.find()) as looker:
        yield script.Looks(tmp_path_factory.mktemp("looks"), inf, looker)


def check(script: ModuleType, looks: Any, photos: list[Path], least: int) -> None:
    """At least *least* of *photos* stand as their set does, and all of those are found in their crops, on one line."""
    _, line = script.line_up(looks, photos)
    met = [each for each in line if each.placed.met]
    assert len(met) >= least
    found = script.measured(looks, met)
    assert len(found) == len(met)
    eyes, units, level = script.spread(found)
    assert eyes <= 0.01
    assert units <= 0.03
    assert level >= 0.95


@pytest.mark.slow
def test_the_demos_heads_stand_on_one_line(demo_photos: Path, script: ModuleType, looks: Any) -> None:
    check(script, looks, sorted((demo_photos / "team").glob("*.jpg")), 9)


@pytest.mark.slow
def test_heads_of_many_photographers_stand_on_one_line(
    shared: Callable[[str], Path], script: ModuleType, looks: Any
) -> None:
    corpus = shared("corpus")
    with open(corpus / "labels.csv", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] == "headshot" and row["depiction"] != "y"]
    check(script, looks, [corpus / row["file"] for row in rows], 140)
