"""`--autoreload` is recognized on Pelican's command line only, and builds that fail again are waited for."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pelican
import pytest

from pelican_headshots.livereload import autoreload
from pelican_headshots.pipeline.site_build import SiteBuild


@pytest.mark.parametrize(
    ("program", "arguments", "expected"),
    [
        ("/usr/bin/pelican", "content -lr", True),
        ("/usr/bin/pelican", "--autoreload -s my.py", True),
        (str(Path(pelican.__file__).with_name("__main__.py")), "-r", True),
        ("/usr/bin/pelican", "content -o reports", False),
        ("/usr/bin/pelican-headshots", "plan", False),
        ("/home/me/pelican/tasks.py", "--autoreload --of-its-own", False),
    ],
)
def test_autoreload_is_recognized_by_the_command_line(
    monkeypatch: pytest.MonkeyPatch, program: str, arguments: str, expected: bool
) -> None:
    monkeypatch.setattr(sys, "argv", [program, *arguments.split()])
    assert autoreload.is_autoreloading() is expected


def test_only_builds_that_fail_one_after_another_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("pelican_headshots.livereload.autoreload.time.sleep", waits.append)
    monkeypatch.setattr(autoreload.BackgroundWork, "run", lambda work: None)
    session = autoreload.AutoreloadSession()
    session.back_off()
    assert not waits
    session.back_off()
    assert len(waits) == 1
    session.end_build(cast(SiteBuild, SimpleNamespace(final_plan=None)))
    session.back_off()
    assert len(waits) == 1
