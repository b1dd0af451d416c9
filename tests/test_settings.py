from __future__ import annotations

from typing import Any

import pytest

from pelican_headshots.settings import BadSetting, read


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
