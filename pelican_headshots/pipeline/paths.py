"""The files and folders that the settings name: the photos folder, the cache, the watermark."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ..settings import Settings, SettingsError
from ..values.rendition import Watermark

WATERMARK_FONT_CHARACTERS = "[ -~©«°·»¿-ÏÑ-Üß-ïñ-üŒœ–—‘’“”•…€™]*"
"""Characters that the theme's typeface is known to have."""


def find_site_folder(content_folder: Path) -> Path:
    """Return the folder of pelicanconf.py, which also holds the cache and the report; else the content folder's parent.

    Pelican does not say which file its settings came from, so the folders near the content folder are searched.
    """
    resolved = content_folder.resolve()
    candidates = (resolved.parent, resolved, *resolved.parents[1:3])
    return next((folder for folder in candidates if (folder / "pelicanconf.py").is_file()), resolved.parent)


def get_cache_folder_name(cache: object) -> str:
    """Return the name of the local cache folder: the setting `cache`, or the default if that is a URL or not a string."""
    return cache if isinstance(cache, str) and "://" not in cache else ".headshots"


def resolve_cache_folder(settings: Settings, site_folder: Path, originals_folder: Path, output_folder: Path) -> Path:
    """Return the cache folder.

    Raises:
        SettingsError: The cache folder holds something else (`clear-cache` removes all of it), or the output folder holds
            the originals or the site's own files, which would be published.
    """
    folder = site_folder / get_cache_folder_name(settings.cache)
    resolved_cache, resolved_site, resolved_originals, resolved_output = (
        folder.resolve(),
        site_folder.resolve(),
        originals_folder.resolve(),
        output_folder.resolve(),
    )
    _check_output_folder(output_folder, site_folder, originals_folder)
    holds_site_files = any(
        kept.is_relative_to(resolved_cache)
        for kept in (resolved_site, originals_folder.absolute(), resolved_originals, resolved_output)
    )
    if (
        holds_site_files
        or resolved_cache.is_relative_to(resolved_originals)
        or resolved_cache.is_relative_to(resolved_output)
    ):
        raise SettingsError(
            f"HEADSHOTS['cache'] in pelicanconf.py must name a folder that holds nothing else, such as '.headshots'; "
            f"{settings.cache!r} is not one."
        )
    return folder


def _check_output_folder(output_folder: Path, site_folder: Path, originals_folder: Path) -> None:
    """Raise SettingsError if private files would be published, or if the output folder is inside the photos folder."""
    resolved_output = output_folder.resolve()
    private = {"the settings and the cache": site_folder, "the original photos": originals_folder}
    for description, folder in private.items():
        if any(place.is_relative_to(resolved_output) for place in (folder.absolute(), folder.resolve())):
            raise SettingsError(
                f"OUTPUT_PATH in pelicanconf.py (or --output) is {output_folder}, so {description} ({folder}) would be "
                "published with the site. Name a folder for the site alone, such as 'output'."
            )
    if originals_folder.resolve() in resolved_output.parents:
        raise SettingsError(
            f"OUTPUT_PATH in pelicanconf.py (or --output) is {output_folder}, which is inside the photos folder. Name a "
            "folder outside it, such as 'output'."
        )


def load_watermark(settings: Settings, site_folder: Path) -> Watermark | None:
    """Return the watermark, with the contents of its picture if it has one. Raises SettingsError."""
    watermark = settings.watermark
    if watermark is None:
        return None
    if bool(watermark.text.strip()) == bool(watermark.picture):
        raise SettingsError("HEADSHOTS['watermark'] in pelicanconf.py needs either a 'text' or a 'picture'.")
    if not watermark.picture:
        _check_watermark_text(watermark.text)
        return Watermark(watermark.text, b"", watermark.min_width, watermark.opacity)
    try:
        data = (site_folder / watermark.picture).read_bytes()
    except OSError as error:
        raise SettingsError(f"The watermark {watermark.picture} cannot be read: {error.strerror}.") from error
    if not data.startswith(b"\x89PNG"):
        raise SettingsError(
            f"The watermark {watermark.picture} is not a PNG. Save it as one, with a transparent background."
        )
    from ..scan.file_types import UnreadableImageError
    from ..scan.open_image import open_image

    try:
        with open_image(data) as image:
            image.load()
    except UnreadableImageError as error:
        raise SettingsError(f"The watermark {watermark.picture} cannot be used. {error}") from error
    return Watermark("", data, watermark.min_width, watermark.opacity)


def _check_watermark_text(text: str) -> None:
    """Raise SettingsError if the theme's typeface lacks characters of *text*."""
    if re.fullmatch(WATERMARK_FONT_CHARACTERS, text):
        return  # without loading Pillow, which takes a tenth of a second
    from ..images.watermark import find_missing_glyphs

    if missing := find_missing_glyphs(text):
        raise SettingsError(
            f"HEADSHOTS['watermark'] in pelicanconf.py has characters that the typeface lacks: {missing}. "
            "Use a 'picture' instead: a PNG of this text with a transparent background."
        )


def find_originals_folder(settings: Settings, content_folder: Path) -> Path:
    """Return the folder of the original photos. Raises SettingsError if it is not a folder inside the content folder.

    It may be a symbolic link to a folder elsewhere, which the owner of the site made on purpose.
    """
    folder = content_folder / settings.photos
    if not folder.is_dir():
        raise SettingsError(
            f"The photos folder {folder} does not exist. Create it and put photos into it, "
            "or name another folder with HEADSHOTS['photos'] in pelicanconf.py."
        )
    resolved_folder, resolved_content, relative_path = (
        folder.resolve(),
        content_folder.resolve(),
        Path(os.path.normpath(settings.photos)),
    )
    if (
        relative_path.is_absolute()
        or relative_path.parts[:1] in ((), ("..",))
        or resolved_folder == resolved_content
        or resolved_folder in resolved_content.parents
    ):
        raise SettingsError(
            f"HEADSHOTS['photos'] must name a folder inside {content_folder}; {settings.photos!r} is not one."
        )
    return folder
