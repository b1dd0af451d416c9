"""The command line: what it prints without a command, and how it refuses unknown ones."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest

from pelican_headshots.cli import main
from tests.support.site import REPOSITORY


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["--version"]) == 0
    assert capsys.readouterr().out == f"pelican-headshots {version('pelican-headshots')}\n"


def test_without_a_command_there_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main([]) == 0
    printed = capsys.readouterr()
    assert set(re.findall(r"^    ([\w-]+)(?: |$)", printed.out, re.M)) == set(main.COMMANDS)
    assert not printed.err


def test_the_documents_are_in_the_folder_that_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["docs"]) == 0
    folder = Path(capsys.readouterr().out.strip())
    assert (folder / "tutorial.md").read_bytes() == (REPOSITORY / "docs" / "tutorial.md").read_bytes()


def test_an_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_info:
        main.main(["inspct"])
    assert exit_info.value.code == 2
    assert "inspect" in capsys.readouterr().err


@pytest.mark.parametrize(("old", "new"), [("doctor", "advise"), ("forget", "clear-cache")])
def test_a_renamed_command_is_refused_with_its_new_name(old: str, new: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main([old, "--json"]) == 2
    printed = capsys.readouterr()
    assert printed.err == f"pelican-headshots {old} is now called pelican-headshots {new}.\n"
    assert not printed.out
