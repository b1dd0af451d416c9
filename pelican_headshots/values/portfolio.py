"""What templates see. Every attribute here is documented in `docs/theme.md`; all text is plain and must be escaped.

Addresses are relative to the root of the site, without a leading slash: the macros put `SITEURL` before them.
"""

from __future__ import annotations

from .classification import Classification
from .geometry import Point, Value


class SrcsetCandidate(Value, frozen=True):
    """One entry of a `srcset`."""

    url: str
    width: int


class PictureSource(Value, frozen=True):
    """One `<source>`: a format's ladder of widths, perhaps only for some windows (*media*).

    *width* and *height* are the pixels of its largest file; *sizes* is exact for the theme's layout of that slot.
    """

    type: str
    candidates: tuple[SrcsetCandidate, ...]
    width: int
    height: int
    sizes: str
    media: str = ""


class Picture(Value, frozen=True):
    """What a `<picture>` needs for one slot of the theme; *src*, *width*, *height* and *sizes* are its `<img>`'s own."""

    sources: tuple[PictureSource, ...]
    """Best format first; the last is what `<img>` itself carries (JPEG)."""
    src: str
    width: int
    height: int
    sizes: str
    focal_point: Point
    """Where to hold the picture when the page crops it further (`object-position`), fractions of this rendition."""
    title_outside: tuple[str, ...] = ()
    """For covers: windows (`wide`, `tall`, `phone`) in which words on it would hide a face, or for which it is too small:
    there it hangs between header and title."""
    width_limits: dict[str, int] = {}
    """For covers: `wide`, `tall` or `phone` → its width in pixels, where such windows are too large for it."""

    @property
    def ratio(self) -> float:
        return self.width / self.height

    @property
    def max_width(self) -> int:
        """Width in pixels of its largest file."""
        return max(source.width for source in self.sources)


class PhotoView(Value, frozen=True):
    """A photograph as a page shows it."""

    id: str
    """Unique in its gallery; fragment of its link and file name of its page."""
    file: str
    """The original, relative to the photos folder."""
    url: str
    """Its own page."""
    title: str
    caption: str
    alt: str
    date: str
    place: str
    keywords: tuple[str, ...]
    creator: str
    credit: str
    copyright: str
    web_statement: str
    licensor_url: str
    classification: Classification
    colors: tuple[str, str, str]
    ratio: float
    """Width over height of the whole upright picture."""
    pictures: dict[str, Picture]
    """By slot: `row` and `view` show all of it; `cover`, `card`, `head`, `square`, `about` and
    `teaser` are crops; `prose` is all of it, in an article; `social` is a JPEG."""


class GalleryItem(Value, frozen=True):
    """One place on a gallery's wall: a photograph or a pause (a line of words), with its share of its row.

    *shares* and *counts* are for the four window ranges of `core/hung/rows.py`, narrowest first: this picture's fraction of
    the row's width left after the gaps, and how many pictures hang in that row.
    """

    photo: PhotoView | None
    text: str
    layout: str
    """row, full, pair or text."""
    row_shares: tuple[float, float, float, float]
    items_per_row: tuple[int, int, int, int]
    group: int
    """Pieces of one group share a block of rows."""
    ratio: float = 1.0
    """Width over height of what is shown there: the photograph's, but of a very narrow or wide one only its middle."""


class Gallery(Value, frozen=True):
    """A folder of photographs as a page. *cover* is None only where the folder holds nothing but people for team pages."""

    slug: str
    url: str
    title: str
    intro: str
    mood: str
    hue: float
    cover: PhotoView | None
    items: tuple[GalleryItem, ...]
    photos: tuple[PhotoView, ...]


class Download(Value, frozen=True):
    """A file of somebody's headshot to take away. *shape* is square, circle, upright, speaker or signature."""

    shape: str
    url: str
    width: int


class PersonView(Value, frozen=True):
    """Somebody on a team page. Every word was written by the photographer; *sources* says where."""

    slug: str
    url: str
    name: str
    role: str
    department: str
    pronouns: str
    bio: str
    email: str
    phone: str
    links: tuple[tuple[str, str], ...]
    """(label, address); addresses are http(s) only."""
    photo: PhotoView | None
    photos: tuple[PhotoView, ...]
    file: str
    """The headshot, relative to the photos folder."""
    folder: str
    """The folder below the photos folder in which the headshot lies: `Photos: team` asks by it."""
    vcard: str
    """Address of their card; empty where there is no way to reach them."""
    sources: dict[str, str]
    """Where each fact came from: a notes or people file, `metadata`, or `file name`."""
    downloads: tuple[Download, ...] = ()


class Portfolio(Value, frozen=True):
    """The whole site's pictures, settled before anything is written."""

    galleries: tuple[Gallery, ...]
    people: tuple[PersonView, ...]
    cover: PhotoView | None
    """The home page's."""
    remarks: dict[str, str] = {}
    """A sentence for each photograph that could not be shown as its neighbours are, by its path."""

    @property
    def alt_texts(self) -> dict[str, str]:
        """The alternative text of each photograph, by its path."""
        gallery_photos = [photo for gallery in self.galleries for photo in gallery.photos]
        return {
            photo.file: photo.alt for photo in [*gallery_photos, *(p for person in self.people for p in person.photos)]
        }
