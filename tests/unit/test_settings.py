from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pelican_headshots.pipeline.paths import find_originals_folder, find_site_folder, resolve_cache_folder
from pelican_headshots.settings import Settings, SettingsError, read


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"qualty": "light"}, ["'qualty'", "Did you mean 'quality'?"]),
        ({"zzz": 1}, ["zzz", "Choose from: ", "quality"]),
        ({"quality": "best"}, ["quality", "best", "archival, balanced, light"]),
        ({"rights": {"creator": 3}}, ["['rights']['creator']", "Expected a text, got a whole number."]),
        ({"rights": {"creater": "Jane"}}, ["HEADSHOTS['rights'] in", "there is no 'creater'. Did you mean 'creator'?"]),
        (
            {"mood": "dark"},
            ["'dark' is not possible here. Choose from: auto, ember, ink, moss, paper, slate, or leave it"],
        ),
        ({"formats": ["avif", "heic"]}, ["HEADSHOTS['formats'][1]", "'heic'", "Choose from: avif, jpeg, webp."]),
        ({1: 2}, ["HEADSHOTS in", "Expected a text"]),
        ({"rights": {"web_statement": "example.com/licence"}}, ["['rights']['web_statement']", "begins with https://"]),
        ({"rights": {"data_mining": "no"}}, ["['rights']['data_mining']", "DMI-PROHIBITED"]),
        ({"watermark": "Jane"}, ["['watermark']", "Expected a dict or None, got a text."]),
        ({"formats": "avif"}, ["['formats']", "Expected a list", "avif, jpeg, webp"]),
        ({"workers": -1}, ["workers", "Expected a whole number >= 0."]),
        ({"photos": Path("photos")}, ["photos", "Expected a text, got ", "Path."]),
        ({"workers": b"2"}, ["workers", "Expected a whole number, got bytes."]),
        ("light", ["must be a dict"]),
    ],
)
def test_a_wrong_setting_is_a_sentence_that_names_it(given: Any, words: list[str]) -> None:
    with pytest.raises(SettingsError) as wrong:
        read({"HEADSHOTS": given})
    for word in words:
        assert word in str(wrong.value)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"lean": 1.0}, "HEADSHOTS['lean'] is now called HEADSHOTS['headshot_bias']."),
        ({"words": "eo.toml"}, "HEADSHOTS['words'] is now called HEADSHOTS['translations']."),
        ({"draft": False}, "HEADSHOTS['draft'] is now called HEADSHOTS['draft_previews']."),
        ({"memory": 2000}, "HEADSHOTS['memory'] is now called HEADSHOTS['memory_mb']."),
        ({"file_limit": 100}, "HEADSHOTS['file_limit'] is now called HEADSHOTS['max_file_mb']."),
        ({"pixel_limit": 100}, "HEADSHOTS['pixel_limit'] is now called HEADSHOTS['max_megapixels']."),
        (
            {"watermark": {"text": "Ada", "above": 1200}},
            "HEADSHOTS['watermark']['above'] is now called HEADSHOTS['watermark']['min_width'].",
        ),
        ({"memory": 2000, "qualty": 1, "lean": 1.0}, "HEADSHOTS['lean'] is now called HEADSHOTS['headshot_bias']."),
    ],
)
def test_an_old_setting_is_one_sentence_with_its_new_name(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingsError) as error:
        read({"HEADSHOTS": given})
    assert str(error.value) == sentence


def test_jpeg_is_always_there_for_browsers_that_know_nothing_else() -> None:
    assert read({"HEADSHOTS": {"formats": ["avif"]}}).formats == ("avif", "jpeg")


def test_jpeg_comes_last_and_each_format_once() -> None:
    assert read({"HEADSHOTS": {"formats": ["jpeg", "webp", "avif", "webp"]}}).formats == ("webp", "avif", "jpeg")


@pytest.mark.parametrize(
    "wrong", ["", ".", "..", "/", "content", "content/photos", "content/photos/night", "output", "output/x"]
)
def test_the_cache_is_a_folder_of_its_own(tmp_path: Path, wrong: str) -> None:
    photos, output = tmp_path / "content" / "photos", tmp_path / "output"
    photos.mkdir(parents=True)
    for fine in (".headshots", "../elsewhere", "/var/tmp/headshots", "content.cache"):
        assert resolve_cache_folder(Settings(cache=fine), tmp_path, photos, output) == tmp_path / fine
    assert resolve_cache_folder(Settings(cache="s3://bucket"), tmp_path, photos, output) == tmp_path / ".headshots"
    with pytest.raises(SettingsError, match="holds nothing else"):
        resolve_cache_folder(Settings(cache=wrong), tmp_path, photos, output)


@pytest.mark.parametrize("public", [".", "..", "content", "content/photos", "content/photos/out", "linked", "cache"])
def test_originals_and_cache_never_lie_in_the_site(tmp_path: Path, public: str) -> None:
    home, disk = tmp_path / "site", tmp_path / "disk"
    photos = home / "content" / "photos"
    photos.parent.mkdir(parents=True)
    (disk / "photos").mkdir(parents=True)
    photos.symlink_to(disk / "photos")
    (home / "linked").symlink_to(disk)
    settings = Settings(cache="cache/headshots") if public == "cache" else Settings()
    with pytest.raises(
        SettingsError, match="HEADSHOTS\\['cache'\\]" if public == "cache" else "OUTPUT_PATH.*such as 'output'"
    ):
        resolve_cache_folder(settings, home, photos, home / public)
    assert resolve_cache_folder(Settings(), home, photos, tmp_path / "public").parent == home


@pytest.mark.parametrize("name", ["HEADSHOT", "HEADSHOTTS", "HEAD_SHOTS"])
def test_a_misspelt_name_of_all_settings_is_told(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} .*Did you mean HEADSHOTS"):
        read({name: {}})
    assert read({"JINJA_FILTERS": {}, "HEADER": {}, "HEADSHOT_LINK": "/team/"}) == Settings()


def test_cache_and_report_lie_beside_pelicanconf(tmp_path: Path) -> None:
    content = tmp_path / "src" / "content"
    content.mkdir(parents=True)
    assert find_site_folder(content) == content.parent
    for folder in (tmp_path, content, content.parent):  # settings of `PATH = "src/content"`, `"."` and `"content"`
        (folder / "pelicanconf.py").touch()
        assert find_site_folder(content) == folder


def test_the_photos_folder_may_be_a_link_to_another_disk(tmp_path: Path) -> None:
    content, elsewhere = tmp_path / "site" / "content", tmp_path / "disk"
    content.mkdir(parents=True)
    elsewhere.mkdir()
    (content / "photos").symlink_to(elsewhere)
    assert find_originals_folder(Settings(), content) == content / "photos"
    (content / "round").symlink_to(tmp_path)
    for wrong in (".", "..", "photos/../..", "../../disk", str(elsewhere), "round"):
        with pytest.raises(SettingsError, match="inside"):
            find_originals_folder(Settings(photos=wrong), content)
