"""What the studio does when pictures are lost on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from pelican_headshots.core.geometry import Size
from pelican_headshots.core.photo import Exam, Photo, Words
from pelican_headshots.core.rendition import Rights
from pelican_headshots.settings import Settings
from pelican_headshots.studio import Studio


def test_what_is_lost_at_the_second_try_leaves_the_walls_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photos = tmp_path / "content" / "photos"
    photos.mkdir(parents=True)
    studio = Studio(Settings(), photos, site=tmp_path, output=tmp_path / "output", remember=False)
    exam = Exam(Size(900, 600), None, Words(), Rights(), ("#000000",) * 3)
    there = tuple(Photo(f"{name}.jpg", name, exam) for name in "abc")
    losses = [{"a.jpg": "a.jpg took too long."}, {"b.jpg": "b.jpg took too long."}, {}]
    monkeypatch.setattr(studio.room, "examine", lambda found: (there, {}))
    monkeypatch.setattr(studio.room, "develop", lambda order, photos: losses.pop(0))
    made = studio.portfolio()
    assert [photo.file for gallery in made.galleries for photo in gallery.photos] == ["c.jpg"]
    assert made.cover and made.cover.file == "c.jpg"
    assert studio.report.messages == ["a.jpg took too long.", "b.jpg took too long."]
