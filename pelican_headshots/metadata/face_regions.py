"""Read named face regions, as written by Lightroom, digiKam and Windows: who is where in the picture.

There are two formats, and digiKam writes both. MWG regions (Guidelines for Handling Image Metadata 2.0, 5.9) have a center
and a size, Microsoft's people tags have a corner and a size. Both are fractions of the stored picture, before its
orientation is applied.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from ..values.geometry import FULL_IMAGE_BOX, Box
from ..values.photo import FaceRegion
from ..values.rendition import MAX_RIGHTS_LINE_CHARACTERS
from . import xmp
from .text import clean_text

_DIMENSIONS_PATH = "mwg-rs:Regions/mwg-rs:AppliedToDimensions/stDim:"
_MAX_RATIO_DIFFERENCE = 0.02
"""The relative difference of two aspect ratios up to which they are the same except for rounding."""


def read_face_regions(packets: xmp.XmpPackets, orientation: int, upright_ratio: float) -> tuple[FaceRegion, ...]:
    """Return the named faces in *packets*, each name once, in fractions of the upright picture.

    Regions that were drawn on the upright picture are not rotated again. Regions that were drawn on a picture with another
    aspect ratio, which has been cropped since, are left out.

    Args:
        packets: The parsed XMP packets.
        orientation: The EXIF orientation of the picture, 1 to 8.
        upright_ratio: Width divided by height of the upright picture.
    """
    stored_ratio = 1 / upright_ratio if orientation >= 5 else upright_ratio
    drawn_ratio = _read_drawn_ratio(packets.properties) or stored_ratio
    if not _is_same_ratio(drawn_ratio, stored_ratio):
        if not _is_same_ratio(drawn_ratio, upright_ratio):
            return ()
        orientation = 1
    found: dict[str, FaceRegion] = {}
    mwg_items, microsoft_items = packets.get_structures("mwg-rs:RegionList"), packets.get_structures("MPRI:Regions")
    for raw_name, box in (*_read_mwg_regions(mwg_items), *_read_microsoft_regions(microsoft_items)):
        name = clean_text(raw_name, MAX_RIGHTS_LINE_CHARACTERS)
        if name and FULL_IMAGE_BOX.contains(box.clip()) and box.clip().area > 0:
            upright_box = box.apply_orientation(orientation)
            edges = (upright_box.left, upright_box.top, upright_box.right, upright_box.bottom)
            found.setdefault(name, FaceRegion(name, Box(*(round(edge, 4) for edge in edges))))
    return tuple(found.values())


def _read_mwg_regions(items: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, Box]]:
    for item in items:
        name, unit = item.get("mwg-rs:Name", ""), item.get("mwg-rs:Area/stArea:unit", "normalized")
        numbers = _parse_four_numbers([item.get(f"mwg-rs:Area/stArea:{side}", "") for side in "xywh"])
        if name and numbers and unit == "normalized" and item.get("mwg-rs:Type", "Face") == "Face":
            x, y, width, height = numbers
            yield name, Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _read_microsoft_regions(items: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, Box]]:
    for item in items:
        name, numbers = (
            item.get("MPReg:PersonDisplayName", ""),
            _parse_four_numbers(item.get("MPReg:Rectangle", "").split(",")),
        )
        if name and numbers:
            left, top, width, height = numbers
            yield name, Box(left, top, left + width, top + height)


def _parse_four_numbers(texts: Sequence[str]) -> tuple[float, ...]:
    """Return four finite numbers, or none if there are not exactly four."""
    try:
        numbers = tuple(float(text) for text in texts)
    except ValueError:
        return ()
    return numbers if len(numbers) == 4 and all(math.isfinite(number) for number in numbers) else ()


def _read_drawn_ratio(properties: xmp.XmpProperties) -> float:
    """Return width divided by height of the picture on which the regions were drawn, 0 if unknown."""
    sides = [next(iter(properties.get(_DIMENSIONS_PATH + side, ())), "") for side in "wh"]
    numbers = _parse_four_numbers([*sides, *sides])
    return numbers[0] / numbers[1] if numbers and min(numbers) > 0 else 0.0


def _is_same_ratio(one: float, other: float) -> bool:
    return abs(math.log(one / other)) < _MAX_RATIO_DIFFERENCE
