"""The portfolio: which pages, pictures and addresses follow from photos and notes."""

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
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.notes import GalleryNote, Note, Notes
from pelican_headshots.values.portfolio import Portfolio
from pelican_headshots.values.rendition import Crop, Rights
from tests.support.photos import QUALITY, as_portrait, compose_photos, photo


def test_the_home_page_shows_the_photo_of_the_setting_else_the_first_cover() -> None:
    photos = [photo("a/one.jpg"), photo("a/two.jpg"), photo("b/three.jpg")]
    notes = {"a": Notes(photos=as_portrait("one.jpg", "two.jpg")), "b": Notes(photos=as_portrait("three.jpg"))}
    with_setting, _ = compose_photos(photos, notes, "b/three.jpg")
    assert with_setting.cover is not None
    assert with_setting.cover.file == "b/three.jpg"
    assert {"cover", "card"} <= with_setting.cover.pictures.keys()
    without_setting, _ = compose_photos(photos, notes)
    assert without_setting.cover is not None
    assert without_setting.cover.file == "a/one.jpg"


def test_no_picture_is_wider_than_its_original_or_the_limit() -> None:
    small, large = photo("a/small.jpg", (700, 500)), photo("a/large.jpg", (8000, 6000))
    portfolio, plan = compose_photos([small, large], {"a": Notes(photos=as_portrait("small.jpg", "large.jpg"))})
    for each, limit in ((small, 700), (large, 2560)):
        widths = [rendition.width for rendition in plan.renditions[each.digest].values()]
        assert max(widths) <= limit
    for shown in portfolio.galleries[0].photos:
        assert all(
            candidate.url in plan.cache_keys
            for picture in shown.pictures.values()
            for source in picture.sources
            for candidate in source.candidates
        )


def test_text_between_photos_is_an_item_but_no_photo() -> None:
    notes = {"a": Notes(photos={"b.jpg": Note(kind=PhotoKind.PORTRAIT, text_before="A line."), **as_portrait("a.jpg")})}
    portfolio, _ = compose_photos([photo("a/a.jpg"), photo("a/b.jpg")], notes)
    assert [item.text for item in portfolio.galleries[0].pages[0].items] == ["", "A line.", ""]
    assert len(portfolio.galleries[0].photos) == 2


def test_ids_of_photos_and_people_differ_from_those_of_the_page() -> None:
    notes = {
        "main": Notes(
            photos={**as_portrait("main.jpg"), "everyone.jpg": Note(kind=PhotoKind.HEADSHOT, name="Everyone")}
        )
    }
    portfolio, _ = compose_photos([photo("main/main.jpg"), photo("main/everyone.jpg")], notes)
    (gallery,) = portfolio.galleries
    assert gallery.url == "portfolio/main/"
    assert [shown.id for shown in gallery.photos] == ["main-2"]
    assert [person.slug for person in portfolio.people] == ["everyone-2"]


def test_the_same_photos_have_the_same_cache_keys_and_other_rights_have_others() -> None:
    notes = {"a": Notes(photos=as_portrait("a.jpg"))}
    _, first = compose_photos([photo("a/a.jpg")], notes)
    _, again = compose_photos([photo("a/a.jpg")], notes)
    _, with_rights = compose_photos([photo("a/a.jpg")], notes, rights=Rights(creator="A. Photographer"))
    assert first.cache_keys == again.cache_keys
    assert not set(first.cache_keys.values()) & set(with_rights.cache_keys.values())


