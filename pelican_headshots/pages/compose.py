"""Compose the portfolio from folders of classified photos: every crop, size and URL is decided, no file is written."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from ..crop.frame_limits import UPRIGHT_SHAPE
from ..crop.headshot_sets import PAGE_AND_DOWNLOAD_SHAPES, PAGE_SHAPES, align_sets
from ..images.plan import RenderPlan
from ..layout.mood import choose_hue
from ..layout.rows import RowItem, RowPlace, arrange_rows, choose_grid_ratio, clamp_row_ratio, insert_full_bleed
from ..layout.sizes import COVER_CROPS, MIN_DESKTOP_COVER_WIDTH_PX, TITLE_OUTSIDE_RATIO
from ..people.classified_photo import ClassifiedPhoto
from ..people.gather import PeopleFile, gather_people
from ..people.routing import GalleryFolder, list_parent_folders
from ..support.filenames import make_unique, normalize_nfc
from ..values.classification import PhotoKind
from ..values.geometry import Value
from ..values.portfolio import Gallery, GalleryItem, GalleryLink, GalleryPage, PhotoView, Portfolio
from ..values.rendition import FramingName, Rights
from ..values.translations import Translations
from .person_view import build_person_views
from .picture_builder import PictureBuilder

PORTFOLIO_FOLDER = "portfolio/"

FULL_COVER_WIDTH_PX = COVER_CROPS[-1].min_width_px
"""Pixels of width that a cover needs to fill a large window."""
MIN_PHOTOS_FOR_SECOND_COVER = 4
"""A gallery of fewer photos has too little choice for a cover and the home page."""

MAIN_ELEMENT_ID = "main"
"""The id of the theme's `<main>` element, the target of the skip link: no photo on a page may have it."""

MAX_GALLERY_PATH_LENGTH = 200
"""Characters of a gallery's URL. Systems allow 4,096 for a whole path, and some servers far fewer."""


def compose_portfolio(  # noqa: PLR0917 - the build passes variables of these names
    folders: Sequence[GalleryFolder],
    plan: RenderPlan,
    rights: Rights,
    home_photo: str = "",
    people_files: Sequence[PeopleFile] = (),
    translations: Translations | None = None,
    *,
    names_from_metadata: bool = False,
    with_downloads: bool = False,
    mood: str = "auto",
    framing: FramingName = "normal",
    set_framings: Mapping[str, FramingName] = MappingProxyType({}),
    page_framings: Collection[FramingName] = (),
    gallery_page_size: int = 200,
) -> Portfolio:
    """Return the portfolio of *folders*.

    Args:
        folders: The classified photos, folder by folder.
        plan: Receives every rendition that the portfolio's pictures need.
        rights: Apply to photos that carry none of their own.
        home_photo: The photo on the home page, relative to the photos folder. Without one it is the best of the
            galleries' second best covers, so that the same photo does not appear twice on the page.
        people_files: Facts about people from `people.csv` and `people.toml`.
        translations: The language of alternative texts and of the root gallery's title.
        names_from_metadata: Whether names in the photos' metadata may name people.
        with_downloads: Whether to offer each named person's headshot as downloads.
        mood: The mood of galleries whose notes name none.
        framing: How close headshots are cropped.
        set_framings: Top-level folder → its own framing.
        page_framings: The framings that pages ask for; headshots have a slot more for each, such as `head-loose`.
        gallery_page_size: The largest number of photos on one page of a gallery.
    """
    gallery_folders = [folder for folder in folders if folder.gallery_entries]
    matching_paths = (
        e.photo.path
        for folder in gallery_folders
        for e in folder.gallery_entries
        if normalize_nfc(e.photo.path) == normalize_nfc(home_photo)
    )
    covers = {folder.path: _rank_covers(folder, plan, rights) for folder in gallery_folders}
    home_photo = next(matching_paths, "") or _choose_home_photo(list(covers.values()))
    taken_paths: set[str] = set()
    parent_paths = {parent for folder in gallery_folders for parent in list_parent_folders(folder.path)}
    listed_folders = [folder for folder in folders if folder.gallery_entries or folder.path in parent_paths]
    card_count = max(Counter(folder.path.rpartition("/")[0] for folder in listed_folders).values(), default=1)
    gallery_slugs = [make_unique(_make_gallery_slug(folder.path, plan), taken_paths) for folder in listed_folders]
    galleries = _nest_galleries(
        {
            folder.path: _compose_gallery(
                folder,
                slug,
                plan,
                rights,
                translations,
                cover_entry=covers[folder.path][0].entry if folder.path in covers else None,
                taken_paths=taken_paths,
                card_count=card_count,
                home_photo=home_photo,
                site_mood=mood,
                page_size=gallery_page_size,
            )
            for folder, slug in zip(listed_folders, gallery_slugs, strict=True)
        }
    )
    cover_candidates = [photo for gallery in galleries for photo in gallery.photos if photo.file == home_photo]
    cover_candidates += [gallery.cover for gallery in galleries if gallery.cover]
    entries = [entry for folder in folders for entry in folder.entries]
    persons = gather_people(
        entries, people_files, names_from_metadata=names_from_metadata, slug_replacements=plan.slug_replacements
    )
    alignment = align_sets(persons, PAGE_AND_DOWNLOAD_SHAPES if with_downloads else PAGE_SHAPES, framing, set_framings)
    page_alignments = {name: align_sets(persons, (UPRIGHT_SHAPE,), name) for name in sorted({*page_framings})}
    cover = cover_candidates[0] if cover_candidates else None
    person_views = build_person_views(
        persons,
        alignment,
        plan,
        rights,
        translations,
        page_alignments=page_alignments,
        with_downloads=with_downloads,
    )
    titled_covers = [(cover, "the home page")] if cover else []
    titled_covers += [(gallery.cover, gallery.title) for gallery in galleries if gallery.cover and gallery.photos]
    cover_remarks = {
        photo.file: remark for photo, title in titled_covers if (remark := _describe_small_cover(photo, title))
    }
    unlisted = frozenset(view.slug for view, person in zip(person_views, persons, strict=True) if not person.is_listed)
    return Portfolio(
        galleries,
        person_views,
        cover,
        head_remarks=dict(alignment.remarks),
        cover_remarks=cover_remarks,
        unlisted_people=unlisted,
        card_count=card_count,
    )


