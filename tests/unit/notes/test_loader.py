"""Reading `notes.toml`: errors name the file and the place."""

from __future__ import annotations

from pathlib import Path

import pytest

from pelican_headshots.notes import loader


@pytest.mark.parametrize(
    ("written", "phrase"),
    [
        (
            '[photos."a.jpg"]\n[photos."b.jpg"]\nkind = "queen"',
            "photos.\"b.jpg\".kind: 'queen' is not possible here. Choose from: headshot, ",
        ),
        ('[photos."a.jpg"]\nkynd = "portrait"', "photos.\"a.jpg\": there is no 'kynd'. Did you mean 'kind'?"),
        ('[photos."a.jpg"]\nfocus = [0.5, 2]', 'photos."a.jpg".focus[1]: Expected a number <= 1.0.'),
        (
            '[photos."a.jpg"]\nlayout = "wide"',
            "layout: 'wide' is not possible here. Choose from: full, pair",
        ),
        ("photos = 5", "photos: Expected a table, got a number."),
    ],
)
def test_an_error_names_the_place_of_an_impossible_value(tmp_path: Path, written: str, phrase: str) -> None:
    (tmp_path / "notes.toml").write_text(written)
    with pytest.raises(loader.NotesError) as error:
        loader.read_notes(tmp_path / "notes.toml")
    assert phrase in str(error.value)


@pytest.mark.parametrize(
    "written", ['[gallery]\npause = "x"', '[photos."a.jpg"]\nlede = "x"', 'gallery = "lede"', 'photos = ["pause"]']
)
def test_a_former_key_in_another_place_is_not_called_renamed(tmp_path: Path, written: str) -> None:
    (tmp_path / "notes.toml").write_text(written)
    with pytest.raises(loader.NotesError) as error:
        loader.read_notes(tmp_path / "notes.toml")
    assert "is now called" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ('[photos."x.jpg"]\nkind = "headshoot"\n', ["headshoot", "kind"]),
        ('[photos."x.jpg"]\norder = nan\n', ["order"]),
        ("[gallery]\nposition = nan\n", ["position"]),
        ('[photos."x.jpg"]\nfocus = [2, 0]\n', ["focus"]),
        ("[gallery\n", ["not valid TOML"]),
        ('[photos."x.jpg"]\ntitel = "X"\n', ["titel"]),
    ],
)
def test_an_error_names_the_file_and_what_is_wrong(tmp_path: Path, text: str, phrases: list[str]) -> None:
    path = tmp_path / "notes.toml"
    path.write_text(text)
    with pytest.raises(loader.NotesError) as error:
        loader.read_notes(path)
    for phrase in [str(path), *phrases]:
        assert phrase in str(error.value)
