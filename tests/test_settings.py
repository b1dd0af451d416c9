from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pelican_headshots.settings import BadSetting, Settings, photos_folder, read


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"qualty": "light"}, ["'qualty'", "Did you mean 'quality'?"]),
        ({"zzz": 1}, ["zzz", "The settings are:", "quality"]),
        ({"quality": "best"}, ["quality", "best", "archival, balanced, light"]),
        ({"rights": {"creator": 3}}, ["rights", "creator"]),
        ({"workers": -1}, ["workers", ">= 0"]),
        ("light", ["must be a dict"]),
    ],
)
def test_a_wrong_setting_is_a_sentence_that_names_it(given: Any, words: list[str]) -> None:
    with pytest.raises(BadSetting) as wrong:
        read({"HEADSHOTS": given})
    for word in words:
        assert word in str(wrong.value)


def test_jpeg_is_always_there_for_browsers_that_know_nothing_else() -> None:
    assert read({"HEADSHOTS": {"formats": ["avif"]}}).formats == ("avif", "jpeg")


def test_the_photos_folder_may_be_a_link_to_another_disk(tmp_path: Path) -> None:
    content, elsewhere = tmp_path / "site" / "content", tmp_path / "disk"
    content.mkdir(parents=True)
    elsewhere.mkdir()
    (content / "photos").symlink_to(elsewhere)
    assert photos_folder(Settings(), content) == content / "photos"
    (content / "round").symlink_to(tmp_path)
    for wrong in (".", "..", "photos/../..", "../../disk", str(elsewhere), "round"):
        with pytest.raises(BadSetting, match="inside"):
            photos_folder(Settings(photos=wrong), content)
