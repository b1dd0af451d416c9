"""The order to the darkroom: which renditions the pages ask for, and the `Picture`s they become."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..cropped.crops import pixels
from ..geometry import Box, Point
from ..photo import Photo
from ..plate import Candidate, Picture, Source
from ..rendition import SPARKLING, SUFFIX, Crop, Mark, Rendition, Rights, recipe_name
from ..said.names import slug

MIME = {"avif": "image/avif", "webp": "image/webp", "jpeg": "image/jpeg", "png": "image/png"}

FOLDER = "pictures"
"""Where renditions lie in the site."""


class Order:
    """Collects renditions; the same one asked for twice is made once.

    *qualities* maps a format to its number; *engine* names the encoders' versions; *formats* come best first and end
    with JPEG.
    """

    def __init__(
        self,
        formats: Sequence[str],
        qualities: dict[str, int],
        engine: str,
        max_width: int,
        mark: Mark | None = None,
    ) -> None:
        self.formats, self.qualities, self.engine, self.max_width = formats, qualities, engine, max_width
        self.mark = mark
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
    ) -> Picture:
        """A picture of *crop* in every format; *widths* above the original's are left out, never enlarged.

        *fallback* are the widths of the last format (JPEG), which few browsers still fetch.
        """
        formats = formats or self.formats
        spans = pixels(crop, photo.exam.size)
        most = min(spans.width, self.max_width)
        ladder = self._ladder(widths, most)
        sources = []
        for name in formats:
            rungs = self._ladder(fallback, most) if fallback and name == formats[-1] and len(formats) > 1 else ladder
            made = [self._candidate(photo, crop, w, spans.ratio, name, faces, rights) for w in rungs]
            sources.append(Source(MIME[name], tuple(made), rungs[-1], _height(rungs[-1], spans.ratio), sizes))
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
        rendition = Rendition(crop, width, height, format, self.qualities[format], faces, rights, circle=circle)
        key = recipe_name(photo.digest, rendition, self.engine)
        self.wanted.setdefault(photo.digest, {})[key] = rendition
        self.crops.setdefault(photo.path, []).append(url)
        self.files[url] = key
        return Candidate(url, width)

    @staticmethod
    def _ladder(widths: Iterable[int], most: int) -> list[int]:
        rungs = sorted({w for w in widths if w < most})
        # A last rung a few pixels above the one before it would be bytes for nothing.
        if rungs and rungs[-1] > 0.92 * most:
            rungs.pop()
        return [*rungs, most] if not rungs or max(widths) >= most else rungs

    def _candidate(
        self, photo: Photo, crop: Crop, width: int, ratio: float, name: str, faces: tuple[Box, ...], rights: Rights
    ) -> Candidate:
        mark = self.mark if self.mark and width >= self.mark.above else None
        height, linear = _height(width, ratio), photo.exam.sparkle >= SPARKLING
        rendition = Rendition(crop, width, height, name, self.qualities[name], faces, rights, mark, linear)
        key = recipe_name(photo.digest, rendition, self.engine)
        # One tag for a picture's whole ladder: a page names many widths, and hashes do not compress.
        formats = ",".join(f"{format}{self.qualities[format]}" for format in sorted(self.qualities))
        shared = Rendition(crop, 0, 0, formats, 0, faces, rights, self.mark)
        tag = recipe_name(photo.digest, shared, self.engine)[:10]
        url = f"{FOLDER}/{slug(photo.stem, 40)}-{tag}-{width}{SUFFIX[name]}"
        self.wanted.setdefault(photo.digest, {})[key] = rendition
        outputs = (self.outputs if crop == Crop() else self.crops).setdefault(photo.path, [])
        if url not in outputs:
            outputs.append(url)
        self.files[url] = key
        return Candidate(url, width)


def _height(width: int, ratio: float) -> int:
    return max(1, round(width / ratio))
