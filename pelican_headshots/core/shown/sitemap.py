"""`sitemap.xml`: the pages, and on each the photographs that stand there, for search engines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote
from xml.sax.saxutils import escape

from ..plate import Photograph, Portfolio

_SAFE = "/:@!$&'()*+,;=~"
"""What may stand in the path of an address as it is (RFC 3986)."""
OURS = "<!-- made by pelican-headshots -->"
HEAD = (
    f'<?xml version="1.0" encoding="utf-8"?>\n{OURS}\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">\n'
)


def photographs(portfolio: Portfolio, in_texts: Mapping[str, Sequence[Photograph]]) -> dict[str, list[str]]:
    """Address of a page → addresses of the pictures that stand there, as search engines fetch them (JPEG).

    *in_texts* are the photographs of articles and pages, by the address of the text.
    """
    out = {url: [photo.pictures["prose"].src for photo in shown] for url, shown in in_texts.items()}
    for gallery in portfolio.galleries:
        out[gallery.url] = [photo.pictures["view"].src for photo in gallery.photos]
        for photo in gallery.photos:
            out[photo.url] = [photo.pictures["view"].src]
    for person in portfolio.people:
        if person.url and person.photo:
            out[person.url] = [next(iter(person.photo.pictures.values())).src]
    return out


def sitemap(site: str, pages: Iterable[str], pictures: Mapping[str, list[str]]) -> str:
    """*pages* and *pictures* are addresses below *site*, an absolute address without a trailing slash."""
    entries = []
    for page in sorted(set(pages)):
        images = "".join(
            f"<image:image><image:loc>{_address(site, src)}</image:loc></image:image>" for src in pictures.get(page, ())
        )
        entries.append(f"<url><loc>{_address(site, page)}</loc>{images}</url>\n")
    return HEAD + "".join(entries) + "</urlset>\n"


def _address(site: str, name: str) -> str:
    """The address of the file *name* below *site*, as an address may be written (RFC 3986), and as XML."""
    start = quote(site, safe=f"%[]{_SAFE}")
    return escape(f"{start}/{quote(name, safe=_SAFE)}")
