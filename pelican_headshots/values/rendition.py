"""What is to be made of an original: which part of it, how wide, in which format. Its name is its recipe."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated

import msgspec
from msgspec import Meta

from .geometry import FULL_IMAGE_BOX, Box, Value

MAX_RIGHTS_LINE_CHARACTERS = 500
"""Characters of a line of Rights; a JPEG holds no more than 65,533 bytes in one block of metadata."""
MAX_USAGE_TERMS_CHARACTERS = 4000
"""Characters of its usage terms."""


PLUS_DATA_MINING_PREFIX = "http://ns.useplus.org/ldf/vocab/DMI-"
"""How PLUS's values about data mining begin."""


def sanitize_url(text: str) -> str:
    """*text*, if it is an address of the web that may stand in a page and in metadata; else nothing."""
    return text if re.fullmatch(r"https?://[^\s<>\"']+", text, re.IGNORECASE) else ""


def sanitize_data_mining(text: str) -> str:
    """*text*, if it is one of PLUS's values about data mining; else nothing."""
    return (
        text
        if text.startswith(PLUS_DATA_MINING_PREFIX)
        and text.removeprefix(PLUS_DATA_MINING_PREFIX).replace("-", "").isalnum()
        else ""
    )


class Rights(Value, frozen=True):
    """What travels with every derivative of a picture. Empty means nobody said."""

    creator: Annotated[str, Meta(description="Who took the photographs.")] = ""
    credit: Annotated[str, Meta(description="Whom to name beside them.")] = ""
    copyright: Annotated[str, Meta(description="The notice, such as © 2026 Ada Lamp.")] = ""
    usage_terms: Annotated[str, Meta(description="What others may do with them, in words.")] = ""
    web_statement: Annotated[str, Meta(description="Address (http or https) of the licence.")] = ""
    licensor_name: Annotated[str, Meta(description="Who gives licences.")] = ""
    licensor_url: Annotated[str, Meta(description="Address (http or https) where one asks for them.")] = ""
    data_mining: Annotated[
        str,
        Meta(
            description="Whether machines may learn from them: a PLUS value such as "
            "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED."
        ),
    ] = ""

    def fill_from(self, site_rights: Rights) -> Rights:
        """These rights, or the *site*'s where there are none.

        Gaps are filled from the site's only where both name the same creator: nobody's picture is claimed for another.
        """
        if self == Rights():
            return site_rights
        if self.creator.casefold() != site_rights.creator.casefold():
            return self
        own_fields = {name: value for name, value in msgspec.structs.asdict(self).items() if value}
        return msgspec.structs.replace(site_rights, **own_fields)


class Crop(Value, frozen=True):
    """A part of the upright picture.

    The picture is first turned by *level* degrees (clockwise positive) about the middle of *box*, then cut to *box*.
    Where *box* reaches outside the picture the missing part is filled by continuing the backdrop (*extend*), or
    with the colour *ground*.
    """

    box: Box = FULL_IMAGE_BOX
    rotation_degrees: float = 0.0
    extend_backdrop: bool = False
    background_color: str | None = None


class Watermark(Value, frozen=True):
    """A watermark: words, or a picture (the bytes of a PNG) whose transparency is its shape."""

    text: str = ""
    png: bytes = b""
    min_width: int = 1200
    """Pixels of width a rendition must have to carry it."""
    opacity: float = 0.5
    typeface: str = "Hanken Grotesk"
    """Of words. A part of the recipe: in another one they look otherwise."""


class Rendition(Value, frozen=True):
    """One file to be made. *width* and *height* are pixels; *quality* is the preset's or a number the format knows."""

    crop: Crop
    width: int
    height: int
    format: str
    """One of `formats.FORMATS`."""
    quality: int
    faces: tuple[Box, ...] = ()
    """Faces in it, as fractions of the whole upright picture: the encoder may spend more there."""
    rights: Rights = Rights()
    watermark: Watermark | None = None
    linear_light: bool = False
    """Scaled in linear light: for pictures with bright points on dark ground. It takes a third more time."""
    is_circular: bool = False
    """Transparent outside the circle that fits into it; for png."""


LINEAR_LIGHT_THRESHOLD = 0.01
"""`Exam.sparkle` from which a picture is scaled in linear light: then some 2.4 % of the pixels of a small rendition would
differ by more than 5 of 255 (measured on 22 photographs, of which 4 reach it)."""


WIDE_GAMUT_THRESHOLD = 0.005
"""`Exam.wide` from which a picture is also made in Display P3: a red dress, a sunset, stage light. One part in two hundred
is a patch of 60 pixels square on a view of 1024; what is less is hardly looked at and would be files for nothing."""

RENDER_VERSION = 19
"""Raise when the same words lead to other bytes."""


def compute_cache_key(digest: str, rendition: Rendition, encoder_versions: str) -> str:
    """Hash of everything that shapes a derivative: 32 hex digits.

    *digest* is the original's; *engine* names the versions of the encoders.
    """
    recipe = msgspec.json.encode([RENDER_VERSION, encoder_versions, digest, rendition])
    return hashlib.blake2b(recipe, digest_size=16).hexdigest()
