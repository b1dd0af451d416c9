"""Read descriptive metadata and rights from a picture and its sidecar, as `PhotoMetadata` and `Rights`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime

from ..values.geometry import Size
from ..values.photo import MAX_CAMERA_CHARACTERS, FaceRegion, PhotoMetadata
from ..values.rendition import (
    MAX_RIGHTS_LINE_CHARACTERS,
    MAX_USAGE_TERMS_CHARACTERS,
    Rights,
    sanitize_data_mining,
    sanitize_url,
)
from . import exif, face_regions, iptc, xmp
from .parsed import ParsedMetadata
from .text import MAX_TEXT_CHARACTERS, clean_text, decode_text

MAX_ISO = 65_535
"""Cameras write this number for every higher sensitivity, which EXIF keeps in another field."""

_CAMERA_DEFAULT_CAPTION = re.compile(
    r"(?:olympus|minolta|konica|kodak|samsung|digital|sony|camera|dsc|dcim|img|default|untitled|[\d_\-. ])+",
    re.IGNORECASE,
)


def read(
    embedded: ParsedMetadata, sidecar: bytes | None = None, size: Size | None = None
) -> tuple[PhotoMetadata, Rights]:
    """Read the metadata and rights of a picture. Invalid metadata is ignored.

    For each field the first source that has it is used: the XMP sidecar, then embedded XMP, IPTC and EXIF.

    Args:
        embedded: The metadata in the picture file.
        sidecar: The bytes of its XMP sidecar.
        size: The size of the upright picture in pixels. Face regions are only read if it is given.
    """
    sidecar_packets = xmp.parse_packets([sidecar] if sidecar else [])
    sources = {
        "sidecar": _read_xmp_fields(sidecar_packets.properties),
        "xmp": _read_xmp_fields(embedded.xmp.properties),
        "iptc": _read_iptc_fields(embedded.iptc),
        "exif": _read_exif_fields(embedded.exif),
    }
    values_by_field: dict[str, tuple[str, ...]] = {}
    source_by_field: dict[str, str] = {}
    for source, fields in sources.items():
        for field, values in fields.items():
            if field not in values_by_field and any(clean_values := _clean_values(field, values)):
                values_by_field[field], source_by_field[field] = clean_values, source
    packets = {"sidecar": sidecar_packets, "xmp": embedded.xmp}.get(source_by_field.get("people", ""))
    named_regions = (
        face_regions.read_face_regions(packets, embedded.orientation, size.ratio) if packets and size else ()
    )
    return _build_metadata(
        values_by_field,
        source_by_field,
        tuple(region for region in named_regions if region.name in values_by_field["people"]),
    ), _build_rights(values_by_field)


def _clean_values(field: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """Return *values* cleaned, and limited in number and length for pages and for the metadata of renditions."""
    max_characters = {
        "title": MAX_TEXT_CHARACTERS,
        "caption": MAX_TEXT_CHARACTERS,
        "alt": MAX_TEXT_CHARACTERS,
        "usage_terms": MAX_USAGE_TERMS_CHARACTERS,
        "camera": MAX_CAMERA_CHARACTERS,
        "lens": MAX_CAMERA_CHARACTERS,
    }
    cleaned_values = (
        clean_text(value, max_characters.get(field, MAX_RIGHTS_LINE_CHARACTERS))
        for value in values[: xmp.MAX_XMP_VALUES]
    )
    return tuple(cleaned_values) if field == "place" else _deduplicate(cleaned_values)


def _build_metadata(
    values_by_field: dict[str, tuple[str, ...]], source_by_field: dict[str, str], named_regions: tuple[FaceRegion, ...]
) -> PhotoMetadata:
    field_names = ("title", "caption", "alt", "keywords", "date", "place", "people")
    sublocation, *place_parts = values_by_field.get("place", ("",))
    return PhotoMetadata(
        title=_get_first(values_by_field, "title"),
        caption=_get_first(values_by_field, "caption"),
        alt=_get_first(values_by_field, "alt"),
        keywords=values_by_field.get("keywords", ()),
        date=_get_first(values_by_field, "date"),
        place=", ".join(_deduplicate(tuple(place_parts))),
        sublocation="" if sublocation in place_parts else sublocation,
        person_names=values_by_field.get("people", ()),
        face_regions=named_regions,
        camera=_get_first(values_by_field, "camera"),
        lens=_get_first(values_by_field, "lens"),
        exposure=_get_first(values_by_field, "exposure"),
        sources={name: source_by_field[name] for name in field_names if name in source_by_field},
    )


def _build_rights(values_by_field: dict[str, tuple[str, ...]]) -> Rights:
    return Rights(
        creator=", ".join(values_by_field.get("creator", ()))[:MAX_RIGHTS_LINE_CHARACTERS],
        credit=_get_first(values_by_field, "credit"),
        copyright=_get_first(values_by_field, "copyright"),
        usage_terms=_get_first(values_by_field, "usage_terms"),
        web_statement=sanitize_url(_get_first(values_by_field, "web_statement")),
        licensor_name=_get_first(values_by_field, "licensor_name"),
        licensor_url=sanitize_url(_get_first(values_by_field, "licensor_url")),
        data_mining=sanitize_data_mining(_get_first(values_by_field, "data_mining")),
    )


def _get_first(values_by_field: dict[str, tuple[str, ...]], field: str) -> str:
    return next(iter(values_by_field.get(field, ())), "")


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
_SINGLE_VALUE_FIELDS = {"title", "caption", "alt", "copyright", "usage_terms"}
_XMP_DATE_PATHS = ("photoshop:DateCreated", "exif:DateTimeOriginal", "xmp:CreateDate")
# Each group: sublocation, city, region, country. _build_metadata relies on this order.
_XMP_PLACE_PATHS = (
    ("Iptc4xmpCore:Location", "photoshop:City", "photoshop:State", "photoshop:Country"),
    tuple(
        f"Iptc4xmpExt:LocationShown/Iptc4xmpExt:{p}" for p in ("Sublocation", "City", "ProvinceState", "CountryName")
    ),
    tuple(
        f"Iptc4xmpExt:LocationCreated/Iptc4xmpExt:{p}" for p in ("Sublocation", "City", "ProvinceState", "CountryName")
    ),
)
_XMP_PEOPLE_PATHS = (
    "Iptc4xmpExt:PersonInImage",
    "mwg-rs:Regions/mwg-rs:RegionList/mwg-rs:Name",
    "MP:RegionInfo/MPRI:Regions/MPReg:PersonDisplayName",
)


def _read_xmp_fields(properties: xmp.XmpProperties) -> dict[str, tuple[str, ...]]:
    fields = {}
    for field, paths in _XMP_FIELDS.items():
        values = next((properties[path] for path in paths if path in properties), ())
        fields[field] = values[:1] if field in _SINGLE_VALUE_FIELDS else values
    fields["date"] = _parse_first_date(properties.get(path, ("",))[0] for path in _XMP_DATE_PATHS)
    places = (tuple(properties.get(path, ("",))[0] for path in group) for group in _XMP_PLACE_PATHS)
    fields["place"] = next((place for place in places if any(place)), ())
    fields["people"] = _deduplicate(name for path in _XMP_PEOPLE_PATHS for name in properties.get(path, ()))
    return fields


def _read_iptc_fields(texts: iptc.IptcTexts) -> dict[str, tuple[str, ...]]:
    def get_first(*datasets: int) -> tuple[str, ...]:
        return next((texts[d][:1] for d in datasets if d in texts), ())

    def get_text(dataset: int) -> str:
        return texts.get(dataset, ("",))[0]

    return {
        "title": get_first(5, 105),
        "caption": get_first(120),
        "keywords": texts.get(25, ()),
        "creator": texts.get(80, ()),
        "credit": get_first(110),
        "copyright": get_first(116),
        "date": _parse_first_date([get_text(55) + get_text(60)[:6], get_text(55)]),
        "place": tuple(get_text(d) for d in (92, 90, 95, 101)),
    }


def _read_exif_fields(directories: dict[str, exif.ExifDirectory]) -> dict[str, tuple[str, ...]]:
    main_directory, exif_directory = directories.get("main", {}), directories.get("exif", {})

    def read_text(directory: exif.ExifDirectory, tag: int, decode: Callable[[exif.ExifEntry], str]) -> tuple[str, ...]:
        value = clean_text(decode(directory[tag])) if tag in directory else ""
        return (value,) if value else ()

    caption = (
        read_text(main_directory, 0x10E, _decode_ascii)
        or read_text(exif_directory, 0x9286, _decode_user_comment)
        or read_text(main_directory, 0x9C9C, _decode_xp_text)
    )
    return {
        "title": read_text(main_directory, 0x9C9B, _decode_xp_text),
        "caption": tuple(value for value in caption if not _CAMERA_DEFAULT_CAPTION.fullmatch(value)),
        "keywords": read_exif_keywords(directories),
        "creator": read_text(main_directory, 0x13B, _decode_ascii)
        or read_text(main_directory, 0x9C9D, _decode_xp_text),
        "copyright": read_text(main_directory, 0x8298, _decode_ascii),
        "date": _parse_first_date(
            value for tag in (0x9003, 0x9004) for value in read_text(exif_directory, tag, _decode_ascii)
        ),
        "camera": _join_make_and_model(
            *(next(iter(read_text(main_directory, tag, _decode_ascii)), "") for tag in (0x10F, 0x110))
        ),
        "lens": tuple(
            name for name in read_text(exif_directory, 0xA434, _decode_ascii) if not _UNKNOWN_LENS.fullmatch(name)
        ),
        "exposure": _describe_exposure(exif_directory),
    }


def read_exif_keywords(directories: dict[str, exif.ExifDirectory]) -> tuple[str, ...]:
    """Return the keywords that Windows writes into the EXIF."""
    entry = directories.get("main", {}).get(0x9C9E)
    text = clean_text(_decode_xp_text(entry)) if entry else ""
    return _deduplicate(word.strip() for word in text.split(";"))


_COMPANY_SUFFIX = re.compile(r",?\s+(?:camera|co|company|corp|corporation|imaging|inc|ltd|optical)\b.*", re.IGNORECASE)


_UNKNOWN_LENS = re.compile(r"[-0fm./ ]+")
"""What cameras write for a lens without contacts: `----` or `0.0 mm f/0.0`."""


def _join_make_and_model(make: str, model: str) -> tuple[str, ...]:
    """Return the camera's name: `NIKON CORPORATION` and `NIKON D850` are a NIKON D850."""
    brand = _COMPANY_SUFFIX.sub("", make)
    is_named = any(word in model.casefold() for word in brand.casefold().split())
    return (model if is_named else f"{brand} {model}".strip(),)


