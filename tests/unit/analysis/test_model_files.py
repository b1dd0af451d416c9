"""Model files: complete and undamaged, or an error that names the file."""

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
def models(tmp_path: Path) -> Path:
    return Path(shutil.copytree(model_files.PACKAGED_MODEL_FOLDER, tmp_path / "models"))


def test_the_packaged_models_are_complete_and_undamaged() -> None:
    assert model_files.find_models() == model_files.PACKAGED_MODEL_FOLDER


def test_models_may_lie_in_another_folder(models: Path) -> None:
    assert model_files.find_models(models) == models


def test_a_missing_model_is_named_with_what_to_do(models: Path) -> None:
    (models / "pose.task").unlink()
    with pytest.raises(model_files.ModelError, match=r"pose\.task.*HEADSHOTS"):
        model_files.find_models(models)


def test_a_model_with_one_changed_byte_is_refused(models: Path) -> None:
    file = models / "face_mesh.tflite"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(model_files.ModelError, match=r"face_mesh\.tflite"):
        model_files.find_models(models)


def test_an_unreadable_manifest_is_refused(models: Path) -> None:
    (models / model_files.MANIFEST_FILENAME).write_text("{", encoding="utf-8")
    with pytest.raises(model_files.ModelError, match="manifest"):
        model_files.find_models(models)


def test_the_manifest_names_every_model_and_their_license() -> None:
    manifest = json.loads(
        (model_files.PACKAGED_MODEL_FOLDER / model_files.MANIFEST_FILENAME).read_text(encoding="utf-8")
    )
    assert set(model_files.MODEL_FILENAMES) <= set(manifest["models"])
    assert [source["licence"] for source in manifest["from"]] == ["Apache-2.0", "MIT"]
