"""`sitemap.xml`: the site's pages and the photos on each, for search engines. A very large one is split."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

from ..values.portfolio import PhotoView, Portfolio
from .page_specs import NOT_FOUND_FILE

_SAFE_PATH_CHARACTERS = "/:@!$&'()*+,;=~"
"""Characters that need no escaping in the path of a URL (RFC 3986)."""
SITEMAP_MARKER = "<!-- made by pelican-headshots -->"
SITEMAP_HEADER = (
    f'<?xml version="1.0" encoding="utf-8"?>\n{SITEMAP_MARKER}\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">\n'
)
SITEMAP_INDEX_HEADER = (
    f'<?xml version="1.0" encoding="utf-8"?>\n{SITEMAP_MARKER}\n'
    '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
)
MAX_SITEMAP_URLS = 50_000
"""The protocol allows no more in one file (sitemaps.org)."""
MAX_SITEMAP_BYTES = 50_000_000
"""The entries of one file; the protocol allows 52,428,800 bytes for the whole file."""


def collect_sitemap_images(
    portfolio: Portfolio, photos_by_text: Mapping[str, Sequence[PhotoView]]
) -> dict[str, list[str]]:
    """Return the JPEGs on each page, by the page's URL.

    *photos_by_text* holds the photos of articles and pages, by the URL of the text.
    """
    sources_by_page = {url: [photo.pictures["prose"].src for photo in shown] for url, shown in photos_by_text.items()}
    for gallery in portfolio.galleries:
        sources_by_page[gallery.url] = [photo.pictures["view"].src for photo in gallery.pages[0].photos]
        for photo in gallery.photos:
            sources_by_page[photo.url] = [photo.pictures["view"].src]
    for person in portfolio.people:
        if person.url and person.photo:
            sources_by_page[person.url] = [next(iter(person.photo.pictures.values())).src]
    return sources_by_page


def write_sitemap(
    output_folder: Path,
    site_url: str,
    written_files: Collection[str],
    unlisted_files: Collection[str],
    images_by_page: Mapping[str, list[str]],
) -> None:
    """Write `sitemap.xml`, and its parts if it is split, of the pages that this build wrote into *output_folder*.

    Nothing is written if the site's URL is not known or something else wrote a sitemap.

    Args:
        output_folder: The site's folder.
        site_url: The site's URL, absolute.
        written_files: The files that this build wrote, relative to *output_folder*. Files left from earlier builds are
            not listed.
        unlisted_files: Those that are drafts, hidden pages or empty lists.
        images_by_page: From `collect_sitemap_images`.
    """
    sitemap_file = output_folder / "sitemap.xml"
    if not site_url.startswith(("https://", "http://")):
        return
    if sitemap_file.exists() and SITEMAP_MARKER not in sitemap_file.read_text(encoding="utf-8", errors="replace"):
        return
    listed = {name for name in written_files if name.endswith(".html")} - {*unlisted_files, NOT_FOUND_FILE}
    # Further pages of a list (`index2.html`) link only to pages that the sitemap lists anyway.
    pages = [name.removesuffix("index.html") for name in listed if not re.search(r"(?:^|/)index\d+\.html$", name)]
    sitemaps = build_sitemaps(site_url.rstrip("/"), pages, images_by_page)
    for part in output_folder.glob("sitemap-*.xml"):
        if part.name not in sitemaps and SITEMAP_MARKER in part.read_text(encoding="utf-8", errors="replace"):
            part.unlink()  # the site had more pages before
    for name, xml in sitemaps.items():
        (output_folder / name).write_text(xml, encoding="utf-8")


def build_sitemaps(
    site_url: str,
    pages: Iterable[str],
    images_by_page: Mapping[str, list[str]],
    *,
    max_urls: int = MAX_SITEMAP_URLS,
    max_bytes: int = MAX_SITEMAP_BYTES,
) -> dict[str, str]:
    """Return the sitemap as XML, by its file name: `sitemap.xml`, or an index of that name and the parts it lists.

    *pages* and *images_by_page* hold URLs relative to *site_url*, which is absolute and has no trailing slash.
    """
    parts: list[list[str]] = [[]]
    size = 0
    for page in sorted(set(pages)):
        images = "".join(
            f"<image:image><image:loc>{_escape_url(site_url, src)}</image:loc></image:image>"
            for src in images_by_page.get(page, ())
        )
        entry = f"<url><loc>{_escape_url(site_url, page)}</loc>{images}</url>\n"  # ASCII: a character is a byte
        if parts[-1] and (len(parts[-1]) == max_urls or size + len(entry) > max_bytes):
            parts.append([])
            size = 0
        parts[-1].append(entry)
        size += len(entry)
    sitemaps = [SITEMAP_HEADER + "".join(part) + "</urlset>\n" for part in parts]
    if len(sitemaps) == 1:
        return {"sitemap.xml": sitemaps[0]}
    named = {f"sitemap-{number}.xml": xml for number, xml in enumerate(sitemaps, 1)}
    listed = "".join(f"<sitemap><loc>{_escape_url(site_url, name)}</loc></sitemap>\n" for name in named)
    return {"sitemap.xml": SITEMAP_INDEX_HEADER + listed + "</sitemapindex>\n", **named}


def _escape_url(site_url: str, name: str) -> str:
    """Return the URL of the file *name*, percent-encoded (RFC 3986) and escaped for XML."""
    start = quote(site_url, safe=f"%[]{_SAFE_PATH_CHARACTERS}")
    return escape(f"{start}/{quote(name, safe=_SAFE_PATH_CHARACTERS)}")
