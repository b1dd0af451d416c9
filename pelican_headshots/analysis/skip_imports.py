"""Import a package without those of its dependencies that are never used here."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def skip_imports(*modules: str) -> Iterator[None]:
    """Import *modules* that are not loaded yet as empty modules within the block; afterwards they import as usual.

    MediaPipe imports matplotlib and sounddevice: 0.4 of the 0.5 processor seconds that importing it takes in each worker.
    """
    not_loaded = [name for name in modules if name not in sys.modules]
    for name in not_loaded:
        sys.modules[name] = types.ModuleType(name)
    for name in not_loaded:
        parent, _, own = name.rpartition(".")
        if parent in not_loaded:
            setattr(sys.modules[parent], own, sys.modules[name])
    try:
        yield
    finally:
        for name in not_loaded:
            del sys.modules[name]
