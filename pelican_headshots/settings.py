"""`HEADSHOTS = {...}` in pelicanconf.py: every setting with its default, its bounds and its description.

`docs/settings.md` is generated from the descriptions below.
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
from .values.photo import CameraField, PlaceDetail
from .values.rendition import (
    MAX_RIGHTS_LINE_CHARACTERS,
    MAX_USAGE_TERMS_CHARACTERS,
    NO_DATA_MINING,
    PLUS_DATA_MINING_PREFIX,
    FramingName,
    Rights,
    sanitize_data_mining,
    sanitize_url,
)
from .values.selection import Selection


class SettingsError(HeadshotsError):
    """A setting cannot be used; the message says which one, why, and what to write instead."""


class WatermarkSettings(Value, frozen=True):
    """A mark on published pictures, placed in the corner with the least detail and never over a face."""

    text: Annotated[str, Meta(description="The text of the mark. Set either this or `picture`.")] = ""
    picture: Annotated[
        str, Meta(description="A PNG with a transparent background; its path is relative to pelicanconf.py.")
    ] = ""
    min_width: Annotated[int, Meta(ge=0, description="Pictures at least this many pixels wide are marked.")] = 1200
    opacity: Annotated[float, Meta(gt=0, le=1, description="Above 0 and up to 1; 1 is opaque.")] = 0.5


MOOD_NAMES = ("auto", "slate", "ember", "moss", "ink", "paper", "both")
"""The moods that every site has."""

HexColor = Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$")]
OptionalHexColor = Annotated[str, Meta(pattern="^(#[0-9a-fA-F]{6})?$")]


class MoodSettings(Value, frozen=True):
    """A mood that the site defines. Colors that are not given are derived from the background."""

    background: Annotated[HexColor, Meta(description="Color of the page, such as #2a0f14.")]
    text: Annotated[OptionalHexColor, Meta(description="Color of the text. Empty: near white or near black.")] = ""
    accent: Annotated[
        OptionalHexColor, Meta(description="Color of the outline around what the keyboard has selected.")
    ] = ""


class Settings(Value, frozen=True):
    """The settings of one site."""

    photos: Annotated[
        str, Meta(description="Folder of the original photos, inside the content folder. Each sub-folder is a gallery.")
    ] = "photos"
    cache: Annotated[
        str,
        Meta(
            description="Folder for analysis results and encoded pictures, relative to pelicanconf.py. It can be deleted "
            "at any time. A URL such as s3://bucket/cache is a cache shared with others; the local folder is then "
            ".headshots."
        ),
    ] = ".headshots"
    models: Annotated[
        str | None,
        Meta(description="Folder with other MediaPipe models than those of the package, relative to pelicanconf.py."),
    ] = None
    mood: Annotated[
        str,
        Meta(
            description="The mood (color theme) of all pages; a gallery may have another one in its notes.toml. auto: dark, "
            "in the hue of the cover. slate (blue), ember (orange), moss (green), ink (gray): dark. paper: light. both: as "
            "the visitor's system prefers, light or dark, with a switch. Or the name of a mood in moods."
        ),
    ] = "auto"
    moods: Annotated[
        dict[Annotated[str, Meta(pattern="^[a-z][a-z0-9-]*$")], MoodSettings],
        Meta(
            description="Moods of your own, by name, such as {'wine': {'background': '#2a0f14', 'accent': '#d9a06a'}}. "
            "Colors in which text would have a contrast below 4.5 are refused."
        ),
    ] = {}
    fonts: Annotated[
        Literal["own", "system"],
        Meta(
            description="own: the serif and sans-serif fonts that come with the theme. system: the visitor's own fonts."
        ),
    ] = "own"
    stylesheet: Annotated[
        str,
        Meta(
            description="Your own stylesheet, relative to pelicanconf.py. It is loaded last, so it overrides the theme's."
        ),
    ] = ""
    logo: Annotated[
        str,
        Meta(
            description="An SVG or PNG shown in the header instead of the site's name; its path is relative to "
            "pelicanconf.py. The file is published unchanged, with all that is in it."
        ),
    ] = ""
    icon: Annotated[
        str,
        Meta(
            description="A square PNG or JPEG for browser tabs and home screens; its path is relative to pelicanconf.py. "
            "Without one, the icon has the initials of the site's name."
        ),
    ] = ""
    translations: Annotated[
        str,
        Meta(
            description="Your own translations file (TOML), relative to pelicanconf.py: the site's texts in your language."
        ),
    ] = ""
    slug_replacements: Annotated[
        dict[str, str],
        Meta(
            description="Letters that are written otherwise in addresses, such as {'ä': 'ae', 'ö': 'oe', 'ü': 'ue', 'ß': "
            "'ss'} in German, which `init --lang de` sets: Jürgen Schröder is at people/juergen-schroeder/. Without it, "
            "accents are left out: people/jurgen-schroder/. It applies to people, galleries, pictures, and pages and "
            "articles without `Slug:`. If you change it, the addresses of all pages with these letters change."
        ),
    ] = {}
    columns: Annotated[
        dict[str, str],
        Meta(
            description="Columns of people.csv with names of your own, such as {'Stelle': 'role', 'Personalnummer': ''}: "
            "the column's name, and what it holds, or an empty text to leave it out. The English, German and French names "
            "in docs/people.md need no entry."
        ),
    ] = {}
    show_slots: Annotated[
        bool,
        Meta(
            description="While you change the theme: draw over each picture the name of its slot, the size at which it is "
            "shown and the file that the browser chose. Turn it off before you publish."
        ),
    ] = False
    strict_csp: Annotated[
        bool,
        Meta(description="Write no inline styles, for a Content-Security-Policy without 'unsafe-inline'."),
    ] = False
    quality: Annotated[
        Literal["light", "balanced", "archival"],
        Meta(
            description="Encoding quality. light: the smallest files, for slow connections. archival: the largest and best."
        ),
    ] = "balanced"
    formats: Annotated[
        tuple[Literal["avif", "webp", "jpeg"], ...],
        Meta(
            description="Formats to deliver, best first. JPEG is always added last, for browsers that support no other."
        ),
    ] = ("avif", "jpeg")
    wide_gamut: Annotated[
        bool,
        Meta(
            description="Deliver photos with colors outside sRGB in Display P3 as well (AVIF), for screens that can show "
            "them."
        ),
    ] = False
    raw_previews: Annotated[
        bool,
        Meta(
            description="For RAW files, use the embedded JPEG preview if its long side has at least 1600 pixels. Without "
            "this, RAW files are reported and left out."
        ),
    ] = False
    max_width: Annotated[
        int, Meta(ge=640, le=8192, description="The largest width of a published picture, in pixels.")
    ] = 2560
    headshots_in_galleries: Annotated[
        bool, Meta(description="Show headshots in their folder's gallery as well as on team pages.")
    ] = False
    select: Annotated[
        Selection,
        Meta(
            description="Which photos are shown, by what your photo program has written into them or their sidecars: see "
            "selection.md. All conditions must hold. A folder can set its own in notes.toml, and a photo with "
            "`hidden = false` there is always shown. Rejected photos are never shown, even without this setting."
        ),
    ] = Selection()
    gallery_page_size: Annotated[
        int,
        Meta(
            ge=1,
            description="The largest number of photos on one page of a gallery. A longer gallery has several pages, linked "
            "to each other, and the browser appends the next one as the visitor comes near it.",
        ),
    ] = 200
    framing: Annotated[
        FramingName,
        Meta(
            description="How close headshots are cropped. normal: with shoulders and space above the hair. loose: with more "
            "space. tight: the face. A page has its own with the line `Framing: loose` in its metadata."
        ),
    ] = "normal"
    team_color: Annotated[
        Literal["color", "monochrome", "monochrome-hover"],
        Meta(
            description="Headshots of people. monochrome: in shades of gray. monochrome-hover: in shades of gray on pages "
            "with several people, and in color while one is pointed at, tapped or reached with the keyboard."
        ),
    ] = "color"
    names_from_metadata: Annotated[
        bool,
        Meta(
            description="Take people's names from the photos' metadata (face regions and persons shown). Such tags are "
            "often private, so they are ignored by default."
        ),
    ] = False
    places: Annotated[
        PlaceDetail,
        Meta(
            description="How much to show of the places in the photos' metadata. city: town, region and country. all: also "
            "the street or the building. none: nothing. A place in notes.toml is always shown as written."
        ),
    ] = "city"
    exif: Annotated[
        tuple[CameraField, ...],
        Meta(
            description="The camera data to show with each photo, in the viewer and on its page: camera (its name), lens, "
            "exposure (focal length, aperture, exposure time and ISO). Serial numbers, owners and positions are never read."
        ),
    ] = ()
    downloads: Annotated[
        bool,
        Meta(
            description="Offer downloads of the headshot on each person's page: square, circle, upright, for a talk, and "
            "for an e-mail signature."
        ),
    ] = False
    photo_downloads: Annotated[
        bool,
        Meta(
            description="Offer a download of each photo in a gallery's viewer and on the photo's page: its largest JPEG in "
            "the site, with your rights in its metadata. The originals stay unpublished."
        ),
    ] = False
    headshot_bias: Annotated[
        float,
        Meta(
            ge=-3,
            le=3,
            description="Above 0: fewer photos are classified as headshots. Below 0: more. In log odds.",
        ),
    ] = 0.0
    rights: Annotated[
        Rights,
        Meta(description="Creator, credit, copyright and license for photos whose metadata has none."),
    ] = Rights()
    watermark: Annotated[
        WatermarkSettings | None,
        Meta(
            description="A text or PNG drawn on large published pictures, in the corner with the least detail and never "
            "over a face."
        ),
    ] = None
    workers: Annotated[
        int,
        Meta(ge=0, le=256, description="Number of worker processes for analysis and encoding; 0: one for each core."),
    ] = 0
    executor: Annotated[
        Literal["processes", "dask"],
        Meta(description="Where photos are analyzed and encoded: in processes on this machine, or on a Dask cluster."),
    ] = "processes"
    scheduler: Annotated[
        str,
        Meta(description="Address of the Dask scheduler, such as tcp://10.0.0.5:8786; needed if executor is 'dask'."),
    ] = ""
    draft_previews: Annotated[
        bool,
        Meta(
            description="With `pelican --autoreload`: if new photos would take longer than two seconds, show previews first "
            "and finish the pictures in the background."
        ),
    ] = True
    timeout: Annotated[
        int,
        Meta(
            ge=5,
            le=3600,
            description="Processor time in seconds for one photo. A photo that needs more is reported and left out; it is "
            "tried again when the file or this number changes.",
        ),
    ] = 60
    max_megapixels: Annotated[
        int, Meta(ge=1, le=1000, description="Photos with more megapixels are left out without being decoded.")
    ] = 200
    max_file_mb: Annotated[
        int, Meta(ge=1, le=16384, description="Files with more megabytes are left out without being read.")
    ] = 1024
    memory_mb: Annotated[
        int,
        Meta(
            ge=256,
            description="Memory in megabytes that all workers together may plan to use; large photos wait until enough of "
            "it is free.",
        ),
    ] = 1500
    strict: Annotated[
        bool,
        Meta(
            description="End the build with an error, after everything has been tried, if any photo was left out. With "
            "`pelican --autoreload` the error is logged and Pelican goes on watching."
        ),
    ] = False

    @property
    def mood_names(self) -> tuple[str, ...]:
        """The moods that a page of the site may have."""
        return (*MOOD_NAMES, *self.moods)


_TYPE_NAMES = {
    "str": "a text", "int": "a whole number", "float": "a number", "bool": "True or False", "array": "a list",
    "object": "a dict", "null": "None",
}  # fmt: skip
"""msgspec's name of a type → its name in messages."""

