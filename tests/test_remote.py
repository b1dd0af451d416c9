"""A cache behind an address, shared by several machines."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pelican_headshots import tasks
from pelican_headshots.adapters.cache.remote import Remote
from pelican_headshots.settings import Settings
from pelican_headshots.studio import Studio

fsspec: Any = pytest.importorskip("fsspec", reason="fsspec is not installed: pip install pelican-headshots[remote]")


@pytest.fixture
def memory() -> Iterator[str]:
    files = fsspec.filesystem("memory")
    files.store.clear()
    yield "memory://team/cache"
    files.store.clear()


@pytest.fixture(params=["memory", "local", "flat"])
def address(request: pytest.FixtureRequest, tmp_path: Path, memory: str) -> str:
    """A few kinds of file system; `flat` has no concurrent reads, as FTP has none."""
    if request.param == "flat":
        return f"dir::file://{tmp_path}/flat"
    return memory if request.param == "memory" else f"file://{tmp_path}/shared"


def test_what_one_puts_there_another_gets(address: str) -> None:
    one, other = Remote(address), Remote(address)
    one.put("abcd.1", b"a value")
    one.put("cdef.2", b"another\nof two lines")
    one.flush()
    assert dict(other.get(["abcd.1", "none.0", "cdef.2"])) == {"abcd.1": b"a value", "cdef.2": b"another\nof two lines"}


def test_a_damaged_value_is_a_miss(memory: str) -> None:
    remote = Remote(memory)
    remote.put("abcd.1", b"a value")
    remote.flush()
    files = fsspec.filesystem("memory")
    path = next(iter(files.find("/team")))
    files.pipe(path, files.cat(path)[:-1])
    assert list(remote.get(["abcd.1"])) == []


def test_an_address_that_fails_is_named_once_and_the_build_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    remote = Remote("ftp://127.0.0.1:1/nothing")
    with caplog.at_level(logging.WARNING):
        remote.put("abcd.1", b"a value")
        remote.flush()
        assert list(remote.get(["abcd.1"])) == []
    assert len(caplog.records) == 1
    assert "ftp://127.0.0.1:1/nothing does not answer" in caplog.text


def test_nothing_is_put_there_where_nothing_is_to_be_remembered(memory: str) -> None:
    remote = Remote(memory, remember=False)
    remote.put("abcd.1", b"a value")
    remote.flush()
    assert list(Remote(memory).get(["abcd.1"])) == []


def _site(folder: Path, cache: str) -> Studio:
    photos = folder / "content" / "photos"
    photos.mkdir(parents=True)
    Image.radial_gradient("L").resize((900, 600)).convert("RGB").save(photos / "light.jpg", quality=90)
    settings = Settings(cache=cache, formats=("jpeg",), workers=1)
    return Studio(settings, photos, site=folder, output=folder / "output")


def test_a_second_machine_neither_looks_nor_develops(
    tmp_path: Path, memory: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _site(tmp_path / "one", memory)
    first.portfolio()
    assert first.room.made
    first.publish([])

    def refuse(*_: object) -> None:
        raise AssertionError("worked again on what was in the shared cache")

    monkeypatch.setattr(tasks, "examine", refuse)
    monkeypatch.setattr(tasks, "develop", refuse)
    second = _site(tmp_path / "two", memory)
    second.portfolio()
    second.publish([])
    assert not second.room.made and not second.room.looked
    assert _files(tmp_path / "one") == _files(tmp_path / "two") != {}
    assert (tmp_path / "two" / ".headshots").is_dir()


def _files(site: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (site / "output").rglob("*") if path.is_file()}
