"""`--autoreload` is recognized on Pelican's command line and on no other program's."""

from __future__ import annotations

import sys
from pathlib import Path

import pelican
import pytest

from pelican_headshots.livereload import autoreload


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
