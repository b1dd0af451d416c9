"""The cache's SQLite file: what is damaged is found, logged and replaced."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pelican_headshots.cache.database import Database
from tests.support.cache import SAVED_VALUES, write_database


@pytest.fixture
def saved_database(tmp_path: Path) -> bytes:
    return write_database(tmp_path)


@pytest.mark.parametrize("damage", ["empty", "half", "garbage", "text", "odd size"])
def test_a_file_that_is_no_database_is_logged_and_replaced(
    tmp_path: Path, saved_database: bytes, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    path = tmp_path / "cache.sqlite3"
    garbage = random.Random(5).randbytes(len(saved_database))
    path.write_bytes(
        {
            "empty": b"",
            "half": saved_database[: len(saved_database) // 2],
            "garbage": garbage,
            "text": b"x" * 99,
            "odd size": saved_database[:-7],
        }[damage]
    )
    damaged = Database(path)
    assert len(caplog.records) == 1
    assert str(path) in caplog.text
    assert all(damaged.get_records("photo").get(key) in (None, value) for key, value in SAVED_VALUES.items())
    damaged.get_records("photo").put("key1", SAVED_VALUES["key1"])
    damaged.save()
    caplog.clear()
    assert Database(path).get_records("photo").get("key1") == SAVED_VALUES["key1"]
    assert not caplog.records


def test_one_damaged_record_loses_no_other(
    tmp_path: Path, saved_database: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    at = saved_database.index(SAVED_VALUES["key5"]) + 3
    (tmp_path / "cache.sqlite3").write_bytes(saved_database[:at] + b"!" + saved_database[at + 1 :])
    repaired = Database(tmp_path / "cache.sqlite3")
    records, sites = repaired.get_records("photo"), repaired.get_records("site")
    assert len(records.keys()) + len(sites.keys()) == 2 * len(SAVED_VALUES) - 1
    assert "(1 records)" in caplog.text


@pytest.mark.usefixtures("saved_database")
def test_a_database_of_another_version_is_replaced(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "cache.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    assert Database(path).get_records("photo").get("key1") is None
    assert "another version" in caplog.text
    caplog.clear()
    Database(path)
    assert not caplog.records


def test_a_read_only_database_is_read_and_not_changed(tmp_path: Path, saved_database: bytes) -> None:
    path = tmp_path / "cache.sqlite3"
    database = Database(path, writable=False)
    assert database.get_records("photo").get("key1") == SAVED_VALUES["key1"]
    database.get_records("photo").put("key1", b"mine")
    database.save()
    database.reload()
    assert database.get_records("photo").get("key1") == b"mine"
    assert path.read_bytes() == saved_database
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["cache.lock", "cache.sqlite3"]


def test_reload_shows_records_of_other_builds_and_keeps_unsaved_ones(tmp_path: Path) -> None:
    one, other = Database(tmp_path / "c.sqlite3"), Database(tmp_path / "c.sqlite3")
    one.get_records("photo").put("a", b"mine")
    other.get_records("photo").put("a", b"theirs")
    other.get_records("photo").put("b", b"theirs")
    other.save()
    one.reload()
    assert (one.get_records("photo").get("a"), one.get_records("photo").get("b")) == (b"mine", b"theirs")
