"""What one change costs: never more than itself."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pelican_headshots.adapters.work import child
from pelican_headshots.settings import read
from pelican_headshots.studio import Studio


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

    def build(self, **settings: Any) -> Studio:
        chosen = read({"HEADSHOTS": {"formats": ["jpeg"], "workers": 1, **settings}})
        studio = Studio(chosen, self.photos, site=self.folder, output=self.folder / "output")
        studio.portfolio()
        studio.publish([])
        return studio


@pytest.fixture
def album(tmp_path: Path) -> Album:
    return Album(tmp_path)


def _made(studio: Studio) -> dict[str, set[tuple[int, int]]]:
    """Path → sizes of what was developed."""
    names = {photo.digest: photo.path for photo in studio.photos}
    made: dict[str, set[tuple[int, int]]] = {}
    for digest, wanted in studio.order.wanted.items():
        for key, each in wanted.items():
            if key in studio.room.made:
                made.setdefault(names[digest], set()).add((each.width, each.height))
    return made


def test_nothing_changed_costs_nothing(album: Album) -> None:
    again = album.build()
    assert not again.room.looked and not _made(again)


def test_a_caption_encodes_nothing(album: Album) -> None:
    (album.walls / "notes.toml").write_text('[photos."a.jpg"]\ncaption = "Clay"\n', encoding="utf-8")
    again = album.build()
    assert not again.room.looked and not _made(again)


def test_a_threshold_looks_at_nothing(album: Album) -> None:
    assert not album.build(lean=1.0).room.looked


def test_a_quality_looks_at_nothing(album: Album) -> None:
    again = album.build(quality="light")
    assert not again.room.looked
    assert set(_made(again)) == {"walls/a.jpg", "walls/b.jpg", "walls/c.jpg"}


def test_another_largest_width_makes_no_smaller_one_again(album: Album) -> None:
    before = {(path.name) for path in (album.folder / "output" / "pictures").iterdir()}
    again = album.build(max_width=1400)
    assert not again.room.looked
    made = {width for sizes in _made(again).values() for width, _ in sizes}
    assert made and before
    assert len(again.room.made) < len(again.order.files)


def test_one_new_photograph_costs_one_photograph(album: Album) -> None:
    album.add("z")
    again = album.build()
    assert set(again.room.looked) == {"walls/z.jpg"}
    assert "walls/z.jpg" in _made(again)


def test_another_format_makes_that_format_only(album: Album) -> None:
    # JPEG alone is made as the best format is; beside another it is a fallback, and stays one.
    album.build(formats=["webp", "jpeg"])
    again = album.build(formats=["avif", "webp", "jpeg"])
    formats = {
        each.format for wanted in again.order.wanted.values() for key, each in wanted.items() if key in again.room.made
    }
    assert formats == {"avif"}


def test_one_photograph_is_looked_at_and_developed_by_one_child(album: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    real = child._started

    def counted(address_space: int) -> Any:
        started.append(address_space)
        return real(address_space)

    monkeypatch.setattr(child, "_started", counted)
    album.add("z")
    assert _made(album.build())
    assert len(started) == 1
    # Two are looked at by one kind of child and developed by another: models stay in the memory of the first.
    album.add("y")
    album.add("x")
    assert _made(album.build())
    assert len(started) == 3
    assert not [each for each in multiprocessing.active_children() if isinstance(each, child._Process)]
