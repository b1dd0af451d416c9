"""The models: there, whole, or a sentence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pelican_headshots.analysis import model_files

pytestmark = pytest.mark.skipif(
    not (model_files.PACKAGED_MODEL_FOLDER / model_files.MANIFEST_FILENAME).exists(),
    reason="models are not filled in: python -m build_assets",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(model_files.PACKAGED_MODEL_FOLDER, tmp_path / "models"))


def test_the_packages_own_models_are_whole() -> None:
    assert model_files.find_models() == model_files.PACKAGED_MODEL_FOLDER


def test_another_folder_may_be_named(folder: Path) -> None:
    assert model_files.find_models(folder) == folder


def test_a_missing_model_is_named_with_what_to_do(folder: Path) -> None:
    (folder / "pose.task").unlink()
    with pytest.raises(model_files.ModelError, match=r"pose\.task.*HEADSHOTS"):
        model_files.find_models(folder)


def test_one_flipped_byte_is_noticed(folder: Path) -> None:
    file = folder / "face_mesh.task"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(model_files.ModelError, match=r"face_mesh\.task"):
        model_files.find_models(folder)


def test_an_unreadable_manifest_is_damage(folder: Path) -> None:
    (folder / model_files.MANIFEST_FILENAME).write_text("{", encoding="utf-8")
    with pytest.raises(model_files.ModelError, match="manifest"):
        model_files.find_models(folder)


def test_the_manifest_names_every_model_and_their_licence() -> None:
    manifest = json.loads(
        (model_files.PACKAGED_MODEL_FOLDER / model_files.MANIFEST_FILENAME).read_text(encoding="utf-8")
    )
    assert set(model_files.MODEL_FILENAMES) <= set(manifest["models"])
    assert [source["licence"] for source in manifest["from"]] == ["Apache-2.0", "Apache-2.0", "MIT"]
