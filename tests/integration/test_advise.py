"""Advice about real headshots: the command `pelican-headshots advise`, and how many defects it finds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pelican_headshots.advice import checks
from tests.support.site import REPOSITORY, Site
from tools.research import advice_defects


def test_advise_prints_sentences_or_json(site: Site, demo_photos: Path) -> None:
    site.add(demo_photos / "team" / "ochre-clay_assistant.jpg", "team/jo-clay-1_assistant.jpg")
    site.write("content/photos/team/notes.toml", '[photos."jo-clay-1_assistant.jpg"]\nkind = "headshot"\n')
    site.configure()

    def run_advise(*flags: str) -> str:
        process = subprocess.run(
            [sys.executable, "-m", "pelican_headshots", "advise", *flags],
            cwd=site.folder, env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert process.returncode == 0, process.stderr
        return process.stdout

    (report,) = json.loads(run_advise("--json"))["sets"]
    (findings,) = report["findings"].values()
    assert [finding["check"] for finding in findings] == list(checks.CHECKS)
    assert "team: 1 headshot" in run_advise()


@pytest.mark.slow
def test_defects_added_to_good_headshots_are_found(shared: Callable[[str], Path]) -> None:
    for defect, result in advice_defects.measure(shared("corpus")).items():
        false_alarms = len(result["false_alarms"])
        assert result["found"] / (result["found"] + false_alarms) >= 0.9, (defect, result)
        assert result["found"] >= 0.5 * result["damaged"], (defect, result)
