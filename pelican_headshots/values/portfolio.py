"""The values that templates receive. `docs/theme.md` documents every attribute. All text is plain and must be escaped.

URLs are relative to the root of the site, without a leading slash; the macros put `SITEURL` before them.
"""

from __future__ import annotations

from .classification import Classification
from .geometry import Point, Value

MAX_SMALL_TEAM = 4
"""The largest number of people on a site whose headshots are larger in large windows."""


class SrcsetCandidate(Value, frozen=True):
    """One entry of a `srcset`."""

    url: str
    width: int


class PictureSource(Value, frozen=True):
    """One `<source>`: all widths of one format. *media* restricts it to some windows or screens.

    *width* and *height* are those of the largest file, in pixels; *sizes* matches the layout of the slot in the theme.
    """

    type: str
    candidates: tuple[SrcsetCandidate, ...]
    width: int
    height: int
    sizes: str
    media: str = ""


class Picture(Value, frozen=True):
    """Everything a `<picture>` needs in one slot. *src*, *width*, *height* and *sizes* are for its `<img>`."""

    sources: tuple[PictureSource, ...]
    """The best format first; the last one (JPEG) is the one of the `<img>`."""
    src: str
    width: int
    height: int
    sizes: str
    focal_point: Point
    """The point to keep when the page crops further (`object-position`), in fractions of this rendition."""
    title_outside: tuple[str, ...] = ()
    """For covers: the upright windows (`tall`, `phone`) in which the title would hide a face, or for which the picture is
    too small. There the title appears below the picture."""
    title_beside: str = ""
    """For covers: `always` if the title is beside the whole photo in wide windows, `large` if only in windows wider than
    1920 px, because the photo would be enlarged too much there."""
    width_limits: dict[str, int] = {}
    """For covers: window (`wide`, `tall` or `phone`) → width of the picture in pixels, if it may be too small for the
    window."""

    @property
    def ratio(self) -> float:
        """Width over height."""
        return self.width / self.height

    @property
    def max_width(self) -> int:
        """The width of the largest file in pixels."""
        return max(source.width for source in self.sources)


class PhotoView(Value, frozen=True):
    """A photo as a page shows it."""

    id: str
    """Unique in its gallery; used as the fragment of its link and the file name of its page."""
    file: str
    """The path of the original, relative to the photos folder."""
    url: str
    """The URL of its page."""
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
    exif: tuple[str, ...]
    """The camera, the lens and the exposure, as far as the setting `exif` names them and the file has them."""
    ratio: float
    """Width divided by height of the whole upright picture."""
    pictures: dict[str, Picture]
    """Pictures by slot: `row` and `view` show the whole photo; `cover`, `card`, `head`, `square`, `about` and `teaser` are
    crops; `prose` shows the whole photo in an article; `social` is a JPEG."""
    written_alt: str = ""
    """The alternative text, if somebody wrote it; empty if `alt` is a draft. A draft is for `alt` attributes only."""


class GalleryItem(Value, frozen=True):
    """One item of a gallery: a photo or a text between photos, with its share of its row.

    *row_shares* and *items_per_row* have one entry for each of the four window ranges of `layout/rows.py`, narrowest
    first: the fraction of the row's width (without the gaps) that this item takes, and the number of items in its row.
    """

    photo: PhotoView | None
    text: str
    layout: str
    """`row`, `grid`, `masonry`, `full`, `pair` or `text`; `cover` for the cover, which only the viewer shows again."""
    row_shares: tuple[float, float, float, float]
    items_per_row: tuple[int, int, int, int]
    group: int
    """Items with the same group share a block of rows."""
    ratio: float = 1.0
    """Width divided by height of what the row shows: the whole photo, or only the middle of a very narrow or wide one."""


class GalleryPage(Value, frozen=True):
    """One page of a gallery: a long gallery has several, linked to each other."""

    number: int
    """1 for the first page."""
    url: str
    items: tuple[GalleryItem, ...]
    first: int
    """The number of its first photo in the gallery, from 1."""

    @property
    def photos(self) -> tuple[PhotoView, ...]:
        """The photos on this page."""
        return tuple(item.photo for item in self.items if item.photo)


