"""The workflows do nothing that cannot be done in a checkout, and run only code that is named by its hash."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.site import REPOSITORY
from tools.scripts.check_platforms import PYTHONS

WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))
MAKEFILE = (REPOSITORY / "Makefile").read_text("utf-8")
every_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def read_jobs(path: Path) -> dict[str, Any]:
    jobs: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))["jobs"]
    return jobs


def list_steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in read_jobs(path).values() for step in job["steps"]]


@every_workflow
def test_every_command_of_a_workflow_is_one_target_of_the_makefile(path: Path) -> None:
    commands = [step["run"] for step in list_steps(path) if "run" in step]
    assert commands
    for command in commands:
        target = re.fullmatch(r"make ([a-z-]+)", command)
        assert target, command
        assert re.search(rf"^{target[1]}:", MAKEFILE, re.M), command


@every_workflow
def test_every_action_is_named_by_a_hash_and_its_version(path: Path) -> None:
    lines = re.findall(r"uses: (.+)", path.read_text("utf-8"))
    assert lines
    assert [line for line in lines if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


def test_an_action_has_the_same_version_everywhere() -> None:
    found = {line for path in WORKFLOWS for line in re.findall(r"uses: (.+)", path.read_text("utf-8"))}
    assert len(found) == len({line.partition("@")[0] for line in found})


@every_workflow
def test_a_workflow_may_only_read_unless_a_job_says_what_it_writes(path: Path) -> None:
    assert yaml.safe_load(path.read_text("utf-8"))["permissions"] == {"contents": "read"}
    assert all(job["timeout-minutes"] for job in read_jobs(path).values())


def test_the_tests_run_on_every_system_and_python_that_is_promised() -> None:
    matrix = read_jobs(REPOSITORY / ".github" / "workflows" / "tests.yml")["tests"]["strategy"]["matrix"]
    assert matrix == {"system": ["ubuntu-latest", "macos-latest", "windows-latest"], "python": [*PYTHONS]}


def test_only_what_has_passed_the_release_check_is_published() -> None:
    jobs = read_jobs(REPOSITORY / ".github" / "workflows" / "release.yml")
    assert jobs["build"]["steps"][2]["run"] == "make release-check"
    assert jobs["publish"]["needs"] == "build"
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert [job for job in jobs.values() if "id-token" in job.get("permissions", {})] == [jobs["publish"]]
