"""The remote cache on several file systems: values arrive, and failures only cost the shared cache."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from pelican_headshots.cache.remote import RemoteCache

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed: pip install pelican-headshots[remote]")


@pytest.fixture
def memory_url() -> Iterator[str]:
    """Return a URL in an empty file system in memory."""
    files = fsspec.filesystem("memory")
    files.store.clear()
    yield "memory://team/cache"
    files.store.clear()


@pytest.fixture(params=["memory", "local", "flat"])
def cache_url(request: pytest.FixtureRequest, tmp_path: Path, memory_url: str) -> str:
    """Return URLs in several kinds of file system; `flat` cannot read concurrently, like FTP."""
    if request.param == "flat":
        return f"dir::file://{tmp_path}/flat"
    return memory_url if request.param == "memory" else f"file://{tmp_path}/shared"


def test_a_value_put_by_one_machine_is_fetched_by_another(cache_url: str) -> None:
    first, second = RemoteCache(cache_url), RemoteCache(cache_url)
    first.put("abcd.1", b"a value")
    first.put("cdef.2", b"another\nof two lines")
    first.flush()
    assert dict(second.fetch_many(["abcd.1", "nfirst.0", "cdef.2"])) == {
        "abcd.1": b"a value",
        "cdef.2": b"another\nof two lines",
    }


def test_a_damaged_value_is_not_returned(memory_url: str) -> None:
    remote = RemoteCache(memory_url)
    remote.put("abcd.1", b"a value")
    remote.flush()
    files = fsspec.filesystem("memory")
    path = next(iter(files.find("/team")))
    files.pipe(path, files.cat(path)[:-1])
    assert list(remote.fetch_many(["abcd.1"])) == []


def test_a_server_that_fails_is_named_once_and_nothing_is_raised(caplog: pytest.LogCaptureFixture) -> None:
    remote = RemoteCache("ftp://127.0.0.1:1/nothing")
    with caplog.at_level(logging.WARNING):
        remote.put("abcd.1", b"a value")
        remote.flush()
        assert list(remote.fetch_many(["abcd.1"])) == []
    assert len(caplog.records) == 1
    assert "ftp://127.0.0.1:1/nothing does not answer" in caplog.text


def test_a_cache_that_may_not_write_stores_nothing(memory_url: str) -> None:
    remote = RemoteCache(memory_url, may_write=False)
    remote.put("abcd.1", b"a value")
    remote.flush()
    assert list(RemoteCache(memory_url).fetch_many(["abcd.1"])) == []
