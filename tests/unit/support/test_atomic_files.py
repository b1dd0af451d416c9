"""Files are replaced also where another program has them open for a moment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pelican_headshots.support import atomic_files


class BusyFile:
    """Stands in for `os.replace` on Windows while another program has the file open: refuses *times* times."""

    def __init__(self, times: int) -> None:
        self.times = times
        self._replace = os.replace

    def __call__(self, source: Path, target: Path) -> None:
        self.times -= 1
        if self.times >= 0:
            raise PermissionError(13, "Access is denied")
        self._replace(source, target)


@pytest.fixture
def busy_file(monkeypatch: pytest.MonkeyPatch) -> BusyFile:
    monkeypatch.setattr(atomic_files, "_RETRY_SECONDS", (0, 0, 0))
    busy = BusyFile(times=3)
    monkeypatch.setattr(os, "replace", busy)
    return busy


def test_on_windows_a_file_in_use_is_replaced_a_moment_later(
    tmp_path: Path, busy_file: BusyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    (tmp_path / "page").write_text("old")
    atomic_files.write(tmp_path / "page", b"new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("page", "new")]


def test_on_windows_a_file_that_stays_in_use_is_named(
    tmp_path: Path, busy_file: BusyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    busy_file.times = 100
    with pytest.raises(atomic_files.DiskError, match="page cannot be written: Access is denied"):
        atomic_files.write(tmp_path / "page", b"new")
    assert [*tmp_path.iterdir()] == []


def test_elsewhere_a_refusal_is_final(tmp_path: Path, busy_file: BusyFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    busy_file.times = 1
    with pytest.raises(atomic_files.DiskError):
        atomic_files.write(tmp_path / "page", b"new")
