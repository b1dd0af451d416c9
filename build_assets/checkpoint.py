"""Read a PyTorch checkpoint without PyTorch: names and tensors of 32-bit floats, nothing else."""

from __future__ import annotations

import io
import pickle
import struct
import sys
from array import array
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

StorageKey = tuple[str, str]
"""Type of a storage, and its key."""
_ITEM_BYTES = {"FloatStorage": 4, "LongStorage": 8}
"""Type of a storage → bytes of one number."""


@dataclass(frozen=True)
class Tensor:
    """A view of a storage: *size* and *stride* of each axis, and the index of the first number (*start*)."""

    storage: array[float]
    start: int
    size: tuple[int, ...]
    stride: tuple[int, ...]

    def get_values(self, axis: int, *at: int) -> array[float]:
        """Return the numbers along *axis*, at the indices *at* on the other axes."""
        others = [step for i, step in enumerate(self.stride) if i != axis]
        first = self.start + sum(index * step for index, step in zip(at, others, strict=True))
        step = self.stride[axis]
        return self.storage[first : first + (self.size[axis] - 1) * step + 1 : max(step, 1)]


def read(data: bytes) -> dict[str, Tensor]:
    """Return the float tensors in *data*, a file as PyTorch wrote them before version 1.6.

    Raises:
        UnpicklingError: The file contains anything but tensors.
    """
    file = io.BytesIO(data)
    for _ in ("magic number", "protocol", "system"):
        _Reader(file).load()
    named: dict[str, tuple[StorageKey, int, tuple[int, ...], tuple[int, ...]]] = _Reader(file).load()
    kinds = {key: kind for (kind, key), *_ in named.values()}
    storages: dict[str, array[float]] = {}
    for key in _Reader(file).load():
        (count,) = struct.unpack("<q", file.read(8))
        content = file.read(count * _ITEM_BYTES[kinds[key]])
        if kinds[key] == "FloatStorage":
            storages[key] = array("f", content)
            if sys.byteorder == "big":
                storages[key].byteswap()
    return {
        name: Tensor(storages[key], start, size, stride)
        for name, ((_, key), start, size, stride) in named.items()
        if key in storages
    }


class _Reader(pickle.Unpickler):
    """Reads tensors, and rejects everything else that a pickle could call."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda stored, start, size, stride, *_: (stored, start, size, stride)
        if module == "torch" and name in _ITEM_BYTES:
            return name
        raise pickle.UnpicklingError(f"The checkpoint contains {module}.{name}, which is not allowed.")

    def persistent_load(self, pid: Any) -> StorageKey:
        _, kind, key, *_ = pid
        return kind, key
