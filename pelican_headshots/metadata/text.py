"""Bytes that strangers wrote, as clean text."""

from __future__ import annotations

import codecs
import unicodedata

from ..support.filenames import normalize_nfc

MAX_TEXT_CHARACTERS = 20_000
"""Characters of a text that a page can bear."""

_MAX_DECODED_BYTES = 16 * MAX_TEXT_CHARACTERS
"""What is decoded of a value: four bytes a character, and four characters for one where UTF-8 was read as Windows-1252."""

_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of whatever follows them: with them, a caption can rewrite its surroundings."""


_HOLES = {0xDC00 + byte: byte for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
"""The five bytes that Windows-1252 leaves out, as Python escapes them, to themselves (Latin-1), so that none is lost."""

_ESCAPED = {byte: escaped for escaped, byte in _HOLES.items()}


def decode_text(raw: bytes, charset: str | None = None) -> str:
    """Text in *charset* if it is known and right, else UTF-8 or UTF-16 where the bytes prove it, else Windows-1252.

    What is longer than any text that is shown is cut off before it is decoded.
    """
    is_complete, raw = len(raw) <= _MAX_DECODED_BYTES, raw[:_MAX_DECODED_BYTES]
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "ignore")
    for candidate in (charset, "utf-8"):
        if candidate:
            try:
                return codecs.getincrementaldecoder(candidate)().decode(raw, final=is_complete)
            except UnicodeDecodeError:
                continue
    return raw.decode("cp1252", "surrogateescape").translate(_HOLES)


def clean_text(text: str, max_characters: int = MAX_TEXT_CHARACTERS) -> str:
    """*text* from a picture as `plain` text, mojibake undone. It is shortened before anything else is done with it."""
    return to_plain_text(_undo_mojibake(text.strip()[: 4 * max_characters]), max_characters)


def to_plain_text(text: str, max_characters: int = MAX_TEXT_CHARACTERS) -> str:
    """At most *longest* characters, composed, without control and direction characters and lone surrogates."""
    text = text.strip()[:max_characters].replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in "\n\t" or not (unicodedata.category(c) in ("Cc", "Cs") or _is_unsafe(c)))
    return normalize_nfc(text).strip()


def _is_unsafe(character: str) -> bool:
    """Whether it turns the direction of text, or is one of the code points that are no characters and break XML."""
    return character in _BIDI_CONTROLS or ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef"


def _undo_mojibake(text: str) -> str:
    """UTF-8 that was once read as Windows-1252 (`CafÃ©`), put right where every odd character proves it."""
    if text.isascii():
        return text
    try:
        return text.translate(_ESCAPED).encode("cp1252", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return text
