"""Read XMP packets as properties. Entities are never expanded and nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import cast
from xml.etree import ElementTree

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NAMESPACE_PREFIXES = {
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/xap/1.0/rights/": "xmpRights",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/xmp/1.0/DynamicMedia/": "xmpDM",
    "http://ns.adobe.com/lightroom/1.0/": "lr",
    "http://www.digikam.org/ns/1.0/": "digiKam",
    "http://darktable.sf.net/": "darktable",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/exif/1.0/aux/": "aux",
    "http://cipa.jp/exif/1.0/": "exifEX",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
    "http://ns.useplus.org/ldf/xmp/1.0/": "plus",
    "http://www.metadataworkinggroup.com/schemas/regions/": "mwg-rs",
    "http://ns.adobe.com/xmp/sType/Area#": "stArea",
    "http://ns.adobe.com/xap/1.0/sType/Dimensions#": "stDim",
    "http://ns.microsoft.com/photo/1.2/": "MP",
    "http://ns.microsoft.com/photo/1.2/t/RegionInfo#": "MPRI",
    "http://ns.microsoft.com/photo/1.2/t/Region#": "MPReg",
}
_REGION_TYPE = "{http://www.metadataworkinggroup.com/schemas/regions/}Type"
_MAX_PACKET_BYTES = 16 * 2**20
_MAX_DEPTH = 60
_MAX_ELEMENTS = 100_000
"""The most XML elements in a packet. The edit history of a retouched picture can have some thousands."""
_FEED_CHARACTERS = 2**16
_MAX_NAME_CHARACTERS = 64
"""The longest property name. Every value has a path that is built from names, so long names would fill the memory."""
MAX_XMP_VALUES = 200
"""The most values of one property, and items of one list, that are read. More would only bloat the page."""

XmpProperties = dict[str, tuple[str, ...]]
"""Path → values, for instance `dc:title` or `plus:Licensor/plus:LicensorURL`; for language alternatives the default first.
The values are not cleaned: they have any length and any characters, and must be cleaned before they are shown."""


@dataclass(frozen=True)
class XmpPackets:
    """Parsed XMP packets."""

    properties: XmpProperties
    """The properties of all packets; the first packet that has a property wins."""
    roots: tuple[ElementTree.Element, ...]

    @property
    def orientation(self) -> int:
        """tiff:Orientation (1 to 8); 1 if it is missing or invalid."""
        value = next(iter(self.properties.get("tiff:Orientation", ())), "1")
        return int(value) if value in tuple("12345678") else 1

    def get_structures(self, name: str) -> list[dict[str, str]]:
        """Return the items of every list called *name* (such as `mwg-rs:RegionList`) in order, each as path → value.

        At most `MAX_XMP_VALUES` items are returned.
        """
        found: list[dict[str, str]] = []
        for element in (element for root in self.roots for element in root.iter()):
            if _to_prefixed_name(element.tag) == name:
                items = islice((item for container in element for item in container), MAX_XMP_VALUES - len(found))
                found += [
                    {path.removeprefix("/"): value for path, value in _iterate_values(item, "")} for item in items
                ]
        return found


def parse_packets(packets: Iterable[bytes]) -> XmpPackets:
    """Parse XMP packets. Invalid XML is ignored."""
    roots = tuple(root for packet in packets if (root := _parse_packet(packet)) is not None)
    properties: XmpProperties = {}
    for root in roots:
        for path, values in _read_properties(root).items():
            properties.setdefault(path, values)
    return XmpPackets(properties, roots)


def _read_properties(root: ElementTree.Element) -> XmpProperties:
    found: dict[str, dict[str, None]] = {}
    for description in root.iterfind(f".//{_RDF}RDF/{_RDF}Description" if root.tag != _RDF + "RDF" else "*"):
        for path, value in _iterate_properties(description):
            values = found.setdefault(path, {})
            if len(values) < MAX_XMP_VALUES:
                values[value] = None
    return {path: tuple(values) for path, values in found.items()}


def _parse_packet(packet: bytes) -> ElementTree.Element | None:
    text = decode_packet(packet[:_MAX_PACKET_BYTES])
    # Entities need a document type. No program writes one into XMP, so such a packet is an attack or damaged.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return None
    parser: ElementTree.XMLPullParser[ElementTree.Element] = ElementTree.XMLPullParser(("start", "end"))
    depth = count = 0
    root: ElementTree.Element | None = None
    try:
        for start in range(0, len(text) + _FEED_CHARACTERS, _FEED_CHARACTERS):
            # In small pieces, so that a packet with millions of elements is rejected before it fills the memory.
            parser.feed(text[start : start + _FEED_CHARACTERS]) if start < len(text) else parser.close()
            for event, element in cast(Iterator[tuple[str, ElementTree.Element]], parser.read_events()):
                root = element if root is None else root
                depth += 1 if event == "start" else -1
                count += event == "start"
                if depth > _MAX_DEPTH or count > _MAX_ELEMENTS:
                    return None
    except (ElementTree.ParseError, ValueError):
        return None
    return root


def decode_packet(packet: bytes) -> str:
    """Return the text of a packet in UTF-8 or UTF-16, without its XML declaration."""
    marks = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
    text = packet.decode(marks.get(packet[:2], "utf-8-sig"), "replace")
    # The XML declaration names an encoding that no longer applies, and can follow white space.
    text = text.strip("\0 \t\r\n\ufeff")
    before, begun, rest = text.partition("<?xml ")
    inside, ended, after = rest.partition("?>")
    return before + after if begun and ended and ">" not in inside else text


def _to_prefixed_name(tag: str) -> str:
    namespace, _, local = tag.removeprefix("{").rpartition("}")
    return (
        f"{_NAMESPACE_PREFIXES[namespace]}:{local}"
        if namespace in _NAMESPACE_PREFIXES and len(local) <= _MAX_NAME_CHARACTERS
        else ""
    )


def _iterate_properties(description: ElementTree.Element, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (path, value) for every property of one description or resource."""
    for key, value in description.attrib.items():
        name = _to_prefixed_name(key)
        if name and value.strip():
            yield path + name, value.strip()
    for child in description:
        name = _to_prefixed_name(child.tag)
        if name:
            yield from _iterate_values(child, path + name)


