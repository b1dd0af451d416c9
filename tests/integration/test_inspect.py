"""`pelican-headshots inspect`: one object a line, a contract for other programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.site import REPOSITORY

KEYS = {"file", "kind", "confidence", "unsure", "why", "people", "scale", "key", "faces", "error"}


def inspect(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pelican_headshots", "inspect", *arguments],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_json_is_one_object_a_line_in_order_and_broken_files_are_lines_too(tmp_path: Path, demo_photos: Path) -> None:
    (tmp_path / "a-broken.jpg").write_text("no picture")
    head = demo_photos / "team" / "navy-glaze_studio-manager.jpg"
    ran = inspect("--json", str(tmp_path), str(head))
    assert ran.returncode == 0, ran.stderr
    broken, seen = map(json.loads, ran.stdout.splitlines())
    assert broken.keys() == seen.keys() == KEYS
    assert broken["file"].endswith("a-broken.jpg") and broken["kind"] is None and "a-broken.jpg" in broken["error"]
    assert seen["file"] == str(head) and seen["kind"] == "headshot" and seen["error"] is None
    assert 0 <= seen["confidence"] <= 1 and seen["people"] == 1 and seen["why"]
    (face,) = seen["faces"]
    left, top, right, bottom = face["box"]
    assert 0 < left < right < 1 and 0 < top < bottom < 1
    assert abs(face["yaw"]) < 20 and abs(face["roll"]) < 10


def test_a_path_that_does_not_exist_is_named_and_the_others_are_looked_at(tmp_path: Path, demo_photos: Path) -> None:
    ran = inspect(str(tmp_path / "nowhere.jpg"), str(demo_photos / "night" / "chair-in-light.jpg"))
    assert ran.returncode == 2
    assert "nowhere.jpg does not exist" in ran.stderr
    assert "chair-in-light.jpg\n  no-person" in ran.stdout


def test_a_terminal_of_few_letters_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "größe.jpg").write_text("no picture")
    ran = subprocess.run(
        [sys.executable, "-m", "pelican_headshots", "inspect", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "gr\\xf6\\xdfe.jpg" in ran.stdout + ran.stderr
