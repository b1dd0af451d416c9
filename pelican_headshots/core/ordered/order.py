"""The order to the darkroom: which renditions the pages ask for, and the `Picture`s they become."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from ..cropped.crops import pixels
from ..formats import FORMATS
from ..geometry import Box, Point
from ..hung.ladder import grid_width
from ..photo import Photo
from ..plate import Candidate, Picture, Source
from ..rendition import SPARKLING, WIDE, Crop, Rendition, Rights, recipe_name
from ..said.names import slug
from . import draft
from .manner import Manner

FOLDER = "pictures"
"""Where renditions lie in the site."""


class Order:
    """Collects renditions, made in the site's *manner*; the same one asked for twice is made once.

    Photographs whose digests are in *drafts* come as one small JPEG each.
    """

    def __init__(self, manner: Manner, drafts: Collection[str] = ()) -> None:
        self.manner, self.drafts = manner, drafts
        self.wanted: dict[str, dict[str, Rendition]] = {}
        """Digest of the original → key in the store → what to make."""
        self.files: dict[str, str] = {}
        """Address in the site → key in the store."""
        self.outputs: dict[str, list[str]] = {}
        """Path of a photo → its addresses in the site, all of it in the picture."""
        self.crops: dict[str, list[str]] = {}
        """Path of a photo → the addresses of its crops."""

    def picture(
        self,
        photo: Photo,
        crop: Crop,
        widths: Sequence[int],
        sizes: str,
        *,
        focus: Point = Point(0.5, 0.5),
        faces: tuple[Box, ...] = (),
        rights: Rights = Rights(),
        fallback: Iterable[int] | None = None,
        formats: Sequence[str] | None = None,
        dense: Mapping[int, float] = {},
    ) -> Picture:
        """A picture of *crop* in every format; *widths* above the original's are left out, never enlarged.

        *fallback* are the widths of the last format (JPEG), which few browsers still fetch. *dense* maps widths of the grid
        to how far dense screens outnumber others among those that fetch them, 0 to 1.
        """
        manner, spans = self.manner, pixels(crop, photo.exam.size)
        if photo.digest in self.drafts:
            manner = draft.drafted(manner)
            formats, widths, fallback, dense = manner.formats, (draft.width(widths),), None, {}
        formats = formats or manner.formats
        most = min(spans.width, manner.max_width)
        ladder = sorted({min(width, most) for width in widths})
        lower = {width: steps for width, share in dense.items() if (steps := round(manner.leeway * share))}
        tag = self._tag(manner, photo, crop, faces, rights, lower)
        sources = []
        # A ground is a colour of sRGB.
        if manner.wide_gamut and photo.exam.wide >= WIDE and "avif" in formats and crop.ground is None:
            formats = ("avif-p3", *formats)
        for name in formats:
            rungs = sorted(fallback) if fallback and name == formats[-1] and len(formats) > 1 else ladder
            made = []
            for width in rungs:
                # A fallback's few files serve every kind of screen.
                quality = manner.quality(name) - (lower.get(grid_width(width), 0) if rungs is ladder else 0)
                mark = manner.mark if manner.mark and width >= manner.mark.above else None
                height, linear = _height(width, spans.ratio), photo.exam.sparkle >= SPARKLING
                rendition = Rendition(crop, width, height, name, quality, faces, rights, mark, linear)
                made.append(self._candidate(photo, rendition, tag))
            mime, screens = FORMATS[name].mime, FORMATS[name].screens
            sources.append(Source(mime, tuple(made), rungs[-1], _height(rungs[-1], spans.ratio), sizes, screens))
        last = sources[-1].candidates[-1]
        return Picture(tuple(sources), last.url, last.width, _height(last.width, spans.ratio), sizes, focus)

    def single(
        self,
        photo: Photo,
        crop: Crop,
        width: int,
        format: str,
        url: str,
        *,
        faces: tuple[Box, ...] = (),
        rights: Rights = Rights(),
        circle: bool = False,
    ) -> Candidate:
        """One file of *crop*, at *url* in the site, as wide as *width* if the original allows it."""
        spans = pixels(crop, photo.exam.size)
        width = min(spans.width, width)
        height = _height(width, spans.ratio)
        rendition = Rendition(crop, width, height, format, self.manner.quality(format), faces, rights, circle=circle)
        key = recipe_name(photo.digest, rendition, self.manner.engine)
        self.wanted.setdefault(photo.digest, {})[key] = rendition
        self.crops.setdefault(photo.path, []).append(url)
        self.files[url] = key
        return Candidate(url, width)

    @staticmethod
    def _tag(
        manner: Manner, photo: Photo, crop: Crop, faces: tuple[Box, ...], rights: Rights, lower: Mapping[int, int]
    ) -> str:
        """One for a picture's whole ladder: a page names many widths, and hashes do not compress."""
        numbers = [f"{format}{manner.qualities[format]}" for format in sorted(manner.qualities)]
        numbers += [f"{width}-{steps}" for width, steps in lower.items()]
        shared = Rendition(crop, 0, 0, ",".join(numbers), 0, faces, rights, manner.mark)
        return recipe_name(photo.digest, shared, manner.engine)[:10]

    def _candidate(self, photo: Photo, rendition: Rendition, tag: str) -> Candidate:
        key = recipe_name(photo.digest, rendition, self.manner.engine)
        url = f"{FOLDER}/{slug(photo.stem, 40)}-{tag}-{rendition.width}{FORMATS[rendition.format].suffix}"
        self.wanted.setdefault(photo.digest, {})[key] = rendition
        outputs = (self.outputs if rendition.crop == Crop() else self.crops).setdefault(photo.path, [])
        if url not in outputs:
            outputs.append(url)
        self.files[url] = key
        return Candidate(url, rendition.width)


def _height(width: int, ratio: float) -> int:
    return max(1, round(width / ratio))
