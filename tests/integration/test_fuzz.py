"""Odd files are the same for the same seed, and the soak sees what goes wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.fuzz import odd_files, soak


def test_odd_files_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    def made(name: str, seed: int) -> dict[str, bytes]:
        folder = tmp_path / name
        folder.mkdir()
        paths = [path for number in range(70) for path in odd_files.write_odd_file(folder, number, seed)]
        return {path.name: path.read_bytes() for path in paths}

    first = made("first", 1)
    assert first == made("again", 1)
    assert first != made("other", 2)
    kinds = {name[6:].partition(".")[0] for name in first}
    assert kinds == {mutation.__name__.replace("_", "-") for mutation in odd_files.MUTATIONS}


def test_a_site_of_odd_files_is_sound(tmp_path: Path) -> None:
    outcome = soak.Soak(tmp_path, analyze=False).build(soak.make_items(tmp_path / "odd", 3, 1))
    assert outcome.faults == ()
    assert outcome.statuses["built"] >= 2
    assert outcome.mebibytes > 20


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """What a build leaves that publishes both sound pictures and skips one odd file."""
    output = tmp_path / "output"
    output.mkdir()
    inputs = {"among/odd.jpg": {"status": "skipped", "message": "among/odd.jpg is damaged.", "outputs": []}}
    for name in ("among/sound-0.jpg", "alone/sound-1.jpg"):
        file = output / f"{Path(name).stem}-320.jpg"
        file.write_bytes(b"pixels")
        inputs[name] = {"status": "built", "message": "", "outputs": [str(file)]}
    (output / "index.html").write_text("<img src=sound-0-320.jpg><img src=sound-1-320.jpg>")
    (tmp_path / "inputs.json").write_text(json.dumps(inputs))
    return tmp_path


def faults(site: Path, *names: str) -> list[str]:
    inputs = json.loads((site / "inputs.json").read_text())
    items = [(Path(name),) for name in names]
    return [*soak._find_unpublished(site, inputs), *soak._find_unreported(items, inputs)]


def test_nothing_is_found_where_all_is_well(site: Path) -> None:
    assert faults(site, "odd.jpg") == []


def test_what_is_missing_is_found(site: Path) -> None:
    (site / "output" / "index.html").write_text("<img src=sound-0-320.jpg>")
    (site / "output" / "sound-0-320.jpg").write_bytes(b"")
    found = faults(site, "odd.jpg", "lost.jpg")
    assert [sentence.partition(" ")[0] for sentence in found] == ["among/sound-0.jpg:", "alone/sound-1.jpg", "lost.jpg"]


def test_a_message_that_names_no_file_is_found(site: Path) -> None:
    inputs = (site / "inputs.json").read_text().replace("among/odd.jpg is damaged", "A file is damaged")
    (site / "inputs.json").write_text(inputs)
    assert len(faults(site, "odd.jpg")) == 1
