"""The line, measured where it counts: heads are found anew in the crops as they are rendered."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean, pstdev

import pytest

from pelican_headshots import tasks
from pelican_headshots.adapters.looking import models
from pelican_headshots.adapters.looking.looker import Looker
from pelican_headshots.adapters.pictures import pixels
from pelican_headshots.core.analysis import Analysis
from pelican_headshots.core.cropped.crops import pixels as spanned
from pelican_headshots.core.cropped.eyeline import lock
from pelican_headshots.core.cropped.headroom import TURNED, eyes_roll, head_unit, sitters
from pelican_headshots.core.cropped.reach import UPRIGHT
from pelican_headshots.core.geometry import Size
from pelican_headshots.core.rendition import Rendition

LIMIT = 1 << 30


Look = Callable[[bytes], tuple[Analysis, Size, str]]
"""A picture's analysis, its size, and the colour of its backdrop."""


@pytest.fixture(scope="module")
def look() -> Iterator[Look]:
    if not (models.PACKAGED / models.MANIFEST).exists():
        pytest.skip("models are not filled in: python -m build_assets")
    with Looker(models.find()) as looker:

        def looked(data: bytes) -> tuple[Analysis, Size, str]:
            frame = pixels.frame(data, tasks.LONG_SIDE, LIMIT)
            return looker.look(frame.pixels), frame.size, frame.colours[0]

        yield looked


def seen(photos: list[Path], look: Look) -> Iterator[tuple[float, float | None, float]]:
    """For each of *photos* that meets its set: height of the eyes and their distance (None of a turned head), as shares
    of the frame's height, and their roll; all of them measured in the rendered crop."""
    found = [(photo, *look(photo.read_bytes())) for photo in photos]
    faced = [(photo, analysis, size, ground) for photo, analysis, size, ground in found if analysis.faces]
    _, placed = lock(sitters([(a.faces[0], a, size, ground) for _, a, size, ground in faced]), UPRIGHT)
    for (photo, analysis, size, _), place in zip(faced, placed, strict=True):
        if not place.met:
            continue
        spans = spanned(place.crop, size)
        goal = Size(min(spans.width, 800), round(min(spans.width, 800) / UPRIGHT.ratio))
        (data,) = tasks.develop(photo.read_bytes(), [Rendition(place.crop, goal.width, goal.height, "png", 0)], LIMIT)
        again, shown, _ = look(data)
        assert again.faces, f"no face in the crop of {photo.name}"
        face = max(again.faces, key=lambda face: face.box.area)
        straight = abs(analysis.faces[0].yaw) <= TURNED
        apart = head_unit(face, shown) / shown.height if straight and abs(face.yaw) <= TURNED else None
        yield (face.right_eye.y + face.left_eye.y) / 2, apart, eyes_roll(face, shown)


def check(measured: list[tuple[float, float | None, float]]) -> None:
    distances = [apart for _, apart, _ in measured if apart]
    assert pstdev([eyes for eyes, _, _ in measured]) <= 0.01
    assert pstdev(distances) / mean(distances) <= 0.03
    assert sum(abs(roll) <= 1 for _, _, roll in measured) >= 0.95 * len(measured)


@pytest.mark.slow
def test_the_demos_heads_stand_on_one_line(demo_photos: Path, look: Look) -> None:
    measured = list(seen(sorted((demo_photos / "team").glob("*.jpg")), look))
    assert len(measured) >= 9
    check(measured)


@pytest.mark.slow
def test_heads_of_many_photographers_stand_on_one_line(shared: Callable[[str], Path], look: Look) -> None:
    corpus = shared("corpus")
    with open(corpus / "labels.csv", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] == "headshot" and row["depiction"] != "y"]
    measured = list(seen([corpus / row["file"] for row in rows], look))
    assert len(measured) >= 90
    check(measured)
