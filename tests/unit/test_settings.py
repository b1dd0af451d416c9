"""Settings: what is accepted, and the messages about what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pelican_headshots.settings import Settings, SettingsError, read


@pytest.mark.parametrize(
    ("value", "phrases"),
    [
        ({"qualty": "light"}, ["'qualty'", "Did you mean 'quality'?"]),
        ({"zzz": 1}, ["zzz", "Choose from: ", "quality"]),
        ({"quality": "best"}, ["quality", "best", "archival, balanced, light"]),
        ({"rights": {"creator": 3}}, ["['rights']['creator']", "Expected a text, got a whole number."]),
        ({"rights": {"creater": "Jane"}}, ["HEADSHOTS['rights'] in", "there is no 'creater'. Did you mean 'creator'?"]),
        (
            {"mood": "dark"},
            ["there is no mood 'dark'. Choose from: auto, slate, ember, moss, ink, paper, both."],
        ),
        ({"formats": ["avif", "heic"]}, ["HEADSHOTS['formats'][1]", "'heic'", "Choose from: avif, jpeg, webp."]),
        ({1: 2}, ["HEADSHOTS in", "Expected a text"]),
        ({"rights": {"web_statement": "example.com/licence"}}, ["['rights']['web_statement']", "begins with https://"]),
        ({"rights": {"data_mining": "never"}}, ["['rights']['data_mining'] in", "must be 'no' or a PLUS value"]),
        ({"watermark": "Jane"}, ["['watermark']", "Expected a dict or None, got a text."]),
        ({"formats": "avif"}, ["['formats']", "Expected a list", "avif, jpeg, webp"]),
        ({"workers": -1}, ["workers", "Expected a whole number >= 0."]),
        ({"photos": Path("photos")}, ["photos", "Expected a text, got ", "Path."]),
        ({"workers": b"2"}, ["workers", "Expected a whole number, got bytes."]),
        ("light", ["must be a dict"]),
    ],
)
def test_an_error_names_the_wrong_setting_and_what_is_possible(value: object, phrases: list[str]) -> None:
    with pytest.raises(SettingsError) as error:
        read({"HEADSHOTS": value})
    for phrase in phrases:
        assert phrase in str(error.value)


@pytest.mark.parametrize(
    ("value", "message"),
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
def test_a_renamed_setting_is_refused_with_its_new_name(value: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError) as error:
        read({"HEADSHOTS": value})
    assert str(error.value) == message


def test_jpeg_is_always_among_the_formats() -> None:
    assert read({"HEADSHOTS": {"formats": ["avif"]}}).formats == ("avif", "jpeg")


def test_jpeg_comes_last_and_each_format_once() -> None:
    assert read({"HEADSHOTS": {"formats": ["jpeg", "webp", "avif", "webp"]}}).formats == ("webp", "avif", "jpeg")


@pytest.mark.parametrize("name", ["HEADSHOT", "HEADSHOTTS", "HEAD_SHOTS"])
def test_a_misspelled_headshots_setting_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} .*Did you mean HEADSHOTS"):
        read({name: {}})
    assert read({"JINJA_FILTERS": {}, "HEADER": {}, "HEADSHOT_LINK": "/team/"}) == Settings()
