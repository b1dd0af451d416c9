"""Write a person as a vCard 3.0 (RFC 2426), the version that phones and mail programs all read."""

from __future__ import annotations

import base64

from ..support.filenames import NAME_PARTICLES
from ..values.portfolio import PersonView

MAX_LINE_OCTETS = 75
"""Bytes after which a line is folded (RFC 2426)."""


def build_vcard(person: PersonView, organization: str, page_url: str = "", photo_jpeg: bytes = b"") -> bytes:
    """Return the vCard of *person*, in UTF-8.

    Args:
        person: The person.
        organization: The name of their organisation; may be empty.
        page_url: The http(s) URL of their page; may be empty.
        photo_jpeg: Their photo as JPEG; may be empty.
    """
    family, given = _split_name(person.name)
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"N:{_escape_text(family)};{_escape_text(given)};;;",
        f"FN:{_escape_text(person.name)}",
    ]
    if organization:
        lines.append(
            f"ORG:{_escape_text(organization)}" + (f";{_escape_text(person.department)}" if person.department else "")
        )
    more = {
        "TITLE": person.role,
        "EMAIL;TYPE=INTERNET,WORK": person.email,
        "TEL;TYPE=WORK,VOICE": person.phone,
    }
    lines += [f"{name}:{_escape_text(value)}" for name, value in more.items() if value]
    lines += [f"URL:{link}" for link in (page_url, *(link for _, link in person.links)) if link]
    if photo_jpeg:
        lines.append(f"PHOTO;ENCODING=b;TYPE=JPEG:{base64.b64encode(photo_jpeg).decode()}")
    lines.append("END:VCARD")
    return b"".join(_fold_line(line) for line in lines)


def _split_name(name: str) -> tuple[str, str]:
    """Return family and given names: the last word with the particles before it (`van der`), and the rest."""
    words = name.split()
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in NAME_PARTICLES:
        start -= 1
    return (" ".join(words[start:]), " ".join(words[:start])) if len(words) > 1 else ("", name)


def _escape_text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return "\\n".join(escaped.splitlines())


def _fold_line(line: str) -> bytes:
    """Return *line* folded into pieces of at most 75 bytes, each but the first after a space; no character is split."""
    pieces: list[bytes] = []
    piece = b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > MAX_LINE_OCTETS - bool(pieces):
            pieces.append(piece)
            piece = b""
        piece += octets
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"
