"""One master, many crops: a headshot as people ask for it, for a profile, a talk, a signature."""

from __future__ import annotations

from ..cropped.lineup import Lineup
from ..cropped.reach import CIRCLE, SQUARE, UPRIGHT, Format
from ..formats import FORMATS
from ..geometry import Value
from ..ordered.order import Order
from ..plate import Download
from ..rendition import Rights
from ..routed.curate import Entry
from .mount import Mount


class Shape(Value, frozen=True):
    """A file to be taken away. *format* is its place in the line-up; without one the crop keeps the head in *ratio*."""

    name: str
    format: Format | None
    ratio: float
    width: int
    kind: str


SHAPES = (
    Shape("square", SQUARE, 1.0, 1200, "jpeg"),
    Shape("circle", CIRCLE, 1.0, 800, "png"),
    Shape("upright", UPRIGHT, 4 / 5, 1600, "jpeg"),
    Shape("speaker", None, 16 / 9, 1920, "jpeg"),
    Shape("signature", SQUARE, 1.0, 200, "jpeg"),
)


def downloads(
    entry: Entry, folder: str, name: str, lineup: Lineup, order: Order, rights: Rights
) -> tuple[Download, ...]:
    """Every shape of the headshot *entry*, as `folder` + `name-shape`; what they need is left in *order*.

    Nothing is enlarged: of a small original they are as large as it allows.
    """
    mount = Mount(entry, order, rights)
    made = []
    for shape in SHAPES:
        placed = lineup.crop(entry.photo.path, shape.format) if shape.format else None
        file = order.single(
            entry.photo,
            placed or mount.directed(shape.ratio),
            shape.width,
            shape.kind,
            f"{folder}{name}-{shape.name}{FORMATS[shape.kind].suffix}",
            faces=mount.faces,
            rights=mount.rights,
            circle=shape.format is CIRCLE,
        )
        made.append(Download(shape.name, file.url, file.width))
    return tuple(made)