def _nest_galleries(by_folder: Mapping[str, Gallery]) -> tuple[Gallery, ...]:
    """Return the galleries with links to those that contain them; one without photos gets the cover of one in it."""
    nested = []
    for path, gallery in by_folder.items():
        inside = [other for folder, other in by_folder.items() if path and folder.startswith(f"{path}/")]
        cover = gallery.cover or next(other.cover for other in inside if other.cover)
        parents = [by_folder[parent] for parent in list_parent_folders(path) if parent in by_folder]
        nested.append(
            replace(
                gallery,
                cover=cover,
                hue=choose_hue(gallery.mood, cover.colors),
                parents=tuple(GalleryLink(parent.title, parent.url) for parent in parents),
                photo_count=sum(len(each.photos) for each in (gallery, *inside)),
            )
        )
    return tuple(nested)


def _describe_small_cover(cover: PhotoView, title: str) -> str:
    """Return a remark for the photographer if *cover* is too small to fill a window."""
    width = cover.pictures["cover"].width_limits.get("wide", FULL_COVER_WIDTH_PX)
    if width >= MIN_DESKTOP_COVER_WIDTH_PX:
        return ""
    return (
        f"{cover.file} is the cover of {title} and only {width} pixels wide: too small to fill a wide window, where it "
        f"appears beside the title. Export it larger, or choose another cover: {FULL_COVER_WIDTH_PX} pixels of width "
        "fill most windows."
    )


def compose_inline_photos(  # noqa: PLR0917 - the build passes variables of these names
    folders: Sequence[GalleryFolder],
    portfolio: Portfolio,
    paths: Collection[str],
    plan: RenderPlan,
    rights: Rights,
    translations: Translations | None = None,
) -> dict[str, PhotoView]:
    """Return the photos that articles and pages show, by path.

    A photo that is also in a gallery keeps its view there, with its URL; only its pictures are those of a text.
    """
    gallery_photos = {photo.file: photo for gallery in portfolio.galleries for photo in gallery.photos}
    inline_photos = {}
    for entry in (entry for folder in folders for entry in folder.entries if entry.photo.path in paths):
        builder = PictureBuilder(entry, plan, rights)
        pictures = builder.build_inline_pictures()
        gallery_photo = gallery_photos.get(entry.photo.path)
        photo_id = plan.make_slug(entry.photo.stem)
        inline_photos[entry.photo.path] = (
            replace(gallery_photo, pictures=pictures)
            if gallery_photo
            else builder.build_photo_view(photo_id, "", pictures, translations)
        )
    return inline_photos


