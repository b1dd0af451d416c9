"""Build metadata: rights (creator, credit, copyright and license) in renditions, metadata of RAW previews and exports."""

from __future__ import annotations

import struct
from functools import lru_cache
from html import escape

from ..values.rendition import Rights
from . import exif

_PREVIEW_TEXT_TAGS = (0x10E, 0x132, 0x13B, 0x8298)
"""ImageDescription, DateTime, Artist, Copyright."""
_MAX_PREVIEW_TEXT_BYTES = 4096
_MAX_SEGMENT_BYTES = 65_533
_JPEG_XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"

_MAX_IIM_BYTES = {80: 32, 110: 32, 116: 128, 120: 2000}
"""The most bytes that the IIM standard allows for By-line (80), Credit (110), CopyrightNotice (116) and Caption (120)."""


@lru_cache(maxsize=64)
def build_xmp_packet(rights: Rights, caption: str = "") -> bytes:
    """Return an XMP packet with *rights* and *caption*; empty if both are empty."""
    if rights == Rights() and not caption:
        return b""
    parts = [
        _format_xmp_array("dc:creator", "Seq", rights.creator),
        _format_xmp_array("dc:description", "Alt", caption),
        _format_xmp_array("dc:rights", "Alt", rights.copyright),
        _format_xmp_property("photoshop:Credit", rights.credit),
        _format_xmp_property("xmpRights:Marked", "True" if rights.copyright or rights.usage_terms else ""),
        _format_xmp_array("xmpRights:UsageTerms", "Alt", rights.usage_terms),
        _format_xmp_property("xmpRights:WebStatement", rights.web_statement),
        _format_licensor(rights),
        _format_xmp_property("plus:DataMining", rights.plus_data_mining),
    ]
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"'
        ' xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/">'
        + "".join(parts)
        + "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def _format_xmp_property(name: str, value: str) -> str:
    return f"<{name}>{escape(value, quote=False)}</{name}>" if value else ""


def _format_xmp_array(name: str, container: str, value: str) -> str:
    language = ' xml:lang="x-default"' if container == "Alt" else ""
    return (
        f"<{name}><rdf:{container}><rdf:li{language}>{escape(value, quote=False)}</rdf:li></rdf:{container}></{name}>"
        if value
        else ""
    )


def _format_licensor(rights: Rights) -> str:
    inner = _format_xmp_property("plus:LicensorName", rights.licensor_name) + _format_xmp_property(
        "plus:LicensorURL", rights.licensor_url
    )
    wrapped = f'<plus:Licensor><rdf:Seq><rdf:li rdf:parseType="Resource">{inner}</rdf:li></rdf:Seq></plus:Licensor>'
    return wrapped if inner else ""


def build_rights_exif_block(rights: Rights) -> bytes:
    """Return an EXIF block with Artist and Copyright (UTF-8); empty if there is neither."""
    return exif.build_exif_block(
        {tag: text.encode() for tag, text in ((0x13B, rights.creator), (0x8298, rights.copyright)) if text}
    )


def build_iptc_segment(rights: Rights, caption: str = "") -> bytes:
    """Return a JPEG APP13 segment with By-line, Credit, CopyrightNotice and Caption (UTF-8); empty if there are none."""
    texts = [(80, rights.creator), (110, rights.credit), (116, rights.copyright), (120, caption)]
    data = b"".join(_pack_dataset(2, n, _truncate_utf8(text.encode(), _MAX_IIM_BYTES[n])) for n, text in texts if text)
    if not data:
        return b""
    data = _pack_dataset(1, 90, b"\x1b%G") + _pack_dataset(2, 0, b"\0\4") + data
    body = b"Photoshop 3.0\x008BIM" + struct.pack(">HHI", 0x0404, 0, len(data)) + data + b"\0" * (len(data) % 2)
    return b"\xff\xed" + struct.pack(">H", len(body) + 2) + body


def add_caption_and_density(jpeg: bytes, rights: Rights, caption: str, pixels_per_inch: int) -> bytes:
    """Return a JPEG of ours with a caption beside its rights and the resolution at which it is printed or shown.

    Args:
        jpeg: The file, with *rights* in it.
        rights: The rights.
        caption: The caption, at most 2000 bytes of it; empty for none.
        pixels_per_inch: The resolution; 0 leaves it open.
    """
    segments, pixels = _split_header(jpeg)
    if pixels_per_inch:
        segments = [
            segment[:11] + struct.pack(">BHH", 1, pixels_per_inch, pixels_per_inch) + segment[16:]
            if segment[4:9] == b"JFIF\0"
            else segment
            for segment in segments
        ]
    if caption:
        caption = _truncate_utf8(caption.encode(), _MAX_IIM_BYTES[120]).decode()
        texts = (_JPEG_XMP_HEADER + build_xmp_packet(rights, caption), build_iptc_segment(rights, caption)[4:])
        kept = [segment for segment in segments if not segment[4:].startswith((_JPEG_XMP_HEADER, b"Photoshop 3.0\0"))]
        segments = [*kept, *(_pack_segment(marker, body) for marker, body in zip((0xE1, 0xED), texts, strict=True))]
    return b"".join((jpeg[:2], *segments, pixels))


def replace_jpeg_metadata(jpeg: bytes, directory: exif.ExifDirectory, packet: bytes, icc_profile: bytes) -> bytes:
    """Return a JPEG with other metadata in place of its own EXIF and XMP.

    Args:
        jpeg: The preview of a RAW file.
        directory: The main TIFF directory of the RAW file; its orientation and texts are used.
        packet: The XMP packet of the RAW file; left out if it does not fit into one segment.
        icc_profile: A profile to add; empty for none.
    """
    texts = {tag: directory[tag].raw_text()[:_MAX_PREVIEW_TEXT_BYTES] for tag in _PREVIEW_TEXT_TAGS if tag in directory}
    orientation_entry = directory.get(exif.ORIENTATION_TAG)
    exif_block = exif.build_exif_block(
        {tag: text for tag, text in texts.items() if text},
        (orientation_entry.number() if orientation_entry else None) or 1,
    )
    segments = [(0xE1, b"Exif\0\0" + exif_block)]
    if packet and len(_JPEG_XMP_HEADER + packet) <= _MAX_SEGMENT_BYTES:
        segments.append((0xE1, _JPEG_XMP_HEADER + packet))
    if icc_profile:
        segments.append((0xE2, b"ICC_PROFILE\0\1\1" + icc_profile))
    kept_segments, pixels = _split_header(jpeg)
    new_segments = [_pack_segment(marker, body) for marker, body in segments]
    return b"".join((jpeg[:2], *new_segments, *(kept for kept in kept_segments if kept[1] != 0xE1), pixels))


def _split_header(jpeg: bytes) -> tuple[list[bytes], bytes]:
    """Return the application segments at the beginning of a JPEG, and all that follows them."""
    at = 2
    segments = []
    while jpeg[at : at + 1] == b"\xff" and 0xE0 <= jpeg[at + 1] <= 0xEF:
        size = 2 + struct.unpack_from(">H", jpeg, at + 2)[0]
        segments.append(jpeg[at : at + size])
        at += size
    return segments, jpeg[at:]


def _pack_segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _pack_dataset(record: int, number: int, value: bytes) -> bytes:
    return struct.pack(">BBBH", 0x1C, record, number, len(value)) + value


def _truncate_utf8(raw: bytes, max_bytes: int) -> bytes:
    return raw[:max_bytes].decode("utf-8", "ignore").encode()
