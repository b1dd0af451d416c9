"""Bytes that strangers wrote, as clean text."""

from __future__ import annotations

import codecs
import unicodedata

from ...core.said.names import composed

LONGEST = 20_000
"""Characters of a text that a page can bear."""

_MOST_BYTES = 16 * LONGEST
"""What is decoded of a value: four bytes a character, and four characters for one where UTF-8 was read as Windows-1252."""

_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of whatever follows them: with them, a caption can rewrite its surroundings."""


def decoded(raw: bytes, charset: str | None = None) -> str:
    """Text in *charset* if it is known and right, else UTF-8 or UTF-16 where the bytes prove it, else Windows-1252.

    What is longer than any text that is shown is cut off before it is decoded.
    """
    whole, raw = len(raw) <= _MOST_BYTES, raw[:_MOST_BYTES]
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "ignore")
    for candidate in (charset, "utf-8"):
        if candidate:
            try:
                return codecs.getincrementaldecoder(candidate)().decode(raw, final=whole)
            except UnicodeDecodeError:
                continue
    return _western(raw)


def _western(raw: bytes) -> str:
    """Windows-1252, its five holes read as Latin-1, so that no byte is lost."""
    return "".join(_byte(b) for b in raw)


def _byte(value: int) -> str:
    try:
        return bytes((value,)).decode("cp1252")
    except UnicodeDecodeError:
        return chr(value)


def cleaned(text: str, longest: int = LONGEST) -> str:
    """*text* from a picture as `plain` text, mojibake undone. It is shortened before anything else is done with it."""
    return plain(_unmangled(text.strip()[: 4 * longest]), longest)


def plain(text: str, longest: int = LONGEST) -> str:
    """At most *longest* characters, composed, without control and direction characters and lone surrogates."""
    text = text.strip()[:longest].replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in "\n\t" or not (unicodedata.category(c) in ("Cc", "Cs") or _unfit(c)))
    return composed(text).strip()


def _unfit(character: str) -> bool:
    """Whether it turns the direction of text, or is one of the code points that are no characters and break XML."""
    return character in _TURNS or ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef"


def _unmangled(text: str) -> str:
    """UTF-8 that was once read as Windows-1252 (`CafÃ©`), put right where every odd character proves it."""
    if text.isascii():
        return text
    try:
        raw = b"".join(c.encode("latin-1") if c in "\x81\x8d\x8f\x90\x9d" else c.encode("cp1252") for c in text)
        return raw.decode("utf-8")
    except UnicodeError:
        return text
