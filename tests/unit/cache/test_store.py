"""The cache folder: renditions are found undamaged or not at all, and leftovers are removed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from pelican_headshots.cache.store import Store, is_cache_folder
from tests.support.cache import KEY, OTHER


def test_a_folder_with_other_files_is_not_taken_for_a_cache(tmp_path: Path) -> None:
    Store(tmp_path / "new")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("Hello")
    Store(tmp_path / "mine")
    assert is_cache_folder(tmp_path / "new")
    assert not is_cache_folder(tmp_path / "mine")


def test_a_damaged_rendition_is_a_miss_and_can_be_replaced(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = Store(tmp_path / "cache")
    store.renditions.put(KEY, b"picture")
    store.save()
    path = store.renditions.get_path(KEY)
    assert Store(tmp_path / "cache").renditions.get(KEY) == b"picture"
    before = path.stat()
    path.write_bytes(b"pikture")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    reopened = Store(tmp_path / "cache")
    assert not reopened.renditions.has(KEY)
    assert path.name in caplog.text
    reopened.renditions.put(KEY, b"picture")
    reopened.save()
    assert Store(tmp_path / "cache").renditions.get(KEY) == b"picture"
    path.unlink()
    assert not Store(tmp_path / "cache").renditions.has(KEY)


def test_a_copied_cache_still_has_its_renditions(tmp_path: Path) -> None:
    store = Store(tmp_path / "cache")
    store.renditions.put(KEY, b"picture")
    store.save()
    shutil.copytree(tmp_path / "cache", tmp_path / "copy")
    copied = Store(tmp_path / "copy")
    assert copied.renditions.get(KEY) == b"picture"


def test_unused_renditions_are_deleted(tmp_path: Path) -> None:
    store = Store(tmp_path / "cache")
    store.renditions.put(KEY, b"picture")
    store.renditions.put(OTHER, b"other")
    store.save()
    assert store.renditions.has(KEY)
    assert store.renditions.delete_except({OTHER}) == (1, len(b"picture"))
    assert not store.renditions.has(KEY)
    assert store.renditions.get(KEY) is None
    store.save()
    after = Store(tmp_path / "cache")
    assert not after.renditions.has(KEY)
    assert after.renditions.get(OTHER) == b"other"