class RatedCover(Value, frozen=True):
    """A photo as a cover; of two, the one with the larger *rating* is better."""

    entry: ClassifiedPhoto
    rating: tuple[bool, bool, float, bool]
    """Whether it shows people, whether their heads fit into the crops, how large it is as a cover, and whether that has room
    for a title in upright windows too."""


def _choose_home_photo(covers: Sequence[Sequence[RatedCover]]) -> str:
    """Return the photo for the home page, from the *covers* of all galleries, best first.

    It is no gallery's cover, because those are on the cards of the same page, unless all galleries are small.
    """
    second_best = [ranked[1] for ranked in covers if len(ranked) >= MIN_PHOTOS_FOR_SECOND_COVER]
    candidates = second_best or [ranked[0] for ranked in covers[:1]]
    return max(candidates, key=lambda cover: cover.rating).entry.photo.path if candidates else ""


def _make_gallery_slug(path: str, plan: RenderPlan) -> str:
    """Return the slug of a gallery; for a very deep folder, only the last parts of its path."""
    parts = [plan.make_slug(part) for part in path.split("/")] if path else ["photographs"]
    while len(parts) > 1 and sum(map(len, parts)) > MAX_GALLERY_PATH_LENGTH:
        del parts[0]
    return "/".join(parts)


def _compose_gallery(
    folder: GalleryFolder,
    slug: str,
    plan: RenderPlan,
    rights: Rights,
    translations: Translations | None,
    *,
    cover_entry: ClassifiedPhoto | None,
    taken_paths: set[str],
    card_count: int,
    home_photo: str,
    site_mood: str,
    page_size: int,
) -> Gallery:
    """Return the gallery of *folder* and add its photos' paths to *taken_paths*.

    Paths are shared by all galleries: a photo may have the same name as a subfolder beside it.
    """
    mood = folder.note.mood or site_mood
    row_entries = _list_row_entries(folder, cover_entry) if cover_entry else []
    url = f"{PORTFOLIO_FOLDER}{slug}/"
    taken_paths.add(f"{slug}/{MAIN_ELEMENT_ID}")
    photo_views: list[PhotoView] = []
    pages: list[GalleryPage] = []
    cover_view: PhotoView | None = None
    row_ratios = [item.ratio for item, _, _ in row_entries if item and item.layout == "row"]
    grid_ratio = choose_grid_ratio(row_ratios) if folder.note.arrangement == "grid" else None
    for number, page_entries in enumerate(_split_into_pages(row_entries, page_size), 1):
        first, page_items = len(photo_views) + 1, []
        for place, entry, text in _place_items(page_entries, folder.note.arrangement, grid_ratio):
            photo = None
            if entry:
                builder = PictureBuilder(entry, plan, rights)
                pictures = builder.build_row_pictures(place)
                if entry is cover_entry or entry.photo.path == home_photo:
                    pictures |= builder.build_cover_pictures(
                        card_count, is_home=entry.photo.path == home_photo, is_whole=len(folder.gallery_entries) == 1
                    )
                photo_id = make_unique(f"{slug}/{plan.make_slug(entry.photo.stem)}", taken_paths).rpartition("/")[2]
                photo = builder.build_photo_view(
                    photo_id, f"{url}{photo_id}/", pictures, translations, gallery_title=folder.title
                )
                photo_views.append(photo)
                cover_view = photo if entry is cover_entry else cover_view
            page_items.append(
                GalleryItem(photo, text, place.layout, place.row_shares, place.items_per_row, place.group, place.ratio)
            )
        page_url = url if number == 1 else f"{url}index{number}.html"
        pages.append(GalleryPage(number, page_url, tuple(page_items), first))
    return Gallery(
        slug=slug,
        url=url,
        # The gallery of the photos folder itself has a title in the site's language, unless a note gives one.
        title=folder.title
        if folder.path or folder.note.title or translations is None
        else translations.translate("photos"),
        intro=folder.note.intro,
        mood=mood,
        hue=0.0,
        cover=cover_view,
        pages=tuple(pages),
        photos=tuple(photo_views),
    )


