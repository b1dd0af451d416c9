"""`HEADSHOTS = {...}` in pelicanconf.py: every setting, its default, its bounds and its words.

The reference in `docs/settings.md` is made from the descriptions below.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from .support.errors import HeadshotsError
from .support.validation import explain_validation_error
from .values.geometry import Value
from .values.photo import PlaceDetail
from .values.rendition import (
    MAX_RIGHTS_LINE_CHARACTERS,
    MAX_USAGE_TERMS_CHARACTERS,
    PLUS_DATA_MINING_PREFIX,
    Rights,
    sanitize_data_mining,
    sanitize_url,
)


class SettingsError(HeadshotsError):
    """A setting that cannot be used; the sentence says which, why, and what to write instead."""


class WatermarkSettings(Value, frozen=True):
    """A mark on published pictures, in their quietest corner and never over a face."""

    text: Annotated[str, Meta(description="Words; either these or a picture.")] = ""
    picture: Annotated[str, Meta(description="A PNG, beside pelicanconf.py; its transparency is its shape.")] = ""
    min_width: Annotated[int, Meta(ge=0, description="Width in pixels from which a picture is marked.")] = 1200
    opacity: Annotated[float, Meta(gt=0, le=1, description="1 covers what is below it.")] = 0.5


class Settings(Value, frozen=True):
    """The settings of one site."""

    photos: Annotated[
        str, Meta(description="Folder of originals, inside the content folder. A sub-folder is a gallery.")
    ] = "photos"
    cache: Annotated[
        str,
        Meta(
            description="Folder for what was measured and developed, beside pelicanconf.py. Safe to delete. An address "
            "such as s3://bucket/cache is shared with others; the folder is then .headshots."
        ),
    ] = ".headshots"
    models: Annotated[
        str | None,
        Meta(description="Folder with other MediaPipe models than the package's own, beside pelicanconf.py."),
    ] = None
    mood: Annotated[
        Literal["", "slate", "ember", "moss", "ink", "paper", "auto"],
        Meta(description="The mood of pages that are no gallery. Empty: light or dark as the reader's system asks."),
    ] = ""
    fonts: Annotated[
        Literal["own", "system"],
        Meta(description="own: a display serif and a quiet sans that come with the theme. system: the reader's own."),
    ] = "own"
    stylesheet: Annotated[
        str, Meta(description="A stylesheet of yours, beside pelicanconf.py; it is loaded last and beats the theme's.")
    ] = ""
    translations: Annotated[
        str, Meta(description="A words file of yours (TOML), beside pelicanconf.py: the interface in your language.")
    ] = ""
    strict_csp: Annotated[
        bool,
        Meta(description="No inline styles: for a Content-Security-Policy without 'unsafe-inline'."),
    ] = False
    quality: Annotated[
        Literal["light", "balanced", "archival"],
        Meta(
            description="How much each picture may weigh: light for slow lines, archival for the most demanding eyes."
        ),
    ] = "balanced"
    formats: Annotated[
        tuple[Literal["avif", "webp", "jpeg"], ...],
        Meta(
            description="Formats to deliver, best first. JPEG always comes last, for browsers that know nothing else."
        ),
    ] = ("avif", "jpeg")
    wide_gamut: Annotated[
        bool,
        Meta(
            description="Photographs with colours that sRGB cannot hold come in Display P3 as well (AVIF), for screens that "
            "show it."
        ),
    ] = False
    raw_previews: Annotated[
        bool,
        Meta(
            description="Show cameras' RAW files by the JPEG preview in them, where it is 1600 pixels long or more. Without "
            "this they are named and left out."
        ),
    ] = False
    max_width: Annotated[
        int, Meta(ge=640, le=8192, description="No published picture is wider than this many pixels.")
    ] = 2560
    headshots_in_galleries: Annotated[
        bool, Meta(description="Hang headshots in their folder's gallery as well as on team pages.")
    ] = False
    names_from_metadata: Annotated[
        bool,
        Meta(
            description="Take people's names from the pictures' own metadata (face regions and persons shown). Such tags "
            "were often written for private use, so they are left alone unless this says otherwise."
        ),
    ] = False
    places: Annotated[
        PlaceDetail,
        Meta(
            description="How much is shown of the places written in the pictures' metadata. city: town, region and country. "
            "all: the street or the house too. none: nothing. What a note says is shown as it stands."
        ),
    ] = "city"
    downloads: Annotated[
        bool,
        Meta(
            description="Offer each person's headshot for download on their page: square, circle, upright, for a talk, and "
            "for an e-mail signature."
        ),
    ] = False
    headshot_bias: Annotated[
        float,
        Meta(ge=-3, le=3, description="Above 0: more careful about what may stand on a team page. Below 0: less."),
    ] = 0.0
    rights: Annotated[
        Rights,
        Meta(description="Creator, credit, copyright and licence for pictures that carry none of their own."),
    ] = Rights()
    watermark: Annotated[
        WatermarkSettings | None,
        Meta(
            description="Words or a PNG set on pictures from a given width on, in the quietest corner, off the faces."
        ),
    ] = None
    workers: Annotated[
        int, Meta(ge=0, le=256, description="Processes that look and develop at once; 0 is one for each core.")
    ] = 0
    executor: Annotated[
        Literal["processes", "dask"],
        Meta(description="Where pictures are looked at and developed: in processes here, or on a dask cluster."),
    ] = "processes"
    scheduler: Annotated[
        str, Meta(description="Address of the dask scheduler, such as tcp://10.0.0.5:8786, where executor is dask.")
    ] = ""
    draft_previews: Annotated[
        bool,
        Meta(
            description="Under `pelican --autoreload`: where new pictures would take longer than two seconds, show drafts "
            "of them and finish them in the background."
        ),
    ] = True
    timeout: Annotated[
        int,
        Meta(
            ge=5,
            le=3600,
            description="Seconds of processor time after which work on one picture is given up and the picture named. It "
            "is tried again when it or this number changes.",
        ),
    ] = 60
    max_megapixels: Annotated[
        int, Meta(ge=1, le=1000, description="Megapixels above which a picture is refused before it is opened.")
    ] = 200
    max_file_mb: Annotated[
        int, Meta(ge=1, le=16384, description="Megabytes above which a file is refused before it is read.")
    ] = 1024
    memory_mb: Annotated[
        int,
        Meta(ge=256, description="Megabytes that all workers together may plan to use; large pictures wait for room."),
    ] = 1500
    strict: Annotated[
        bool,
        Meta(
            description="End with an error, after everything was tried, if any picture had to be left out. Under `pelican "
            "--autoreload` the error is told and the watching goes on."
        ),
    ] = False


_TYPE_NAMES = {
    "str": "a text", "int": "a whole number", "float": "a number", "bool": "True or False", "array": "a list",
    "object": "a dict", "null": "None",
}  # fmt: skip
"""What msgspec's types are to whoever writes settings."""


