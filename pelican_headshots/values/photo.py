"""A photo in the photos folder: its path, its size, its metadata and its analysis."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Annotated, Literal

from msgspec import Meta
from msgspec.structs import astuple, replace

from .analysis import Analysis
from .geometry import Box, Share, Size, Value
from .rendition import MAX_USAGE_TERMS_CHARACTERS, Rights, sanitize_data_mining, sanitize_url
from .selection import Decisions

HexColor = Annotated[str, Meta(pattern=r"^#[0-9a-f]{6}\Z")]
"""An sRGB color, `#rrggbb`."""


class FaceRegion(Value, frozen=True):
    """A named face from the metadata. *box* is in fractions of the upright picture."""

    name: str
    box: Box


PlaceDetail = Literal["city", "all", "none"]
"""How much of a place in the metadata is published: town, region and country; the street too; or nothing."""


CameraField = Literal["camera", "lens", "exposure"]
"""What may be published of the camera data: never a serial number, an owner or a position."""
CAMERA_FIELDS: tuple[CameraField, ...] = ("camera", "lens", "exposure")

MAX_CAMERA_CHARACTERS = 80
"""The longest name of a camera or lens."""


class PhotoMetadata(Value, frozen=True):
    """The descriptive metadata of a picture; empty fields are not set. All of it is plain, untrusted text."""

    title: str = ""
    caption: str = ""
    alt: str = ""
    keywords: tuple[str, ...] = ()
    date: str = ""
    """ISO 8601, as precise as in the file: `2024`, `2024-06-01` or `2024-06-01T10:00:00`."""
    place: str = ""
    """Town, region and country."""
    sublocation: str = ""
    """The street or house within the town."""
    person_names: tuple[str, ...] = ()
    """Names in the metadata (PersonInImage, region names). Used only if the setting `names_from_metadata` is on."""
    face_regions: tuple[FaceRegion, ...] = ()
    """The names from *person_names* that have a region in the picture."""
    camera: str = ""
    lens: str = ""
    exposure: str = ""
    """Such as `85 mm, f/2.8, 1/200 s, ISO 400`. The camera data are used only if the setting `exif` names them."""
    sources: dict[str, str] = {}
    """The source of each field: field name → `sidecar`, `xmp`, `iptc` or `exif`."""

    def with_camera_fields(self, published: Collection[CameraField]) -> PhotoMetadata:
        """Return the metadata without the camera data that are not *published*."""
        unpublished = [name for name in CAMERA_FIELDS if name not in published and getattr(self, name)]
        return replace(self, **dict.fromkeys(unpublished, "")) if unpublished else self

    def with_place_detail(self, detail: PlaceDetail) -> PhotoMetadata:
        """Return the metadata with the place reduced to the *detail* that is published."""
        if detail == "all" and self.sublocation:
            return replace(self, place=", ".join(filter(None, (self.sublocation, self.place))), sublocation="")
        if detail == "none" or self.sublocation:
            return replace(self, place="" if detail == "none" else self.place, sublocation="")
        return self


class PhotoRecord(Value, frozen=True):
    """Everything that the cache keeps about an original, by its digest."""

    size: Size
    analysis: Analysis | None
    """None if the picture could not be analyzed; such a record is not cached."""
    metadata: PhotoMetadata
    rights: Rights
    colors: tuple[HexColor, HexColor, HexColor]
    """Three sRGB colors (`#rrggbb`), top left to bottom right: the placeholder while the picture loads."""
    highlight_loss: Share = 0.0
    """The share of pixels that become too dark if the picture is scaled down in sRGB and not in linear light."""
    wide_gamut_share: Share = 0.0
    """The share of pixels with colors that Display P3 contains and that are clearly outside sRGB."""
    decisions: Decisions = Decisions()
    """What its metadata says about showing it; never published."""


_UNPRINTABLE_CHARACTERS = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]")
"""Control characters and characters that change the text direction; the metadata reader removes them."""

_EXPOSURE = re.compile(r"[0-9/., fmsISO]{0,60}")


def is_plausible(record: PhotoRecord) -> bool:
    """Return whether *record* can come from a real picture: checks that its types cannot express.

    For records from a cache or another machine.
    """
    metadata, rights = record.metadata, record.rights
    boxes = [region.box for region in metadata.face_regions]
    if record.analysis:
        boxes += [*(face.box for face in record.analysis.faces), *record.analysis.faceless_heads]
        boxes += [seen.box for seen in record.analysis.objects]
    text = (
        *(metadata.title, metadata.caption, metadata.alt, metadata.date, metadata.place),
        *(metadata.camera, metadata.lens),
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
        and are_plausible(record.decisions)
        and all(len(line) <= MAX_USAGE_TERMS_CHARACTERS for line in astuple(rights))
        and all(len(name) <= MAX_CAMERA_CHARACTERS for name in (metadata.camera, metadata.lens))
        and _EXPOSURE.fullmatch(metadata.exposure) is not None
        and all(not each or sanitize_url(each) for each in (rights.web_statement, rights.licensor_url))
        and (not rights.data_mining or bool(sanitize_data_mining(rights.data_mining)))
    )


def are_plausible(decisions: Decisions) -> bool:
    """Return whether *decisions* can come from a real picture, as in `is_plausible`."""
    return not _UNPRINTABLE_CHARACTERS.search("".join((*decisions.labels, *decisions.keywords)))


class Photo(Value, frozen=True):
    """A photo: its path (relative to the photos folder, separated by `/`), its digest and its record."""

    path: str
    digest: str
    record: PhotoRecord

    def with_published_metadata(self, place_detail: PlaceDetail, camera_fields: Collection[CameraField] = ()) -> Photo:
        """Return the photo with its place and its camera data reduced to what is published."""
        metadata = self.record.metadata.with_place_detail(place_detail).with_camera_fields(camera_fields)
        return (
            self if metadata is self.record.metadata else replace(self, record=replace(self.record, metadata=metadata))
        )

    @property
    def folder(self) -> str:
        """The folder of the photo, which is its gallery; empty for the photos folder itself."""
        return self.path.rpartition("/")[0]

    @property
    def stem(self) -> str:
        """The file name without its extension."""
        return self.path.rpartition("/")[2].rpartition(".")[0]
