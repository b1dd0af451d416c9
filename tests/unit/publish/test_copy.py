"""A published file is a hard link to the cache where the file system allows it, else a copy."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from pelican_headshots.publish.copy import link_or_copy


def test_a_file_is_linked_in_place_of_an_older_one(tmp_path: Path) -> None:
    source, target = tmp_path / "cached", tmp_path / "published"
    source.write_bytes(b"new")
    target.write_bytes(b"old")
    link_or_copy(source, target)
    link_or_copy(source, target)
    assert target.samefile(source)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["cached", "published"]


@pytest.mark.parametrize("error_number", [errno.EXDEV, errno.EPERM, errno.EMLINK])
def test_a_file_that_cannot_be_linked_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error_number: int
) -> None:
    def refuse(*_: Path) -> None:
        raise OSError(error_number, os.strerror(error_number))

    monkeypatch.setattr(os, "link", refuse)
    source, target = tmp_path / "cached", tmp_path / "published"
    source.write_bytes(b"new")
    target.write_bytes(b"old")
    link_or_copy(source, target)
    assert target.read_bytes() == b"new"
    assert not target.samefile(source)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["cached", "published"]


def test_a_full_disk_is_reported_and_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "link", refuse)
    (tmp_path / "cached").write_bytes(b"new")
    with pytest.raises(OSError, match="No space"):
        link_or_copy(tmp_path / "cached", tmp_path / "published")
    assert [file.name for file in tmp_path.iterdir()] == ["cached"]
