"""Read what a photographer's program has decided about a picture: its rating, color labels and keywords."""

from __future__ import annotations

from typing import Literal, cast, get_args

from ..values.rendition import MAX_RIGHTS_LINE_CHARACTERS
from ..values.selection import REJECTED, DecisionField, Decisions, DecisionSource
from . import xmp
from .parsed import ParsedMetadata
from .reader import read_exif_keywords
from .text import clean_text

_IPTC_KEYWORDS = 25
_KEYWORD_PATHS = ("dc:subject", "lr:hierarchicalSubject", "digiKam:TagsList")
_DIGIKAM_COLORS = ("", "Red", "Orange", "Yellow", "Green", "Blue", "Magenta", "Gray", "Black", "White")
"""The color labels of digiKam, by number."""
_DARKTABLE_COLORS = ("Red", "Yellow", "Green", "Blue", "Purple")
"""The color labels of darktable, by number. A photo may have several."""
_PICK_FLAGS = {"digiKam:PickLabel": "1", "xmpDM:pick": "-1"}
"""The flags of digiKam and Lightroom Classic, which a photo has besides its stars, and what they are in rejected ones."""

_REJECTED = (str(REJECTED),)
_Field = DecisionField | Literal["flag"]

MAX_KEYWORDS = 3 * xmp.MAX_XMP_VALUES


def read_decisions(embedded: ParsedMetadata, sidecar: bytes | None = None) -> Decisions:
    """Read the decisions about a picture. Invalid metadata is ignored.

    For each field the first source that has it is used, as in `reader.read`: the sidecar, then embedded XMP, IPTC, EXIF.

    Args:
        embedded: The metadata in the picture file.
        sidecar: The bytes of its XMP sidecar.
    """
    sidecar_packets = xmp.parse_packets([sidecar] if sidecar else [])
    by_source: dict[DecisionSource, dict[_Field, tuple[str, ...]]] = {
        "sidecar": _read_xmp_fields(sidecar_packets.properties),
        "xmp": _read_xmp_fields(embedded.xmp.properties),
        "iptc": {"keywords": embedded.iptc.get(_IPTC_KEYWORDS, ())},
        "exif": {"keywords": read_exif_keywords(embedded.exif)},
    }
    values: dict[_Field, tuple[str, ...]] = {}
    sources: dict[_Field, DecisionSource] = {}
    for field in (*get_args(DecisionField), "flag"):
        for source, fields in by_source.items():
            if cleaned := _clean_values(fields.get(field, ())):
                values[field], sources[field] = cleaned, source
                break
    flag_source = sources.pop("flag", None)
    if flag_source and values["flag"] == _REJECTED:
        values["rating"], sources["rating"] = _REJECTED, flag_source
    return Decisions(
        rating=int(values.get("rating", ("0",))[0]),
        labels=values.get("labels", ()),
        keywords=values.get("keywords", ()),
        sources=cast(dict[DecisionField, DecisionSource], sources),
        is_sidecar_readable=not sidecar or bool(sidecar_packets.roots),
    )


def _read_xmp_fields(properties: xmp.XmpProperties) -> dict[_Field, tuple[str, ...]]:
    labels = (
        *properties.get("xmp:Label", ()),
        *_name_colors(properties.get("digiKam:ColorLabel", ()), _DIGIKAM_COLORS),
        *_name_colors(properties.get("darktable:colorlabels", ()), _DARKTABLE_COLORS),
    )
    keywords = tuple(keyword for path in _KEYWORD_PATHS for keyword in properties.get(path, ()))
    flags = tuple(
        str(REJECTED if value == rejected else 0)
        for path, rejected in _PICK_FLAGS.items()
        for value in properties.get(path, ())
    )
    rating = _read_rating(properties)
    return {"rating": rating, "labels": labels, "keywords": keywords, "flag": tuple(sorted(flags)[:1])}


def _read_rating(properties: xmp.XmpProperties) -> tuple[str, ...]:
    try:
        rating = float(properties.get("xmp:Rating", ("",))[0])  # the XMP specification has it as a real number
    except ValueError:
        return ()
    return (str(int(rating)),) if REJECTED <= rating <= 5 else ()


def _name_colors(numbers: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of color labels, given their numbers."""
    name_by_number = {str(number): name for number, name in enumerate(names) if name}
    return tuple(name_by_number[number] for number in numbers if number in name_by_number)


def _clean_values(values: tuple[str, ...]) -> tuple[str, ...]:
    cleaned = (clean_text(value, MAX_RIGHTS_LINE_CHARACTERS) for value in values[:MAX_KEYWORDS])
    return tuple(dict.fromkeys(value for value in cleaned if value))
