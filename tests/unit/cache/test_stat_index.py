"""The index of digests: an unchanged file is known by its stats, without reading it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from pelican_headshots.cache.database import Database
from pelican_headshots.cache.stat_index import FileStat, StatIndex

DIGEST = "d1" * 16


def read_stat(path: Path) -> FileStat:
    return FileStat.from_stat(path.stat())


def open_index(folder: Path, tick: int | None = None) -> tuple[StatIndex, Database]:
    database = Database(folder / "cache.sqlite3")
    return StatIndex(database.get_records("original"), tick_ns=tick), database


def test_a_digest_is_found_by_file_stats_until_they_change(tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"pixels")
    first, database = open_index(tmp_path)
    first.set_digest("a\udcff.jpg", read_stat(photo), DIGEST, read_ns=time.time_ns() + 10**10)
    database.save()
    reopened, _ = open_index(tmp_path)
    assert reopened.get_digest("a\udcff.jpg", read_stat(photo)) == DIGEST
    before = photo.stat()
    photo.write_bytes(b"others")
    os.utime(photo, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert photo.stat().st_mtime_ns == before.st_mtime_ns
    assert reopened.get_digest("a\udcff.jpg", read_stat(photo)) is None


def test_a_digest_is_not_trusted_if_the_file_changed_within_one_clock_tick(tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"pixels")
    first, _ = open_index(tmp_path)
    first.set_digest("a.jpg", read_stat(photo), DIGEST)
    assert first.get_digest("a.jpg", read_stat(photo)) is None


def test_a_malformed_index_entry_is_a_miss(tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"pixels")
    first, database = open_index(tmp_path, tick=-(10**10))
    for malformed in ("d1", f"{DIGEST}\n", "<script>"):
        first.set_digest("a.jpg", read_stat(photo), malformed)
        assert first.get_digest("a.jpg", read_stat(photo)) is None
    database.get_records("original").put("a.jpg", b"\x93\x01")
    assert first.get_digest("a.jpg", read_stat(photo)) is None
