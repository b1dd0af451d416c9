"""Ctrl+C while photos are analyzed: a command ends with status 130 and without a call stack."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.site import REPOSITORY, Site

ENV = {**os.environ, "COLUMNS": "300", "PYTHONPATH": str(REPOSITORY)}


@pytest.fixture
def large_site(site: Site, demo_photos: Path) -> Site:
    """Enough photos to be interrupted while they are analyzed."""
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
def test_ctrl_c_ends_a_command_with_status_130(large_site: Site, arguments: Sequence[str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", *arguments], cwd=large_site.folder, env=ENV, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        deadline = time.monotonic() + 60
        while not list_children(process.pid) and process.poll() is None:
            assert time.monotonic() < deadline, "it never started a worker"
            time.sleep(0.05)
        time.sleep(1)
        os.killpg(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert "Traceback" not in output


def list_children(pid: int) -> list[str]:
    listing = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return listing.stdout.split()
