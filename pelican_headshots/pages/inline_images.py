"""Photographs in articles and pages: `![alt](photo.jpg)` becomes a responsive picture.

First `marked` finds which photographs a text shows, so that they can be developed; when the text is asked for, `filled`
puts the pictures in, with the address of the site as it is then.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection
from urllib.parse import unquote

from ..support.filenames import normalize_nfc

IMG_TAG = re.compile(r"<p>\s*(?P<alone><img\b[^>]*>)\s*</p>|<img\b[^>]*>", re.IGNORECASE)
HTML_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
MARKER_ATTRIBUTE = "data-photograph"


def find_photo(src: str, photos: Collection[str], folder: str) -> str | None:
    """The photograph that *src* names, or None.

    *photos* are paths below the photos *folder* (itself relative to the content folder). A path may be given with or
    without the folder, with Pelican's `{static}` before it or not; a bare file name is enough where it is unique.
    """
    path = _normalize_src(src).removeprefix(f"{folder}/")
    if not path or path in photos:
        return path or None
    normalized = normalize_nfc(path)
    same_when_normalized = [photo for photo in photos if normalize_nfc(photo) == normalized]
    if same_when_normalized or "/" in path:
        return next(iter(same_when_normalized), None)
    same_file_name = [photo for photo in photos if normalize_nfc(photo.rpartition("/")[2]) == normalized]
    return same_file_name[0] if len(same_file_name) == 1 else None


def find_missing_photos(text: str, photos: Collection[str], folder: str) -> tuple[str, ...]:
    """What images of *text* (HTML) name among the photographs, and is not there. *photos*, *folder* as in `which`."""
    sources = [_parse_attributes(image["alone"] or image[0]).get("src", "") for image in IMG_TAG.finditer(text)]
    if not sources:
        return ()  # most texts: then nobody need go through all photographs
    folders = {folder, *(photo.partition("/")[0] for photo in photos if "/" in photo)}
    photo_sources = (src for src in sources if _normalize_src(src).partition("/")[0] in folders)
    return tuple(dict.fromkeys(unquote(src) for src in photo_sources if find_photo(src, photos, folder) is None))


def _normalize_src(src: str) -> str:
    """*src* from the content folder on; empty where it leads elsewhere."""
    if re.match(r"(?:[a-z][a-z0-9+.-]*:|//)", src, re.IGNORECASE):
        return ""
    return re.sub(r"^(?:\.{0,2}/)+", "", re.sub(r"^(?:\{\w+\}|\|\w+\|)", "", unquote(src)))


def mark_images(text: str, photos: Collection[str], folder: str) -> tuple[str, tuple[str, ...]]:
    """*text* (HTML) with its photographs marked, and their paths as they come. Other images stay as they are."""
    found: dict[str, None] = {}

    def replace_image(image: re.Match[str]) -> str:
        attributes = _parse_attributes(image["alone"] or image[0])
        path = find_photo(attributes.get("src", ""), photos, folder)
        if path is None:
            return image[0]
        found[path] = None
        written_attributes = "".join(
            f' {name}="{html.escape(attributes[name])}"' for name in ("alt", "title") if name in attributes
        )
        alone = ' data-alone="1"' if image["alone"] else ""
        return f'<img {MARKER_ATTRIBUTE}="{html.escape(path)}"{alone}{written_attributes}>'

    return IMG_TAG.sub(replace_image, text), tuple(found)


def fill_images(text: str, render: Callable[[str, str | None, str, bool], str | None]) -> str:
    """*text* with its marks replaced by what *draw* makes of (path, alt or None, title, whether it stands alone).

    Where that is None there is no such picture, and its alternative text stands in its place.
    """

    def replace_marker(image: re.Match[str]) -> str:
        attributes = _parse_attributes(image[0])
        if MARKER_ATTRIBUTE not in attributes:
            return image[0]
        alt, alone = attributes.get("alt") or None, "data-alone" in attributes
        rendered = render(attributes[MARKER_ATTRIBUTE], alt, attributes.get("title", ""), alone)
        if rendered is not None:
            return rendered
        fallback = html.escape(alt or "")
        return f"<p>{fallback}</p>" if alone and fallback else fallback

    return re.sub(rf"<img {MARKER_ATTRIBUTE}=[^>]*>", replace_marker, text)


def _parse_attributes(tag: str) -> dict[str, str]:
    return {name.lower(): html.unescape(one or other) for name, one, other in HTML_ATTRIBUTE.findall(tag)}
