"""Importing a package without the parts of it that are never used here."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def skip_imports(*modules: str) -> Iterator[None]:
    """Within the block, *modules* that are not loaded yet import as empty ones; afterwards they can be had as usual.

    MediaPipe imports matplotlib to draw and sounddevice to listen: 0.4 of its 0.5 processor seconds in each child.
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
