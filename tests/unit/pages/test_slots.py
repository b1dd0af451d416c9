"""The slots that are built are those of the table in `docs/theme.md` and of the labels in review."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pelican_headshots.pages.picture_builder import PictureBuilder
from pelican_headshots.people import routing
from pelican_headshots.review.view import SLOT_LABELS
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.geometry import Size
from pelican_headshots.values.notes import Note, Notes
from pelican_headshots.values.photo import Photo, PhotoMetadata, PhotoRecord
from pelican_headshots.values.rendition import Crop, Rights
from tests.support.headshots import build_head
from tests.support.photos import as_portrait, compose_photos, photo
from tools.scripts.slot_reference import SLOTS

NOT_IN_REVIEW = {
    "beside": "has the crop of `card`",
    "teaser": "is in lists of articles, which review does not show",
    "head-loose": "is the crop of `head` for one page",
}
"""Slot that crops a photo → why review has no label for it."""


@pytest.fixture(scope="module")
def slot_crops() -> dict[str, set[Crop]]:
    """The crops of each slot of a site with a gallery, a person, a page with `Framing:` and an article."""
    _, analysis, size, color = build_head(at=(1500, 1000), apart=120, size=Size(3000, 2500))
    record = PhotoRecord(size, replace(analysis, people_count=1), PhotoMetadata(), Rights(), (color,) * 3)
    photos = [photo("night/a.jpg"), photo("night/b.jpg"), Photo("team/jane-doe.jpg", "a" * 64, record)]
    notes = {
        "night": Notes(photos=as_portrait("a.jpg", "b.jpg")),
        "team": Notes(photos={"jane-doe.jpg": Note(kind=PhotoKind.HEADSHOT)}),
    }
    portfolio, plan = compose_photos(photos, notes, page_framings=("loose",))
    views = [each for gallery in portfolio.galleries for each in gallery.photos]
    views += [each for person in portfolio.people for each in person.photos]
    pictures = [each.pictures for each in (*views, portfolio.cover) if each]
    entry = routing.build_gallery_folders(photos, notes)[0].entries[0]
    pictures.append(PictureBuilder(entry, plan, Rights()).build_inline_pictures())
    recipes = {key: each.crop for renditions in plan.renditions.values() for key, each in renditions.items()}
    crops: dict[str, set[Crop]] = {}
    for slot, picture in (item for each in pictures for item in each.items()):
        urls = {picture.src, *(candidate.url for source in picture.sources for candidate in source.candidates)}
        crops.setdefault(slot, set()).update(recipes[plan.cache_keys[url]] for url in urls)
    return crops


def test_every_slot_is_in_the_table_of_the_theme(slot_crops: dict[str, set[Crop]]) -> None:
    assert {slot.removesuffix("-loose") for slot in slot_crops} == {*SLOTS, "social"}, (
        "add it to SLOTS in tools/scripts/slot_reference.py and run that"
    )


def test_review_has_a_label_for_every_slot_that_crops_a_photo(slot_crops: dict[str, set[Crop]]) -> None:
    cropped = {slot for slot, crops in slot_crops.items() if crops != {Crop()}}
    assert cropped - NOT_IN_REVIEW.keys() == set(SLOT_LABELS), "add it to SLOT_LABELS in review/view.py"
    assert cropped >= NOT_IN_REVIEW.keys()
