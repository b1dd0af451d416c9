"""The portfolio as a value: nothing is decoded here."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pelican_headshots.images.encoding_options import EncodingOptions
from pelican_headshots.images.plan import RenderPlan
from pelican_headshots.pages import alt_text, compose
from pelican_headshots.pages.page_specs import iterate_page_specs
from pelican_headshots.pages.translations import load_translations
from pelican_headshots.people import routing
from pelican_headshots.publish import changes
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.notes import GalleryNote, Note, Notes
from pelican_headshots.values.portfolio import Portfolio
from pelican_headshots.values.rendition import Crop, Rights
from tests.support.photos import QUALITY, as_portrait, compose_photos, photo


def test_the_home_page_shows_the_photograph_it_was_told_to_else_the_first_cover() -> None:
    photos = [photo("a/one.jpg"), photo("a/two.jpg"), photo("b/three.jpg")]
    notes = {"a": Notes(photos=as_portrait("one.jpg", "two.jpg")), "b": Notes(photos=as_portrait("three.jpg"))}
    told, _ = compose_photos(photos, notes, "b/three.jpg")
    assert told.cover is not None and told.cover.file == "b/three.jpg"
    assert {"cover", "card"} <= told.cover.pictures.keys()
    untold, _ = compose_photos(photos, notes)
    assert untold.cover is not None and untold.cover.file == "a/one.jpg"


def test_no_picture_is_wider_than_its_original_or_the_limit() -> None:
    small, large = photo("a/small.jpg", (700, 500)), photo("a/large.jpg", (8000, 6000))
    made, order = compose_photos([small, large], {"a": Notes(photos=as_portrait("small.jpg", "large.jpg"))})
    for each, limit in ((small, 700), (large, 2560)):
        widths = [rendition.width for rendition in order.renditions[each.digest].values()]
        assert max(widths) <= limit
    for shown in made.galleries[0].photos:
        assert all(
            candidate.url in order.cache_keys
            for p in shown.pictures.values()
            for s in p.sources
            for candidate in s.candidates
        )


def test_pauses_hang_between_photographs_and_are_no_photographs() -> None:
    notes = {"a": Notes(photos={"b.jpg": Note(kind=PhotoKind.PORTRAIT, text_before="A line."), **as_portrait("a.jpg")})}
    made, _ = compose_photos([photo("a/a.jpg"), photo("a/b.jpg")], notes)
    assert [hang.text for hang in made.galleries[0].items] == ["", "A line.", ""]
    assert len(made.galleries[0].photos) == 2


def test_no_photograph_and_nobody_is_called_as_a_part_of_the_page() -> None:
    notes = {
        "main": Notes(
            photos={**as_portrait("main.jpg"), "everyone.jpg": Note(kind=PhotoKind.HEADSHOT, name="Everyone")}
        )
    }
    made, _ = compose_photos([photo("main/main.jpg"), photo("main/everyone.jpg")], notes)
    (gallery,) = made.galleries
    assert gallery.url == "portfolio/main/" and [shown.id for shown in gallery.photos] == ["main-2"]
    assert [person.slug for person in made.people] == ["everyone-2"]


def test_the_same_build_names_the_same_files_and_another_recipe_names_others() -> None:
    notes = {"a": Notes(photos=as_portrait("a.jpg"))}
    _, first = compose_photos([photo("a/a.jpg")], notes)
    _, again = compose_photos([photo("a/a.jpg")], notes)
    _, owned = compose_photos([photo("a/a.jpg")], notes, rights=Rights(creator="A. Photographer"))
    assert first.cache_keys == again.cache_keys
    assert not set(first.cache_keys.values()) & set(owned.cache_keys.values())


def test_files_that_only_dense_screens_fetch_may_be_of_lower_quality() -> None:
    notes = {"a": Notes(photos=as_portrait("a.jpg"))}
    _, order = compose_photos([photo("a/a.jpg")], notes, leeway=12)
    made = [each for wanted in order.renditions.values() for each in wanted.values() if each.crop == Crop()]
    of_avif = {each.quality for each in made if each.format == "avif"}
    assert min(of_avif) < QUALITY["avif"] == max(of_avif)
    assert min(of_avif) >= QUALITY["avif"] - 12
    assert {each.quality for each in made if each.format == "jpeg"} == {QUALITY["jpeg"]}
    _, plain = compose_photos([photo("a/a.jpg")], notes)
    assert {r.quality for wanted in plain.renditions.values() for r in wanted.values() if r.format == "avif"} == {63}
    assert not set(order.cache_keys) & {
        url for url, key in plain.cache_keys.items() if order.cache_keys.get(url) != key
    }


def test_wide_gamut_goes_to_screens_that_show_it_and_only_where_there_is_any() -> None:
    notes = {"a": Notes(GalleryNote(cover="red.jpg"), as_portrait("red.jpg", "grey.jpg"))}
    red = photo("a/red.jpg")
    red = replace(red, record=replace(red.record, wide_gamut_share=0.1))
    order = RenderPlan(EncodingOptions(("avif", "jpeg"), QUALITY, "engine 1", 2560, wide_gamut=True))
    made = compose.compose_portfolio(routing.build_gallery_folders([red, photo("a/grey.jpg")], notes), order, Rights())
    shown = {each.file: each.pictures for each in made.galleries[0].photos}
    media = [(source.type, source.media) for source in shown["a/red.jpg"]["row"].sources]
    assert media == [("image/avif", "(color-gamut: p3)"), ("image/avif", ""), ("image/jpeg", "")]
    cover = shown["a/red.jpg"]["cover"]
    assert cover.sources[0].media == "(max-aspect-ratio: 5/8) and (color-gamut: p3)"
    assert all("p3" not in c.url for s in shown["a/grey.jpg"]["row"].sources for c in s.candidates)
    assert all(key in order.renditions[red.digest] for url, key in order.cache_keys.items() if "p3" in url)


def test_alternative_text_is_what_was_written_else_a_draft() -> None:
    notes = {"a": Notes(photos={
        "half-light.jpg": Note(kind=PhotoKind.NO_PERSON), "DSC_0412.jpg": Note(kind=PhotoKind.PORTRAIT),
        "b.jpg": Note(kind=PhotoKind.PORTRAIT, alt="Two friends at a gate"),
        "c.jpg": Note(kind=PhotoKind.NO_PERSON, alt="IMG_1.JPG"),
    })}  # fmt: skip
    photos = [photo(f"a/{name}") for name in notes["a"].photos]
    made, _ = compose_photos(photos, notes)
    assert made.alt_texts == {
        "a/half-light.jpg": "Half light",
        "a/DSC_0412.jpg": "A: portrait",
        "a/b.jpg": "Two friends at a gate",
        "a/c.jpg": "C",
    }
    entries = [entry for folder in routing.build_gallery_folders(photos, notes) for entry in folder.entries]
    unwritten = {entry.photo.path for entry in entries if not alt_text.get_written_alt_text(entry.note, entry.photo)}
    assert unwritten == set(made.alt_texts) - {"a/b.jpg"}


def test_a_hidden_gallery_is_not_there() -> None:
    made, order = compose_photos([photo("a/a.jpg")], {"a": Notes(GalleryNote(hidden=True), as_portrait("a.jpg"))})
    assert made.galleries == () and order.cache_keys == {}


NAMES = st.sampled_from(["a", "A", "a-2", "ä", "b", "b-2", "index", "main", "main-2", "photographs", "404"])


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(NAMES, min_size=1, max_size=4), min_size=1, max_size=8))
def test_no_two_pages_have_one_address_and_none_is_another_s_folder(paths: list[list[str]]) -> None:
    names = sorted({f"{'/'.join(path)}.jpg" for path in paths})
    made, order = compose_photos([photo(name) for name in names], {})
    written = [page.save_as.casefold() for page in iterate_page_specs(made)] + list(order.cache_keys)
    assert len(set(written)) == len(written) and len(pages_of_photos(made)) == len(names)
    folders = {str(folder) for name in written for folder in PurePosixPath(name).parents}
    assert not folders & set(written)


def pages_of_photos(made: Portfolio) -> list[str]:
    return [page.save_as for page in iterate_page_specs(made) if page.template == "photo"]


def test_another_quality_is_told_from_another_size() -> None:
    notes = {"a": Notes(photos=as_portrait("a.jpg"))}
    _, before = compose_photos([photo("a/a.jpg")], notes)
    _, lower = compose_photos([photo("a/a.jpg")], notes, leeway=12)
    recipes = {changes.strip_url_tag(url) for url in before.cache_keys}
    told = {
        changes.explain_encoding(url, "a/a.jpg", {}, before.cache_keys, recipes)
        for url in set(lower.cache_keys) - set(before.cache_keys)
    }
    assert told == {changes.REASON_OPTIONS_CHANGED}


def test_where_no_photograph_is_large_enough_for_a_cover_the_largest_is_taken_and_its_photographer_told() -> None:
    photos = [photo("a/wide.jpg", (900, 500)), photo("a/large.jpg", (1600, 1067)), photo("b/enough.jpg", (2048, 1536))]
    notes = {"a": Notes(photos=as_portrait("wide.jpg", "large.jpg")), "b": Notes(photos=as_portrait("enough.jpg"))}
    made, _ = compose_photos(photos, notes)
    assert [gallery.cover.file for gallery in made.galleries if gallery.cover] == ["a/large.jpg", "b/enough.jpg"]
    assert set(made.remarks) == {"a/large.jpg"}
    assert "only 1600 pixels wide" in made.remarks["a/large.jpg"]
    small, large = (gallery.cover.pictures["cover"] for gallery in made.galleries if gallery.cover)
    assert small.width_limits == {"phone": 854, "tall": 854, "wide": 1600}, (
        "whole where windows are wide, 4:5 where they are upright"
    )
    assert small.title_outside == ("wide", "tall", "phone")
    assert small.ratio == pytest.approx(1600 / 1067, abs=0.01)
    assert not large.width_limits
    assert large.max_width == 2048


def test_photographs_in_no_folder_have_a_gallery_named_in_the_sites_language() -> None:
    order = RenderPlan(EncodingOptions(("jpeg",), QUALITY, "engine 1", 2560))

    def title(notes: dict[str, Notes]) -> str:
        folders = routing.build_gallery_folders([photo("lamp.jpg")], notes)
        return (
            compose.compose_portfolio(folders, order, Rights(), translations=load_translations("de")).galleries[0].title
        )

    assert title({}) == "Fotos"
    assert title({"": Notes(GalleryNote(title="Licht"))}) == "Licht"
