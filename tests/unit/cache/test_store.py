"""What is remembered is remembered right, or not at all."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from pelican_headshots.cache.database import Database
from pelican_headshots.cache.stat_index import FileStat, StatIndex
from pelican_headshots.cache.store import Store, is_cache_folder
from pelican_headshots.publish.publisher import Publisher
from pelican_headshots.support.atomic_files import TEMPORARY_PREFIX, SharedLock
from pelican_headshots.support.digest import compute_digest

KEY, OTHER = "ab" * 16 + ".jpg", "cd" * 16 + ".avif"
D1 = "d1" * 16


def facts(path: Path) -> FileStat:
    return FileStat.from_stat(path.stat())


def index(folder: Path, tick: int | None = None) -> tuple[StatIndex, Database]:
    database = Database(folder / "cache.sqlite3")
    return StatIndex(database.get_records("original"), tick_ns=tick), database


def test_index_knows_contents_by_stat_facts_alone(tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"pixels")
    first, database = index(tmp_path)
    first.set_digest("a\udcff.jpg", facts(photo), D1, read_ns=time.time_ns() + 10**10)
    database.save()
    again, _ = index(tmp_path)
    assert again.get_digest("a\udcff.jpg", facts(photo)) == D1
    before = photo.stat()
    photo.write_bytes(b"others")
    os.utime(photo, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert photo.stat().st_mtime_ns == before.st_mtime_ns
    assert again.get_digest("a\udcff.jpg", facts(photo)) is None


def test_index_does_not_believe_a_file_changed_within_the_clocks_tick(tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"pixels")
    first, _ = index(tmp_path)
    first.set_digest("a.jpg", facts(photo), D1)
    assert first.get_digest("a.jpg", facts(photo)) is None


def test_an_entry_of_the_index_that_we_never_write_is_a_miss(tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"pixels")
    first, database = index(tmp_path, tick=-(10**10))
    for odd in ("d1", f"{D1}\n", "<script>"):
        first.set_digest("a.jpg", facts(photo), odd)
        assert first.get_digest("a.jpg", facts(photo)) is None
    database.get_records("original").put("a.jpg", b"\x93\x01")
    assert first.get_digest("a.jpg", facts(photo)) is None


VALUES = {f"key{number}": b"%d" % number * (40 * number) for number in range(1, 7)}


@pytest.fixture
def sound(tmp_path: Path) -> bytes:
    """A database of two kinds of records, as bytes."""
    database = Database(tmp_path / "cache.sqlite3")
    for key, value in VALUES.items():
        database.get_records("exam").put(key, value)
        database.get_records("site").put(f"../{key}", value)
    database.save()
    return (tmp_path / "cache.sqlite3").read_bytes()


def test_any_damaged_byte_is_found_named_once_and_mended(
    tmp_path: Path, sound: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "cache.sqlite3"
    random.seed(3)
    for at in random.sample(range(len(sound)), 600):
        path.write_bytes(sound[:at] + bytes([sound[at] ^ random.choice((0x55, 0x01, 0x80))]) + sound[at + 1 :])
        for writable in (False, True) if random.random() < 0.02 else (False,):
            caplog.clear()
            damaged = Database(path, writable=writable)
            found = [damaged.get_records("exam").get(key) for key in VALUES]
            found += [damaged.get_records("site").get(f"../{key}") for key in VALUES]
            assert all(value in (None, right) for value, right in zip(found, [*VALUES.values()] * 2, strict=True)), at
            assert len(caplog.records) == 1 or None not in found and not caplog.records, at
        if writable:
            damaged.get_records("exam").put("new", b"1")
            damaged.save()
            caplog.clear()
            assert Database(path).get_records("exam").get("new") == b"1"
            assert not caplog.records, at


@pytest.mark.parametrize("harm", ["empty", "half", "garbage", "text", "odd size"])
def test_a_file_that_is_no_database_is_named_and_made_anew(
    tmp_path: Path, sound: bytes, caplog: pytest.LogCaptureFixture, harm: str
) -> None:
    path = tmp_path / "cache.sqlite3"
    garbage = random.Random(5).randbytes(len(sound))
    path.write_bytes(
        {"empty": b"", "half": sound[: len(sound) // 2], "garbage": garbage, "text": b"x" * 99, "odd size": sound[:-7]}[
            harm
        ]
    )
    damaged = Database(path)
    assert len(caplog.records) == 1
    assert str(path) in caplog.text
    assert all(damaged.get_records("exam").get(key) in (None, value) for key, value in VALUES.items())
    damaged.get_records("exam").put("key1", VALUES["key1"])
    damaged.save()
    caplog.clear()
    assert Database(path).get_records("exam").get("key1") == VALUES["key1"]
    assert not caplog.records


def test_one_damaged_record_costs_no_other(tmp_path: Path, sound: bytes, caplog: pytest.LogCaptureFixture) -> None:
    at = sound.index(VALUES["key5"]) + 3
    (tmp_path / "cache.sqlite3").write_bytes(sound[:at] + b"!" + sound[at + 1 :])
    mended = Database(tmp_path / "cache.sqlite3")
    exams, sites = mended.get_records("exam"), mended.get_records("site")
    assert len(exams.keys()) + len(sites.keys()) == 2 * len(VALUES) - 1
    assert "(1 records)" in caplog.text


def test_a_database_of_another_version_is_made_anew(
    tmp_path: Path, sound: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "cache.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    assert Database(path).get_records("exam").get("key1") is None
    assert "another version" in caplog.text
    caplog.clear()
    Database(path)
    assert not caplog.records


def test_a_database_that_may_not_be_written_is_read_and_stays_as_it_is(tmp_path: Path, sound: bytes) -> None:
    path = tmp_path / "cache.sqlite3"
    database = Database(path, writable=False)
    assert database.get_records("exam").get("key1") == VALUES["key1"]
    database.get_records("exam").put("key1", b"mine")
    database.save()
    database.reload()
    assert database.get_records("exam").get("key1") == b"mine"
    assert path.read_bytes() == sound
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["cache.lock", "cache.sqlite3"]


def test_a_killed_writer_costs_nothing_that_was_there(tmp_path: Path, sound: bytes) -> None:
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
        "d = Database(Path(sys.argv[1])); d.get_records('exam').put('key1', b'half'); d.save()\n"
    )
    path = tmp_path / "cache.sqlite3"
    assert subprocess.run([sys.executable, "-c", code, path], check=False).returncode == -9
    assert (tmp_path / "cache.sqlite3-journal").exists()
    assert path.read_bytes() != sound
    # Who may not write cannot take the half transaction back, and reads what is sound all the same.
    read_only = Database(path, writable=False)
    assert all(read_only.get_records("exam").get(key) in (value, b"half", None) for key, value in VALUES.items())
    after = Database(path)
    assert {key: after.get_records("exam").get(key) for key in VALUES} == VALUES


def test_what_builds_at_once_remember_is_all_kept(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pelican_headshots.cache.database import Database\n"
        "database = Database(Path(sys.argv[1])); exams = database.get_records('exam')\n"
        "for n in range(60):\n"
        "    exams.put(f'{sys.argv[2]}-{n}', b'x' * 500)\n"
        "    if n % 20 == 19: exams.delete_except({key for key in exams.keys() if not key.endswith('-0')})\n"
        "    database.save()\n"
    )
    builds = [subprocess.Popen([sys.executable, "-c", code, tmp_path / "c.sqlite3", str(n)]) for n in range(3)]
    assert [build.wait() for build in builds] == [0, 0, 0]
    after = Database(tmp_path / "c.sqlite3").get_records("exam")
    assert {f"{b}-{n}" for b in range(3) for n in range(1, 60)} <= set(after.keys())
    assert after.get("0-0") is None


def test_what_others_wrote_meanwhile_is_seen_and_does_not_undo_what_is_not_written_yet(tmp_path: Path) -> None:
    one, other = Database(tmp_path / "c.sqlite3"), Database(tmp_path / "c.sqlite3")
    one.get_records("exam").put("a", b"mine")
    other.get_records("exam").put("a", b"theirs")
    other.get_records("exam").put("b", b"theirs")
    other.save()
    one.reload()
    assert (one.get_records("exam").get("a"), one.get_records("exam").get("b")) == (b"mine", b"theirs")


def test_an_older_cache_is_made_anew_with_one_sentence(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache = tmp_path / "cache"
    (cache / "published").mkdir(parents=True)
    (cache / "renditions" / "ab").mkdir(parents=True)
    for name in ("index", "exams.pack", "renditions.pack", "sums", "published/x", f"renditions/ab/{KEY}"):
        (cache / name).write_bytes(b"old")
    Store(cache)
    assert [record.getMessage().count("older version") for record in caplog.records] == [1]
    assert not {"index", "exams.pack", "published", "renditions"} & {entry.name for entry in cache.iterdir()}
    caplog.clear()
    Store(cache)
    assert not caplog.records


def test_what_a_killed_build_left_in_the_cache_is_swept_but_not_beside_another_build(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from pelican_headshots.cache.store import Store\n"
        "store = Store(Path(sys.argv[1])); os.replace = lambda a, b: os.kill(os.getpid(), 9)\n"
        "store.renditions.put(sys.argv[2], b'picture')\n"
    )
    cache = tmp_path / "cache"
    assert subprocess.run([sys.executable, "-c", code, cache, KEY], check=False).returncode == -9

    def left() -> list[Path]:
        return [path for path in cache.rglob("*") if path.name.startswith(TEMPORARY_PREFIX)]

    assert len(left()) == 1
    other = SharedLock(cache / "building.lock")
    other.acquire_shared()
    Store(cache)
    assert len(left()) == 1
    other.release()
    Store(cache)
    assert not left()


def test_a_folder_that_holds_something_else_is_not_taken_for_a_cache(tmp_path: Path) -> None:
    Store(tmp_path / "new")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("Dear ...")
    Store(tmp_path / "mine")
    assert is_cache_folder(tmp_path / "new")
    assert not is_cache_folder(tmp_path / "mine")


def test_a_damaged_rendition_is_a_miss_and_is_mended(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = Store(tmp_path / "cache")
    store.renditions.put(KEY, b"picture")
    store.save()
    path = store.renditions.get_path(KEY)
    assert Store(tmp_path / "cache").renditions.get(KEY) == b"picture"
    before = path.stat()
    path.write_bytes(b"pikture")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    again = Store(tmp_path / "cache")
    assert not again.renditions.has(KEY)
    assert path.name in caplog.text
    again.renditions.put(KEY, b"picture")
    again.save()
    assert Store(tmp_path / "cache").renditions.get(KEY) == b"picture"
    path.unlink()
    assert not Store(tmp_path / "cache").renditions.has(KEY)


def test_a_cache_copied_elsewhere_is_checked_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "cache")
    store.renditions.put(KEY, b"picture")
    store.save()
    shutil.copytree(tmp_path / "cache", tmp_path / "copy")
    moved = Store(tmp_path / "copy")
    assert moved.renditions.get(KEY) == b"picture"


def test_unused_renditions_are_collected(tmp_path: Path) -> None:
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


def publish(tmp_path: Path, names: dict[str, str], pages: tuple[str, ...] = ()) -> Store:
    store = Store(tmp_path / "cache")
    for key in names.values():
        if not store.renditions.has(key):
            store.renditions.put(key, key.encode())
    publisher = Publisher(tmp_path / "output", store)
    for name, key in names.items():
        publisher.add_rendition(name, key)
    for page in pages:
        publisher.add_page(page)
    publisher.publish_files()
    store.save()
    return store


def test_what_somebody_else_writes_now_in_a_page_s_place_stays_however_long_ago(tmp_path: Path) -> None:
    store = publish(tmp_path, {}, ("photos/a.html", "photos/b.html"))
    for page in ("photos/a.html", "photos/b.html"):
        (tmp_path / "output" / page).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "output" / page).write_text("somebody else's")
        os.utime(tmp_path / "output" / page, (1, 1))
    assert Publisher(tmp_path / "output", store, ["photos/a.html"]).publish_files() == ([], ["photos/b.html"])
    assert tree(tmp_path / "output") == {"photos/a.html": b"somebody else's"}


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_site_holds_what_was_named_last_and_all_that_is_not_ours(tmp_path: Path) -> None:
    publish(tmp_path, {"pictures/a.jpg": KEY, "pictures/old/b.avif": OTHER}, ("photos/a.html", "photos/b.html"))
    output = tmp_path / "output"
    for page in ("photos/a.html", "photos/b.html", "mine.html"):
        (output / page).parent.mkdir(exist_ok=True)
        (output / page).write_text("page")
        os.utime(output / page, (1, 1))
    (output / "pictures" / "my-own.jpg").write_bytes(b"mine")
    publish(tmp_path, {"pictures/a.jpg": KEY}, ("photos/a.html",))
    assert set(tree(output)) == {"pictures/a.jpg", "pictures/my-own.jpg", "photos/a.html", "mine.html"}
    assert not (output / "pictures" / "old").exists()


def test_the_emptied_output_is_filled_again(tmp_path: Path) -> None:
    publish(tmp_path, {"p/a.jpg": KEY})
    shutil.rmtree(tmp_path / "output")
    publish(tmp_path, {"p/a.jpg": KEY})
    assert tree(tmp_path / "output") == {"p/a.jpg": KEY.encode()}


def test_a_warm_publish_writes_nothing(tmp_path: Path) -> None:
    publish(tmp_path, {"p/a.jpg": KEY})

    def state() -> dict[Path, tuple[int, int]]:
        return {p: (p.stat().st_ctime_ns, p.stat().st_ino) for p in tmp_path.rglob("*") if p.suffix != ".lock"}

    before = {path: facts for path, facts in state().items() if path.is_file()}
    publish(tmp_path, {"p/a.jpg": KEY})
    assert {path: facts for path, facts in state().items() if path.is_file()} == before


def test_a_tool_that_writes_into_the_site_does_not_spoil_the_cache(tmp_path: Path) -> None:
    publish(tmp_path, {"p/a.jpg": KEY})
    shot = tmp_path / "output" / "p" / "a.jpg"
    before = shot.stat()
    shot.write_bytes(b"X" * before.st_size)
    os.utime(shot, ns=(before.st_atime_ns, before.st_mtime_ns))
    publish(tmp_path, {"p/a.jpg": KEY})
    assert shot.read_bytes() == KEY.encode()


def test_what_a_killed_build_left_is_swept(tmp_path: Path) -> None:
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
    assert tree(tmp_path / "output") == {"p/a.jpg": KEY.encode()}


def test_what_another_build_has_just_linked_leaves_no_temporary_file(tmp_path: Path) -> None:
    names = {"p/a.jpg": KEY, "p/again.jpg": KEY}
    late = Store(tmp_path / "cache")
    late.renditions.put(KEY, KEY.encode())
    publisher = Publisher(tmp_path / "output", late)
    for name, key in names.items():
        publisher.add_rendition(name, key)
    publish(tmp_path, names)
    publisher.publish_files()
    assert tree(tmp_path / "output") == dict.fromkeys(names, KEY.encode())


@pytest.mark.parametrize("name", ["../a.jpg", "/a.jpg", "p/../../a.jpg", "", "C:/a.jpg", "a\\..\\b.jpg"])
def test_no_name_leads_out_of_the_site(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        Publisher(tmp_path / "output", Store(tmp_path / "cache")).add_rendition(name, KEY)


def test_digest_is_of_contents() -> None:
    assert compute_digest(b"a") != compute_digest(b"b")
    assert len(compute_digest(b"")) == 32
