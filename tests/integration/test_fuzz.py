"""Odd files are reproducible from a seed, and the soak test finds missing pictures and missing messages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.fuzz import odd_files, soak


def test_odd_files_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    def write_files(name: str, seed: int) -> dict[str, bytes]:
        folder = tmp_path / name
        folder.mkdir()
        paths = [path for number in range(70) for path in odd_files.write_odd_file(folder, number, seed)]
        return {path.name: path.read_bytes() for path in paths}

    first = write_files("first", 1)
    assert first == write_files("second", 1)
    assert first != write_files("other", 2)
    mutations = {name[6:].partition(".")[0] for name in first}
    assert mutations == {mutation.__name__.replace("_", "-") for mutation in odd_files.MUTATIONS}


def test_a_site_of_odd_files_is_built_without_faults(tmp_path: Path) -> None:
    outcome = soak.Soak(tmp_path, analyze=False).build(soak.make_items(tmp_path / "odd", 3, 1))
    assert outcome.faults == ()
    assert outcome.statuses["built"] >= 2
    assert outcome.mebibytes > 20


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The output of a build that publishes two sound photos and skips an odd file."""
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


def find_faults(site: Path, *names: str) -> list[str]:
    inputs = json.loads((site / "inputs.json").read_text())
    items = [(Path(name),) for name in names]
    return [*soak._find_unpublished(site, inputs), *soak._find_unreported(items, inputs)]


def test_a_complete_site_has_no_faults(site: Path) -> None:
    assert find_faults(site, "odd.jpg") == []


def test_missing_pictures_pages_and_report_entries_are_found(site: Path) -> None:
    (site / "output" / "index.html").write_text("<img src=sound-0-320.jpg>")
    (site / "output" / "sound-0-320.jpg").write_bytes(b"")
    faults = find_faults(site, "odd.jpg", "lost.jpg")
    assert [sentence.partition(" ")[0] for sentence in faults] == [
        "among/sound-0.jpg:",
        "alone/sound-1.jpg",
        "lost.jpg",
    ]


def test_a_message_without_a_file_name_is_a_fault(site: Path) -> None:
    inputs = (site / "inputs.json").read_text().replace("among/odd.jpg is damaged", "A file is damaged")
    (site / "inputs.json").write_text(inputs)
    assert len(find_faults(site, "odd.jpg")) == 1
