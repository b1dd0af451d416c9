"""What the studio does when pictures are lost on the way."""

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
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SiteBuild:
    """Of three photographs, of which one after the other is lost."""
    photos = tmp_path / "content" / "photos"
    photos.mkdir(parents=True)
    studio = SiteBuild(Settings(), photos, site_folder=tmp_path, output_folder=tmp_path / "output", remember=False)
    exam = PhotoRecord(Size(900, 600), None, PhotoMetadata(), Rights(), ("#000000",) * 3)
    there = tuple(Photo(f"{name}.jpg", name, exam) for name in "abc")
    losses = [{"a.jpg": "a.jpg took too long."}, {"b.jpg": "b.jpg took too long."}, {}]
    monkeypatch.setattr(studio.processor, "analyze_files", lambda found: (there, {}))
    monkeypatch.setattr(studio.processor, "render_missing", lambda order, photos: losses.pop(0))
    return studio


def test_what_is_lost_at_the_second_try_leaves_the_walls_too(studio: SiteBuild) -> None:
    made = studio.build_portfolio()
    assert [photo.file for gallery in made.galleries for photo in gallery.photos] == ["c.jpg"]
    assert made.cover
    assert made.cover.file == "c.jpg"
    assert studio.report.messages == ["a.jpg took too long.", "b.jpg took too long."]


def test_drafts_stay_drafts_when_a_picture_is_lost(studio: SiteBuild, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "MAX_WAIT_SECONDS", 0.0)
    studio.build_portfolio(allow_previews=True)
    assert {what.format for wanted in studio.render_plan.renditions.values() for what in wanted.values()} == {"jpeg"}
    assert studio.final_plan
    assert studio.final_plan.renditions.keys() == {"a", "b", "c"}


def test_models_of_ones_own_are_looked_for_beside_pelicanconf(tmp_path: Path) -> None:
    photos = tmp_path / "content" / "photos"
    photos.mkdir(parents=True)
    with pytest.raises(ModelError, match=re.escape(str(tmp_path / "eyes"))):
        SiteBuild(
            Settings(models="eyes"), photos, site_folder=tmp_path, output_folder=tmp_path / "output", remember=False
        )
