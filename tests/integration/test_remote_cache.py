"""A build with a cache that several machines share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from pelican_headshots.cache.remote import RemoteCache
from pelican_headshots.pipeline import tasks
from pelican_headshots.pipeline.site_build import SiteBuild
from pelican_headshots.settings import Settings

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed: pip install pelican-headshots[remote]")

RECORD_WITHOUT_SIZE = (
    b'{"size":[0,0],"analysis":null,"metadata":{},"rights":{},"colors":["#000000","#000000","#000000"]}'
)
RECORD_WITH_SCRIPT = (
    b'{"size":[900,600],"analysis":null,"metadata":{},"rights":{},'
    b'"colors":["#000000\\"><script>alert(1)</script>","#000000","#000000"]}'
)


@pytest.fixture
def memory_url() -> Iterator[str]:
    """Return a URL in an empty file system in memory."""
    files = fsspec.filesystem("memory")
    files.store.clear()
    yield "memory://team/cache"
    files.store.clear()


def create_site_build(folder: Path, cache: str) -> SiteBuild:
    photos = folder / "content" / "photos"
    photos.mkdir(parents=True)
    Image.radial_gradient("L").resize((900, 600)).convert("RGB").save(photos / "light.jpg", quality=90)
    settings = Settings(cache=cache, formats=("jpeg",), workers=1)
    return SiteBuild(settings, photos, site_folder=folder, output_folder=folder / "output")


def test_a_second_machine_neither_analyzes_nor_renders(
    tmp_path: Path, memory_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = create_site_build(tmp_path / "one", memory_url)
    first.build_portfolio()
    assert first.processor.rendered_keys
    first.publish_site([])

    def refuse(*_: object) -> None:
        raise AssertionError("a result in the shared cache was computed again")

    monkeypatch.setattr(tasks, "analyze_image", refuse)
    monkeypatch.setattr(tasks, "render_image", refuse)
    second = create_site_build(tmp_path / "two", memory_url)
    second.build_portfolio()
    second.publish_site([])
    assert not second.processor.rendered_keys
    assert not second.processor.analysis_reasons
    assert read_output(tmp_path / "one") == read_output(tmp_path / "two") != {}
    assert (tmp_path / "two" / ".headshots").is_dir()


@pytest.mark.parametrize("record", [RECORD_WITHOUT_SIZE, RECORD_WITH_SCRIPT], ids=["no size", "script"])
def test_an_invalid_record_in_the_shared_cache_is_replaced(tmp_path: Path, memory_url: str, record: bytes) -> None:
    first = create_site_build(tmp_path / "one", memory_url)
    first.build_portfolio()
    first.publish_site([])
    (key,) = first.store.photo_records.keys()
    shared = RemoteCache(memory_url)
    shared.put(key, record)
    shared.flush()
    second = create_site_build(tmp_path / "two", memory_url)
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
    assert third.photos == first.photos
    assert not third.processor.analysis_reasons
    assert dict(RemoteCache(memory_url).fetch_many([key]))[key] != record


def test_an_invalid_record_in_the_local_cache_is_replaced(tmp_path: Path) -> None:
    first = create_site_build(tmp_path / "one", ".headshots")
    first.analyze_photos()
    (key,) = first.store.photo_records.keys()
    first.store.photo_records.put(key, RECORD_WITH_SCRIPT)
    first.store.save()
    again = SiteBuild(
        first.settings, first.originals_folder, site_folder=tmp_path / "one", output_folder=tmp_path / "one" / "output"
    )
    again.analyze_photos()
    assert again.photos == first.photos
    assert again.processor.analysis_reasons


def read_output(site: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (site / "output").rglob("*") if path.is_file()}
