"""After a change, only what depends on it is analyzed, rendered or written again."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from unittest.mock import Mock

import pytest
from PIL import Image

from pelican_headshots.pipeline.site_build import SiteBuild
from pelican_headshots.settings import read
from pelican_headshots.workers import process


class GallerySite:
    """A site with one gallery of three photos that is built several times."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.photos = folder, folder / "content" / "photos"
        self.gallery = self.photos / "night"
        self.gallery.mkdir(parents=True)
        for name in "abc":
            self.add(name)
        self.first_build = self.build()

    def add(self, name: str) -> None:
        shade = Image.radial_gradient("L").resize((1500, 1000)).point(lambda value: (value + ord(name) * 7) % 256)
        shade.convert("RGB").save(self.gallery / f"{name}.jpg")

    def build(self, **settings: object) -> SiteBuild:
        site_settings = read({"HEADSHOTS": {"formats": ["jpeg"], "workers": 1, **settings}})
        site_build = SiteBuild(
            site_settings, self.photos, site_folder=self.folder, output_folder=self.folder / "output"
        )
        site_build.build_portfolio()
        site_build.publish_site([])
        return site_build


@pytest.fixture
def gallery_site(tmp_path: Path) -> GallerySite:
    return GallerySite(tmp_path)


def get_rendered_sizes(site_build: SiteBuild) -> dict[str, set[tuple[int, int]]]:
    """Return the sizes of the new renditions of each photo, by its path."""
    paths = {photo.digest: photo.path for photo in site_build.photos}
    sizes: dict[str, set[tuple[int, int]]] = {}
    for digest, renditions in site_build.render_plan.renditions.items():
        for key, rendition in renditions.items():
            if key in site_build.processor.rendered_keys:
                sizes.setdefault(paths[digest], set()).add((rendition.width, rendition.height))
    return sizes


def test_a_build_without_changes_analyzes_and_renders_nothing(gallery_site: GallerySite) -> None:
    site_build = gallery_site.build()
    assert not site_build.processor.analysis_reasons
    assert not get_rendered_sizes(site_build)


def test_a_new_caption_analyzes_and_renders_nothing(gallery_site: GallerySite) -> None:
    (gallery_site.gallery / "notes.toml").write_text('[photos."a.jpg"]\ncaption = "A caption"\n', encoding="utf-8")
    site_build = gallery_site.build()
    assert not site_build.processor.analysis_reasons
    assert not get_rendered_sizes(site_build)


def test_a_new_headshot_bias_analyzes_nothing(gallery_site: GallerySite) -> None:
    assert not gallery_site.build(headshot_bias=1.0).processor.analysis_reasons


def test_a_new_quality_renders_every_photo_and_analyzes_none(gallery_site: GallerySite) -> None:
    site_build = gallery_site.build(quality="light")
    assert not site_build.processor.analysis_reasons
    assert set(get_rendered_sizes(site_build)) == {"night/a.jpg", "night/b.jpg", "night/c.jpg"}


def test_a_new_maximum_width_does_not_render_other_widths_again(gallery_site: GallerySite) -> None:
    assert list((gallery_site.folder / "output" / "pictures").iterdir())
    earlier_keys = set(gallery_site.first_build.render_plan.cache_keys.values())
    site_build = gallery_site.build(max_width=1400)
    assert not site_build.processor.analysis_reasons
    assert get_rendered_sizes(site_build)
    assert len(site_build.processor.rendered_keys) < len(site_build.render_plan.cache_keys)
    assert earlier_keys.intersection(site_build.render_plan.cache_keys.values())
    assert earlier_keys.isdisjoint(site_build.processor.rendered_keys)


def test_only_a_new_photo_is_analyzed(gallery_site: GallerySite) -> None:
    gallery_site.add("z")
    site_build = gallery_site.build()
    assert set(site_build.processor.analysis_reasons) == {"night/z.jpg"}
    assert "night/z.jpg" in get_rendered_sizes(site_build)


def test_a_new_format_renders_only_that_format(gallery_site: GallerySite) -> None:
    # JPEG as the only format is encoded like the best format; with others, it is a fallback and remains one.
    gallery_site.build(formats=["webp", "jpeg"])
    site_build = gallery_site.build(formats=["avif", "webp", "jpeg"])
    formats = {
        rendition.format
        for renditions in site_build.render_plan.renditions.values()
        for key, rendition in renditions.items()
        if key in site_build.processor.rendered_keys
    }
    assert formats == {"avif"}


def test_a_single_photo_is_analyzed_and_rendered_by_one_child_process(
    gallery_site: GallerySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_process = Mock(wraps=process._start_process)
    monkeypatch.setattr(process, "_start_process", start_process)
    gallery_site.add("z")
    assert get_rendered_sizes(gallery_site.build())
    assert start_process.call_count == 1
    # Several photos are analyzed by some processes and rendered by others, so that only the former load the models.
    gallery_site.add("y")
    gallery_site.add("x")
    assert get_rendered_sizes(gallery_site.build())
    assert start_process.call_count == 3
    children = multiprocessing.active_children()
    assert not any(isinstance(child, process._ChildProcess) for child in children)
