"""What the settings name on this disk: the photos folder, the cache, the watermark."""

from __future__ import annotations

import os
import re
from pathlib import Path

from .core.rendition import Mark
from .settings import BadSetting, Settings

WESTERN = "[ -~©«°·»¿-ÏÑ-Üß-ïñ-üŒœ–—‘’“”•…€™]*"
"""Letters that the theme's typeface is known to have."""


def site_folder(content: Path) -> Path:
    """The folder of pelicanconf.py, near *content*, in which cache and report lie; without one, the content's parent.

    Pelican does not say which file its settings came from.
    """
    real = content.resolve()
    near = (real.parent, real, *real.parents[1:3])
    return next((folder for folder in near if (folder / "pelicanconf.py").is_file()), real.parent)


def cache_name(cache: object) -> str:
    """The folder beside the site for the setting `cache`: the usual one where that is an address, or no text at all."""
    return cache if isinstance(cache, str) and "://" not in cache else ".headshots"


def cache_folder(settings: Settings, site: Path, originals: Path, output: Path) -> Path:
    """Where the cache lies. Raises BadSetting for a folder that holds something else: `forget` removes all of it.

    And for an *output* that cannot be published, because the originals or the site's own files would lie in it.
    """
    folder = site / cache_name(settings.cache)
    real, home, photos, public = folder.resolve(), site.resolve(), originals.resolve(), output.resolve()
    _check_output(output, site, originals)
    around = any(kept.is_relative_to(real) for kept in (home, originals.absolute(), photos, public))
    if around or real.is_relative_to(photos) or real.is_relative_to(public):
        raise BadSetting(
            f"HEADSHOTS['cache'] in pelicanconf.py must name a folder that holds nothing else, such as '.headshots'; "
            f"{settings.cache!r} is not one."
        )
    return folder


def _check_output(output: Path, site: Path, originals: Path) -> None:
    """Raises BadSetting where everybody could fetch what lies beside the site, or the site would lie among originals."""
    public = output.resolve()
    private = {"the settings and the cache": site, "the original photographs": originals}
    for what, folder in private.items():
        if any(place.is_relative_to(public) for place in (folder.absolute(), folder.resolve())):
            raise BadSetting(
                f"OUTPUT_PATH in pelicanconf.py (or --output) is {output}, so that {what} ({folder}) would be published "
                "with the site. Name a folder for the site alone, such as 'output'."
            )
    if originals.resolve() in public.parents:
        raise BadSetting(
            f"OUTPUT_PATH in pelicanconf.py (or --output) is {output}, which lies in the photos folder. Name a folder "
            "beside it, such as 'output'."
        )


def mark(settings: Settings, site: Path) -> Mark | None:
    """The watermark, its picture read from the folder *site*. Raises BadSetting."""
    chosen = settings.watermark
    if chosen is None:
        return None
    if bool(chosen.text.strip()) == bool(chosen.picture):
        raise BadSetting("HEADSHOTS['watermark'] in pelicanconf.py wants either a 'text' or a 'picture'.")
    if not chosen.picture:
        _can_be_set(chosen.text)
        return Mark(chosen.text, b"", chosen.above, chosen.opacity)
    try:
        data = (site / chosen.picture).read_bytes()
    except OSError as error:
        raise BadSetting(f"The watermark {chosen.picture} cannot be read: {error.strerror}.") from error
    if not data.startswith(b"\x89PNG"):
        raise BadSetting(f"The watermark {chosen.picture} is not a PNG. Save it as one, with a transparent background.")
    from .adapters.originals.formats import UnreadablePicture
    from .adapters.originals.opening import opened

    try:
        with opened(data) as image:
            image.load()
    except UnreadablePicture as wrong:
        raise BadSetting(f"The watermark {chosen.picture} cannot be used. {wrong}") from wrong
    return Mark("", data, chosen.above, chosen.opacity)


def _can_be_set(text: str) -> None:
    """Raises BadSetting for words with letters that the typeface lacks."""
    if re.fullmatch(WESTERN, text):
        return  # without Pillow, which takes a warm build a tenth of a second to load
    from .adapters.pictures.watermark import lacking

    if missing := lacking(text):
        raise BadSetting(
            f"HEADSHOTS['watermark'] in pelicanconf.py has letters that its typeface lacks: {missing}. "
            "Name a 'picture' instead: a PNG of these words, with a transparent background."
        )


def photos_folder(settings: Settings, content: Path) -> Path:
    """The originals' folder. Raises BadSetting if it is not a folder inside *content*.

    It may be a link to a folder elsewhere: whoever made it lets the site have what lies there.
    """
    folder = content / settings.photos
    if not folder.is_dir():
        raise BadSetting(
            f"The photos folder {folder} does not exist. Make it and put photographs into it, "
            "or name another folder with HEADSHOTS['photos'] in pelicanconf.py."
        )
    real, around, way = folder.resolve(), content.resolve(), Path(os.path.normpath(settings.photos))
    if way.is_absolute() or way.parts[:1] in ((), ("..",)) or real == around or real in around.parents:
        raise BadSetting(f"HEADSHOTS['photos'] must name a folder inside {content}; {settings.photos!r} is not one.")
    return folder
