"""Creator, credit, copyright and licence, as the metadata blocks a derivative carries; nothing else goes in."""

from __future__ import annotations

import struct
from functools import lru_cache
from html import escape

from ...core.rendition import Rights
from . import exif

_LONGEST_IIM = {80: 32, 110: 32, 116: 128}
"""Bytes the IIM standard allows for By-line, Credit and CopyrightNotice."""


@lru_cache(maxsize=64)
def xmp_packet(rights: Rights) -> bytes:
    """An XMP packet of *rights*, empty where there are none."""
    if rights == Rights():
        return b""
    parts = [
        _many("dc:creator", "Seq", rights.creator),
        _many("dc:rights", "Alt", rights.copyright),
        _plain("photoshop:Credit", rights.credit),
        _plain("xmpRights:Marked", "True" if rights.copyright or rights.usage_terms else ""),
        _many("xmpRights:UsageTerms", "Alt", rights.usage_terms),
        _plain("xmpRights:WebStatement", rights.web_statement),
        _licensor(rights),
        _plain("plus:DataMining", rights.data_mining),
    ]
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"'
        ' xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/">'
        + "".join(parts)
        + "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def _plain(name: str, value: str) -> str:
    return f"<{name}>{escape(value, quote=False)}</{name}>" if value else ""


def _many(name: str, kind: str, value: str) -> str:
    language = ' xml:lang="x-default"' if kind == "Alt" else ""
    return (
        f"<{name}><rdf:{kind}><rdf:li{language}>{escape(value, quote=False)}</rdf:li></rdf:{kind}></{name}>"
        if value
        else ""
    )


def _licensor(rights: Rights) -> str:
    inner = _plain("plus:LicensorName", rights.licensor_name) + _plain("plus:LicensorURL", rights.licensor_url)
    wrapped = f'<plus:Licensor><rdf:Seq><rdf:li rdf:parseType="Resource">{inner}</rdf:li></rdf:Seq></plus:Licensor>'
    return wrapped if inner else ""


def exif_block(rights: Rights) -> bytes:
    """A TIFF directory of Artist and Copyright (UTF-8), empty where there is neither."""
    return exif.block(
        {tag: text.encode() for tag, text in ((0x13B, rights.creator), (0x8298, rights.copyright)) if text}
    )


def iptc_segment(rights: Rights) -> bytes:
    """A JPEG APP13 segment of By-line, Credit and CopyrightNotice in UTF-8, empty where there is none of them."""
    texts = [(80, rights.creator), (110, rights.credit), (116, rights.copyright)]
    data = b"".join(_dataset(2, n, _short(text.encode(), _LONGEST_IIM[n])) for n, text in texts if text)
    if not data:
        return b""
    data = _dataset(1, 90, b"\x1b%G") + _dataset(2, 0, b"\0\4") + data
    body = b"Photoshop 3.0\x008BIM" + struct.pack(">HHI", 0x0404, 0, len(data)) + data + b"\0" * (len(data) % 2)
    return b"\xff\xed" + struct.pack(">H", len(body) + 2) + body


def _dataset(record: int, number: int, value: bytes) -> bytes:
    return struct.pack(">BBBH", 0x1C, record, number, len(value)) + value


def _short(raw: bytes, longest: int) -> bytes:
    return raw[:longest].decode("utf-8", "ignore").encode()