def _describe_exposure(directory: exif.ExifDirectory) -> tuple[str, ...]:
    """Return focal length, aperture, exposure time and sensitivity as photographers write them, if in range."""

    def read_ratio(tag: int, low: float, high: float) -> float | None:
        value = directory[tag].ratio() if tag in directory else None
        return value if value is not None and low <= value <= high else None

    focal_length, aperture = read_ratio(0x920A, 1, 5000), read_ratio(0x829D, 0.5, 99)
    seconds = read_ratio(0x829A, 1 / 100_000, 86_400)
    sensitivity = directory[0x8827].number() if 0x8827 in directory else None
    parts = [
        f"{focal_length:.0f} mm" if focal_length else "",
        f"f/{aperture:.2g}" if aperture else "",
        (f"{round(seconds, 1):g} s" if seconds >= 0.3 else f"1/{1 / seconds:.0f} s") if seconds else "",
        f"ISO {sensitivity}" if sensitivity and sensitivity < MAX_ISO else "",
    ]
    return (", ".join(filter(None, parts)),)


def _decode_ascii(entry: exif.ExifEntry) -> str:
    if entry.value.startswith((b"\xff\xfe", b"\xfe\xff")):
        return decode_text(entry.value)
    return decode_text(entry.raw_text())


def _decode_xp_text(entry: exif.ExifEntry) -> str:
    return entry.value[: 8 * MAX_TEXT_CHARACTERS].decode("utf-16-le", "ignore").split("\0", 1)[0]