RENAMED_SETTINGS = {
    "lean": "headshot_bias",
    "words": "translations",
    "draft": "draft_previews",
    "memory": "memory_mb",
    "file_limit": "max_file_mb",
    "pixel_limit": "max_megapixels",
}
RENAMED_WATERMARK_SETTINGS = {"above": "min_width"}


def read(pelican: Mapping[str, Any]) -> Settings:
    """Return our settings, read from those of Pelican.

    Args:
        pelican: Pelican's settings; ours are the dict `HEADSHOTS` in them.

    Raises:
        SettingsError: A setting has an unknown or old name, or a value that cannot be used.
    """
    dicts = [name for name, value in pelican.items() if isinstance(value, Mapping) and name != "HEADSHOTS"]
    if misspelt := difflib.get_close_matches("HEADSHOTS", dicts, n=1, cutoff=0.85):
        raise SettingsError(f"{misspelt[0]} in pelicanconf.py is not a setting. Did you mean HEADSHOTS?")
    given = pelican.get("HEADSHOTS", {})
    if not isinstance(given, Mapping):
        raise SettingsError(
            f"HEADSHOTS in pelicanconf.py must be a dict, such as {{'quality': 'light'}}; it is {given!r}."
        )
    _check_renamed_settings(given)
    try:
        settings = msgspec.convert(dict(given), Settings)
    except msgspec.ValidationError as error:
        path, sentence = explain_validation_error(error, given, Settings, _TYPE_NAMES)
        place = "HEADSHOTS" + "".join(f"[{part!r}]" for part in path)
        raise SettingsError(f"{place} in pelicanconf.py cannot be used: {sentence}") from error
    if settings.executor == "dask" and not settings.scheduler:
        raise SettingsError(
            "HEADSHOTS['executor'] in pelicanconf.py is 'dask', so HEADSHOTS['scheduler'] must be the address "
            "of the scheduler, such as 'tcp://10.0.0.5:8786'."
        )
    _check_rights(settings.rights)
    _check_mood_names(settings)
    others = [name for name in dict.fromkeys(settings.formats) if name != "jpeg"]
    return msgspec.structs.replace(settings, formats=(*others, "jpeg"))


