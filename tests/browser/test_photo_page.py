"""Photo page, team page and viewer, by what is on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.browser import Windows

from .conftest import ServedSite

if TYPE_CHECKING:
    from playwright.sync_api import Page

PHONE: dict[str, Any] = {"has_touch": True, "is_mobile": True, "reduced_motion": "reduce"}

LOWEST_CONTRAST = """color => {
  const draw = document.createElement('canvas').getContext('2d')
  const shade = layers => {
    draw.clearRect(0, 0, 1, 1)
    for (const layer of layers) { draw.fillStyle = layer; draw.fillRect(0, 0, 1, 1) }
    const [r, g, b] = [...draw.getImageData(0, 0, 1, 1).data]
      .map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    return .2126 * r + .7152 * g + .0722 * b
  }
  return Math.min(...[...document.querySelectorAll('.viewer [data-do], .viewer footer p')].map(part => {
    const ink = getComputedStyle(part).color, bar = getComputedStyle(part.closest('footer')).backgroundColor
    const [a, b] = [shade([ink]), shade([color, bar])].sort((x, y) => y - x)
    return (a + .05) / (b + .05)
  }))
}"""


def open_viewer(open_window: Callable[..., Page], served: ServedSite, *size: int, **options: Any) -> Page:
    page = open_window(served.url + "/portfolio/night/", *size, **(options or {"reduced_motion": "reduce"}))
    page.locator("#reader").click()
    page.locator("dialog:modal").wait_for()
    return page


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 720), (2560, 1440), (390, 844)])
@pytest.mark.parametrize("photo", ["reader", "half-light"])
def test_previous_and_next_are_in_the_first_window(
    served: ServedSite, windows: Windows, width: int, height: int, photo: str
) -> None:
    page = windows.show(f"{served.url}/portfolio/night/{photo}/", width, height)
    assert page.locator(".turn").evaluate("t => t.getBoundingClientRect().bottom") <= height


def test_the_first_faces_of_a_team_are_in_the_first_700_pixels(served: ServedSite, windows: Windows) -> None:
    page = windows.show(served.url + "/team/", 1440, 900)
    assert page.locator(".team .shade").first.evaluate("s => s.getBoundingClientRect().bottom") <= 700


@pytest.mark.parametrize("mood", ["ember", "ink", "paper", "auto"])
@pytest.mark.parametrize("color", ["#fff", "#000", "#f00", "#888"])
def test_controls_are_readable_over_any_photo(served: ServedSite, windows: Windows, mood: str, color: str) -> None:
    page = open_viewer(windows.show, served)
    page.evaluate("mood => { document.documentElement.dataset.mood = mood }", mood)
    page.locator("[data-do=zoom]").click()
    assert page.evaluate(LOWEST_CONTRAST, color) >= 4.5


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (844, 390), (640, 320), (1440, 900)])
def test_all_controls_are_on_the_screen(served: ServedSite, windows: Windows, width: int, height: int) -> None:
    page = open_viewer(windows.show, served, width, height, 2, **PHONE)
    for control in page.locator(".viewer [data-do]").all():
        box = control.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height
        assert min(box["width"], box["height"]) >= 30


def test_a_phone_on_its_side_shows_the_photo_in_its_whole_height(served: ServedSite, windows: Windows) -> None:
    page = open_viewer(windows.show, served, 844, 390, 2, **PHONE)
    page.locator("[data-do=next]").click()
    heights = page.locator(".viewer img").evaluate_all("images => images.map(i => i.getBoundingClientRect().height)")
    assert max(heights) == pytest.approx(390, abs=1)


def test_the_hint_about_swiping_appears_once_and_only_on_touch_screens(served: ServedSite, windows: Windows) -> None:
    page = open_viewer(windows.open, served, 390, 844, 2, **PHONE)
    assert page.locator(".hint").is_visible()
    page.locator(".viewer ol").tap()
    assert page.locator(".hint").count() == 0
    page.goto(served.url + "/portfolio/night/#reader")
    page.reload()
    page.locator("dialog:modal").wait_for()
    assert page.locator(".hint").count() == 0
    assert open_viewer(windows.open, served).locator(".hint").count() == 0


def test_sharing_gives_the_photo_page(served: ServedSite, windows: Windows) -> None:
    page = open_viewer(windows.show, served, permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("Object.defineProperty(navigator, 'share', { value: undefined })")
    page.locator("[data-do=share]").click()
    page.wait_for_function("document.querySelector('dialog [role=status]').textContent === 'Link copied'")
    assert page.evaluate("navigator.clipboard.readText()") == f"{served.url}/portfolio/night/reader/"


def test_the_menu_grows_in_a_very_wide_window(served: ServedSite, windows: Windows) -> None:
    font_size = "a => parseFloat(getComputedStyle(a).fontSize)"
    sizes = [windows.show(served.url, width, 900).locator("nav a").first.evaluate(font_size) for width in (1440, 2560)]
    assert sizes[1] >= 1.25 * sizes[0]
