"""TOML that a person wrote, as typed values: what is wrong with it comes as a sentence that names the file."""

from __future__ import annotations

import re
import tomllib
from typing import Any, TypeVar

import msgspec

from .validation import explain_validation_error

T = TypeVar("T")

_TYPE_NAMES = {
    "str": "a text in quotation marks",
    "float": "a number",
    "int": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
}
"""What msgspec's types are to whoever writes TOML."""


def parse_toml(text: str, name: object, result_type: type[T], error_class: type[Exception]) -> T:
    """*text* of the file *name* as a *kind*. Raises *trouble* with a sentence."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:  # ValueError alone: a number of more digits than Python reads
        raise error_class(f"{name} is not valid TOML: {wrong}. Texts need quotation marks around them.") from wrong
    try:
        return msgspec.convert(data, result_type)
    except msgspec.ValidationError as wrong:
        raise error_class(
            f"{name} says something that cannot be used: {describe_validation_error(wrong, data, result_type)}"
        ) from wrong


def describe_validation_error(error: msgspec.ValidationError, data: Any, result_type: Any) -> str:
    """What is *wrong* with *found*, which was to become a *kind*: the place as TOML spells it, and a sentence."""
    path, sentence = explain_validation_error(error, data, result_type, _TYPE_NAMES)
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{_quote_key(part)}" for part in path).removeprefix(".")
    return f"{place}: {sentence}" if place else sentence


def _quote_key(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name, re.ASCII) else f'"{name}"'
