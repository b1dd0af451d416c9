"""What the documents for contributors and maintainers name exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.support.site import REPOSITORY

MAKEFILE = (REPOSITORY / "Makefile").read_text("utf-8")
DECISION_INDEX = REPOSITORY / "docs" / "decisions" / "README.md"
DECISIONS = sorted(path for path in DECISION_INDEX.parent.glob("*.md") if path != DECISION_INDEX)
PAGES = ["CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "docs/install.md", "docs/releasing.md", "docs/stability.md"]


@pytest.mark.parametrize("name", PAGES)
def test_every_target_file_and_link_that_a_page_names_exists(name: str) -> None:
    page = REPOSITORY / name
    text = page.read_text("utf-8")
    for target in re.findall(r"\bmake ([a-z]+(?:-[a-z]+)*)\b(?=[`\s])", text):
        assert re.search(rf"^{target}:", MAKEFILE, re.M), target
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (page.parent / link).exists(), link
    for path in re.findall(r"(?:^|[`\s])((?:docs|tests|tools|\.github)/[\w/.-]+\.\w+)", text):
        assert "YYYY" in path or (REPOSITORY / path).exists(), path


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_a_date_a_heading_and_links_that_lead_somewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-[a-z0-9-]+", path.stem)
    assert text.startswith("# ")
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (path.parent / link).exists(), link


def test_the_index_of_decisions_has_every_record_once_by_its_heading() -> None:
    index = DECISION_INDEX.read_text("utf-8").partition("\n## Names that have changed")[0]
    listed = re.findall(r"^- \[(.+)\]\((.+)\)$", index, re.M)
    assert sorted(listed, key=lambda each: each[1]) == [
        (path.read_text("utf-8").partition("\n")[0].removeprefix("# "), path.name) for path in DECISIONS
    ]


def test_a_name_that_has_changed_is_in_a_record_and_the_new_one_exists() -> None:
    table = DECISION_INDEX.read_text("utf-8").partition("| then | now |\n|---|---|\n")[2].partition("\n\n")[0]
    records = "\n".join(path.read_text("utf-8") for path in DECISIONS)
    for row in table.splitlines():
        _, then, now, _ = row.split("|")
        for name in re.findall(r"`([^`]+)`", then):
            assert name in records
            assert not (REPOSITORY / "pelican_headshots" / name).exists()
        for path in re.findall(r"`([^`]+)`", now):
            assert (REPOSITORY / "pelican_headshots" / path).exists() or (REPOSITORY / path).exists(), path


def test_the_pre_commit_hooks_run_the_programs_of_make_check() -> None:
    hooks = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", MAKEFILE, re.M)
    assert recipe
    programs = {line.split()[0].removeprefix("$(BIN)/") for line in recipe[1].splitlines() if "$(BIN)/" in line}
    assert {hook["entry"].split()[0].removeprefix(".venv/bin/") for hook in hooks} == programs


@pytest.mark.parametrize(
    "path", sorted((REPOSITORY / ".github" / "ISSUE_TEMPLATE").glob("*.yml")), ids=lambda p: p.stem
)
def test_an_issue_form_has_what_forms_need(path: Path) -> None:
    form = yaml.safe_load(path.read_text("utf-8"))
    if path.stem == "config":
        assert form == {"blank_issues_enabled": True}
        return
    assert form["name"]
    assert form["description"]
    kinds = {"markdown", "textarea", "input", "checkboxes"}
    assert form["body"]
    assert {part["type"] for part in form["body"]} <= kinds
    assert all(part["attributes"].get("label") or part["attributes"].get("value") for part in form["body"])
