"""Photographs in articles and pages: `![alt](photo.jpg)` becomes a responsive picture.

First `marked` finds which photographs a text shows, so that they can be developed; when the text is asked for, `filled`
puts the pictures in, with the address of the site as it is then.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection
from urllib.parse import unquote

from ..said.names import composed

IMAGE = re.compile(r"<p>\s*(?P<alone><img\b[^>]*>)\s*</p>|<img\b[^>]*>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
MARK = "data-photograph"


def which(src: str, photos: Collection[str], folder: str) -> str | None:
    """The photograph that *src* names, or None.

    *photos* are paths below the photos *folder* (itself relative to the content folder). A path may be given with or
    without the folder, with Pelican's `{static}` before it or not; a bare file name is enough where it is unique.
    """
    path = _path(src).removeprefix(f"{folder}/")
    if not path or path in photos:
        return path or None
    spelt = composed(path)
    alike = [photo for photo in photos if composed(photo) == spelt]
    if alike or "/" in path:
        return next(iter(alike), None)
    named = [photo for photo in photos if composed(photo.rpartition("/")[2]) == spelt]
    return named[0] if len(named) == 1 else None


def astray(text: str, photos: Collection[str], folder: str) -> tuple[str, ...]:
    """What images of *text* (HTML) name among the photographs, and is not there. *photos*, *folder* as in `which`."""
    named = [_attributes(image["alone"] or image[0]).get("src", "") for image in IMAGE.finditer(text)]
    if not named:
        return ()  # most texts: then nobody need go through all photographs
    folders = {folder, *(photo.partition("/")[0] for photo in photos if "/" in photo)}
    among = (src for src in named if _path(src).partition("/")[0] in folders)
    return tuple(dict.fromkeys(unquote(src) for src in among if which(src, photos, folder) is None))


def _path(src: str) -> str:
    """*src* from the content folder on; empty where it leads elsewhere."""
    if re.match(r"(?:[a-z][a-z0-9+.-]*:|//)", src, re.IGNORECASE):
        return ""
    return re.sub(r"^(?:\.{0,2}/)+", "", re.sub(r"^(?:\{\w+\}|\|\w+\|)", "", unquote(src)))


def marked(text: str, photos: Collection[str], folder: str) -> tuple[str, tuple[str, ...]]:
    """*text* (HTML) with its photographs marked, and their paths as they come. Other images stay as they are."""
    found: dict[str, None] = {}

    def mark(image: re.Match[str]) -> str:
        given = _attributes(image["alone"] or image[0])
        path = which(given.get("src", ""), photos, folder)
        if path is None:
            return image[0]
        found[path] = None
        words = "".join(f' {name}="{html.escape(given[name])}"' for name in ("alt", "title") if name in given)
        alone = ' data-alone="1"' if image["alone"] else ""
        return f'<img {MARK}="{html.escape(path)}"{alone}{words}>'

    return IMAGE.sub(mark, text), tuple(found)


def filled(text: str, draw: Callable[[str, str | None, str, bool], str | None]) -> str:
    """*text* with its marks replaced by what *draw* makes of (path, alt or None, title, whether it stands alone).

    Where that is None there is no such picture, and its alternative text stands in its place.
    """

    def put(image: re.Match[str]) -> str:
        given = _attributes(image[0])
        if MARK not in given:
            return image[0]
        words, alone = given.get("alt") or None, "data-alone" in given
        drawn = draw(given[MARK], words, given.get("title", ""), alone)
        if drawn is not None:
            return drawn
        instead = html.escape(words or "")
        return f"<p>{instead}</p>" if alone and instead else instead

    return re.sub(rf"<img {MARK}=[^>]*>", put, text)


def _attributes(tag: str) -> dict[str, str]:
    return {name.lower(): html.unescape(one or other) for name, one, other in ATTRIBUTE.findall(tag)}
