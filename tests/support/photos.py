"""Photos as values, analyzed without a file, and a portfolio composed of them."""

from __future__ import annotations

from pelican_headshots.images.encoding_options import EncodingOptions
from pelican_headshots.images.plan import RenderPlan
from pelican_headshots.pages import compose
from pelican_headshots.pages.translations import load_translations
from pelican_headshots.people import routing
from pelican_headshots.people.classified_photo import ClassifiedPhoto
from pelican_headshots.values.analysis import Analysis
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.geometry import Size
from pelican_headshots.values.notes import Note, Notes
from pelican_headshots.values.photo import Photo, PhotoMetadata, PhotoRecord
from pelican_headshots.values.portfolio import Portfolio
from pelican_headshots.values.rendition import FramingName, Rights

QUALITY = {"avif": 63, "jpeg": 80}


def photo(path: str, size: tuple[int, int] = (3000, 2000), rights: Rights = Rights()) -> Photo:
    """Return an analyzed photo without people."""
    record = PhotoRecord(Size(*size), Analysis(0, (), {}), PhotoMetadata(), rights, ("#102030",) * 3)
    return Photo(path, path.encode().hex()[:32].ljust(32, "0"), record)


def classify_photos(photos: list[Photo], notes: dict[str, Notes]) -> list[ClassifiedPhoto]:
    """Return *photos* classified and routed, on a site with one page that shows everybody."""
    return [entry for folder in routing.build_gallery_folders(photos, notes) for entry in folder.entries]


def compose_photos(
    photos: list[Photo],
    notes: dict[str, Notes],
    home: str = "",
    leeway: int = 0,
    rights: Rights = Rights(),
    *,
    mood: str = "auto",
    page_framings: tuple[FramingName, ...] = (),
    gallery_page_size: int = 200,
) -> tuple[Portfolio, RenderPlan]:
    """Return the portfolio of *photos* and the plan of the renditions that it needs.

    Args:
        photos: Analyzed photos.
        notes: Folder → its notes.
        home: The photo on the home page; by default one is chosen.
        leeway: How much lower the quality of renditions for dense screens is.
        rights: The rights of the site.
        mood: The mood of the site.
        page_framings: The framings that pages ask for.
        gallery_page_size: The largest number of photos on one page of a gallery.
    """
    plan = RenderPlan(EncodingOptions(("avif", "jpeg"), QUALITY, "engine 1", 2560, dense_quality_drop=leeway))
    folders = routing.add_parent_folders(routing.build_gallery_folders(photos, notes), notes)
    portfolio = compose.compose_portfolio(
        folders,
        plan,
        rights,
        home,
        translations=load_translations("en"),
        mood=mood,
        page_framings=page_framings,
        gallery_page_size=gallery_page_size,
    )
    return portfolio, plan


def as_portrait(*names: str) -> dict[str, Note]:
    """Return a note for each file name that makes the photo a portrait."""
    return {name: Note(kind=PhotoKind.PORTRAIT) for name in names}
