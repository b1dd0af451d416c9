"""TOML that a person wrote, as typed values: what is wrong with it comes as a sentence that names the file."""

from __future__ import annotations

import re
import tomllib
from typing import TypeVar

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
        said, _, where = str(wrong).partition(" - at ")
        raise trouble(
            f"{name} says something that cannot be used: {said}{f' (at {where})' if where else ''}."
        ) from wrong
