"""What somebody wrote about a picture, wherever in the file or beside it, as `Words` and `Rights`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime

from ...core.geometry import Size
from ...core.photo import Region, Words
from ...core.rendition import LONGEST_LINE, LONGEST_TERMS, Rights, address, mining
from . import exif, iptc, regions, turn, xmp
from .containers import Blocks
from .text import LONGEST, cleaned, decoded

_CAMERA_CHATTER = re.compile(
    r"(?:olympus|minolta|konica|kodak|samsung|digital|sony|camera|dsc|dcim|img|default|untitled|[\d_\-. ])+",
    re.IGNORECASE,
)


def read(found: Blocks, sidecar: bytes | None = None, size: Size | None = None) -> tuple[Words, Rights]:
    """Words and rights in the blocks of a picture; an XMP *sidecar* beats what is embedded, XMP beats IPTC beats EXIF.

    *size* is the upright picture's in pixels; without it nothing is said about who is where. Metadata that makes no sense
    says nothing.
    """
    sources = {
        "sidecar": _from_xmp(xmp.properties([sidecar] if sidecar else [])),
        "xmp": _from_xmp(xmp.properties(found.xmp)),
        "iptc": _from_iptc(iptc.records(found.iptc)),
        "exif": _from_exif(exif.directories(found.exif)),
    }
    said: dict[str, tuple[str, ...]] = {}
    whence: dict[str, str] = {}
    for source, fields in sources.items():
        for field, values in fields.items():
            if field not in said and any(shown := _bounded(field, values)):
                said[field], whence[field] = shown, source
    packets = {"sidecar": [sidecar or b""], "xmp": list(found.xmp)}.get(whence.get("people", ""), [])
    places = regions.regions(packets, turn.orientation(found), size.ratio) if packets and size else ()
    return _words(said, whence, tuple(place for place in places if place.name in said["people"])), _rights(said)


def _bounded(field: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """*values* cleaned, in a number and of a length that a page and a rendition's metadata can bear."""
    longest = {"title": LONGEST, "caption": LONGEST, "alt": LONGEST, "usage_terms": LONGEST_TERMS}
    clean = (cleaned(value, longest.get(field, LONGEST_LINE)) for value in values[: xmp.MOST])
    return tuple(clean) if field == "place" else _distinct(clean)


def _words(said: dict[str, tuple[str, ...]], whence: dict[str, str], places: tuple[Region, ...]) -> Words:
    names = ("title", "caption", "alt", "keywords", "date", "place", "people")
    street, *town = said.get("place", ("",))
    return Words(
        title=_first(said, "title"),
        caption=_first(said, "caption"),
        alt=_first(said, "alt"),
        keywords=said.get("keywords", ()),
        date=_first(said, "date"),
        place=", ".join(_distinct(tuple(town))),
        sublocation="" if street in town else street,
        people=said.get("people", ()),
        regions=places,
        sources={name: whence[name] for name in names if name in whence},
    )


def _rights(said: dict[str, tuple[str, ...]]) -> Rights:
    return Rights(
        creator=", ".join(said.get("creator", ()))[:LONGEST_LINE],
        credit=_first(said, "credit"),
        copyright=_first(said, "copyright"),
        usage_terms=_first(said, "usage_terms"),
        web_statement=address(_first(said, "web_statement")),
        licensor_name=_first(said, "licensor_name"),
        licensor_url=address(_first(said, "licensor_url")),
        data_mining=mining(_first(said, "data_mining")),
    )


def _first(said: dict[str, tuple[str, ...]], field: str) -> str:
    return next(iter(said.get(field, ())), "")


_XMP_FIELDS = {
    "title": ("dc:title", "photoshop:Headline"),
    "caption": ("dc:description",),
    "alt": ("Iptc4xmpCore:AltTextAccessibility",),
    "keywords": ("dc:subject",),
    "creator": ("dc:creator",),
    "credit": ("photoshop:Credit",),
    "copyright": ("dc:rights",),
    "usage_terms": ("xmpRights:UsageTerms",),
    "web_statement": ("xmpRights:WebStatement",),
    "licensor_name": ("plus:Licensor/plus:LicensorName", "plus:LicensorName"),
    "licensor_url": ("plus:Licensor/plus:LicensorURL", "plus:LicensorURL"),
    "data_mining": ("plus:DataMining",),
}
_SINGLE = {"title", "caption", "alt", "copyright", "usage_terms"}
_XMP_DATES = ("photoshop:DateCreated", "exif:DateTimeOriginal", "xmp:CreateDate")
# Sublocation, city, region, country: in this order.
_XMP_PLACES = (
    ("Iptc4xmpCore:Location", "photoshop:City", "photoshop:State", "photoshop:Country"),
    tuple(
        f"Iptc4xmpExt:LocationShown/Iptc4xmpExt:{p}" for p in ("Sublocation", "City", "ProvinceState", "CountryName")
    ),
    tuple(
        f"Iptc4xmpExt:LocationCreated/Iptc4xmpExt:{p}" for p in ("Sublocation", "City", "ProvinceState", "CountryName")
    ),
)
_XMP_PEOPLE = (
    "Iptc4xmpExt:PersonInImage",
    "mwg-rs:Regions/mwg-rs:RegionList/mwg-rs:Name",
    "MP:RegionInfo/MPRI:Regions/MPReg:PersonDisplayName",
)


