"""A run says at its end what it left out and how to get it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.site import REPOSITORY

SKIPPING = """
import pytest

@pytest.mark.parametrize("number", range(3))
def test_in_a_browser(number):
    pytest.skip("no browser: apt install browser")

@pytest.mark.skipif(True, reason="no printer: apt install printer")
def test_on_paper():
    pass

def test_here():
    pass
"""


def test_each_reason_is_said_once_with_the_number_of_tests(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(SKIPPING)
    (tmp_path / "test_whole.py").write_text('import pytest\n\npytest.importorskip("no_such", reason="needs no-such")\n')
    completed = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.support.skipped", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    summary = completed.stdout.partition("not tested on this machine")[2]
    assert [line.strip() for line in summary.splitlines()[1:4]] == [
        "3 tests: no browser: apt install browser",
        "1 test: no printer: apt install printer",
        "1 whole file: needs no-such",
    ]