class GalleryLink(Value, frozen=True):
    """A link to a gallery."""

    title: str
    url: str


class Gallery(Value, frozen=True):
    """A folder of photos. Without photos it only lists the galleries in the folder, and has the cover of one."""

    slug: str
    url: str
    title: str
    intro: str
    mood: str
    hue: float
    cover: PhotoView | None
    pages: tuple[GalleryPage, ...]
    """At least one."""
    photos: tuple[PhotoView, ...]
    parents: tuple[GalleryLink, ...] = ()
    """The galleries that contain it, outermost first."""
    photo_count: int = 0
    """The number of photos in it and in the galleries that it contains."""


class Download(Value, frozen=True):
    """A headshot file offered for download. *shape* is `square`, `circle`, `upright`, `speaker` or `signature`."""

    shape: str
    url: str
    width: int


class PersonView(Value, frozen=True):
    """A person on a team page. Nothing in the text is guessed; *sources* says where each field comes from."""

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
    """(label, URL) pairs; only http and https URLs."""
    photo: PhotoView | None
    photos: tuple[PhotoView, ...]
    file: str
    """The path of the headshot, relative to the photos folder."""
    folder: str
    """The folder of the headshot, relative to the photos folder; `Photos: team` selects by it."""
    vcard: str
    """The URL of their vCard; empty without any contact details."""
    sources: dict[str, str]
    """The source of each field: a notes or people file, `metadata`, or `file name`."""
    downloads: tuple[Download, ...] = ()


class Portfolio(Value, frozen=True):
    """All photos of the site, decided before anything is written."""

    galleries: tuple[Gallery, ...]
    """All galleries, also those in others."""
    people: tuple[PersonView, ...]
    cover: PhotoView | None
    """The cover of the home page."""
    head_remarks: dict[str, str] = {}
    """Path → sentence, for each headshot that could not be cropped like its set."""
    cover_remarks: dict[str, str] = {}
    """Path → sentence, for each cover that is too small to fill a wide window."""
    unlisted_people: frozenset[str] = frozenset()
    """Slugs of the people whom only pages show that ask for them by `Photos:`."""
    card_count: int = 1
    """The largest number of galleries on one page. All cards of the site have the size for that number."""
    page_queries: tuple[str, ...] = ()
    """The `Photos:` of each page that shows people; empty for a page without it."""

    @property
    def remarks(self) -> dict[str, str]:
        """Path → sentence, for each photo that could not be shown like its neighbors."""
        return {**self.head_remarks, **self.cover_remarks}

    @property
    def has_small_team(self) -> bool:
        """Whether the site has so few people that their headshots are larger in large windows."""
        return len(self.people) <= MAX_SMALL_TEAM

    def list_galleries_in(self, gallery: Gallery | None = None) -> list[Gallery]:
        """Return the galleries directly in *gallery*; without one, those that are in no other."""
        parent_url = gallery.url if gallery else None
        return [each for each in self.galleries if (each.parents[-1].url if each.parents else None) == parent_url]

    def find_next_gallery(self, gallery: Gallery) -> Gallery | None:
        """Return the gallery with photos after *gallery*, after the last one the first; None if there is no other."""
        galleries = [each for each in self.galleries if each.photos]
        urls = [each.url for each in galleries]
        if gallery.url not in urls or len(urls) == 1:
            return None
        return galleries[(urls.index(gallery.url) + 1) % len(galleries)]

    @property
    def listed_people(self) -> tuple[PersonView, ...]:
        """The people on a page without `Photos:`."""
        return tuple(person for person in self.people if person.slug not in self.unlisted_people)

    @property
    def alt_texts(self) -> dict[str, str]:
        """The alternative text of each photo, by its path."""
        gallery_photos = [photo for gallery in self.galleries for photo in gallery.photos]
        return {
            photo.file: photo.alt for photo in [*gallery_photos, *(p for person in self.people for p in person.photos)]
        }
