"""A release must have the tag of its version."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.scripts.release_check import REPOSITORY, UNTIL_RELEASE_MARK, main


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    project = '[project]\nversion = "1.2.0"\n[tool.pelican-headshots]\nrepository = "https://example.com/us"\n'
    (tmp_path / "pyproject.toml").write_text(project)
    (tmp_path / "README.md").write_text("Install it with pip.\n")
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


@pytest.mark.parametrize("name", ["README.md", "docs/install.md"])
def test_a_document_that_says_there_is_no_release_is_refused(
    checkout: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page = checkout / name
    page.parent.mkdir(exist_ok=True)
    page.write_text(f"There is no release yet. {UNTIL_RELEASE_MARK}\n")
    assert main("v1.2.0", checkout) == 1
    assert f"{name} says that there is no release yet" in capsys.readouterr().out


def test_our_own_documents_mark_what_is_true_until_the_release() -> None:
    unmarked = [
        paragraph
        for page in (REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md"))
        for paragraph in page.read_text("utf-8").split("\n\n")
        if "no release yet" in paragraph and not paragraph.rstrip().endswith(UNTIL_RELEASE_MARK)
    ]
    assert unmarked == []


def test_a_release_without_an_address_says_what_will_be_missing(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = (checkout / "pyproject.toml").read_text()
    (checkout / "pyproject.toml").write_text(project.replace("https://example.com/us", ""))
    assert main("v1.2.0", checkout) == 0
    assert "without pictures and links" in capsys.readouterr().out
