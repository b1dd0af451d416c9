"""Pure functions whose results are worth keeping from one build to the next.

As `functools.cache` keeps them, but by what the arguments say, so that they can be written down: see
`adapters/cache/recollection.py`, which also knows when the functions themselves have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from hashlib import blake2b
from typing import Any, ParamSpec, TypeVar

import msgspec

P = ParamSpec("P")
T = TypeVar("T")

_encode = msgspec.msgpack.encode

ROOMS = {__package__}
"""Packages whose code may shape a result: this one's values, and the rooms in which recalled functions stand."""


class Memory:
    """*known* are results by what was asked, of earlier builds; *used* those that this one asked for."""

    def __init__(self, known: dict[bytes, bytes]) -> None:
        self.known = known
        self.used: dict[bytes, bytes] = {}


_memory: ContextVar[Memory | None] = ContextVar("memory", default=None)


@contextmanager
def recalling(memory: Memory) -> Iterator[None]:
    """Within the block recalled functions look into *memory* first; elsewhere they are always called."""
    before = _memory.set(memory)
    try:
        yield
    finally:
        _memory.reset(before)


def recalled(kind: type[T]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """For a function of values that gives a *kind*: both are what msgspec can write and read without loss."""

    def keep(function: Callable[P, T]) -> Callable[P, T]:
        ROOMS.add(function.__module__.rpartition(".")[0])
        read: Callable[[bytes], T] = msgspec.msgpack.Decoder(kind).decode

        @wraps(function)
        def instead(*args: P.args, **how: P.kwargs) -> T:
            memory = _memory.get()
            if memory is None:
                return function(*args, **how)
            asked: Any = (function.__qualname__, args, how)
            key = blake2b(_encode(asked), digest_size=16).digest()
            result = memory.used.get(key) or memory.known.get(key)
            if result is None:
                made = function(*args, **how)
                memory.used[key] = _encode(made)
                return made
            memory.used[key] = result
            return read(result)

        return instead

    return keep
