"""Which photo is chosen as a cover, and which part of it a phone shows above the title."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pelican_headshots.values.analysis import Analysis, Face
from pelican_headshots.values.geometry import Box, Point
from pelican_headshots.values.notes import Notes
from pelican_headshots.values.photo import Photo
from pelican_headshots.values.portfolio import Picture
from tests.support.photos import as_portrait, compose_photos, photo


def photo_of_people(path: str, size: tuple[int, int], *centers: float) -> Photo:
    """Return a photo with a face at each of *centers*, fractions of its width, at a third of its height."""
    plain = photo(path, size)
    faces = []
    for x in centers:
        point = Point(x, 0.33)
        box = Box(x - 0.03, 0.28, x + 0.03, 0.4)
        faces.append(Face(box, 0.9, 0, 0, 0, point, point, Point(x, 0.4), Point(x, 0.24)))
    return replace(plain, record=replace(plain.record, analysis=Analysis(0, tuple(faces), {})))


def compose_covers(*photos: Photo) -> dict[str, str]:
    """Return the cover of each gallery, and of the home page as `""`, if all *photos* are portraits."""
    notes: dict[str, Notes] = {}
    for each in photos:
        folder, _, name = each.path.rpartition("/")
        notes[folder] = Notes(photos={**(notes[folder].photos if folder in notes else {}), **as_portrait(name)})
    portfolio, _ = compose_photos(list(photos), notes)
    assert portfolio.cover is not None
    covers = {gallery.slug: gallery.cover.file for gallery in portfolio.galleries if gallery.cover}
    return {**covers, "": portfolio.cover.file}


def test_the_home_page_shows_no_gallerys_cover_but_a_large_photo_of_a_gallery_with_a_choice() -> None:
    single = photo_of_people("a/single.jpg", (3000, 2000), 0.5)
    small = [photo_of_people(f"b/{number}.jpg", (1200 + number, 800), 0.5) for number in range(4)]
    large = [photo_of_people(f"c/{number}.jpg", (2400 + number, 1600), 0.5) for number in range(4)]
    covers = compose_covers(single, *small, *large)
    home = covers.pop("")
    assert home.startswith("c/")
    assert home not in covers.values()


def test_the_home_page_of_small_galleries_shows_the_first_cover() -> None:
    covers = compose_covers(
        photo_of_people("a/1.jpg", (3000, 2000), 0.5), photo_of_people("b/1.jpg", (3000, 2000), 0.5)
    )
    assert covers == {"a": "a/1.jpg", "b": "b/1.jpg", "": "a/1.jpg"}


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ((1200, 500), (1100, 733)),  # a panorama hangs small beside its title
        ((1400, 933), (1600, 1067)),  # 1,600 pixels fill windows up to 1920
        ((1600, 1067), (2048, 1365)),  # and 2,048 pixels larger ones
    ],
)
def test_the_cover_is_the_photo_that_is_largest_as_one(worse: tuple[int, int], better: tuple[int, int]) -> None:
    covers = compose_covers(photo_of_people("a/1.jpg", worse, 0.5), photo_of_people("a/2.jpg", better, 0.5))
    assert covers["a"] == "a/2.jpg"


def test_a_group_too_wide_for_upright_crops_is_no_cover_if_there_is_another() -> None:
    group = photo_of_people("a/1.jpg", (2400, 1350), 0.1, 0.5, 0.9)
    assert compose_covers(group, photo_of_people("a/2.jpg", (1200, 800), 0.5))["a"] == "a/2.jpg"


def get_upright_ratio(shown: Photo) -> float:
    """Return width over height of the cover of a gallery in an upright window."""
    second = photo(f"{shown.path}-2.jpg", (700, 500))
    portfolio, _ = compose_photos([shown, second], {"a": Notes(photos=as_portrait(shown.path.rpartition("/")[2]))})
    cover = portfolio.galleries[0].cover
    assert cover is not None
    assert cover.file == shown.path
    picture: Picture = cover.pictures["cover"]
    assert picture.title_outside == ("phone", "tall")
    (source,) = (each for each in picture.sources if each.media == "(max-aspect-ratio: 5/8)" and "jpeg" in each.type)
    return source.width / source.height


def test_a_phone_shows_the_part_with_the_people_or_all_of_a_group_without_bars() -> None:
    assert get_upright_ratio(photo_of_people("a/1.jpg", (1200, 800), 0.5)) == pytest.approx(0.8, abs=0.01)
    assert get_upright_ratio(photo_of_people("a/1.jpg", (1200, 675), 0.1, 0.5, 0.9)) == pytest.approx(1.78, abs=0.01)


def test_a_phone_shows_at_least_half_of_a_wide_photo() -> None:
    assert get_upright_ratio(photo_of_people("a/1.jpg", (1200, 500), 0.5)) == pytest.approx(1.2, abs=0.01)


def test_a_portrait_without_a_known_head_is_not_cropped() -> None:
    assert get_upright_ratio(photo_of_people("a/1.jpg", (1200, 800))) == pytest.approx(1.5, abs=0.01)
