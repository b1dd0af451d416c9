"""A release must have the tag of its version."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.scripts.release_check import main


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    project = '[project]\nversion = "1.2.0"\n[tool.pelican-headshots]\nrepository = "https://example.com/us"\n'
    (tmp_path / "pyproject.toml").write_text(project)
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-12-01\n")
    return tmp_path


def test_the_tag_of_the_version_is_released(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main("v1.2.0", checkout) == 0
    assert capsys.readouterr().out == "v1.2.0 can be released.\n"


@pytest.mark.parametrize("tag", ["v1.2.1", "1.2.0", "v1.2.0-rc1", ""])
def test_any_other_tag_is_refused(checkout: Path, tag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(tag, checkout) == 1
    assert "pyproject.toml has version 1.2.0" in capsys.readouterr().out


def test_a_version_without_a_changelog_is_refused(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "CHANGELOG.md").write_text("# Changelog\n\n## [Unreleased]\n\n## [1.1.0] - 2026-12-01\n")
    assert main("v1.2.0", checkout) == 1
    assert "CHANGELOG.md has no section [1.2.0]" in capsys.readouterr().out


def test_a_release_without_an_address_says_what_will_be_missing(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = (checkout / "pyproject.toml").read_text()
    (checkout / "pyproject.toml").write_text(project.replace("https://example.com/us", ""))
    assert main("v1.2.0", checkout) == 0
    assert "without pictures and links" in capsys.readouterr().out
