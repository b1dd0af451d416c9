"""A build in which photos are lost while they are rendered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pelican_headshots.analysis.model_files import ModelError
from pelican_headshots.images import preview
from pelican_headshots.pipeline.site_build import SiteBuild
from pelican_headshots.settings import Settings
from pelican_headshots.values.geometry import Size
from pelican_headshots.values.photo import Photo, PhotoMetadata, PhotoRecord
from pelican_headshots.values.rendition import Rights


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SiteBuild:
    """A build of three photos, of which two cannot be rendered, one at each attempt."""
    photos = tmp_path / "content" / "photos"
    photos.mkdir(parents=True)
    build = SiteBuild(Settings(), photos, site_folder=tmp_path, output_folder=tmp_path / "output", remember=False)
    record = PhotoRecord(Size(900, 600), None, PhotoMetadata(), Rights(), ("#000000",) * 3)
    photos_found = tuple(Photo(f"{name}.jpg", name, record) for name in "abc")
    losses = [{"a.jpg": "a.jpg took too long."}, {"b.jpg": "b.jpg took too long."}, {}]
    monkeypatch.setattr(build.processor, "analyze_files", lambda *_: (photos_found, {}))
    monkeypatch.setattr(build.processor, "render_missing", lambda *_: losses.pop(0))
    return build


def test_photos_that_cannot_be_rendered_are_removed_from_galleries_and_reported(build: SiteBuild) -> None:
    portfolio = build.build_portfolio()
    assert [photo.file for gallery in portfolio.galleries for photo in gallery.photos] == ["c.jpg"]
    assert portfolio.cover
    assert portfolio.cover.file == "c.jpg"
    assert build.report.messages == ["a.jpg took too long.", "b.jpg took too long."]


def test_previews_stay_previews_when_a_photo_cannot_be_rendered(
    build: SiteBuild, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "MAX_WAIT_SECONDS", 0.0)
    build.build_portfolio(allow_previews=True)
    assert {
        rendition.format for renditions in build.render_plan.renditions.values() for rendition in renditions.values()
    } == {"jpeg"}
    assert build.final_plan
    assert build.final_plan.renditions.keys() == {"a", "b", "c"}


def test_another_build_is_only_asked_for_when_a_final_picture_was_made(
    build: SiteBuild, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(preview, "MAX_WAIT_SECONDS", 0.0)
    build.build_portfolio(allow_previews=True)
    monkeypatch.setattr(build.processor, "render_missing", lambda *_: {"c.jpg": "c.jpg took too long."})
    assert not build.render_final_pictures(lambda: False), "it would fail in each build, and Pelican would never rest"
    assert "c.jpg took too long." in caplog.text

    def render(*_: object) -> dict[str, str]:
        assert build.final_plan
        for renditions in build.final_plan.renditions.values():
            for key in renditions:
                build.store.renditions.put(key, b"made here or fetched from a shared cache")
        return {}

    monkeypatch.setattr(build.processor, "render_missing", render)
    assert build.render_final_pictures(lambda: False)


def test_the_models_folder_is_relative_to_pelicanconf(tmp_path: Path) -> None:
    photos = tmp_path / "content" / "photos"
    photos.mkdir(parents=True)
    with pytest.raises(ModelError, match=re.escape(str(tmp_path / "my-models"))):
        SiteBuild(
            Settings(models="my-models"),
            photos,
            site_folder=tmp_path,
            output_folder=tmp_path / "output",
            remember=False,
        )
