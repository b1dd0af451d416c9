"""Names around faces, as Lightroom, digiKam and Windows write them: who is where in the picture.

Two ways are in use, and digiKam writes both. MWG regions (Guidelines for Handling Image Metadata 2.0, 5.9) give a middle
and a size, Microsoft's people tags a corner and a size; both as fractions of the picture as it lies in the file, whatever
its orientation says.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ..values.geometry import FULL_IMAGE_BOX, Box
from ..values.photo import FaceRegion
from ..values.rendition import MAX_RIGHTS_LINE_CHARACTERS
from . import xmp
from .text import clean_text

_DIMENSIONS_PATH = "mwg-rs:Regions/mwg-rs:AppliedToDimensions/stDim:"
_MAX_RATIO_DIFFERENCE = 0.02
"""Shapes of pictures (width over height) that differ by less, relatively, are the same but for rounding."""


def read_face_regions(packets: Sequence[bytes], orientation: int, upright_ratio: float) -> tuple[FaceRegion, ...]:
    """The named faces in *packets*, each name once.

    *turn* is the picture's EXIF orientation, *ratio* the width over height of the upright picture. Where the picture they
    were drawn on lay upright already, they are not turned; where it had another shape, and so was cropped later, they say
    nothing about this one and are left out.
    """
    stored_ratio = 1 / upright_ratio if orientation >= 5 else upright_ratio
    drawn_ratio = _read_drawn_ratio(xmp.read_xmp_properties(packets)) or stored_ratio
    if not _is_same_ratio(drawn_ratio, stored_ratio):
        if not _is_same_ratio(drawn_ratio, upright_ratio):
            return ()
        orientation = 1
    found: dict[str, FaceRegion] = {}
    for raw_name, box in (*_read_mwg_regions(packets), *_read_microsoft_regions(packets)):
        name = clean_text(raw_name, MAX_RIGHTS_LINE_CHARACTERS)
        if name and FULL_IMAGE_BOX.contains(box.clip()) and box.clip().area > 0:
            upright_box = box.apply_orientation(orientation)
            edges = (upright_box.left, upright_box.top, upright_box.right, upright_box.bottom)
            found.setdefault(name, FaceRegion(name, Box(*(round(edge, 4) for edge in edges))))
    return tuple(found.values())


def _read_mwg_regions(packets: Sequence[bytes]) -> Iterator[tuple[str, Box]]:
    for item in xmp.read_xmp_structures(packets, "mwg-rs:RegionList"):
        name, unit = item.get("mwg-rs:Name", ""), item.get("mwg-rs:Area/stArea:unit", "normalized")
        numbers = _parse_four_numbers([item.get(f"mwg-rs:Area/stArea:{side}", "") for side in "xywh"])
        if name and numbers and unit == "normalized" and item.get("mwg-rs:Type", "Face") == "Face":
            x, y, width, height = numbers
            yield name, Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _read_microsoft_regions(packets: Sequence[bytes]) -> Iterator[tuple[str, Box]]:
    for item in xmp.read_xmp_structures(packets, "MPRI:Regions"):
        name, numbers = (
            item.get("MPReg:PersonDisplayName", ""),
            _parse_four_numbers(item.get("MPReg:Rectangle", "").split(",")),
        )
        if name and numbers:
            left, top, width, height = numbers
            yield name, Box(left, top, left + width, top + height)


def _parse_four_numbers(texts: Sequence[str]) -> tuple[float, ...]:
    """Four finite numbers, or none."""
    try:
        numbers = tuple(float(text) for text in texts)
    except ValueError:
        return ()
    return numbers if len(numbers) == 4 and all(math.isfinite(number) for number in numbers) else ()


def _read_drawn_ratio(properties: xmp.XmpProperties) -> float:
    """Width over height of the picture that the regions were drawn on, 0 where nobody said."""
    sides = [next(iter(properties.get(_DIMENSIONS_PATH + side, ())), "") for side in "wh"]
    numbers = _parse_four_numbers([*sides, *sides])
    return numbers[0] / numbers[1] if numbers and min(numbers) > 0 else 0.0


def _is_same_ratio(one: float, other: float) -> bool:
    return abs(math.log(one / other)) < _MAX_RATIO_DIFFERENCE
