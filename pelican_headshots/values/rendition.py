"""Renditions: which part of an original is made, at which width and in which format. File names are hashes of this."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from .geometry import FULL_IMAGE_BOX, Box, Value

MAX_RIGHTS_LINE_CHARACTERS = 500
"""The longest field of `Rights`, except the usage terms. A metadata block of a JPEG cannot exceed 65,533 bytes."""
MAX_USAGE_TERMS_CHARACTERS = 4000
"""The longest usage terms."""

FramingName = Literal["tight", "normal", "loose"]
"""How close the headshots of a set are cropped."""


PLUS_DATA_MINING_PREFIX = "http://ns.useplus.org/ldf/vocab/DMI-"
"""The beginning of every PLUS data mining value."""
NO_DATA_MINING = "no"
"""The value of the setting that prohibits data mining and training everywhere: in pictures and at the root of the site."""


def sanitize_url(text: str) -> str:
    """Return *text* if it is an http or https URL that is safe in a page and in metadata, else an empty text."""
    return text if re.fullmatch(r"https?://[^\s<>\"']+", text, re.IGNORECASE) else ""


def sanitize_data_mining(text: str) -> str:
    """Return *text* if it is a PLUS data mining value, else an empty text."""
    return (
        text
        if text.startswith(PLUS_DATA_MINING_PREFIX)
        and text.removeprefix(PLUS_DATA_MINING_PREFIX).replace("-", "").isalnum()
        else ""
    )


class Rights(Value, frozen=True):
    """The rights that are written into every rendition of a picture. Empty fields are not set."""

    creator: Annotated[str, Meta(description="Who took the photos.")] = ""
    credit: Annotated[str, Meta(description="The credit line to show with the photos.")] = ""
    copyright: Annotated[str, Meta(description="The copyright notice, such as © 2026 Ada Lamp.")] = ""
    usage_terms: Annotated[str, Meta(description="What others may do with the photos, in words.")] = ""
    web_statement: Annotated[str, Meta(description="URL (http or https) of the license.")] = ""
    licensor_name: Annotated[str, Meta(description="Who grants licenses.")] = ""
    licensor_url: Annotated[str, Meta(description="URL (http or https) where to ask for a license.")] = ""
    data_mining: Annotated[
        str,
        Meta(
            description="Whether the photos may be used for data mining and to train AI. 'no': prohibited, in every picture "
            "and by robots.txt and .well-known/tdmrep.json. Or a PLUS value, for the pictures alone, such as "
            "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING."
        ),
    ] = ""

    @property
    def plus_data_mining(self) -> str:
        """The PLUS value of `data_mining`; empty if it is not set."""
        return f"{PLUS_DATA_MINING_PREFIX}PROHIBITED" if self.data_mining == NO_DATA_MINING else self.data_mining

    def fill_from(self, site_rights: Rights) -> Rights:
        """Return these rights with empty fields filled from *site_rights*.

        Fields are filled only if these rights are completely empty or name the same creator, so that nobody's picture is
        claimed for somebody else.
        """
        if self == Rights():
            return site_rights
        if self.creator.casefold() != site_rights.creator.casefold():
            return self
        own_fields = {name: value for name, value in msgspec.structs.asdict(self).items() if value}
        return msgspec.structs.replace(site_rights, **own_fields)


class Crop(Value, frozen=True):
    """A part of the upright picture.

    The picture is first rotated by *rotation_degrees* (positive is clockwise) around the center of *box*, then cropped to
    *box*. Where *box* reaches outside the picture, the missing part is filled by continuing the backdrop
    (*extend_backdrop*) or with *background_color*.
    """

    box: Box = FULL_IMAGE_BOX
    rotation_degrees: float = 0.0
    extend_backdrop: bool = False
    background_color: str | None = None


class Watermark(Value, frozen=True):
    """A watermark: text, or a picture (the bytes of a PNG) whose transparency gives its shape."""

    text: str = ""
    png: bytes = b""
    min_width: int = 1200
    """The width in pixels from which a rendition gets the watermark."""
    opacity: float = 0.5
    typeface: str = "Hanken Grotesk"
    """The typeface of the text. It is a field so that a change of typeface changes the cache key."""


class Rendition(Value, frozen=True):
    """One file to make. *width* and *height* are in pixels; *quality* is a number on the scale of the format."""

    crop: Crop
    width: int
    height: int
    format: str
    """A key of `formats.FORMATS`."""
    quality: int
    faces: tuple[Box, ...] = ()
    """The faces in it, as fractions of the whole upright picture: the watermark avoids them."""
    rights: Rights = Rights()
    watermark: Watermark | None = None
    linear_light: bool = False
    """Scale in linear light: for pictures with bright points on a dark background. Takes a third more time."""
    is_circular: bool = False
    """Transparent outside the inscribed circle; for PNG only."""


LINEAR_LIGHT_THRESHOLD = 0.01
"""`PhotoRecord.highlight_loss` from which a picture is scaled in linear light. Below it, scaling in sRGB changes at most
2.4 % of the pixels of a small rendition by more than 5 of 255 (measured on 22 photos; 4 of them reach the threshold)."""


WIDE_GAMUT_THRESHOLD = 0.005
"""`PhotoRecord.wide_gamut_share` from which a picture is also made in Display P3: a red dress, a sunset, stage light. One
pixel in two hundred is a patch of 60 by 60 pixels in a view of 1024; a smaller one is not worth the additional files."""

RENDER_VERSION = 21
"""Increase it when the same rendition leads to other bytes."""


def compute_cache_key(digest: str, rendition: Rendition, encoder_versions: str) -> str:
    """Return the hash of everything that determines the bytes of a rendition.

    Args:
        digest: The digest of the original.
        rendition: What to make.
        encoder_versions: The versions of the libraries that scale and encode.

    Returns:
        32 hexadecimal digits.
    """
    recipe = msgspec.json.encode([RENDER_VERSION, encoder_versions, digest, rendition])
    return hashlib.blake2b(recipe, digest_size=16).hexdigest()
