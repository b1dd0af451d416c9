"""Folders that settings name: where the site, its photos and its cache may lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from pelican_headshots.pipeline.paths import find_originals_folder, find_site_folder, resolve_cache_folder
from pelican_headshots.settings import Settings, SettingsError


@pytest.mark.parametrize(
    "wrong", ["", ".", "..", "/", "content", "content/photos", "content/photos/night", "output", "output/x"]
)
def test_the_cache_may_not_be_the_folder_of_the_site_the_photos_or_the_output(tmp_path: Path, wrong: str) -> None:
    photos, output = tmp_path / "content" / "photos", tmp_path / "output"
    photos.mkdir(parents=True)
    for allowed in (".headshots", "../elsewhere", "/var/tmp/headshots", "content.cache"):
        assert resolve_cache_folder(Settings(cache=allowed), tmp_path, photos, output) == tmp_path / allowed
    assert resolve_cache_folder(Settings(cache="s3://bucket"), tmp_path, photos, output) == tmp_path / ".headshots"
    with pytest.raises(SettingsError, match="holds nothing else"):
        resolve_cache_folder(Settings(cache=wrong), tmp_path, photos, output)


@pytest.mark.parametrize("public", [".", "..", "content", "content/photos", "content/photos/out", "linked", "cache"])
def test_originals_and_cache_may_not_lie_in_the_output_folder(tmp_path: Path, public: str) -> None:
    site_folder, disk = tmp_path / "site", tmp_path / "disk"
    photos = site_folder / "content" / "photos"
    photos.parent.mkdir(parents=True)
    (disk / "photos").mkdir(parents=True)
    photos.symlink_to(disk / "photos")
    (site_folder / "linked").symlink_to(disk)
    settings = Settings(cache="cache/headshots") if public == "cache" else Settings()
    with pytest.raises(
        SettingsError, match="HEADSHOTS\\['cache'\\]" if public == "cache" else "OUTPUT_PATH.*such as 'output'"
    ):
        resolve_cache_folder(settings, site_folder, photos, site_folder / public)
    assert resolve_cache_folder(Settings(), site_folder, photos, tmp_path / "public").parent == site_folder


def test_the_site_folder_is_where_pelicanconf_is(tmp_path: Path) -> None:
    content = tmp_path / "src" / "content"
    content.mkdir(parents=True)
    assert find_site_folder(content) == content.parent
    for folder in (tmp_path, content, content.parent):  # settings of `PATH = "src/content"`, `"."` and `"content"`
        (folder / "pelicanconf.py").touch()
        assert find_site_folder(content) == folder


def test_the_photos_folder_may_be_a_link_but_must_lie_inside_the_content_folder(tmp_path: Path) -> None:
    content, elsewhere = tmp_path / "site" / "content", tmp_path / "disk"
    content.mkdir(parents=True)
    elsewhere.mkdir()
    (content / "photos").symlink_to(elsewhere)
    assert find_originals_folder(Settings(), content) == content / "photos"
    (content / "round").symlink_to(tmp_path)
    for wrong in (".", "..", "photos/../..", "../../disk", str(elsewhere), "round"):
        with pytest.raises(SettingsError, match="inside"):
            find_originals_folder(Settings(photos=wrong), content)
