"""The texts of a new site that nobody has replaced yet: `[Placeholder: ...]`, as `init` writes them."""

from __future__ import annotations

import re
import unicodedata

_PLACEHOLDER = re.compile(r"\[(Placeholder|Platzhalter|À compléter)\s*:")
"""How a placeholder begins, in the languages of `init`."""


def find_placeholder_lines(text: str) -> list[int]:
    """Return the number of the line (from 1) in which each placeholder in *text* begins."""
    text = unicodedata.normalize("NFC", text)
    return [text.count("\n", 0, match.start()) + 1 for match in _PLACEHOLDER.finditer(text)]


def describe_placeholders(file: str, lines: list[int]) -> str:
    """Return a sentence for the photographer about the placeholders in *lines* of *file*."""
    numbers = [str(line) for line in dict.fromkeys(lines)]
    place = f"line {numbers[0]}" if len(numbers) == 1 else f"lines {', '.join(numbers[:-1])} and {numbers[-1]}"
    subject, each = ("a placeholder", "it") if len(lines) == 1 else (f"{len(lines)} placeholders", "each")
    return f"{file} still has {subject}, in {place}. Replace {each} by your own text, or delete it, brackets included."
