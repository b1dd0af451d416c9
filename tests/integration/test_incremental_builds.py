"""What one change costs: never more than itself."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pelican_headshots.pipeline.site_build import SiteBuild
from pelican_headshots.settings import read
from pelican_headshots.workers import process


class Album:
    """Three pictures in one folder, built again and again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.photos = folder, folder / "content" / "photos"
        self.walls = self.photos / "walls"
        self.walls.mkdir(parents=True)
        for name in "abc":
            self.add(name)
        self.build()

    def add(self, name: str) -> None:
        shade = Image.radial_gradient("L").resize((1500, 1000)).point(lambda value: (value + ord(name) * 7) % 256)
        shade.convert("RGB").save(self.walls / f"{name}.jpg")

    def build(self, **settings: Any) -> SiteBuild:
        chosen = read({"HEADSHOTS": {"formats": ["jpeg"], "workers": 1, **settings}})
        studio = SiteBuild(chosen, self.photos, site_folder=self.folder, output_folder=self.folder / "output")
        studio.build_portfolio()
        studio.publish_site([])
        return studio


@pytest.fixture
def album(tmp_path: Path) -> Album:
    return Album(tmp_path)


def _made(studio: SiteBuild) -> dict[str, set[tuple[int, int]]]:
    """Path → sizes of what was developed."""
    names = {photo.digest: photo.path for photo in studio.photos}
    made: dict[str, set[tuple[int, int]]] = {}
    for digest, wanted in studio.render_plan.renditions.items():
        for key, each in wanted.items():
            if key in studio.processor.rendered_keys:
                made.setdefault(names[digest], set()).add((each.width, each.height))
    return made


def test_nothing_changed_costs_nothing(album: Album) -> None:
    again = album.build()
    assert not again.processor.analysis_reasons and not _made(again)


def test_a_caption_encodes_nothing(album: Album) -> None:
    (album.walls / "notes.toml").write_text('[photos."a.jpg"]\ncaption = "Clay"\n', encoding="utf-8")
    again = album.build()
    assert not again.processor.analysis_reasons and not _made(again)


def test_a_threshold_looks_at_nothing(album: Album) -> None:
    assert not album.build(headshot_bias=1.0).processor.analysis_reasons


def test_a_quality_looks_at_nothing(album: Album) -> None:
    again = album.build(quality="light")
    assert not again.processor.analysis_reasons
    assert set(_made(again)) == {"walls/a.jpg", "walls/b.jpg", "walls/c.jpg"}


def test_another_largest_width_makes_no_smaller_one_again(album: Album) -> None:
    before = {(path.name) for path in (album.folder / "output" / "pictures").iterdir()}
    again = album.build(max_width=1400)
    assert not again.processor.analysis_reasons
    made = {width for sizes in _made(again).values() for width, _ in sizes}
    assert made and before
    assert len(again.processor.rendered_keys) < len(again.render_plan.cache_keys)


def test_one_new_photograph_costs_one_photograph(album: Album) -> None:
    album.add("z")
    again = album.build()
    assert set(again.processor.analysis_reasons) == {"walls/z.jpg"}
    assert "walls/z.jpg" in _made(again)


def test_another_format_makes_that_format_only(album: Album) -> None:
    # JPEG alone is made as the best format is; beside another it is a fallback, and stays one.
    album.build(formats=["webp", "jpeg"])
    again = album.build(formats=["avif", "webp", "jpeg"])
    formats = {
        each.format
        for wanted in again.render_plan.renditions.values()
        for key, each in wanted.items()
        if key in again.processor.rendered_keys
    }
    assert formats == {"avif"}


def test_one_photograph_is_looked_at_and_developed_by_one_child(album: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    real = process._start_process

    def counted(address_space: int) -> Any:
        started.append(address_space)
        return real(address_space)

    monkeypatch.setattr(process, "_start_process", counted)
    album.add("z")
    assert _made(album.build())
    assert len(started) == 1
    # Two are looked at by one kind of child and developed by another: models stay in the memory of the first.
    album.add("y")
    album.add("x")
    assert _made(album.build())
    assert len(started) == 3
    assert not [each for each in multiprocessing.active_children() if isinstance(each, process._ChildProcess)]