def _check_renamed_settings(given: Mapping[Any, Any]) -> None:
    """Raise SettingsError for the first setting that still has its old name."""
    watermark = given.get("watermark")
    for prefix, names, renamed in (
        ("HEADSHOTS", given, RENAMED_SETTINGS),
        ("HEADSHOTS['watermark']", watermark if isinstance(watermark, Mapping) else {}, RENAMED_WATERMARK_SETTINGS),
    ):
        for old, new in renamed.items():
            if old in names:
                raise SettingsError(f"{prefix}[{old!r}] is now called {prefix}[{new!r}].")


def _check_mood_names(settings: Settings) -> None:
    """Raise SettingsError if the site's mood does not exist, or if a mood of its own has the name of an included one."""
    if taken := [name for name in settings.moods if name in MOOD_NAMES]:
        raise SettingsError(
            f"HEADSHOTS['moods'] in pelicanconf.py: {taken[0]!r} is an included mood. Choose another name."
        )
    if settings.mood not in settings.mood_names:
        raise SettingsError(
            f"HEADSHOTS['mood'] in pelicanconf.py cannot be used: there is no mood {settings.mood!r}. "
            f"Choose from: {', '.join(settings.mood_names)}."
        )


def _check_rights(rights: Rights) -> None:
    """Raise SettingsError for *rights* that cannot be written into a picture."""
    for name, text in msgspec.structs.asdict(rights).items():
        place = f"HEADSHOTS['rights'][{name!r}] in pelicanconf.py"
        if len(text) > (longest := MAX_USAGE_TERMS_CHARACTERS if name == "usage_terms" else MAX_RIGHTS_LINE_CHARACTERS):
            raise SettingsError(f"{place} has {len(text)} characters; the most that fit into a picture are {longest}.")
        if text and name in ("web_statement", "licensor_url") and not sanitize_url(text):
            raise SettingsError(f"{place} must be a URL that begins with https:// or http://; {text!r} is not one.")
        if text and name == "data_mining" and text != NO_DATA_MINING and not sanitize_data_mining(text):
            raise SettingsError(
                f"{place} must be 'no' or a PLUS value, such as '{PLUS_DATA_MINING_PREFIX}PROHIBITED-AIMLTRAINING'; "
                f"{text!r} is neither."
            )
