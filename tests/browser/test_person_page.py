"""The page of a person in a real browser: all of it is seen without scrolling, and links lead to the others."""

from __future__ import annotations

import pytest

from tests.support.browser import Windows

from .conftest import ServedSite


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1920, 1080), (2560, 1440)])
def test_photo_name_and_links_to_others_are_in_the_first_window(
    served: ServedSite, windows: Windows, width: int, height: int
) -> None:
    page = windows.open(served.url + "/people/charcoal-clay/", width, height)
    photo, name, links = (page.locator(f"main {each}").bounding_box() for each in (".shade", "h1", ".turn"))
    assert photo
    assert name
    assert links
    assert max(photo["y"] + photo["height"], links["y"] + links["height"]) <= height
    assert name["x"] > photo["x"] + photo["width"]
    assert photo["height"] > height / 2


def test_names_of_others_do_not_share_a_line_with_the_way_back_on_a_phone(served: ServedSite, windows: Windows) -> None:
    page = windows.open(served.url + "/people/navy-glaze/", 390, 844)
    previous, back, following = (page.locator(f"main .turn a >> nth={index}").bounding_box() for index in range(3))
    assert previous
    assert back
    assert following
    assert back["y"] >= max(previous["y"] + previous["height"], following["y"] + following["height"])


def test_headshots_without_names_are_as_far_from_each_other_in_both_directions(
    served: ServedSite, windows: Windows
) -> None:
    page = windows.open(served.url + "/team/", 600, 900)
    page.evaluate("document.querySelectorAll('.team li > :not(:first-child)').forEach((each) => each.remove())")
    first, second, below = (page.locator(f".team .shade >> nth={index}").bounding_box() for index in range(3))
    assert first
    assert second
    assert below
    across, down = second["x"] - first["x"] - first["width"], below["y"] - first["y"] - first["height"]
    assert down == pytest.approx(across, abs=1)
