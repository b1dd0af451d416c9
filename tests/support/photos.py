"""Photos as values: analysed and classified without a file."""

from __future__ import annotations

from pelican_headshots.images.encoding_options import EncodingOptions
from pelican_headshots.images.plan import RenderPlan
from pelican_headshots.pages import compose
from pelican_headshots.pages.translations import load_translations
from pelican_headshots.people import routing
from pelican_headshots.values.analysis import Analysis
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.geometry import Size
from pelican_headshots.values.notes import Note, Notes
from pelican_headshots.values.photo import Photo, PhotoMetadata, PhotoRecord
from pelican_headshots.values.portfolio import Portfolio
from pelican_headshots.values.rendition import Rights

QUALITY = {"avif": 63, "jpeg": 80}


def photo(path: str, size: tuple[int, int] = (3000, 2000), rights: Rights = Rights()) -> Photo:
    exam = PhotoRecord(Size(*size), Analysis(0, (), {}), PhotoMetadata(), rights, ("#102030",) * 3)
    return Photo(path, path.encode().hex()[:32].ljust(32, "0"), exam)


def compose_photos(
    photos: list[Photo], notes: dict[str, Notes], home: str = "", leeway: int = 0, **more: Rights
) -> tuple[Portfolio, RenderPlan]:
    order = RenderPlan(EncodingOptions(("avif", "jpeg"), QUALITY, "engine 1", 2560, dense_quality_drop=leeway))
    folders = routing.build_gallery_folders(photos, notes)
    return compose.compose_portfolio(
        folders, order, more.get("rights", Rights()), home, translations=load_translations("en")
    ), order


def as_portrait(*names: str) -> dict[str, Note]:
    return {name: Note(kind=PhotoKind.PORTRAIT) for name in names}