def test_files_for_dense_screens_only_may_have_a_lower_quality() -> None:
    notes = {"a": Notes(photos=as_portrait("a.jpg"))}
    _, plan = compose_photos([photo("a/a.jpg")], notes, leeway=12)
    renditions = [each for wanted in plan.renditions.values() for each in wanted.values() if each.crop == Crop()]
    avif_qualities = {each.quality for each in renditions if each.format == "avif"}
    assert min(avif_qualities) < QUALITY["avif"] == max(avif_qualities)
    assert min(avif_qualities) >= QUALITY["avif"] - 12
    assert {each.quality for each in renditions if each.format == "jpeg"} == {QUALITY["jpeg"]}
    _, plain = compose_photos([photo("a/a.jpg")], notes)
    assert {r.quality for wanted in plain.renditions.values() for r in wanted.values() if r.format == "avif"} == {63}
    assert not set(plan.cache_keys) & {url for url, key in plain.cache_keys.items() if plan.cache_keys.get(url) != key}


def test_wide_gamut_files_are_for_wide_gamut_photos_and_screens_only() -> None:
    notes = {"a": Notes(GalleryNote(cover="red.jpg"), as_portrait("red.jpg", "gray.jpg"))}
    red = photo("a/red.jpg")
    red = replace(red, record=replace(red.record, wide_gamut_share=0.1))
    plan = RenderPlan(EncodingOptions(("avif", "jpeg"), QUALITY, "engine 1", 2560, wide_gamut=True))
    portfolio = compose.compose_portfolio(
        routing.build_gallery_folders([red, photo("a/gray.jpg")], notes), plan, Rights()
    )
    pictures = {each.file: each.pictures for each in portfolio.galleries[0].photos}
    media = [(source.type, source.media) for source in pictures["a/red.jpg"]["row"].sources]
    assert media == [("image/avif", "(color-gamut: p3)"), ("image/avif", ""), ("image/jpeg", "")]
    cover = pictures["a/red.jpg"]["cover"]
    assert cover.sources[0].media == "(max-aspect-ratio: 5/8) and (color-gamut: p3)"
    assert all(
        "p3" not in candidate.url for source in pictures["a/gray.jpg"]["row"].sources for candidate in source.candidates
    )
    assert all(key in plan.renditions[red.digest] for url, key in plan.cache_keys.items() if "p3" in url)


@pytest.mark.parametrize(("replacements", "name"), [({}, "jurgen-gross"), ({"ü": "ue", "ß": "ss"}, "juergen-gross")])
def test_letters_in_every_url_are_written_as_the_site_asks(replacements: dict[str, str], name: str) -> None:
    notes = {
        "grün": Notes(
            photos={"jürgen-groß.jpg": Note(kind=PhotoKind.HEADSHOT), "süß.jpg": Note(kind=PhotoKind.PORTRAIT)}
        )
    }
    plan = RenderPlan(EncodingOptions(("jpeg",), QUALITY, "engine 1", 2560), (), replacements)
    photos = [photo("grün/jürgen-groß.jpg"), photo("grün/süß.jpg")]
    portfolio = compose.compose_portfolio(routing.build_gallery_folders(photos, notes), plan, Rights())
    is_german = bool(replacements)
    assert [each.url for each in portfolio.galleries] == ["portfolio/gruen/" if is_german else "portfolio/grun/"]
    assert portfolio.galleries[0].photos[0].url.endswith("/suess/" if is_german else "/suss/")
    assert portfolio.people[0].url == f"people/{name}/"
    assert {url.partition("/")[2].rsplit("-", 2)[0] for url in plan.cache_keys} == {
        name,
        "suess" if is_german else "suss",
    }


def test_alt_text_is_what_was_written_else_a_draft() -> None:
    notes = {"a": Notes(photos={
        "half-light.jpg": Note(kind=PhotoKind.NO_PERSON), "DSC_0412.jpg": Note(kind=PhotoKind.PORTRAIT),
        "b.jpg": Note(kind=PhotoKind.PORTRAIT, alt="Two friends at a gate"),
        "c.jpg": Note(kind=PhotoKind.NO_PERSON, alt="IMG_1.JPG"),
    })}  # fmt: skip
    photos = [photo(f"a/{name}") for name in notes["a"].photos]
    portfolio, _ = compose_photos(photos, notes)
    assert portfolio.alt_texts == {
        "a/half-light.jpg": "Half light",
        "a/DSC_0412.jpg": "A: portrait",
        "a/b.jpg": "Two friends at a gate",
        "a/c.jpg": "C",
    }
    entries = [entry for folder in routing.build_gallery_folders(photos, notes) for entry in folder.entries]
    unwritten = {entry.photo.path for entry in entries if not alt_text.get_written_alt_text(entry.note, entry.photo)}
    assert unwritten == set(portfolio.alt_texts) - {"a/b.jpg"}


