"""The command line itself: what it prints without a command, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import pytest

from pelican_headshots.cli import main
from tests.support.site import REPOSITORY, Site

ENV = {**os.environ, "COLUMNS": "300", "PYTHONPATH": str(REPOSITORY)}


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["--version"]) == 0
    assert capsys.readouterr().out == f"pelican-headshots {version('pelican-headshots')}\n"


def test_without_a_command_there_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main([]) == 0
    said = capsys.readouterr()
    assert set(re.findall(r"^    ([\w-]+)(?: |$)", said.out, re.M)) == set(main.COMMANDS)
    assert not said.err


def test_a_command_that_is_none_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["inspct"])
    assert ended.value.code == 2
    assert "inspect" in capsys.readouterr().err


@pytest.mark.parametrize(("old", "new"), [("doctor", "advise"), ("forget", "clear-cache")])
def test_an_old_command_says_its_new_name(old: str, new: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main([old, "--json"]) == 2
    printed = capsys.readouterr()
    assert printed.err == f"pelican-headshots {old} is now called pelican-headshots {new}.\n"
    assert not printed.out


@pytest.fixture
def many(site: Site, demo_photos: Path) -> Site:
    """Enough photographs that somebody loses patience."""
    for number in range(60):
        site.add(demo_photos / "night" / "half-light.jpg", f"night/{number}.jpg")
        with open(site.photos / "night" / f"{number}.jpg", "ab") as file:
            file.write(number.to_bytes(1, "big"))
    site.configure()
    return site


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C reaches a whole console there")
@pytest.mark.parametrize(
    "arguments",
    [
        ("pelican", "content"),
        ("pelican_headshots", "inspect", "content/photos"),
        ("pelican_headshots", "plan"),
        ("pelican_headshots", "advise"),
    ],
)
def test_ctrl_c_is_not_success(many: Site, arguments: Sequence[str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", *arguments], cwd=many.folder, env=ENV, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as running:  # fmt: skip
        deadline = time.monotonic() + 60
        while not children(running.pid) and running.poll() is None:
            assert time.monotonic() < deadline, "it never began to look"
            time.sleep(0.05)
        time.sleep(1)
        os.killpg(running.pid, signal.SIGINT)
        said, _ = running.communicate(timeout=60)
    assert running.returncode == 130, said
    assert "Traceback" not in said


def children(pid: int) -> list[str]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout.split()
