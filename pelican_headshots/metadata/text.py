"""Decode and clean text from untrusted metadata."""

from __future__ import annotations

import codecs
import unicodedata

from ..support.filenames import normalize_nfc

MAX_TEXT_CHARACTERS = 20_000
"""The longest text that is put on a page."""

_MAX_DECODED_BYTES = 16 * MAX_TEXT_CHARACTERS
"""The most bytes of a value that are decoded: UTF-8 has up to four bytes for a character, and each can have become a
character of up to four bytes where the text was once read as Windows-1252."""

_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change the text direction. With them, a caption could change how the text after it reads."""


_SURROGATE_TO_LATIN1 = {0xDC00 + byte: byte for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
"""The five bytes that Windows-1252 does not define, from Python's surrogate escapes to Latin-1, so that none is lost."""

_LATIN1_TO_SURROGATE = {byte: surrogate for surrogate, byte in _SURROGATE_TO_LATIN1.items()}


def decode_text(raw: bytes, charset: str | None = None) -> str:
    """Decode *raw* as UTF-16 if it has a byte order mark, else as *charset*, else as UTF-8, else as Windows-1252.

    A charset that does not fit the bytes is skipped. Bytes beyond the longest text that is shown are cut off first.
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
    return raw.decode("cp1252", "surrogateescape").translate(_SURROGATE_TO_LATIN1)


def clean_text(text: str, max_characters: int = MAX_TEXT_CHARACTERS) -> str:
    """Return *text* from a picture as plain text, with mojibake repaired. It is shortened before anything else."""
    return to_plain_text(_undo_mojibake(text.strip()[: 4 * max_characters]), max_characters)


def to_plain_text(text: str, max_characters: int = MAX_TEXT_CHARACTERS) -> str:
    """Return at most *max_characters* of *text* in NFC, without control and direction characters and lone surrogates."""
    text = text.strip()[:max_characters].replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in "\n\t" or not (unicodedata.category(c) in ("Cc", "Cs") or _is_unsafe(c)))
    return normalize_nfc(text).strip()


def _is_unsafe(character: str) -> bool:
    """Return whether *character* changes the text direction or is a Unicode noncharacter, which is invalid in XML."""
    return character in _BIDI_CONTROLS or ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef"


def _undo_mojibake(text: str) -> str:
    """Repair UTF-8 that was once read as Windows-1252 (`CafÃ©`), if that explains every non-ASCII character."""
    if text.isascii():
        return text
    try:
        return text.translate(_LATIN1_TO_SURROGATE).encode("cp1252", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return text
