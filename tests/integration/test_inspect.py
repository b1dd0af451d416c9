"""`pelican-headshots inspect` prints a JSON object on each line, in a format that other programs rely on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.site import REPOSITORY

KEYS = {"file", "kind", "confidence", "unsure", "why", "people", "scale", "key", "faces", "error"}


def run_inspect(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pelican_headshots", "inspect", *arguments],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), **(env or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_json_has_a_line_for_each_file_in_order_also_for_broken_files(tmp_path: Path, demo_photos: Path) -> None:
    (tmp_path / "a-broken.jpg").write_text("no picture")
    photo = demo_photos / "team" / "navy-glaze_studio-manager.jpg"
    completed = run_inspect("--json", str(tmp_path), str(photo))
    assert completed.returncode == 0, completed.stderr
    broken, headshot = map(json.loads, completed.stdout.splitlines())
    assert broken.keys() == headshot.keys() == KEYS
    assert broken["file"].endswith("a-broken.jpg")
    assert broken["kind"] is None
    assert "a-broken.jpg" in broken["error"]
    assert headshot["file"] == str(photo)
    assert headshot["kind"] == "headshot"
    assert headshot["error"] is None
    assert 0 <= headshot["confidence"] <= 1
    assert headshot["people"] == 1
    assert headshot["why"]
    (face,) = headshot["faces"]
    left, top, right, bottom = face["box"]
    assert 0 < left < right < 1
    assert 0 < top < bottom < 1
    assert abs(face["yaw"]) < 20
    assert abs(face["roll"]) < 10


def test_a_path_that_does_not_exist_is_named_and_the_others_are_analyzed(tmp_path: Path, demo_photos: Path) -> None:
    completed = run_inspect(str(tmp_path / "nowhere.jpg"), str(demo_photos / "night" / "chair-in-light.jpg"))
    assert completed.returncode == 2
    assert "nowhere.jpg does not exist" in completed.stderr
    assert "chair-in-light.jpg\n  no-person" in completed.stdout


def test_file_names_are_escaped_for_a_terminal_that_only_supports_ascii(tmp_path: Path) -> None:
    (tmp_path / "größe.jpg").write_text("no picture")
    completed = run_inspect(str(tmp_path), env={"PYTHONIOENCODING": "ascii"})
    assert completed.returncode == 0, completed.stderr
    assert "gr\\xf6\\xdfe.jpg" in completed.stdout + completed.stderr
