"""What is remembered is remembered right, or not at all."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pelican_headshots.adapters.cache.pack import Pack
from pelican_headshots.adapters.cache.stat_index import Facts, StatIndex, digest
from pelican_headshots.adapters.cache.store import Store, is_cache
from pelican_headshots.adapters.site.publish import Publisher

KEY, OTHER = "ab" * 16 + ".jpg", "cd" * 16 + ".avif"


def facts(path: Path) -> Facts:
    return Facts.of(path.stat())


def test_index_knows_contents_by_stat_facts_alone(tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"pixels")
    index = StatIndex(tmp_path / "index")
    index.remember("a\udcff.jpg", facts(photo), "d1", read_ns=time.time_ns() + 10**10)
    index.save()
    again = StatIndex(tmp_path / "index")
    assert again.digest_of("a\udcff.jpg", facts(photo)) == "d1"
    before = photo.stat()
    photo.write_bytes(b"others")
    os.utime(photo, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert photo.stat().st_mtime_ns == before.st_mtime_ns
    assert again.digest_of("a\udcff.jpg", facts(photo)) is None


def test_index_does_not_believe_a_file_changed_within_the_clocks_tick(tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"pixels")
    index = StatIndex(tmp_path / "index")
    index.remember("a.jpg", facts(photo), "d1")
    assert index.digest_of("a.jpg", facts(photo)) is None


def test_a_damaged_index_is_an_empty_one(tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"pixels")
    index = StatIndex(tmp_path / "index", tick=-(10**10))
    index.remember("a.jpg", facts(photo), "d1")
    index.save()
    sound = (tmp_path / "index").read_bytes()
    assert StatIndex(tmp_path / "index", tick=-(10**10)).digest_of("a.jpg", facts(photo)) == "d1"
    for at in range(len(sound)):
        for damaged in (sound[:at], sound[:at] + bytes([sound[at] ^ 0x55]) + sound[at + 1 :]):
            (tmp_path / "index").write_bytes(damaged)
            assert StatIndex(tmp_path / "index", tick=-(10**10)).digest_of("a.jpg", facts(photo)) is None


def test_pack_survives_damage_anywhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    pack = Pack(tmp_path / "exams.pack")
    values = {f"key{number}": b'{"n":%d}' % number for number in range(5)}
    for key, value in values.items():
        pack.put(key, value)
    sound = (tmp_path / "exams.pack").read_bytes()
    random.seed(3)
    for _ in range(200):
        at = random.randrange(len(sound))
        (tmp_path / "exams.pack").write_bytes(random.choice([sound[:at], sound[:at] + b"\x55" + sound[at + 1 :]]))
        damaged = Pack(tmp_path / "exams.pack")
        for key, value in values.items():
            assert damaged.get(key) in (value, None)
        assert sum(damaged.get(key) is None for key in values) <= 5
        damaged.put("new", b"1")
        assert Pack(tmp_path / "exams.pack").get("new") == b"1"
    (tmp_path / "exams.pack").write_bytes(sound[:-3])
    caplog.clear()
    mended = Pack(tmp_path / "exams.pack")
    assert "exams.pack has 1 damaged" in caplog.text
    mended.save()
    caplog.clear()
    assert Pack(tmp_path / "exams.pack").get("key0") == values["key0"]
    assert not caplog.text


def test_pack_filled_by_many_builds_at_once_loses_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pelican_headshots.adapters.cache.pack import Pack\n"
        "pack = Pack(Path(sys.argv[1]))\n"
        "for n in range(100):\n"
        "    pack.put(f'{sys.argv[2]}-{n}', b'x' * 500)\n"
        "    if n % 30 == 29: pack.keep({key for key in pack.keys() if not key.endswith('-0')})\n"
    )
    builds = [subprocess.Popen([sys.executable, "-c", code, tmp_path / "p.pack", str(n)]) for n in range(3)]
    assert [build.wait() for build in builds] == [0, 0, 0]
    after = Pack(tmp_path / "p.pack")
    assert {f"{b}-{n}" for b in range(3) for n in range(1, 100)} <= set(after.keys())
    assert after.get("0-0") is None


def test_a_folder_that_holds_something_else_is_not_taken_for_a_cache(tmp_path: Path) -> None:
    Store(tmp_path / "new")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("Dear ...")
    Store(tmp_path / "mine")
    assert is_cache(tmp_path / "new") and not is_cache(tmp_path / "mine")


def test_a_damaged_rendition_is_a_miss_and_is_mended(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = Store(tmp_path / "cache")
    store.renditions.put(KEY, b"picture")
    store.save()
    path = store.renditions.path(KEY)
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
    assert store.renditions.keep({OTHER}) == len(b"picture")
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
        publisher.place(name, key)
    for page in pages:
        publisher.claim(page)
    publisher.finish()
    store.save()
    return store


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
        "from pelican_headshots.adapters import disk; from pelican_headshots.adapters.cache import store\n"
        "from pelican_headshots.adapters.site import publish\n"
        "s = store.Store(Path(sys.argv[1]) / 'cache'); s.renditions.put(sys.argv[2], b'x')\n"
        "p = publish.Publisher(Path(sys.argv[1]) / 'output', s); p.place('p/b.avif', sys.argv[2])\n"
        "os.replace = lambda a, b: os.kill(os.getpid(), 9) if 'output' in str(b) else os.rename(a, b)\n"
        "p.finish()\n"
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
        publisher.place(name, key)
    publish(tmp_path, names)
    publisher.finish()
    assert tree(tmp_path / "output") == dict.fromkeys(names, KEY.encode())


@pytest.mark.parametrize("name", ["../a.jpg", "/a.jpg", "p/../../a.jpg", "", "C:/a.jpg", "a\\..\\b.jpg"])
def test_no_name_leads_out_of_the_site(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        Publisher(tmp_path / "output", Store(tmp_path / "cache")).place(name, KEY)


def test_digest_is_of_contents() -> None:
    assert digest(b"a") != digest(b"b")
    assert len(digest(b"")) == 32
