"""Photos in articles: which photo an image means, and what replaces it."""

from __future__ import annotations

import pytest

from pelican_headshots.pages.inline_images import fill_images, find_missing_photos, find_photo, mark_images

PHOTOS = ("night/half light.jpg", "night/hall.jpg", "day/hall.jpg")


@pytest.mark.parametrize(
    ("src", "path"),
    [
        ("night/hall.jpg", "night/hall.jpg"),
        ("{static}/photos/night/hall.jpg", "night/hall.jpg"),
        ("../photos/day/hall.jpg", "day/hall.jpg"),
        ("half%20light.jpg", "night/half light.jpg"),
        ("hall.jpg", None),
        ("images/half light.jpg", None),
        ("https://example.com/night/hall.jpg", None),
        ("data:image/png;base64,AAAA", None),
        ("//example.com/night/hall.jpg", None),
    ],
)
def test_an_image_source_means_a_photo_by_its_path_or_its_unique_name(src: str, path: str | None) -> None:
    assert find_photo(src, PHOTOS, "photos") == path


def test_photos_are_replaced_by_pictures_and_other_images_stay() -> None:
    text = '<p><img alt="A &amp; B" src="night/hall.jpg" title="Said &quot;so&quot;"></p><p>x <img src="other.png"></p>'
    marked, photos = mark_images(text, PHOTOS, "photos")
    assert photos == ("night/hall.jpg",)
    filled = fill_images(marked, lambda path, alt, title, alone: f"[{path}|{alt}|{title}|{alone}]")
    assert filled == '[night/hall.jpg|A & B|Said "so"|True]<p>x <img src="other.png"></p>'


def test_misspelled_photos_are_found_and_other_images_are_not() -> None:
    sources = (
        "night/hal.jpg",
        "{static}/photos/x%20y.jpg",
        "night/hall.jpg",
        "images/a.png",
        "b.png",
        "https://night/c.jpg",
    )
    text = "".join(f'<p><img src="{src}"></p>' for src in sources)
    assert find_missing_photos(text, PHOTOS, "photos") == ("night/hal.jpg", "{static}/photos/x y.jpg")


def test_photos_are_listed_once_in_the_order_of_the_text() -> None:
    text = '<img src="night/hall.jpg"> <img src="day/hall.jpg"> <img src="night/hall.jpg">'
    assert mark_images(text, PHOTOS, "photos")[1] == ("night/hall.jpg", "day/hall.jpg")


def test_an_image_within_a_paragraph_stays_in_it() -> None:
    marked, _ = mark_images('<p>see <img src="night/hall.jpg" alt=""> there</p>', PHOTOS, "photos")
    assert (
        fill_images(marked, lambda *arguments: str(arguments)) == "<p>see ('night/hall.jpg', None, '', False) there</p>"
    )


def test_alt_text_replaces_a_photo_without_a_picture() -> None:
    text = '<p><img src="night/hall.jpg" alt="A &lt;hall&gt;"></p><p>see <img src="day/hall.jpg" alt="it"> there</p>'
    marked, _ = mark_images(text + '<p><img src="night/hall.jpg" alt=""></p>', PHOTOS, "photos")
    assert fill_images(marked, lambda *_: None) == "<p>A &lt;hall&gt;</p><p>see it there</p>"
