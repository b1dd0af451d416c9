"""Make titles and names from file names, and slugs from titles and names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from unidecode import unidecode

NAME_PARTICLES = frozenset(
    ("af", "al", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el", "la", "le")
    + ("of", "ten", "ter", "van", "von", "y", "zu")
)

MAX_COMBINING_MARKS = 30
"""The most combining marks in a row. Languages need fewer than ten; 30 is the limit of Unicode's Stream-Safe Text Format
(UAX #15). Without a limit, the time to normalize a text grows with the square of its length."""

_CAMERA_FILE_NAME = re.compile(
    r"""_?(?:
        (?:mv)?img.*\d.* | dsc.*\d.* | (?:mg|cimg|dji|gopr|pict|sam|sdc)[_-]?\d{4}.*  # camera makers' prefixes
        | [a-z]{1,2}\d{6,}.*                                                         # P1010042, GX010123
        | [a-z]{2,4}[_-]?(?!(?:1[89]|20)\d\d(?!\d))(?:\d{4,}|0\d\d).*                # JMD_0412; but `rome-2024` is a year
        | (?:image|photo|untitled)[ _-]?\d*
    )""",
    re.IGNORECASE | re.VERBOSE,
)
"""File names given by cameras and their software, with anything added after the number."""
_COMBINING_ACCENTS = re.compile("[\u0300-\u036f]")
"""Accents of Latin, Greek and Cyrillic letters, which are often omitted. In other scripts a mark is part of the letter."""
_WINDOWS_RESERVED_NAMES = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{i}" for i in range(10)), *(f"lpt{i}" for i in range(10))}
)


def slugify(text: str, max_length: int = 60, replacements: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return *text* as lower-case ASCII letters, digits and hyphens, at most *max_length* characters.

    The slug is never empty and never a name that Windows reserves. Letters of other scripts are transliterated, after
    *replacements* as in `replace_letters`. Different texts can have the same slug; `make_name_key` tells names apart.
    """
    latin = unidecode(replace_letters(strip_unprintable(text), replacements))
    slug = re.sub(r"[^a-z0-9]+", "-", latin.lower()).strip("-")[:max_length].strip("-")
    return f"{slug}-1" if slug in _WINDOWS_RESERVED_NAMES else slug or "untitled"


def replace_letters(text: str, replacements: Mapping[str, str]) -> str:
    """Return *text* with each key of *replacements*, in either case, replaced by its value: `ä` → `ae`."""
    text = normalize_nfc(text)
    for letters, replacement in replacements.items():
        if letters:
            literal = replacement.replace("\\", r"\\")
            text = re.sub(re.escape(normalize_nfc(letters)), literal, text, flags=re.IGNORECASE)
    return text


@lru_cache(maxsize=8192)  # every name in a people file is compared with every headshot
def make_name_key(name: str) -> str:
    """Return a key that is the same for all spellings of a name: `José María` in a list, `jose-maria` in a file name."""
    latin = (unidecode(c) if unicodedata.name(c, "").startswith("LATIN") else c for c in normalize_nfc(name))
    plain = _COMBINING_ACCENTS.sub("", unicodedata.normalize("NFKD", "".join(latin))).casefold()
    return " ".join("".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in plain).split()) or name


def make_unique(wanted: str, taken: set[str]) -> str:
    """Return *wanted*, with a number appended if it is in *taken*. Adds the result to *taken*."""
    name, count = wanted, 2
    while name in taken:
        name, count = f"{wanted}-{count}", count + 1
    taken.add(name)
    return name


def is_camera_file_name(stem: str) -> bool:
    """Return whether *stem* was given by a camera (`DSC_0412`), so that it says nothing about the photo."""
    return bool(_CAMERA_FILE_NAME.fullmatch(stem)) or not any(c.isalpha() for c in stem)


def normalize_nfc(name: str) -> str:
    """Return *name* in Unicode's composed form (NFC), because some file systems store `ö` as `o` and a combining mark.

    Combining marks beyond `MAX_COMBINING_MARKS` in a row are removed.
    """
    if name.isascii():
        return name
    kept, marks = [], 0
    for character in name:
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        if marks <= MAX_COMBINING_MARKS:
            kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))


def parse_title(stem: str) -> str:
    """Return a title from a file name: `rocking-chair_2` → `Rocking chair 2`. Empty for a camera's file name."""
    return "" if is_camera_file_name(stem) else humanize_name(stem)


def humanize_name(name: str) -> str:
    """Return the *name* of a file or folder as words: `rome-2024` → `Rome 2024`. Hyphens between digits stay: `2024-06`."""
    words = re.sub(r"[\s_]+|(?<!\d)-+|-+(?!\d)", " ", strip_unprintable(name)).strip()
    return words[:1].upper() + words[1:]


@lru_cache(maxsize=8192)  # every build asks several times, and review after every decision
def parse_name_and_role(stem: str) -> tuple[str, str]:
    """Return name and role from a file name such as `first-last_role-in-words`; empty if it does not contain them."""
    if is_camera_file_name(stem):
        return "", ""
    name, _, role = strip_unprintable(stem).partition("_")
    words = [w for w in re.split(r"[\s-]+", name) if w]
    if not words or len(words) > 5 or any(c.isdigit() for c in name):
        return "", ""
    full_name = " ".join(_capitalize_name_part(w, is_first=i == 0) for i, w in enumerate(words))
    role_text = " ".join(w for w in re.split(r"[\s_-]+", role) if w)
    return full_name, role_text[:1].upper() + role_text[1:]


def _capitalize_name_part(word: str, *, is_first: bool) -> str:
    if not word.islower() or (word in NAME_PARTICLES and not is_first):
        return word
    return word[:1].upper() + word[1:]


def strip_unprintable(text: str) -> str:
    """Return *text* in NFC, with undecodable bytes removed and control characters replaced by spaces."""
    kept = (c if c.isprintable() else " " for c in text if not 0xD800 <= ord(c) <= 0xDFFF)
    return normalize_nfc("".join(kept))
