"""Find the model files and check that they are intact.

This module imports nothing heavy: a build checks the models before it starts.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from pathlib import Path

from ..cache.stat_index import FileStat, StatIndex
from ..support.errors import HeadshotsError

PACKAGED_MODEL_FOLDER = Path(__file__).resolve().parents[1] / "models"
MANIFEST_FILENAME = "manifest.json"

MODEL_FILENAMES = (
    "face_short_range.tflite",
    "face_full_range.tflite",
    "face_mesh.tflite",
    "pose.task",
    "hands.task",
    "person_mask.tflite",
    "scene.tflite",
    "outline.tflite",
    "things.tflite",
    "objects.tflite",
)


class ModelError(HeadshotsError):
    """The models cannot be used."""


def find_models(folder: str | Path | None = None, stat_index: StatIndex | None = None) -> Path:
    """Return the folder of models, after checking that each is present and has the expected SHA-256.

    Args:
        folder: `HEADSHOTS["models"]`, a folder of other models under the same names; None for the package's own. If it
            has no `manifest.json`, the models in it are not checked.
        stat_index: Remembers checksums, so that a model is only read again if its file has changed.

    Raises:
        ModelError: MediaPipe is not installed, or a model is missing or damaged.
    """
    try:
        importlib.metadata.version("mediapipe")
    except importlib.metadata.PackageNotFoundError:
        raise ModelError(
            "MediaPipe, which analyzes the photos, is not installed. Run `pip install mediapipe`."
        ) from None
    model_folder = Path(folder) if folder else PACKAGED_MODEL_FOLDER
    for name in MODEL_FILENAMES:
        if not (model_folder / name).is_file():
            raise ModelError(_describe_missing(model_folder / name, is_packaged=folder is None))
    try:
        checksums = json.loads((model_folder / MANIFEST_FILENAME).read_text(encoding="utf-8"))["models"]
    except FileNotFoundError:
        if folder:
            return model_folder
        raise ModelError(_describe_missing(model_folder / MANIFEST_FILENAME, is_packaged=True)) from None
    except (ValueError, KeyError, TypeError):
        raise ModelError(_describe_damaged(model_folder / MANIFEST_FILENAME)) from None
    for name in MODEL_FILENAMES:
        if _compute_checksum(model_folder / name, stat_index) != checksums.get(name):
            raise ModelError(_describe_damaged(model_folder / name))
    return model_folder


def _compute_checksum(model: Path, stat_index: StatIndex | None) -> str:
    file_stat, key = FileStat.from_stat(model.stat()), f"models:{model}"
    checksum = stat_index.get_digest(key, file_stat) if stat_index else None
    if checksum is None:
        checksum = hashlib.sha256(model.read_bytes()).hexdigest()
        if stat_index:
            stat_index.set_digest(key, file_stat, checksum)
    return checksum


def _describe_missing(file: Path, is_packaged: bool) -> str:
    remedy = (
        "Install pelican-headshots again; in a checkout, run `python -m build_assets`."
        if is_packaged
        else 'Put it there, or remove HEADSHOTS["models"] to use the models that came with the package.'
    )
    return f"A model for analyzing photos is missing: {file}. {remedy}"


def _describe_damaged(file: Path) -> str:
    return (
        f"A model for analyzing photos is damaged: {file} has changed since it was installed. "
        "Delete its folder and install pelican-headshots again; in a checkout, run `python -m build_assets`."
    )
