"""A photograph as it lies in the folder: what it is called, how large it is, and what is written in it."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from msgspec import Meta
from msgspec.structs import astuple, replace

from .analysis import Analysis
from .geometry import Box, Share, Size, Value
from .rendition import MAX_USAGE_TERMS_CHARACTERS, Rights, sanitize_data_mining, sanitize_url

HexColor = Annotated[str, Meta(pattern=r"^#[0-9a-f]{6}\Z")]
"""sRGB, `#rrggbb`."""


class FaceRegion(Value, frozen=True):
    """A face that somebody, or their program, put a name to. *box* is a fraction of the upright picture."""

    name: str
    box: Box


PlaceDetail = Literal["city", "all", "none"]
"""How much of the places in metadata is published: town, region and country; the street too; or nothing."""


class PhotoMetadata(Value, frozen=True):
    """What somebody wrote about a picture. Empty means nobody did. All of it is plain text from strangers."""

    title: str = ""
    caption: str = ""
    alt: str = ""
    keywords: tuple[str, ...] = ()
    date: str = ""
    """ISO 8601, as precise as it was written: `2024`, `2024-06-01` or `2024-06-01T10:00:00`."""
    place: str = ""
    """Town, region and country."""
    sublocation: str = ""
    """What lies within the town: a street, a house."""
    person_names: tuple[str, ...] = ()
    """Names in the metadata (PersonInImage, region names): used only where the settings ask for them."""
    face_regions: tuple[FaceRegion, ...] = ()
    """Those of these names that were written beside a place in the picture."""
    sources: dict[str, str] = {}
    """Where each came from: field name → `sidecar`, `xmp`, `iptc`, `exif`."""

    def with_place_detail(self, detail: PlaceDetail) -> PhotoMetadata:
        """These words with the place that is published, and no other."""
        if detail == "all" and self.sublocation:
            return replace(self, place=", ".join(filter(None, (self.sublocation, self.place))), sublocation="")
        if detail == "none" or self.sublocation:
            return replace(self, place="" if detail == "none" else self.place, sublocation="")
        return self


class PhotoRecord(Value, frozen=True):
    """All that is remembered of an original, keyed by its digest."""

    size: Size
    analysis: Analysis | None
    """None where it could not be looked at; such an exam is not remembered."""
    metadata: PhotoMetadata
    rights: Rights
    colors: tuple[HexColor, HexColor, HexColor]
    """Three sRGB colours (`#rrggbb`) top-left to bottom-right: its place-holder while it loads."""
    highlight_loss: Share = 0.0
    """Share of its pixels that come out too dark when it is made smaller as if its numbers were light."""
    wide_gamut_share: Share = 0.0
    """Share of its pixels whose colours Display P3 has and sRGB plainly lacks."""


_UNPRINTABLE_CHARACTERS = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]")
"""Control characters and those that turn the direction of text: metadata is read without them."""


def is_plausible(record: PhotoRecord) -> bool:
    """Whether *exam* can have been made by looking at a picture, beyond what its types say. For one made elsewhere."""
    metadata, rights = record.metadata, record.rights
    boxes = [region.box for region in metadata.face_regions]
    if record.analysis:
        boxes += [*(face.box for face in record.analysis.faces), *record.analysis.faceless_heads]
    text = (
        *(metadata.title, metadata.caption, metadata.alt, metadata.date, metadata.place),
        *(
            *metadata.keywords,
            *metadata.person_names,
            *(region.name for region in metadata.face_regions),
            *metadata.sources.values(),
        ),
        *astuple(rights),
    )
    return (
        all(box.width > 0 and box.height > 0 for box in boxes)
        and not _UNPRINTABLE_CHARACTERS.search("".join(text))
        and all(len(line) <= MAX_USAGE_TERMS_CHARACTERS for line in astuple(rights))
        and all(not each or sanitize_url(each) for each in (rights.web_statement, rights.licensor_url))
        and (not rights.data_mining or bool(sanitize_data_mining(rights.data_mining)))
    )


class Photo(Value, frozen=True):
    """A photograph: where it lies (relative to the photos folder, `/` between), its digest, and its exam."""

    path: str
    digest: str
    record: PhotoRecord

    def with_place_detail(self, detail: PlaceDetail) -> Photo:
        """This photograph with the place that is published, and no other."""
        metadata = self.record.metadata.with_place_detail(detail)
        return (
            self if metadata is self.record.metadata else replace(self, record=replace(self.record, metadata=metadata))
        )

    @property
    def folder(self) -> str:
        """Its gallery: the folder it lies in, empty for the photos folder itself."""
        return self.path.rpartition("/")[0]

    @property
    def stem(self) -> str:
        """File name without its ending."""
        return self.path.rpartition("/")[2].rpartition(".")[0]
