"""Long galleries have several pages."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pelican_headshots.layout.rows import RowItem, arrange_rows
from pelican_headshots.pages.page_specs import iterate_page_specs
from pelican_headshots.pages.sitemap import collect_sitemap_images
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.notes import GalleryNote, Note, Notes
from pelican_headshots.values.portfolio import Gallery
from tests.support.photos import as_portrait, compose_photos, photo


def compose_gallery(count: int, page_size: int, **gallery_note: object) -> Gallery:
    """Return a gallery of landscape photos of one shape; every third one is upright."""
    photos = [photo(f"a/{number:03}.jpg", (2000, 3000) if number % 3 == 2 else (3000, 2000)) for number in range(count)]
    notes = {"a": Notes(GalleryNote(**gallery_note), photos=as_portrait(*(each.path[2:] for each in photos)))}  # type: ignore[arg-type]
    return compose_photos(photos, notes, gallery_page_size=page_size)[0].galleries[0]


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 60), st.integers(1, 20))
def test_the_pages_have_all_photos_once_in_their_order_and_none_too_many(count: int, page_size: int) -> None:
    gallery = compose_gallery(count, page_size)
    assert tuple(shown for page in gallery.pages for shown in page.photos) == gallery.photos
    lengths = [len(page.photos) for page in gallery.pages]
    assert len(lengths) == -(-count // page_size)
    assert max(lengths) - min(lengths) <= 1
    assert max(lengths) <= page_size
    assert [page.first for page in gallery.pages] == [1 + sum(lengths[:number]) for number in range(len(lengths))]


def test_the_first_page_has_the_address_of_the_gallery() -> None:
    gallery = compose_gallery(10, 4)
    assert [page.url for page in gallery.pages] == [
        "portfolio/a/",
        "portfolio/a/index2.html",
        "portfolio/a/index3.html",
    ]


def test_each_page_is_arranged_as_if_it_were_the_whole_gallery() -> None:
    gallery = compose_gallery(20, 7)
    for page in gallery.pages:
        items = [item for item in page.items if item.layout != "cover"]
        places = arrange_rows([RowItem(item.photo.ratio, item.layout) for item in items if item.photo])
        assert [(item.row_shares, item.items_per_row) for item in items] == [
            (place.row_shares, place.items_per_row) for place in places
        ]


def test_a_grid_has_cells_of_one_shape_on_all_pages() -> None:
    photos = [photo(f"a/{number}.jpg", (2000, 3000) if number > 4 else (3000, 2000)) for number in range(9)]
    notes = {
        "a": Notes(
            GalleryNote(arrangement="grid", repeat_cover=True), as_portrait(*(f"{number}.jpg" for number in range(9)))
        )
    }
    (gallery,) = compose_photos(photos, notes, gallery_page_size=5)[0].galleries
    assert len(gallery.pages) == 2
    assert len({item.ratio for page in gallery.pages for item in page.items}) == 1


def test_a_text_between_photos_goes_to_the_page_of_the_photo_after_it() -> None:
    names = [f"{number}.jpg" for number in range(8)]
    kinds = as_portrait(*names) | {"4.jpg": Note(kind=PhotoKind.PORTRAIT, text_before="A line.")}
    notes = {"a": Notes(GalleryNote(cover="0.jpg"), kinds)}
    (gallery,) = compose_photos([photo(f"a/{name}") for name in names], notes, gallery_page_size=4)[0].galleries
    assert [[item.text for item in page.items if item.text] for page in gallery.pages] == [[], ["A line."]]
    assert gallery.pages[1].items[0].text == "A line."


def test_pages_are_linked_and_each_photo_knows_the_page_that_shows_it() -> None:
    names = [f"{number}.jpg" for number in range(10)]
    portfolio, _ = compose_photos(
        [photo(f"a/{name}") for name in names], {"a": Notes(photos=as_portrait(*names))}, gallery_page_size=4
    )
    specs = list(iterate_page_specs(portfolio))
    gallery_specs = [spec for spec in specs if spec.template == "gallery"]
    assert [spec.save_as for spec in gallery_specs] == [
        f"portfolio/a/{name}" for name in ("index.html", "index2.html", "index3.html")
    ]
    neighbors = [(spec.values["previous"], spec.values["next"]) for spec in gallery_specs]
    first, second, third = portfolio.galleries[0].pages
    assert neighbors == [(None, second), (first, third), (second, None)]
    photo_specs = [spec for spec in specs if spec.template == "photo"]
    assert len(photo_specs) == 10
    assert all(spec.values["photo"] in spec.values["gallery_page"].photos for spec in photo_specs)


def test_the_sitemap_lists_with_a_gallery_only_the_photos_of_its_first_page() -> None:
    names = [f"{number}.jpg" for number in range(10)]
    portfolio, _ = compose_photos(
        [photo(f"a/{name}") for name in names], {"a": Notes(photos=as_portrait(*names))}, gallery_page_size=5
    )
    images = collect_sitemap_images(portfolio, {})
    assert len(images["portfolio/a/"]) == 5
    assert sum(len(images[shown.url]) for shown in portfolio.galleries[0].photos) == 10