GalleryEntry = tuple[RowItem | None, ClassifiedPhoto | None, str]
"""An item of a gallery, its photo or its text. The cover has no item, because it is in no row."""


def _list_row_entries(folder: GalleryFolder, cover: ClassifiedPhoto) -> list[GalleryEntry]:
    """List the items of the gallery: the cover (last, if it is to be repeated), photos, and texts between them."""
    entries = [entry for entry in folder.gallery_entries if entry is not cover]
    if folder.note.repeat_cover:
        entries.append(cover)
    sizes = [entry.photo.record.size for entry in entries]
    photo_items = [
        RowItem(size.ratio, entry.note.layout, size.height) for size, entry in zip(sizes, entries, strict=True)
    ]
    widths = [size.width for size in sizes]
    row_entries: list[GalleryEntry] = [] if folder.note.repeat_cover else [(None, cover, "")]
    items = insert_full_bleed(photo_items, widths) if folder.note.arrangement == "rows" else photo_items
    for item, entry in zip(items, entries, strict=True):
        if entry.note.text_before:
            row_entries.append((RowItem(1.0, "text"), None, entry.note.text_before))
        row_entries.append((item, entry, ""))
    return row_entries


def _split_into_pages(row_entries: Sequence[GalleryEntry], page_size: int) -> list[list[GalleryEntry]]:
    """Split a gallery into as few pages of at most *page_size* photos as possible, all about equally long.

    A text goes to the page of the photo after it.
    """
    photo_count = sum(entry is not None for _, entry, _ in row_entries)
    page_count = max(1, math.ceil(photo_count / page_size))
    pages: list[list[GalleryEntry]] = [[] for _ in range(page_count)]
    photo_number = 0
    for row_entry in row_entries:
        pages[photo_number * page_count // photo_count].append(row_entry)
        photo_number += row_entry[1] is not None
    return pages


def _place_items(
    row_entries: Sequence[GalleryEntry], arrangement: str, grid_ratio: float | None
) -> Iterator[tuple[RowPlace, ClassifiedPhoto | None, str]]:
    """Yield the place of each item, with its photo or its text."""
    places = iter(arrange_rows([item for item, _, _ in row_entries if item], arrangement, grid_ratio))
    for item, entry, text in row_entries:
        if item is None and entry:
            ratio = clamp_row_ratio(entry.photo.record.size.ratio)
            yield RowPlace(-1, "cover", (1.0,) * 4, (1,) * 4, ratio), entry, text
        else:
            yield next(places), entry, text


def _rank_covers(folder: GalleryFolder, plan: RenderPlan, rights: Rights) -> list[RatedCover]:
    """Return the photos of *folder* as covers, the best one first.

    That is the photo named in the notes; otherwise a photo with people whose heads fit into its crops, of those the one that
    is largest as a cover (see `RatedCover`), and of equal ones the widest in shape.
    """
    named_cover = normalize_nfc(folder.note.cover)

    def rate(entry: ClassifiedPhoto) -> RatedCover:
        builder = PictureBuilder(entry, plan, rights)
        has_people = entry.classification.kind != PhotoKind.NO_PERSON
        can_crop, has_room = builder.can_crop_to(TITLE_OUTSIDE_RATIO), builder.has_room_for_title
        return RatedCover(entry, (has_people, can_crop, builder.compute_cover_area(), has_room))

    def sort_key(cover: RatedCover) -> tuple[bool, tuple[bool, bool, float, bool], float]:
        is_named = normalize_nfc(cover.entry.photo.path.rpartition("/")[2]) == named_cover
        return is_named, cover.rating, min(cover.entry.photo.record.size.ratio, 1.6)

    return sorted((rate(entry) for entry in folder.gallery_entries), key=sort_key, reverse=True)
