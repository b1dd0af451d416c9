"""Where the models lie, and whether they are whole. Imports nothing heavy: a build checks before it begins."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from pathlib import Path

from ...core.trouble import Trouble
from ..cache.stat_index import Facts, StatIndex

PACKAGED = Path(__file__).resolve().parents[2] / "models"
MANIFEST = "manifest.json"

NEEDED = (
    "face_short_range.tflite",
    "face_full_range.tflite",
    "face_mesh.task",
    "pose.task",
    "hands.task",
    "person_mask.tflite",
    "scene.tflite",
    "outline.tflite",
    "things.tflite",
)


class ModelError(Trouble):
    """The models cannot be used."""


def find(folder: str | Path | None = None, known: StatIndex | None = None) -> Path:
    """The folder of models, every one of them present and held against its sha256.

    With *known* a model is only read where its stat facts are not those of the last time.

    *folder* is `HEADSHOTS["models"]`: a folder of other models under the same names; None means the package's own. A
    folder without a `manifest.json` is taken as its owner left it: nothing vouches for the bytes.
    """
    try:
        importlib.metadata.version("mediapipe")
    except importlib.metadata.PackageNotFoundError:
        raise ModelError("MediaPipe, which looks at photographs, is not installed: `pip install mediapipe`.") from None
    place = Path(folder) if folder else PACKAGED
    for name in NEEDED:
        if not (place / name).is_file():
            raise ModelError(_missing(place / name, own=folder is None))
    try:
        sums = json.loads((place / MANIFEST).read_text(encoding="utf-8"))["models"]
    except FileNotFoundError:
        if folder:
            return place
        raise ModelError(_missing(place / MANIFEST, own=True)) from None
    except (ValueError, KeyError, TypeError):
        raise ModelError(_damaged(place / MANIFEST)) from None
    for name in NEEDED:
        if _sum(place / name, known) != sums.get(name):
            raise ModelError(_damaged(place / name))
    return place


def _sum(model: Path, known: StatIndex | None) -> str:
    facts, key = Facts.of(model.stat()), f"models:{model}"
    found = known.digest_of(key, facts) if known else None
    if found is None:
        found = hashlib.sha256(model.read_bytes()).hexdigest()
        if known:
            known.remember(key, facts, found)
    return found


def _missing(file: Path, own: bool) -> str:
    remedy = (
        "Install pelican-headshots again; in a checkout, run `python -m build_assets`."
        if own
        else 'Put it there, or leave HEADSHOTS["models"] out to use the models that came with the package.'
    )
    return f"A model that looks at photographs is missing: {file}. {remedy}"


def _damaged(file: Path) -> str:
    return (
        f"A model that looks at photographs is damaged: {file} is not what was put there. "
        "Delete its folder and install pelican-headshots again; in a checkout, run `python -m build_assets`."
    )