def _is_non_face_region(item: ElementTree.Element) -> bool:
    """Return whether an item is a region around something other than a face: a pet, a focus point, a bar code."""
    names = (_REGION_TYPE, f"{_RDF}Description/{_REGION_TYPE}")
    kind = item.get(_REGION_TYPE) or next((found.text for n in names if (found := item.find(n)) is not None), None)
    inner = item.find(_RDF + "Description")
    kind = kind or (inner.get(_REGION_TYPE) if inner is not None else None)
    return kind is not None and kind.strip() != "Face"


def _iterate_values(element: ElementTree.Element, path: str) -> Iterator[tuple[str, str]]:
    if resource := element.get(_RDF + "resource"):
        yield path, resource.strip()
    if element.get(_RDF + "parseType") == "Resource":
        yield from _iterate_properties(element, path + "/")
        return
    text = (element.text or "").strip()
    if text and not len(element):
        yield path, text
    yield from (
        (path + "/" + name, v.strip())
        for k, v in element.attrib.items()
        if (name := _to_prefixed_name(k)) and v.strip()
    )
    for child in element:
        if child.tag in (_RDF + "Bag", _RDF + "Seq", _RDF + "Alt"):
            items = sorted(child, key=lambda item: item.get(_XML_LANG, "x-default") != "x-default")
            for item in items:
                if not _is_non_face_region(item):
                    yield from _iterate_values(item, path)
        elif child.tag == _RDF + "Description":
            yield from _iterate_properties(child, path + "/")
        elif child.tag == _RDF + "value":
            yield from _iterate_values(child, path)
