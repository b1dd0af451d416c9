"""A person as a vCard 3.0 (RFC 2426), the version that phones and mail programs all read."""

from __future__ import annotations

import base64

from ..plate import Person
from ..said.names import PARTICLES

LINE = 75
"""Octets after which a line is folded."""


def card(person: Person, organisation: str, address: str = "", photo: bytes = b"") -> bytes:
    """The card of *person*, UTF-8. *address* is the http(s) address of their page, *photo* a JPEG; both may be missing."""
    family, given = _parts(person.name)
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"N:{_text(family)};{_text(given)};;;",
        f"FN:{_text(person.name)}",
    ]
    if organisation:
        lines.append(f"ORG:{_text(organisation)}" + (f";{_text(person.department)}" if person.department else ""))
    more = {
        "TITLE": person.role,
        "EMAIL;TYPE=INTERNET,WORK": person.email,
        "TEL;TYPE=WORK,VOICE": person.phone,
    }
    lines += [f"{name}:{_text(value)}" for name, value in more.items() if value]
    lines += [f"URL:{link}" for link in (address, *(link for _, link in person.links)) if link]
    if photo:
        lines.append(f"PHOTO;ENCODING=b;TYPE=JPEG:{base64.b64encode(photo).decode()}")
    lines.append("END:VCARD")
    return b"".join(_folded(line) for line in lines)


def _parts(name: str) -> tuple[str, str]:
    """Family and given names: the last word with the particles before it (`van der`), and the rest."""
    words = name.split()
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in PARTICLES:
        start -= 1
    return (" ".join(words[start:]), " ".join(words[:start])) if len(words) > 1 else ("", name)


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return "\\n".join(escaped.splitlines())


def _folded(line: str) -> bytes:
    """*line* in pieces of at most 75 octets, never within a character, each but the first after a space."""
    pieces: list[bytes] = []
    piece = b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > LINE - bool(pieces):
            pieces.append(piece)
            piece = b""
        piece += octets
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"
