"""Names around faces, as Lightroom, digiKam and Windows write them: who is where in the picture.

Two ways are in use, and digiKam writes both. MWG regions (Guidelines for Handling Image Metadata 2.0, 5.9) give a middle
and a size, Microsoft's people tags a corner and a size; both as fractions of the picture as it lies in the file, whatever
its orientation says.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ...core.geometry import WHOLE, Box
from ...core.photo import Region
from ...core.rendition import LONGEST_LINE
from . import xmp
from .text import cleaned

_DIMENSIONS = "mwg-rs:Regions/mwg-rs:AppliedToDimensions/stDim:"
_NEAR = 0.02
"""Shapes of pictures (width over height) that differ by less, relatively, are the same but for rounding."""


def regions(packets: Sequence[bytes], turn: int, ratio: float) -> tuple[Region, ...]:
    """The named faces in *packets*, each name once.

    *turn* is the picture's EXIF orientation, *ratio* the width over height of the upright picture. Where the picture they
    were drawn on lay upright already, they are not turned; where it had another shape, and so was cropped later, they say
    nothing about this one and are left out.
    """
    lying = 1 / ratio if turn >= 5 else ratio
    drawn_on = _ratio(xmp.properties(packets)) or lying
    if not _alike(drawn_on, lying):
        if not _alike(drawn_on, ratio):
            return ()
        turn = 1
    found: dict[str, Region] = {}
    for written, box in (*_from_mwg(packets), *_from_microsoft(packets)):
        name = cleaned(written, LONGEST_LINE)
        if name and WHOLE.holds(box.clipped()) and box.clipped().area > 0:
            upright = box.turned(turn)
            edges = (upright.left, upright.top, upright.right, upright.bottom)
            found.setdefault(name, Region(name, Box(*(round(edge, 4) for edge in edges))))
    return tuple(found.values())


def _from_mwg(packets: Sequence[bytes]) -> Iterator[tuple[str, Box]]:
    for item in xmp.structures(packets, "mwg-rs:RegionList"):
        name, unit = item.get("mwg-rs:Name", ""), item.get("mwg-rs:Area/stArea:unit", "normalized")
        numbers = _numbers([item.get(f"mwg-rs:Area/stArea:{side}", "") for side in "xywh"])
        if name and numbers and unit == "normalized" and item.get("mwg-rs:Type", "Face") == "Face":
            x, y, width, height = numbers
            yield name, Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _from_microsoft(packets: Sequence[bytes]) -> Iterator[tuple[str, Box]]:
    for item in xmp.structures(packets, "MPRI:Regions"):
        name, numbers = item.get("MPReg:PersonDisplayName", ""), _numbers(item.get("MPReg:Rectangle", "").split(","))
        if name and numbers:
            left, top, width, height = numbers
            yield name, Box(left, top, left + width, top + height)


def _numbers(texts: Sequence[str]) -> tuple[float, ...]:
    """Four finite numbers, or none."""
    try:
        numbers = tuple(float(text) for text in texts)
    except ValueError:
        return ()
    return numbers if len(numbers) == 4 and all(math.isfinite(number) for number in numbers) else ()


def _ratio(found: xmp.Properties) -> float:
    """Width over height of the picture that the regions were drawn on, 0 where nobody said."""
    sides = [next(iter(found.get(_DIMENSIONS + side, ())), "") for side in "wh"]
    numbers = _numbers([*sides, *sides])
    return numbers[0] / numbers[1] if numbers and min(numbers) > 0 else 0.0


def _alike(one: float, other: float) -> bool:
    return abs(math.log(one / other)) < _NEAR
