"""Parse TOML files that people write into typed values. Errors are sentences that name the file."""

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
    "date": "a date such as 2027-06-30, without quotation marks",
    "datetime": "a date with a time",
    "array": "a list",
    "object": "a table",
}
"""msgspec's type names → the words for somebody who writes TOML."""


def parse_toml(text: str, name: object, result_type: type[T], error_class: type[Exception]) -> T:
    """Parse *text*, the contents of the file *name*.

    Args:
        text: TOML.
        name: The file, for the error.
        result_type: The type to convert to.
        error_class: The type of the error.

    Raises:
        error_class: The text is not valid TOML or does not fit *result_type*. The message is a sentence.
    """
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a plain ValueError: a number with more digits than Python reads
        raise error_class(f"{name} is not valid TOML: {error}. Texts need quotation marks around them.") from error
    try:
        return msgspec.convert(data, result_type)
    except msgspec.ValidationError as error:
        raise error_class(
            f"{name} has a value that cannot be used: {describe_validation_error(error, data, result_type)}"
        ) from error


def describe_validation_error(error: msgspec.ValidationError, data: Any, result_type: Any) -> str:
    """Return the key as TOML spells it, and a sentence about what is wrong with it.

    Args:
        error: msgspec's error from converting *data* to *result_type*.
        data: What was read from the file.
        result_type: The type that it should have.
    """
    path, sentence = explain_validation_error(error, data, result_type, _TYPE_NAMES)
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{_quote_key(part)}" for part in path).removeprefix(".")
    return f"{place}: {sentence}" if place else sentence


def _quote_key(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name, re.ASCII) else f'"{name}"'
