"""TOML that a person wrote, as typed values: what is wrong with it comes as a sentence that names the file."""

from __future__ import annotations

import re
import tomllib
from typing import Any, TypeVar

import msgspec

from ...core.validation import explain

T = TypeVar("T")

_TYPES = {
    "str": "a text in quotation marks",
    "float": "a number",
    "int": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
}
"""What msgspec's types are to whoever writes TOML."""


def understood(text: str, name: object, kind: type[T], trouble: type[Exception]) -> T:
    """*text* of the file *name* as a *kind*. Raises *trouble* with a sentence."""
    try:
        found = tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:  # ValueError alone: a number of more digits than Python reads
        raise trouble(f"{name} is not valid TOML: {wrong}. Texts need quotation marks around them.") from wrong
    try:
        return msgspec.convert(found, kind)
    except msgspec.ValidationError as wrong:
        raise trouble(f"{name} says something that cannot be used: {describe(wrong, found, kind)}") from wrong


def describe(wrong: msgspec.ValidationError, found: Any, kind: Any) -> str:
    """What is *wrong* with *found*, which was to become a *kind*: the place as TOML spells it, and a sentence."""
    path, sentence = explain(wrong, found, kind, _TYPES)
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{_key(part)}" for part in path).removeprefix(".")
    return f"{place}: {sentence}" if place else sentence


def _key(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name, re.ASCII) else f'"{name}"'
