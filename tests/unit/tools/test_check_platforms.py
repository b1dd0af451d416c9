"""The systems of docs/install.md, the classifiers and the workflows are those that are checked."""

from __future__ import annotations

import re
import tomllib

from tests.support.site import REPOSITORY
from tools.scripts.check_platforms import PLATFORMS, PYTHONS


def test_the_document_promises_exactly_the_systems_that_are_checked() -> None:
    table = (REPOSITORY / "docs" / "install.md").read_text("utf-8").partition("## Systems")[2]
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in re.findall(r"^\|.*\|$", table, re.M)]
    assert [head.removeprefix("Python ") for head in rows[0][1:]] == [*PYTHONS]
    assert {name for name, *cells in rows[2:] if set(cells) == {"yes"}} == {*PLATFORMS}
    assert all(set(cells) <= {"yes"} or set(cells) == {"no"} for _, *cells in rows[2:])


def test_the_classifiers_name_the_pythons_that_are_checked() -> None:
    classifiers = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]["classifiers"]
    assert [found[1] for one in classifiers if (found := re.fullmatch(r".*Python :: (3\.\d+)", one))] == [*PYTHONS]
