"""Photos in articles and pages: `![alt](photo.jpg)` becomes a responsive picture.

First `mark_images` finds the photos that a text shows, so that they can be rendered. When a template asks for the text,
`fill_images` inserts the pictures, with the site's URL as it is then.
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
    """Return the path of the photo that *src* names, or None.

    Args:
        src: A path with or without the photos folder, with or without Pelican's `{static}`; or a unique file name.
        photos: Paths of all photos, relative to the photos folder.
        folder: The photos folder, relative to the content folder.
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
    """Return the image sources in *text* (HTML) that point into the photos folder, but to no photo.

    *photos* and *folder* are as in `find_photo`.
    """
    sources = [_parse_attributes(image["alone"] or image[0]).get("src", "") for image in IMG_TAG.finditer(text)]
    if not sources:
        return ()  # most texts have no image: do not go through all photos
    folders = {folder, *(photo.partition("/")[0] for photo in photos if "/" in photo)}
    photo_sources = (src for src in sources if _normalize_src(src).partition("/")[0] in folders)
    return tuple(dict.fromkeys(unquote(src) for src in photo_sources if find_photo(src, photos, folder) is None))


def _normalize_src(src: str) -> str:
    """Return *src* relative to the content folder, or an empty string if it leads to another site."""
    if re.match(r"(?:[a-z][a-z0-9+.-]*:|//)", src, re.IGNORECASE):
        return ""
    return re.sub(r"^(?:\.{0,2}/)+", "", re.sub(r"^(?:\{\w+\}|\|\w+\|)", "", unquote(src)))


def mark_images(text: str, photos: Collection[str], folder: str) -> tuple[str, tuple[str, ...]]:
    """Return *text* (HTML) with its photos marked, and their paths in the text's order. Other images stay as they are."""
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
    """Return *text* with its marked images replaced.

    Args:
        text: HTML from `mark_images`.
        render: Called with the photo's path, its alternative text or None, its title, and whether it is a paragraph
            of its own. Returns HTML, or None if the photo is not in the site: its alternative text is shown instead.
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
