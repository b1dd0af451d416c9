"""Publishing: files of the cache get into the output folder, and our former ones are removed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from pelican_headshots.cache.store import Store
from pelican_headshots.publish.publisher import Publisher
from tests.support.cache import KEY, OTHER, publish, read_tree


def test_a_former_page_stays_if_another_plugin_writes_it_now_whatever_its_date(tmp_path: Path) -> None:
    store = publish(tmp_path, {}, ("photos/a.html", "photos/b.html"))
    for page in ("photos/a.html", "photos/b.html"):
        (tmp_path / "output" / page).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "output" / page).write_text("another plugin's")
        os.utime(tmp_path / "output" / page, (1, 1))
    assert Publisher(tmp_path / "output", store, ["photos/a.html"]).publish_files() == ([], ["photos/b.html"])
    assert read_tree(tmp_path / "output") == {"photos/a.html": b"another plugin's"}


def test_publishing_removes_our_former_files_and_no_others(tmp_path: Path) -> None:
    publish(tmp_path, {"pictures/a.jpg": KEY, "pictures/old/b.avif": OTHER}, ("photos/a.html", "photos/b.html"))
    output = tmp_path / "output"
    for page in ("photos/a.html", "photos/b.html", "mine.html"):
        (output / page).parent.mkdir(exist_ok=True)
        (output / page).write_text("page")
        os.utime(output / page, (1, 1))
    (output / "pictures" / "my-own.jpg").write_bytes(b"mine")
    publish(tmp_path, {"pictures/a.jpg": KEY}, ("photos/a.html",))
    assert set(read_tree(output)) == {"pictures/a.jpg", "pictures/my-own.jpg", "photos/a.html", "mine.html"}
    assert not (output / "pictures" / "old").exists()


def test_an_emptied_output_folder_is_filled_again(tmp_path: Path) -> None:
    publish(tmp_path, {"p/a.jpg": KEY})
    shutil.rmtree(tmp_path / "output")
    publish(tmp_path, {"p/a.jpg": KEY})
    assert read_tree(tmp_path / "output") == {"p/a.jpg": KEY.encode()}


def test_publishing_the_same_again_writes_nothing(tmp_path: Path) -> None:
    publish(tmp_path, {"p/a.jpg": KEY})

    def read_state() -> dict[Path, tuple[int, int]]:
        return {p: (p.stat().st_ctime_ns, p.stat().st_ino) for p in tmp_path.rglob("*") if p.suffix != ".lock"}

    before = {path: stats for path, stats in read_state().items() if path.is_file()}
    publish(tmp_path, {"p/a.jpg": KEY})
    assert {path: stats for path, stats in read_state().items() if path.is_file()} == before


def test_a_tool_that_overwrites_a_published_file_does_not_damage_the_cache(tmp_path: Path) -> None:
    publish(tmp_path, {"p/a.jpg": KEY})
    published = tmp_path / "output" / "p" / "a.jpg"
    before = published.stat()
    published.write_bytes(b"X" * before.st_size)
    os.utime(published, ns=(before.st_atime_ns, before.st_mtime_ns))
    publish(tmp_path, {"p/a.jpg": KEY})
    assert published.read_bytes() == KEY.encode()


def test_a_file_that_another_build_has_just_linked_leaves_no_temporary_file(tmp_path: Path) -> None:
    names = {"p/a.jpg": KEY, "p/again.jpg": KEY}
    late_store = Store(tmp_path / "cache")
    late_store.renditions.put(KEY, KEY.encode())
    publisher = Publisher(tmp_path / "output", late_store)
    for name, key in names.items():
        publisher.add_rendition(name, key)
    publish(tmp_path, names)
    publisher.publish_files()
    assert read_tree(tmp_path / "output") == dict.fromkeys(names, KEY.encode())


@pytest.mark.parametrize("name", ["../a.jpg", "/a.jpg", "p/../../a.jpg", "", "C:/a.jpg", "a\\..\\b.jpg"])
def test_no_name_leads_out_of_the_output_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        Publisher(tmp_path / "output", Store(tmp_path / "cache")).add_rendition(name, KEY)