def read(pelican: Mapping[str, Any]) -> Settings:
    """Settings from Pelican's. Raises BadSetting with a sentence."""
    dicts = [name for name, value in pelican.items() if isinstance(value, Mapping) and name != "HEADSHOTS"]
    if misspelt := difflib.get_close_matches("HEADSHOTS", dicts, n=1, cutoff=0.85):
        raise SettingsError(f"{misspelt[0]} in pelicanconf.py is not a setting. Did you mean HEADSHOTS?")
    given = pelican.get("HEADSHOTS", {})
    if not isinstance(given, Mapping):
        raise SettingsError(
            f"HEADSHOTS in pelicanconf.py must be a dict, such as {{'quality': 'light'}}; it is {given!r}."
        )
    try:
        settings = msgspec.convert(dict(given), Settings)
    except msgspec.ValidationError as wrong:
        path, sentence = explain_validation_error(wrong, given, Settings, _TYPE_NAMES)
        place = "HEADSHOTS" + "".join(f"[{part!r}]" for part in path)
        raise SettingsError(f"{place} in pelicanconf.py cannot be used: {sentence}") from wrong
    if settings.executor == "dask" and not settings.scheduler:
        raise SettingsError(
            "HEADSHOTS['executor'] in pelicanconf.py is 'dask', so HEADSHOTS['scheduler'] must name the scheduler: "
            "'tcp://10.0.0.5:8786', for instance."
        )
    _check_rights(settings.rights)
    others = [name for name in dict.fromkeys(settings.formats) if name != "jpeg"]
    return msgspec.structs.replace(settings, formats=(*others, "jpeg"))


def _check_rights(rights: Rights) -> None:
    """Raises BadSetting for *rights* that no picture can carry."""
    for name, text in msgspec.structs.asdict(rights).items():
        place = f"HEADSHOTS['rights'][{name!r}] in pelicanconf.py"
        if len(text) > (longest := MAX_USAGE_TERMS_CHARACTERS if name == "usage_terms" else MAX_RIGHTS_LINE_CHARACTERS):
            raise SettingsError(f"{place} has {len(text)} characters; {longest} fit into a picture.")
        if text and name in ("web_statement", "licensor_url") and not sanitize_url(text):
            raise SettingsError(f"{place} must be an address that begins with https:// or http://; {text!r} is none.")
        if text and name == "data_mining" and not sanitize_data_mining(text):
            raise SettingsError(
                f"{place} must be a PLUS value, such as '{PLUS_DATA_MINING_PREFIX}PROHIBITED'; {text!r} is none."
            )
