"""TOML that a person wrote, as typed values: what is wrong with it comes as a sentence that names the file."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

T = TypeVar("T")

DEEPEST = 32
"""Parts of a dotted key. The parser remembers every beginning of a key: one of 100,000 parts would fill the memory."""

_NO_KEYS = re.compile(
    r"""#[^\n]*+"""
    r"""|["]{3}(?:[^"\\]|\\.|"(?!""))*+["]{3}|'{3}(?:[^']|'(?!''))*+'{3}"""
    r"""|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+'""",
    re.DOTALL,
)
"""Comments and strings, as TOML has them."""

_DEEP_KEY = re.compile(rf"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){{{DEEPEST}}}")

_NAMES = {
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
    if _DEEP_KEY.search(_NO_KEYS.sub("x", text)):
        raise trouble(f"{name} has a key of more than {DEEPEST} parts, which nothing asks for. Is it a file of yours?")
    try:
        found = tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:  # ValueError alone: a number of more digits than Python reads
        raise trouble(f"{name} is not valid TOML: {wrong}. Texts need quotation marks around them.") from wrong
    try:
        return msgspec.convert(found, kind)
    except msgspec.ValidationError as wrong:
        raise trouble(f"{name} says something that cannot be used: {_told(str(wrong), found, kind)}") from wrong


def _told(wrong: str, found: Any, kind: Any) -> str:
    """What msgspec says is *wrong* with *found*, for whoever wrote it: at which place, and what may stand there."""
    said, _, path = wrong.partition(" - at ")
    place, kind = _place(re.findall(r"\.(\w+)|\[(\d+|\.\.\.)\]", path), found, kind)
    at = f"{place}: " if place else ""
    if said.startswith("Invalid enum value"):
        return f"{at}{said.split(maxsplit=3)[3]} is not one of {', '.join(_choices(kind))}."
    if unknown := re.search("unknown field `(.*)`", said):
        known = [field for one in _alternatives(kind) for field in getattr(one, "__struct_fields__", ())]
        near = difflib.get_close_matches(unknown[1], known, n=1, cutoff=0.7)
        return f"{at}there is no {unknown[1]!r}." + (f" Did you mean {near[0]!r}?" if near else "")
    return f"{at}{re.sub('`(.*?)`', lambda name: _NAMES.get(name[1], name[1]), said)}."


def _place(path: Iterable[tuple[str, str]], found: Any, kind: Any) -> tuple[str, Any]:
    """The place at the end of *path* as TOML spells it, and the type of what may stand there."""
    place = ""
    for field, index in path:
        within = next(one for one in _alternatives(kind) if hasattr(one, "__struct_fields__") or get_args(one))
        if field:
            place, found, kind = f"{place}.{field}", found[field], get_type_hints(within)[field]
        elif index == "...":
            kind = get_args(within)[1]
            key = next(key for key, value in found.items() if not _fits(value, kind))
            place, found = f'{place}."{key}"', found[key]
        else:
            place, found, kind = f"{place}[{index}]", found[int(index)], get_args(within)[0]
    return place.removeprefix("."), kind


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
    found: list[str] = []
    for one in _alternatives(kind):
        if get_origin(one) is Literal:
            found += get_args(one)
        elif isinstance(one, type) and issubclass(one, StrEnum):
            found += list(one)
    return found
