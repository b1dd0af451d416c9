"""TOML that a person wrote, as typed values: what is wrong with it comes as a sentence that names the file."""

from __future__ import annotations

import tomllib
from typing import TypeVar

import msgspec

T = TypeVar("T")


def understood(text: str, name: object, kind: type[T], trouble: type[Exception]) -> T:
    """*text* of the file *name* as a *kind*. Raises *trouble* with a sentence."""
    try:
        return msgspec.convert(tomllib.loads(text), kind)
    except (tomllib.TOMLDecodeError, RecursionError) as wrong:
        raise trouble(f"{name} is not valid TOML: {wrong}. Texts need quotation marks around them.") from wrong
    except msgspec.ValidationError as wrong:
        said, _, where = str(wrong).partition(" - at ")
        raise trouble(
            f"{name} says something that cannot be used: {said}{f' (at {where})' if where else ''}."
        ) from wrong
