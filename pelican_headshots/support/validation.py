"""Explain msgspec's validation errors: which value is wrong, and a sentence for the person who wrote it.

msgspec's message is one line that uses its own type names and omits the keys of dicts. Only this module parses it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

import msgspec


class ValidationProblem(NamedTuple):
    """A value that cannot be used."""

    path: tuple[str | int, ...]
    """Field names, keys and list indexes, outermost first."""
    message: str
    """What is wrong, and which values are possible."""


def explain_validation_error(
    error: msgspec.ValidationError, value: Any, expected_type: Any, type_names: Mapping[str, str]
) -> ValidationProblem:
    """Explain why *value* could not be converted to *expected_type*.

    Args:
        error: msgspec's error from the conversion.
        value: The value that was converted.
        expected_type: The type it was converted to.
        type_names: msgspec's type names → the words for the person who wrote *value*.
    """
    message, _, location = str(error).partition(" - at ")
    path, expected_type = _resolve_path(re.findall(r"\.(\w+)|\[(\d+|\.\.\.)\]", location), value, expected_type)
    if unknown := re.search("unknown field `(.*)`", message):
        fields = [
            field for one in _list_union_members(expected_type) for field in getattr(one, "__struct_fields__", ())
        ]
        close_matches = difflib.get_close_matches(unknown[1], fields, n=1, cutoff=0.7)
        hint = f"Did you mean {close_matches[0]!r}?" if close_matches else _list_choices(fields)
        return ValidationProblem(path, f"there is no {unknown[1]!r}. {hint}")
    choices = _collect_choices(expected_type)
    if message.startswith("Invalid enum value"):
        return ValidationProblem(path, f"{message.split(maxsplit=3)[3]} is not possible here. {_list_choices(choices)}")
    message = message.replace("Invalid RFC3339 encoded date", "this is not a date such as 2027-06-30")
    message_in_words = re.sub("`(.*?)`", lambda named: _describe_types(named[1], type_names), message)
    return ValidationProblem(path, f"{message_in_words}. {_list_choices(choices)}".rstrip())


def _describe_types(type_expression: str, type_names: Mapping[str, str]) -> str:
    """Return the types in *type_expression* (`str | null`) in words. A type without a word keeps its name."""
    return " or ".join(type_names.get(name, name) for name in type_expression.split(" | "))


def _list_choices(choices: Iterable[str]) -> str:
    listed = ", ".join(sorted(filter(None, choices)))
    return f"Choose from: {listed}{', or leave it empty' if '' in choices else ''}." if listed else ""


def _resolve_path(
    steps: Iterable[tuple[str, str]], value: Any, expected_type: Any
) -> tuple[tuple[str | int, ...], Any]:
    """Return the path of msgspec's *steps*, with the keys that it omits, and the expected type at its end."""
    path: list[str | int] = []
    for field, index in steps:
        container_type = next(
            one for one in _list_union_members(expected_type) if hasattr(one, "__struct_fields__") or get_args(one)
        )
        key: str | int
        if field:
            key, expected_type = field, get_type_hints(container_type)[field]
        elif index == "...":
            expected_type = get_args(container_type)[1]
            key = next(key for key, one in value.items() if not _is_valid(one, expected_type))
        else:
            key, expected_type = int(index), get_args(container_type)[0]
        path.append(key)
        value = value[key]
    return tuple(path), expected_type


def _is_valid(value: Any, expected_type: Any) -> bool:
    try:
        msgspec.convert(value, expected_type)
    except msgspec.ValidationError:
        return False
    return True


def _list_union_members(union_type: Any) -> tuple[Any, ...]:
    """Return the members of a union, or the type itself if it is not a union."""
    return get_args(union_type) if get_origin(union_type) not in (None, dict, tuple, Literal) else (union_type,)


def _collect_choices(expected_type: Any) -> list[str]:
    """Return the possible values of *expected_type*, or of the items of a list, if it is a Literal or an enum."""
    choices: list[str] = []
    for member in _list_union_members(expected_type):
        if get_origin(member) is Literal:
            choices += get_args(member)
        elif get_origin(member) is tuple:
            choices += _collect_choices(get_args(member)[0])
        elif isinstance(member, type) and issubclass(member, StrEnum):
            choices += list(member)
    return choices
