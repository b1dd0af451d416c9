"""The cache and the output folder where builds are killed, run at the same time, or the disk damages a file."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from pelican_headshots.cache.database import Database
from pelican_headshots.cache.store import Store
from pelican_headshots.support.atomic_files import TEMPORARY_PREFIX, SharedLock
from tests.support.cache import KEY, OTHER, SAVED_VALUES, publish, read_tree, write_database


@pytest.fixture
def saved_database(tmp_path: Path) -> bytes:
    return write_database(tmp_path)


def test_any_damaged_byte_is_found_logged_once_and_repaired(
    tmp_path: Path, saved_database: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "cache.sqlite3"
    random.seed(3)
    for at in random.sample(range(len(saved_database)), 600):
        path.write_bytes(
            saved_database[:at]
            + bytes([saved_database[at] ^ random.choice((0x55, 0x01, 0x80))])
            + saved_database[at + 1 :]
        )
        for writable in (False, True) if random.random() < 0.02 else (False,):
            caplog.clear()
            damaged = Database(path, writable=writable)
            found = [damaged.get_records("photo").get(key) for key in SAVED_VALUES]
            found += [damaged.get_records("site").get(f"../{key}") for key in SAVED_VALUES]
            assert all(
                value in (None, right) for value, right in zip(found, [*SAVED_VALUES.values()] * 2, strict=True)
            ), at
            assert len(caplog.records) == 1 or None not in found and not caplog.records, at
        if writable:
            damaged.get_records("photo").put("new", b"1")
            damaged.save()
            caplog.clear()
            assert Database(path).get_records("photo").get("new") == b"1"
            assert not caplog.records, at


def test_a_killed_writer_loses_no_saved_record(tmp_path: Path, saved_database: bytes) -> None:
    code = (
        "import os, sys, sqlite3; from pathlib import Path\n"
        "from pelican_headshots.cache.database import Database\n"
        "class Killed(sqlite3.Connection):\n"
        "    def execute(self, sql, *rest):\n"
        "        if sql == 'COMMIT':\n"
        "            super().execute('PRAGMA cache_spill = ON'); super().execute('PRAGMA cache_size = 1')\n"
        "            many = [(b'x', b'%d' % n, b'y' * 3000) for n in range(300)]\n"
        "            super().executemany('REPLACE INTO record VALUES (?, ?, ?, 0)', many)\n"
        "            os.kill(os.getpid(), 9)\n"
        "        return super().execute(sql, *rest)\n"
        "connect = sqlite3.connect\n"
        "sqlite3.connect = lambda *a, **k: connect(*a, **k, factory=Killed)\n"
        "d = Database(Path(sys.argv[1])); d.get_records('photo').put('key1', b'half'); d.save()\n"
    )
    path = tmp_path / "cache.sqlite3"
    assert subprocess.run([sys.executable, "-c", code, path], check=False).returncode == -9
    assert (tmp_path / "cache.sqlite3-journal").exists()
    assert path.read_bytes() != saved_database
    # A reader without write access cannot undo the half transaction, and reads what is sound all the same.
    read_only = Database(path, writable=False)
    assert all(read_only.get_records("photo").get(key) in (value, b"half", None) for key, value in SAVED_VALUES.items())
    after = Database(path)
    assert {key: after.get_records("photo").get(key) for key in SAVED_VALUES} == SAVED_VALUES


def test_builds_at_the_same_time_keep_each_others_records(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pelican_headshots.cache.database import Database\n"
        "database = Database(Path(sys.argv[1])); records = database.get_records('photo')\n"
        "for n in range(60):\n"
        "    records.put(f'{sys.argv[2]}-{n}', b'x' * 500)\n"
        "    if n % 20 == 19: records.delete_except({key for key in records.keys() if not key.endswith('-0')})\n"
        "    database.save()\n"
    )
    builds = [subprocess.Popen([sys.executable, "-c", code, tmp_path / "c.sqlite3", str(n)]) for n in range(3)]
    assert [build.wait() for build in builds] == [0, 0, 0]
    after = Database(tmp_path / "c.sqlite3").get_records("photo")
    assert {f"{b}-{n}" for b in range(3) for n in range(1, 60)} <= set(after.keys())
    assert after.get("0-0") is None


def test_temporary_files_of_a_killed_build_are_removed_from_the_cache_unless_another_build_runs(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from pelican_headshots.cache.store import Store\n"
        "store = Store(Path(sys.argv[1])); os.replace = lambda a, b: os.kill(os.getpid(), 9)\n"
        "store.renditions.put(sys.argv[2], b'picture')\n"
    )
    cache = tmp_path / "cache"
    assert subprocess.run([sys.executable, "-c", code, cache, KEY], check=False).returncode == -9

    def find_temporary_files() -> list[Path]:
        return [path for path in cache.rglob("*") if path.name.startswith(TEMPORARY_PREFIX)]

    assert len(find_temporary_files()) == 1
    other = SharedLock(cache / "building.lock")
    other.acquire_shared()
    Store(cache)
    assert len(find_temporary_files()) == 1
    other.release()
    Store(cache)
    assert not find_temporary_files()


def test_temporary_files_of_a_killed_build_are_removed_from_the_output(tmp_path: Path) -> None:
    publish(tmp_path, {"p/a.jpg": KEY})
    code = (
        "import os, sys; from pathlib import Path\n"
        "from pelican_headshots.cache import store\n"
        "from pelican_headshots.publish import publisher\n"
        "s = store.Store(Path(sys.argv[1]) / 'cache'); s.renditions.put(sys.argv[2], b'x')\n"
        "p = publisher.Publisher(Path(sys.argv[1]) / 'output', s); p.add_rendition('p/b.avif', sys.argv[2])\n"
        "os.replace = lambda a, b: os.kill(os.getpid(), 9) if 'output' in str(b) else os.rename(a, b)\n"
        "p.publish_files()\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, tmp_path, OTHER], check=False)
    assert killed.returncode == -9
    assert len(list((tmp_path / "output" / "p").iterdir())) == 2
    publish(tmp_path, {"p/a.jpg": KEY})
    assert read_tree(tmp_path / "output") == {"p/a.jpg": KEY.encode()}
