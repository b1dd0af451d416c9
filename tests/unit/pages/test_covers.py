"""Covers: how large a photo is shown on top of its gallery, and that it is shown once."""

from __future__ import annotations

import pytest

from pelican_headshots.values.notes import GalleryNote, Notes
from pelican_headshots.values.portfolio import Gallery
from tests.support.photos import compose_photos, photo


def compose_gallery(sizes: list[tuple[int, int]], note: GalleryNote = GalleryNote()) -> Gallery:
    photos = [photo(f"a/{number}.jpg", size) for number, size in enumerate(sizes)]
    portfolio, _ = compose_photos(photos, {"a": Notes(note)})
    return portfolio.galleries[0]


@pytest.mark.parametrize(
    ("size", "title_beside"),
    [
        ((1200, 800), "always"),
        ((1067, 1600), "always"),
        ((1600, 1067), "large"),
        ((1969, 1300), "large"),
        ((1970, 1300), ""),
        ((2400, 1600), ""),
    ],
)
def test_a_cover_fills_windows_that_enlarge_it_by_no_more_than_1_3(size: tuple[int, int], title_beside: str) -> None:
    gallery = compose_gallery([size, (500, 500)], GalleryNote(cover="0.jpg"))
    assert gallery.cover
    cover = gallery.cover.pictures["cover"]
    assert cover.title_beside == title_beside
    fills = {source.media for source in cover.sources} >= {"(max-width: 1920px)"}
    assert fills == (title_beside == "large")
    if title_beside:
        assert cover.ratio == pytest.approx(size[0] / size[1], abs=0.01), "the whole photo is shown"


def test_the_cover_leads_and_is_in_no_row() -> None:
    gallery = compose_gallery([(3000, 2000)] * 3, GalleryNote(cover="1.jpg"))
    assert [photo.file for photo in gallery.photos] == ["a/1.jpg", "a/0.jpg", "a/2.jpg"]
    assert [item.layout for item in gallery.pages[0].items] == ["cover", "row", "row"]


def test_the_cover_is_repeated_at_the_end_if_the_notes_say_so() -> None:
    gallery = compose_gallery([(3000, 2000)] * 3, GalleryNote(cover="1.jpg", repeat_cover=True))
    assert [photo.file for photo in gallery.photos] == ["a/0.jpg", "a/2.jpg", "a/1.jpg"]
    assert {item.layout for item in gallery.pages[0].items} == {"row"}


@pytest.mark.parametrize("count", [1, 2])
def test_a_gallery_of_one_or_two_photos_shows_each_once(count: int) -> None:
    gallery = compose_gallery([(3000, 2000)] * count)
    assert [item.layout for item in gallery.pages[0].items] == ["cover", "row"][:count]
    assert gallery.cover
    assert (gallery.cover.pictures["cover"].title_beside == "always") == (count == 1), "a single photo is shown whole"
