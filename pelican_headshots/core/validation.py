"""What is wrong with a value that somebody wrote: its place, and a sentence in that person's words.

msgspec says it in one line, with names of types of its own and without the keys of dicts. Only this module reads that line.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

import msgspec


class Problem(NamedTuple):
    """What cannot be used, and where."""

    path: tuple[str | int, ...]
    """Fields, keys and positions in lists, outermost first."""
    sentence: str
    """What is wrong there, and what may stand there."""


def explain(error: msgspec.ValidationError, value: Any, kind: Any, types: Mapping[str, str]) -> Problem:
    """Return what *error* says about *value*, which was to become a *kind*.

    Args:
        types: msgspec's name of a type → what whoever wrote *value* calls it.
    """
    said, _, where = str(error).partition(" - at ")
    path, kind = _follow(re.findall(r"\.(\w+)|\[(\d+|\.\.\.)\]", where), value, kind)
    if unknown := re.search("unknown field `(.*)`", said):
        fields = [field for one in _alternatives(kind) for field in getattr(one, "__struct_fields__", ())]
        near = difflib.get_close_matches(unknown[1], fields, n=1, cutoff=0.7)
        hint = f"Did you mean {near[0]!r}?" if near else _choose_from(fields)
        return Problem(path, f"there is no {unknown[1]!r}. {hint}")
    choices = _choices(kind)
    if said.startswith("Invalid enum value"):
        return Problem(path, f"{said.split(maxsplit=3)[3]} is not possible here. {_choose_from(choices)}")
    words = re.sub("`(.*?)`", lambda named: _in_words(named[1], types), said)
    return Problem(path, f"{words}. {_choose_from(choices)}".rstrip())


def _in_words(named: str, types: Mapping[str, str]) -> str:
    """The types in *named* (`str | null`) in words; one that nobody writes, such as a `PosixPath`, under its own name."""
    return " or ".join(types.get(name, name) for name in named.split(" | "))


def _choose_from(choices: Iterable[str]) -> str:
    words = ", ".join(sorted(filter(None, choices)))
    return f"Choose from: {words}{', or leave it empty' if '' in choices else ''}." if words else ""


def _follow(steps: Iterable[tuple[str, str]], value: Any, kind: Any) -> tuple[tuple[str | int, ...], Any]:
    """The path that msgspec's *steps* are, with the keys that it leaves out, and the type of what stands at its end."""
    path: list[str | int] = []
    for field, index in steps:
        within = next(one for one in _alternatives(kind) if hasattr(one, "__struct_fields__") or get_args(one))
        key: str | int
        if field:
            key, kind = field, get_type_hints(within)[field]
        elif index == "...":
            kind = get_args(within)[1]
            key = next(key for key, one in value.items() if not _fits(one, kind))
        else:
            key, kind = int(index), get_args(within)[0]
        path.append(key)
        value = value[key]
    return tuple(path), kind


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _alternatives(kind: Any) -> tuple[Any, ...]:
    """The members of a union; of another type itself."""
    return get_args(kind) if get_origin(kind) not in (None, dict, tuple, Literal) else (kind,)


def _choices(kind: Any) -> list[str]:
    """What may be written where a *kind*, or a list of them, is asked for, if that is a short list."""
    found: list[str] = []
    for one in _alternatives(kind):
        if get_origin(one) is Literal:
            found += get_args(one)
        elif get_origin(one) is tuple:
            found += _choices(get_args(one)[0])
        elif isinstance(one, type) and issubclass(one, StrEnum):
            found += list(one)
    return found
