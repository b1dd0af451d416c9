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


_HOLES = {0xDC00 + byte: byte for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
"""The five bytes that Windows-1252 leaves out, as Python escapes them, to themselves (Latin-1), so that none is lost."""

_ESCAPED = {byte: escaped for escaped, byte in _HOLES.items()}


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
    return raw.decode("cp1252", "surrogateescape").translate(_HOLES)


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
        return text.translate(_ESCAPED).encode("cp1252", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return text