def _from_xmp(found: xmp.Properties) -> dict[str, tuple[str, ...]]:
    fields = {}
    for field, paths in _XMP_FIELDS.items():
        values = next((found[path] for path in paths if path in found), ())
        fields[field] = values[:1] if field in _SINGLE else values
    fields["date"] = _dated(found.get(path, ("",))[0] for path in _XMP_DATES)
    places = (tuple(found.get(path, ("",))[0] for path in group) for group in _XMP_PLACES)
    fields["place"] = next((place for place in places if any(place)), ())
    fields["people"] = _distinct(name for path in _XMP_PEOPLE for name in found.get(path, ()))
    return fields


def _from_iptc(found: iptc.Records) -> dict[str, tuple[str, ...]]:
    def single(*datasets: int) -> tuple[str, ...]:
        return next((values[:1] for d in datasets if (values := iptc.texts(found, d))), ())

    return {
        "title": single(5, 105),
        "caption": single(120),
        "keywords": iptc.texts(found, 25),
        "creator": iptc.texts(found, 80),
        "credit": single(110),
        "copyright": single(116),
        "date": _dated([iptc.text(found, 55) + iptc.text(found, 60)[:6], iptc.text(found, 55)]),
        "place": tuple(iptc.text(found, d) for d in (92, 90, 95, 101)),
    }


def _from_exif(found: dict[str, exif.Directory]) -> dict[str, tuple[str, ...]]:
    main, camera = found.get("main", {}), found.get("exif", {})

    def text(directory: exif.Directory, tag: int, read: Callable[[exif.Entry], str]) -> tuple[str, ...]:
        value = cleaned(read(directory[tag])) if tag in directory else ""
        return (value,) if value else ()

    caption = text(main, 0x10E, _ascii) or text(camera, 0x9286, _user_comment) or text(main, 0x9C9C, _windows)
    keywords = (word.strip() for value in text(main, 0x9C9E, _windows) for word in value.split(";"))
    return {
        "title": text(main, 0x9C9B, _windows),
        "caption": tuple(value for value in caption if not _CAMERA_CHATTER.fullmatch(value)),
        "keywords": _distinct(keywords),
        "creator": text(main, 0x13B, _ascii) or text(main, 0x9C9D, _windows),
        "copyright": text(main, 0x8298, _ascii),
        "date": _dated(value for tag in (0x9003, 0x9004) for value in text(camera, tag, _ascii)),
    }


def _ascii(entry: exif.Entry) -> str:
    if entry.value.startswith((b"\xff\xfe", b"\xfe\xff")):
        return decoded(entry.value)
    return decoded(entry.raw_text())


def _windows(entry: exif.Entry) -> str:
    return entry.value[: 8 * LONGEST].decode("utf-16-le", "ignore").split("\0", 1)[0]


def _user_comment(entry: exif.Entry) -> str:
    kind, body = entry.value[:8], entry.value[8 : 8 * LONGEST]
    if kind == b"UNICODE\0":
        # Programs disagree about whose byte order holds; Latin text shows where the zero bytes fall.
        even, odd = body[0::2].count(0), body[1::2].count(0)
        order = "utf-16-be" if even > odd else "utf-16-le" if odd > even else entry.order.replace("<", "utf-16-le")
        return body.decode(order.replace(">", "utf-16-be"), "ignore").split("\0", 1)[0]
    if kind == b"JIS\0\0\0\0\0":
        return body.decode("iso2022_jp", "ignore")
    if kind in (b"ASCII\0\0\0", b"\0" * 8):
        return decoded(body.split(b"\0", 1)[0])
    return ""


def _distinct(values: Iterator[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


_DATE = re.compile(
    r"(\d{4})(?:[-:]?(\d\d)(?:[-:]?(\d\d)(?:[T ]?(\d\d):?(\d\d)(?::?(\d\d))?)?)?)?(?:\.\d+)?\s*(?:Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)


def _dated(candidates: Iterator[str] | list[str]) -> tuple[str, ...]:
    """The first of *candidates* that is a real date: ISO 8601, as precise as it was written, by the local clock."""
    for candidate in candidates:
        match = _DATE.fullmatch(candidate.strip())
        if not match:
            continue
        year, month, day, hour, minute, second = match.groups()
        try:
            datetime(int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0))
        except ValueError:
            continue
        if int(year) < 1826:  # before the first photograph: a clock that was never set
            continue
        date = "-".join(part for part in (year, month, day) if part)
        return (date + (f"T{hour}:{minute}:{second or '00'}" if hour else ""),)
    return ()