def _decode_user_comment(entry: exif.ExifEntry) -> str:
    kind, body = entry.value[:8], entry.value[8 : 8 * MAX_TEXT_CHARACTERS]
    if kind == b"UNICODE\0":
        # Programs disagree about the byte order. In Latin text, the position of the zero bytes shows it.
        even_zeros, odd_zeros = body[0::2].count(0), body[1::2].count(0)
        encoding = (
            "utf-16-be"
            if even_zeros > odd_zeros
            else "utf-16-le"
            if odd_zeros > even_zeros
            else entry.byte_order.replace("<", "utf-16-le")
        )
        return body.decode(encoding.replace(">", "utf-16-be"), "ignore").split("\0", 1)[0]
    if kind == b"JIS\0\0\0\0\0":
        return body.decode("iso2022_jp", "ignore")
    if kind in (b"ASCII\0\0\0", b"\0" * 8):
        return decode_text(body.split(b"\0", 1)[0])
    return ""


def _deduplicate(values: Iterator[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


_DATE_PATTERN = re.compile(
    r"(\d{4})(?:[-:]?(\d\d)(?:[-:]?(\d\d)(?:[T ]?(\d\d):?(\d\d)(?::?(\d\d))?)?)?)?(?:\.\d+)?\s*(?:Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)


def _parse_first_date(candidates: Iterator[str] | list[str]) -> tuple[str, ...]:
    """Return the first valid date in *candidates* as ISO 8601, as precise as it is given and in local time."""
    for candidate in candidates:
        match = _DATE_PATTERN.fullmatch(candidate.strip())
        if not match:
            continue
        year, month, day, hour, minute, second = match.groups()
        try:
            datetime(int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0))
        except ValueError:
            continue
        if int(year) < 1826:  # before the first photo was ever taken: the camera's clock was not set
            continue
        date = "-".join(part for part in (year, month, day) if part)
        return (date + (f"T{hour}:{minute}:{second or '00'}" if hour else ""),)
    return ()