def test_a_hidden_gallery_is_not_in_the_portfolio() -> None:
    portfolio, plan = compose_photos([photo("a/a.jpg")], {"a": Notes(GalleryNote(hidden=True), as_portrait("a.jpg"))})
    assert portfolio.galleries == ()
    assert plan.cache_keys == {}


NAMES = st.sampled_from(["a", "A", "a-2", "ä", "b", "b-2", "index", "main", "main-2", "photographs", "404"])


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(NAMES, min_size=1, max_size=4), min_size=1, max_size=8))
def test_no_two_files_have_the_same_path_and_none_is_the_folder_of_another(paths: list[list[str]]) -> None:
    names = sorted({f"{'/'.join(path)}.jpg" for path in paths})
    portfolio, plan = compose_photos([photo(name) for name in names], {})
    written = [page.save_as.casefold() for page in iterate_page_specs(portfolio)] + list(plan.cache_keys)
    assert len(set(written)) == len(written)
    assert len(list_photo_pages(portfolio)) == len(names)
    folders = {str(folder) for name in written for folder in PurePosixPath(name).parents}
    assert not folders & set(written)


def list_photo_pages(portfolio: Portfolio) -> list[str]:
    return [page.save_as for page in iterate_page_specs(portfolio) if page.template == "photo"]


def test_without_a_photo_large_enough_for_a_cover_the_largest_is_taken_with_a_remark() -> None:
    photos = [photo("a/wide.jpg", (900, 500)), photo("a/large.jpg", (1200, 800)), photo("b/enough.jpg", (2048, 1536))]
    photos.append(photo("b/small.jpg", (600, 400)))
    notes = {"a": Notes(photos=as_portrait("wide.jpg", "large.jpg")), "b": Notes(photos=as_portrait("enough.jpg"))}
    portfolio, _ = compose_photos(photos, notes)
    assert [gallery.cover.file for gallery in portfolio.galleries if gallery.cover] == ["a/large.jpg", "b/enough.jpg"]
    assert set(portfolio.remarks) == set(portfolio.cover_remarks) == {"a/large.jpg"}
    assert "only 1200 pixels wide" in portfolio.remarks["a/large.jpg"]
    at_home, _ = compose_photos(photos, notes, home="b/small.jpg")
    assert "b/small.jpg is the cover of the home page and only 600 pixels wide" in at_home.cover_remarks["b/small.jpg"]
    small, large = (gallery.cover.pictures["cover"] for gallery in portfolio.galleries if gallery.cover)
    assert small.width_limits == {"phone": 1200, "tall": 1200, "wide": 1200}, (
        "the whole photo, because nobody knows where the head is"
    )
    assert small.title_outside == ("phone", "tall")
    assert small.title_beside == "always"
    assert small.ratio == pytest.approx(1.5, abs=0.01)
    assert not large.width_limits
    assert large.max_width == 2048


def test_photos_outside_folders_have_a_gallery_titled_in_the_language_of_the_site() -> None:
    plan = RenderPlan(EncodingOptions(("jpeg",), QUALITY, "engine 1", 2560))

    def title(notes: dict[str, Notes]) -> str:
        folders = routing.build_gallery_folders([photo("lamp.jpg")], notes)
        return (
            compose.compose_portfolio(folders, plan, Rights(), translations=load_translations("de")).galleries[0].title
        )

    assert title({}) == "Fotos"
    assert title({"": Notes(GalleryNote(title="Licht"))}) == "Licht"
