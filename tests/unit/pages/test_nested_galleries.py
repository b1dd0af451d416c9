"""Galleries in folders of galleries: a tree with breadcrumbs."""

from __future__ import annotations

from pelican_headshots.pages.page_specs import iterate_page_specs
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.notes import GalleryNote, Note, Notes
from pelican_headshots.values.portfolio import Portfolio
from tests.support.photos import compose_photos, photo

PATHS = ("weddings/2026 Anna & Ben/1.jpg", "weddings/2026 Anna & Ben/2.jpg", "weddings/2025 Cleo/1.jpg", "night/1.jpg")


def compose(notes: dict[str, Notes] | None = None, paths: tuple[str, ...] = PATHS) -> Portfolio:
    return compose_photos([photo(path) for path in paths], notes or {})[0]


def test_a_folder_of_galleries_lists_them_and_each_has_breadcrumbs() -> None:
    portfolio = compose()
    night, weddings = portfolio.list_galleries_in()
    assert (night.title, weddings.title) == ("Night", "Weddings")
    cleo, anna = portfolio.list_galleries_in(weddings)
    assert anna.title == "2026 Anna & Ben"
    assert anna.url == "portfolio/weddings/2026-anna-ben/"
    assert [(link.title, link.url) for link in anna.parents] == [("Weddings", "portfolio/weddings/")]
    assert portfolio.list_galleries_in(anna) == []
    assert not weddings.photos
    assert not weddings.pages[0].items
    assert weddings.cover == cleo.cover
    assert [gallery.photo_count for gallery in (weddings, anna, cleo, night)] == [3, 2, 1, 1]


def test_the_notes_of_a_folder_without_photos_count() -> None:
    notes = {"weddings": Notes(GalleryNote(title="Hochzeiten", mood="paper", position=-1))}
    weddings, night = compose(notes).list_galleries_in()
    assert (weddings.title, weddings.mood, night.mood) == ("Hochzeiten", "paper", "auto")


def test_a_hidden_folder_hides_the_galleries_in_it() -> None:
    portfolio = compose({"weddings": Notes(GalleryNote(hidden=True))})
    assert [gallery.title for gallery in portfolio.galleries] == ["Night"]


def test_a_folder_can_have_photos_and_galleries() -> None:
    portfolio = compose(paths=(*PATHS, "weddings/cover.jpg"))
    weddings = portfolio.list_galleries_in()[1]
    assert [each.file for each in weddings.photos] == ["weddings/cover.jpg"]
    assert weddings.photo_count == 4
    assert len(portfolio.list_galleries_in(weddings)) == 2


def test_photos_in_the_photos_folder_itself_are_a_gallery_beside_the_others() -> None:
    portfolio = compose(paths=(*PATHS, "lamp.jpg"))
    assert [gallery.title for gallery in portfolio.list_galleries_in()] == ["Photos", "Night", "Weddings"]


def test_a_folder_with_headshots_only_is_no_gallery() -> None:
    notes = {"firm/team": Notes(photos={"1.jpg": Note(kind=PhotoKind.HEADSHOT)})}
    assert compose(notes, ("firm/team/1.jpg", "night/1.jpg")).list_galleries_in() == list(
        compose(notes, ("night/1.jpg",)).galleries
    )


def test_every_gallery_of_the_tree_has_a_page() -> None:
    pages = {page.save_as for page in iterate_page_specs(compose()) if page.template == "gallery"}
    assert pages == {
        f"portfolio/{slug}/index.html" for slug in ("night", "weddings", "weddings/2025-cleo", "weddings/2026-anna-ben")
    }


def test_cards_have_the_size_for_the_page_with_most_of_them() -> None:
    portfolio = compose(paths=(*PATHS, "weddings/2024/1.jpg"))
    assert portfolio.card_count == 3
    assert {round(g.cover.pictures["card"].ratio, 2) for g in portfolio.galleries if g.cover} == {0.8}
