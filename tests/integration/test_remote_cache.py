"""A cache behind an address, shared by several machines."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from pelican_headshots.cache.remote import RemoteCache
from pelican_headshots.pipeline import tasks
from pelican_headshots.pipeline.process import decode_valid_record
from pelican_headshots.pipeline.site_build import SiteBuild
from pelican_headshots.settings import Settings

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
    one, other = RemoteCache(address), RemoteCache(address)
    one.put("abcd.1", b"a value")
    one.put("cdef.2", b"another\nof two lines")
    one.flush()
    assert dict(other.fetch_many(["abcd.1", "none.0", "cdef.2"])) == {
        "abcd.1": b"a value",
        "cdef.2": b"another\nof two lines",
    }


def test_a_damaged_value_is_a_miss(memory: str) -> None:
    remote = RemoteCache(memory)
    remote.put("abcd.1", b"a value")
    remote.flush()
    files = fsspec.filesystem("memory")
    path = next(iter(files.find("/team")))
    files.pipe(path, files.cat(path)[:-1])
    assert list(remote.fetch_many(["abcd.1"])) == []


def test_an_address_that_fails_is_named_once_and_the_build_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    remote = RemoteCache("ftp://127.0.0.1:1/nothing")
    with caplog.at_level(logging.WARNING):
        remote.put("abcd.1", b"a value")
        remote.flush()
        assert list(remote.fetch_many(["abcd.1"])) == []
    assert len(caplog.records) == 1
    assert "ftp://127.0.0.1:1/nothing does not answer" in caplog.text


def test_nothing_is_put_there_where_nothing_is_to_be_remembered(memory: str) -> None:
    remote = RemoteCache(memory, may_write=False)
    remote.put("abcd.1", b"a value")
    remote.flush()
    assert list(RemoteCache(memory).fetch_many(["abcd.1"])) == []


def _site(folder: Path, cache: str) -> SiteBuild:
    photos = folder / "content" / "photos"
    photos.mkdir(parents=True)
    Image.radial_gradient("L").resize((900, 600)).convert("RGB").save(photos / "light.jpg", quality=90)
    settings = Settings(cache=cache, formats=("jpeg",), workers=1)
    return SiteBuild(settings, photos, site_folder=folder, output_folder=folder / "output")


def test_a_second_machine_neither_looks_nor_develops(
    tmp_path: Path, memory: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _site(tmp_path / "one", memory)
    first.build_portfolio()
    assert first.processor.rendered_keys
    first.publish_site([])

    def refuse(*_: object) -> None:
        raise AssertionError("worked again on what was in the shared cache")

    monkeypatch.setattr(tasks, "analyze_image", refuse)
    monkeypatch.setattr(tasks, "render_image", refuse)
    second = _site(tmp_path / "two", memory)
    second.build_portfolio()
    second.publish_site([])
    assert not second.processor.rendered_keys and not second.processor.analysis_reasons
    assert _files(tmp_path / "one") == _files(tmp_path / "two") != {}
    assert (tmp_path / "two" / ".headshots").is_dir()


def _odd(**changes: Any) -> bytes:
    exam = {"size": [900, 600], "analysis": None, "metadata": {}, "rights": {}, "colors": ["#000000"] * 3}
    return msgspec.json.encode(exam | changes)


def _face(**changes: Any) -> dict[str, Any]:
    eye, box = [0.5, 0.4], [0.4, 0.3, 0.6, 0.6]
    angles = {"score": 0.9, "yaw": 0, "pitch": 0, "roll": 0}
    places = {"box": box, "right_eye": eye, "left_eye": eye, "chin": eye, "crown": eye}
    return {"people_count": 1, "features": {}, "faces": [angles | places | changes]}


def _seen(**changes: Any) -> dict[str, Any]:
    return {"name": "dog", "score": 0.8, "box": [0.1, 0.2, 0.3, 0.4]} | changes


ODD = {
    "no size": _odd(size=[0, 0]),
    "a huge size": _odd(size=[1, 2**40]),
    "a color's name": _odd(colors=["red", "#000000", "#000000"]),
    "a script": _odd(colors=['#000000"><script>alert(1)</script>', "#000000", "#000000"]),
    "a line feed": _odd(colors=["#000000\n", "#000000", "#000000"]),
    "more than all": _odd(wide_gamut_share=1.5),
    "no fraction": _odd(highlight_loss=-1),
    "an endless number": _odd().replace(b"[900,600]", b"[900,1e999]"),
    "no face": _odd(analysis=_face(box=[0.4, 0.3, 0.4, 0.6])),
    "a face far away": _odd(analysis=_face(box=[0.4, 0.3, 1e300, 0.6])),
    "an odd angle": _odd(analysis=_face(yaw=1e9)),
    "an odd measurement": _odd(analysis=_face() | {"features": {"smile": 1e300}}),
    "people taken away": _odd(analysis=_face() | {"people_count": -1}),
    "an object without a size": _odd(analysis=_face() | {"objects": [_seen(box=[0.2, 0.2, 0.2, 0.4])]}),
    "an object surer than sure": _odd(analysis=_face() | {"objects": [_seen(score=2)]}),
    "an object that is a script": _odd(analysis=_face() | {"objects": [_seen(name="<script>")]}),
    "a script's address": _odd(rights={"web_statement": "javascript:alert(1)"}),
    "another value": _odd(rights={"data_mining": "yes"}),
    "endless rights": _odd(rights={"credit": "x" * 10_000}),
    "an escape": _odd(metadata={"title": "a\x1b[2Jb"}),
    "turned text": _odd(metadata={"keywords": ["a", "\u202eb"]}),
    "no JSON": b"{",
}


def test_a_record_with_values_that_no_picture_has_is_no_exam() -> None:
    assert decode_valid_record(_odd()) and decode_valid_record(_odd(analysis=_face() | {"objects": [_seen()]}))
    assert [name for name, odd in ODD.items() if decode_valid_record(odd)] == []


@pytest.mark.parametrize("odd", [ODD["no size"], ODD["a script"]])
def test_an_odd_record_is_made_anew_and_not_kept(tmp_path: Path, memory: str, odd: bytes) -> None:
    first = _site(tmp_path / "one", memory)
    first.build_portfolio()
    first.publish_site([])
    (key,) = first.store.photo_records.keys()
    shared = RemoteCache(memory)
    shared.put(key, odd)
    shared.flush()
    second = _site(tmp_path / "two", memory)
    second.build_portfolio()
    assert list(second.processor.analysis_reasons) == ["light.jpg"]
    assert second.photos == first.photos
    third = SiteBuild(
        second.settings,
        second.originals_folder,
        site_folder=tmp_path / "two",
        output_folder=tmp_path / "two" / "output",
    )
    third.analyze_photos()
    assert third.photos == first.photos and not third.processor.analysis_reasons
    assert dict(RemoteCache(memory).fetch_many([key]))[key] != odd


def test_an_odd_record_that_is_in_this_machines_cache_already_is_made_anew(tmp_path: Path) -> None:
    first = _site(tmp_path / "one", ".headshots")
    first.analyze_photos()
    (key,) = first.store.photo_records.keys()
    first.store.photo_records.put(key, ODD["a script"])
    first.store.save()
    again = SiteBuild(
        first.settings, first.originals_folder, site_folder=tmp_path / "one", output_folder=tmp_path / "one" / "output"
    )
    again.analyze_photos()
    assert again.photos == first.photos and again.processor.analysis_reasons


def _files(site: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (site / "output").rglob("*") if path.is_file()}
